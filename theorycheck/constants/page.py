"""What is found about a plan, and its record: thresholds, tables and a plot of the margins."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from .. import balls
from ..checks.judgement import Judgement
from ..checks.measurement import Measurement
from ..evidence import Figure, Plot, Series, Table
from ..experiment import Experiment, Result
from ..paper import Paper
from ..record import record
from .forms import Forms, Key, combined, key_of
from .margins import BITS, Margin, Values, log10, shown
from .plan import Plan
from .threshold import EXACT, Course, Ends, course, least

DRAWN, POINTS, DECADES = 8, 160, 8.0
TEXT = (
    "Every hypothesis of the claim and of what it rests on as an inequality at finite sizes; log(x) means log(2 + x). "
    "Sizes are real numbers; round counts up. That inequalities hold or fail is certified by Arb balls over boxes that "
    "cover every k in the range."
)


class Findings:
    """Thresholds of a plan.

    Args:
        plan: what is looked at.
        bound: k runs from 2 to just below it.
    """

    def __init__(self, plan: Plan, bound: int) -> None:
        self.plan, self.bound = plan, bound
        self.forms = Forms(plan.limit)
        self.sizes: dict[str, Key] = {}
        for name, size in plan.sizes.items():
            if name != plan.limit:
                self.sizes[name] = key_of(self.forms.read(size.expression))
        self.forms.sizes |= {name: dict(key) for name, key in self.sizes.items()}
        self.margins = [
            Margin(key_of(combined(self.forms.read(i.right, i.plain), self.forms.read(i.left, i.plain), -1)), i.strict)
            for _, i in plan.inequalities
        ]
        self.least = least(self.forms, self.margins, 2, bound - 1)

    @property
    def decided(self) -> bool:
        """Whether there is an answer."""
        return self.least.found is not None or self.least.none

    @cached_property
    def courses(self) -> list[Course]:
        """Of each inequality by itself."""
        return [course(self.forms, margin, 2, self.bound - 1) for margin in self.margins]

    @cached_property
    def binding(self) -> int | None:
        """The number of the inequality that fails last before k*."""
        return self.least.blocked[-1].index if self.least.blocked else None

    @property
    def good(self) -> tuple[Ends | None, bool]:
        """From where on all hold for good, and whether that is sure for every k beyond."""
        ends = [c.good for c in self.courses]
        if any(end is None for end in ends):
            return None, False
        last = max((end for end in ends if end is not None), key=lambda end: end.high, default=Ends(2, 2))
        return last, all(c.lasting for c in self.courses)

    def text(self, index: int) -> str:
        """The inequality of that number."""
        return self.plan.inequalities[index][1].text


def number(n: int) -> str:
    """An integer: digits, or its decimal order."""
    if n <= EXACT:
        return str(n)
    from flint import arb

    with balls.precision(128):
        return shown(arb(n).log() / arb(10).log())


def span(ends: Ends | None) -> str:
    """An integer, or two decimal exponents between which it is."""
    from flint import arb

    if ends is None:
        return "none"
    if ends.low == ends.high:
        return number(ends.low)
    with balls.precision(128):
        low, high = ((arb(k).log() / arb(10).log()) for k in (ends.low, ends.high))
        return f"{number(ends.high)} (log10 in [{float(low.mid()):.12g}, {float(high.mid()):.12g}])"


def _good(found: Course, bound: int) -> str:
    if found.lasting is False:
        return "never"
    if found.good is None:
        return "not shown"
    return span(found.good) + ("" if found.lasting else f" (checked below {number(bound)})")


def tables(found: Findings) -> list[Table]:
    """k* with every size, the inequalities, and what blocks smaller k."""
    plan, star = found.plan, found.least.found
    rows: list[tuple[Figure, ...]] = []
    for name, size in plan.sizes.items():
        value = _value(found, name, star)
        meaning = plan.chain.quantities[name].meaning if name in plan.chain.quantities else ""
        rows.append((name, size.text, size.source, *value, meaning))
    sizes = Table("Sizes", ("quantity", "size", "from", "at k*", "1/quantity at k*", "meaning"), tuple(rows))
    lines: list[tuple[Figure, ...]] = []
    for index, ((owners, inequality), run) in enumerate(zip(plan.inequalities, found.courses, strict=True)):
        first = "open" if run.first is None and run.first_open else span(run.first)
        mark = "last to hold" if index == found.binding and star is not None else ""
        lines.append((", ".join(owners), inequality.said, inequality.text, first, _good(run, found.bound), mark))
    columns = ("claim", "relation", "inequality", f"first {plan.limit}", "for good from", "")
    made = [sizes, Table("Inequalities", columns, tuple(lines))]
    if found.least.blocked:
        blocks = tuple((number(b.low), number(b.high), ", ".join(plan.inequalities[b.index][0]), found.text(b.index))
                       for b in found.least.blocked)  # fmt: skip
        made.append(Table("What fails", ("from", "to", "claim", "inequality"), blocks))
    if found.least.open:
        opened = tuple((number(e.low), number(e.high)) for e in found.least.open)
        made.append(Table("Not decided", ("from", "to"), opened))
    if plan.left_out:
        made.append(Table("Not looked at", ("claim", "why"), tuple(plan.left_out)))
    return made


def _value(found: Findings, name: str, star: Ends | None) -> tuple[str, str]:
    if star is None:
        return "", ""
    key = found.sizes.get(name)
    if key is None:
        return number(star.high), ""
    with balls.precision(BITS[0]):
        exponent = log10(found.forms, key, star.high)
        return shown(exponent), shown(-exponent) if exponent < 0 else ""


def plot(found: Findings) -> Plot:
    """Margins in decades against log10 k, those that decide most."""
    from flint import arb

    from .margins import Pair

    def rank(index: int) -> tuple[int, int]:
        run = found.courses[index]
        late = found.bound if run.good is None else run.good.high
        blocks = sum(b.index == index for b in found.least.blocked)
        return blocks, late

    chosen = sorted(range(len(found.margins)), key=rank, reverse=True)[:DRAWN]
    ends = [e.high for e in (found.least.found, found.good[0]) if e is not None] or [found.bound]
    series = []
    with balls.precision(BITS[0]):
        ten = arb(10).log()
        far = float((arb(max(*ends, 100)).log() / ten).mid()) * 1.5
        x = [0.31 + (far - 0.31) * n / (POINTS - 1) for n in range(POINTS)]
        values = [Values(found.forms, arb(place) * ten) for place in x]
        for index in chosen:
            pairs: list[Pair] = [value.of(found.margins[index].key) for value in values]
            heights = [float((v / ten).mid()) if v.is_finite() else float("nan") for v, _ in pairs]
            heights = [h if abs(h) <= DECADES else float("nan") for h in heights]
            series.append(Series(found.text(index)[:80], "line", x, heights))
        star = found.least.found
        if star is not None:
            series.append(Series("k*", "rule", [float((arb(star.high).log() / ten).mid())], []))
    series.append(Series("holds above", "rule", [], [0.0]))
    title = "Margins of the inequalities that decide most"
    return Plot(title, f"log10 {found.plan.limit}", "decades between the two sides", tuple(series))


def judgements(found: Findings) -> tuple[Judgement, ...]:
    """The answer as sentences."""
    plan, star, bound = found.plan, found.least.found, number(found.bound)
    count, k = len(found.margins), plan.limit
    boxes: dict[str, Figure] = {"boxes": found.least.boxes, "precision (bits)": BITS[0]}
    if star is not None:
        last = f"; at the end {found.text(found.binding)} fails" if found.binding is not None else ""
        text = (
            f"all {count} inequalities hold at once first at {k} = {span(star)}, no smaller {k} does, certified{last}"
        )
    elif found.least.none:
        most: dict[int, int] = {}
        for block in found.least.blocked:
            most[block.index] = most.get(block.index, 0) + 1
        names = "; ".join(found.text(index) for index in list(most)[:4])
        text = f"the {count} inequalities hold at once at no {k} below {bound}, certified; what fails: {names}"
    else:
        text = f"not decided below {bound}: {len(found.least.open)} ranges of {k} stay open"
    gone = [claim for claim, why in plan.left_out if not why.startswith("not evaluated")]
    text += f"; at these sizes, and without {', '.join(gone)}" if gone else "; at these sizes"
    first = Judgement(found.decided, text, boxes)
    if star is None:
        return (first,)
    good, sure = found.good
    ending = [found.text(index) for index, run in enumerate(found.courses) if run.lasting is False]
    if ending:
        return first, Judgement(True, f"not for good: in the end {'; '.join(ending[:4])} fails for every {k}", {})
    if good is None:
        return first, Judgement(True, "from where on all hold for good is not shown for some of them", {})
    beyond = "" if sure else f", where for some only {k} below {bound} was looked at"
    return first, Judgement(True, f"all hold for good from {k} = {span(good)}{beyond}", {})


def result_of(found: Findings, paper: Paper, setting: Mapping[str, Any], tool: Mapping[str, Any]) -> dict[str, Any]:
    """The record that the page shows and ``--json`` writes."""
    plan, claim = found.plan, found.plan.chain.target
    about = Experiment(claim.id, f"Constants of {claim.title}", TEXT, _never)
    result = Result(Measurement((), _figures(found), (plot(found),), tuple(tables(found))), judgements(found))
    document = record(paper, about, setting, (0, None), tool, result)
    exact: dict[str, Any] = {"limit": plan.limit, "below": str(found.bound), "least": _exact(found.least.found)}
    exact["for good from"] = _exact(found.good[0])
    return {**document, "kind": "constants", "seed": None, "claim": claim.id, "thresholds": exact}


def _never(trial: object) -> Measurement:
    raise AssertionError("constants are no experiment")


def _exact(ends: Ends | None) -> list[str] | None:
    return None if ends is None else [str(ends.low), str(ends.high)]


def _figures(found: Findings) -> dict[str, Figure]:
    plan, c = found.plan, found.plan.choices
    shown_values: Sequence[str] = [f"{name} = {value}" for name, value in plan.values.items()]
    figures: dict[str, Figure] = {
        "claims": [claim.id for claim in plan.chain.claims],
        "x <~ y": f"x <= {c.constant} y", "x << y": f"{c.much} x <= y",
        "a constant": f"in [1/{c.bounded}, {c.bounded}]", "polylog": f"(log {plan.limit})^{c.polylog}",
        "poly": f"{plan.limit}^{c.poly}",
        "a large polynomial": f"what the proof asks for, else {plan.limit}^{c.large}",
        "looked at": f"2 <= {plan.limit} < {number(found.bound)}",
    }  # fmt: skip
    return {**figures, "symbolic constants": list(shown_values)} if shown_values else figures
