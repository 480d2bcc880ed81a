"""Certificates for the end of a case: nonnegative combinations (Farkas) that leave 1 = o(1)."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from ..farkas import Column, NotFound, combine
from ..kernel.polynomial import Polynomial, add, constant, multiply
from ..order_kernel.proof import ONE
from ..order_kernel.statement import Bound, Fact
from .chain import Chain
from .writer import Writer, key, minus

MAX_DEGREE = 3
Times = list[list[Any]]
Products = list[tuple[tuple[str, ...], Polynomial, bool]]


def products(ranges: Mapping[str, Bound], degree: int) -> Products:
    """All products of at most `degree` ranges: names, polynomial, whether sure to be positive."""
    found: Products = []
    for size in range(degree + 1):
        for names in combinations_with_replacement(sorted(ranges), size):
            product = constant(1)
            for name in names:
                product = multiply(product, ranges[name][1])
            found.append((names, product, all(ranges[name][0] for name in names)))
    return found


def close(writer: Writer, chain: Chain, kind: str, place: int, above: object = ()) -> str | None:
    """The name of 1 = o(1), if it is found for a failure of that kind at that class; `above` is the key of a form that
    should exceed every power of the class."""
    for degree in range(MAX_DEGREE + 1 if writer.scope.ranges else 1):
        found = products(writer.scope.ranges, degree)
        try:
            if kind == "above":
                forms = (form for fact in writer.scope.facts.values() for form in fact.forms)
                return _grown(writer, chain, place - 1, next(f for f in forms if key(f) == above), found)
            return {"strict": _strict, "class": _class, "large": _large}[kind](writer, chain, place, found)
        except NotFound:
            continue
    return None


def _columns(form: Polynomial, name: str, strict: bool, found: Products) -> list[Column]:
    return [Column(multiply(p, form), (name, *names), (), None, strict and s) for names, p, s in found]


def _signs(writer: Writer, found: Products) -> list[Column]:
    facts = writer.scope.facts.items()
    return [c for n, f in facts if f.kind in ("O", "o") for c in _columns(f.forms[0], n, f.kind == "o", found)]


def _grouped(used: Sequence[tuple[Column, Fraction]]) -> dict[str, Times]:
    groups: dict[str, Times] = {}
    for column, weight in used:
        groups.setdefault(column.facts[0], []).append([str(weight), list(column.facts[1:])])
    return groups


def _terms(groups: Mapping[str, Times]) -> list[dict[str, Any]]:
    return [{"fact": name, "times": times} for name, times in groups.items()]


def _strict(writer: Writer, chain: Chain, place: int, found: Products) -> str:
    used = combine({}, True, _signs(writer, found))
    return writer.emit("combine", Fact("o", ({},)), terms=_terms(_grouped(used)), scale=ONE)


def _small(
    writer: Writer, chain: Chain, place: int, head: Polynomial, found: Products
) -> tuple[list[Column], dict[str, Callable[[], str]]]:
    """Columns of what is at most every power of the head, and how to write the fact behind each."""
    columns: list[Column] = []
    make: dict[str, Callable[[], str]] = {}

    def offer(form: Polynomial, first: str | None, over: Polynomial) -> None:
        label = f"small:{len(make)}"
        columns.extend(_columns(form, label, False, found))

        def write() -> str:
            then = None if over == head else writer.link(over, head, strict=False)
            if first is None:
                return then or ""
            if then is None:
                return first
            return writer.emit("chain", Fact("sub", (form, head)), **{"from": first, "then": then})

        make[label] = write

    for name, fact in list(writer.scope.facts.items()):
        if fact.kind in ("poly", "sub"):
            at = chain.place(fact.forms[1])
            own = at == place and fact.kind == "sub" and head in chain.classes[place]
            if at is not None and (at > place or own):
                offer(fact.forms[0], name, fact.forms[1])
    for members in chain.classes[place + 1 :]:
        for other in members:
            offer(other, None, other)
    return columns, make


def _absorbed(
    writer: Writer, chain: Chain, head: Polynomial, form: Polynomial, used: Sequence[tuple[Column, Fraction]],
    make: Mapping[str, Callable[[], str]],
) -> str:  # fmt: skip
    """The name of ["sub", form, head] from a combination; columns of markers are no facts."""
    groups = _grouped([(c, w) for c, w in used if not c.facts[0].startswith("marker:")])
    merged: dict[str, Times] = {}
    for label, times in groups.items():
        merged.setdefault(make[label]() if label in make else label, []).extend(times)
    details = {"terms": _terms(merged), "from": chain.grows[key(head)]}
    return writer.emit("absorb", Fact("sub", (form, head)), **details)


def _class(writer: Writer, chain: Chain, place: int, found: Products) -> str:
    """A positive multiple of a head of the class is at most every power of it, so the head does not grow."""
    for head in chain.classes[place]:
        try:
            return _grown(writer, chain, place, head, found)
        except NotFound:
            continue
    raise NotFound("no combination for this class")


def _grown(writer: Writer, chain: Chain, place: int, head: Polynomial, found: Products) -> str:
    """As `_class`, for one head of the class, or for one that exceeds every power of the next one."""
    columns, make = _small(writer, chain, place, head, found)
    columns += _signs(writer, found)
    markers = [Column(multiply(p, minus(head)), ("marker:head", *n)) for n, p, _ in found if n]
    for names, product, sure in found:
        if not sure:
            continue
        try:
            used = combine(multiply(product, head), False, [*columns, *markers])
        except NotFound:
            continue
        times = [["1", list(names)], *_grouped(used).get("marker:head", [])]
        total = _sum(times, writer)
        fact = _absorbed(writer, chain, head, multiply(total, head), used, make)
        half = [[str(Fraction(w) / 2), n] for w, n in times]
        grows = chain.grows[key(head)]
        left = multiply(multiply(constant(Fraction(1, 2)), total), head)
        one = writer.emit("instance", Fact("o", (left,)), **{"from": fact, "epsilon": half, "grows": grows})
        terms = [{"fact": one, "times": ONE}, {"fact": grows, "times": half}]
        return writer.emit("combine", Fact("o", ({},)), terms=terms, scale=ONE)
    raise NotFound("no combination for this head")


def _sum(times: Times, writer: Writer) -> Polynomial:
    total = constant(0)
    for weight, names in times:
        product = constant(Fraction(weight))
        for name in names:
            product = multiply(product, writer.scope.ranges[name][1])
        total = add(total, product)
    return total


def _large(writer: Writer, chain: Chain, place: int, found: Products) -> str:
    """What exceeds a power as large as one likes is at most a fixed one."""
    facts = {n: f for n, f in writer.scope.facts.items() if f.kind == "large" and chain.place(f.forms[1]) == place}
    for head in {key(f.forms[1]): f.forms[1] for f in facts.values()}.values():
        own = {n: f.forms[0] for n, f in facts.items() if f.forms[1] == head}
        columns, make = _small(writer, chain, place, head, found)
        columns += _signs(writer, found)
        columns += [Column(multiply(p, head), ("marker:head", *n)) for n, p, _ in found]
        columns += [Column(minus(form), (f"marker:{n}",)) for n, form in own.items()]
        for name, form in own.items():
            try:
                used = combine(form, False, columns)
            except NotFound:
                continue
            return _exceeded(writer, chain, head, (name, own), used, make)
    raise NotFound("no combination for this large power")


def _exceeded(
    writer: Writer, chain: Chain, head: Polynomial, chosen: tuple[str, Mapping[str, Polynomial]],
    used: Sequence[tuple[Column, Fraction]], make: Mapping[str, Callable[[], str]],
) -> str:  # fmt: skip
    """With Z = sum z_i N_i - w K at most every power of K, and N_i >= K^C: (C sum z_i - w - 1) log K <= o(1)."""
    first, own = chosen
    groups = _grouped(used)
    weights = {n: Fraction(n == first) + sum(Fraction(w) for w, _ in groups.get(f"marker:{n}", [])) for n in own}
    total = sum(weights.values())
    over = groups.get("marker:head", [])
    Z = multiply(_sum(over, writer), minus(head)) if over else {}
    for n, weight in weights.items():
        Z = add(Z, multiply(constant(weight), own[n]))
    fact, grows = _absorbed(writer, chain, head, Z, used, make), chain.grows[key(head)]
    one = writer.emit("instance", Fact("o", (add(Z, head, -1),)), **{"from": fact, "epsilon": ONE, "grows": grows})
    power = [[str(Fraction(w) / total), n] for w, n in [["2", []], *over]]
    terms = [{"fact": one, "times": ONE}, {"fact": grows, "times": ONE}]
    for n, weight in weights.items():
        if weight:
            left = add(multiply(_sum(power, writer), head), own[n], -1)
            known = writer.emit("large", Fact("O", (left,)), **{"from": n, "power": power})
            terms.append({"fact": known, "times": [[str(weight), []]]})
    return writer.emit("combine", Fact("o", ({},)), terms=terms, scale=ONE)
