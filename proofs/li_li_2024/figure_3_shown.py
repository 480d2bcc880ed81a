"""What Figure 3 shows: plots, tables and numbers of both trainings."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.figure_3 import Accuracies, Course, over_classes
from theorycheck_simulations.threats import THREATS

from theorycheck.evidence import Figure, Plot, Series, Table

from . import figure_3_predictions as theory

if TYPE_CHECKING:
    from .figure_3_runs import Both

Floats = NDArray[np.float64]
FEATURE = {"robust": "robust feature u", "non-robust": "non-robust feature v"}


def figures(both: "Both") -> dict[str, Figure]:
    """Numbers that say what was run."""
    s, t = both.setting, both.t
    shown: dict[str, Figure] = {
        "runs": both.live.shape[0], "steps": s.T, "records": int(t.size), "epsilon": s.epsilon, "eta~": s.eta_tilde,
        "training": "level 2, a data set for each run" if s.sigma_n > 0 else "level 1, noiseless population",
    }  # fmt: skip
    for n, reason in enumerate(both.unforeseen, 1):
        shown[f"left out, reason {n}"] = f"predictions do not apply: {reason}"
    return shown


def plots(both: "Both") -> tuple[Plot, ...]:
    """Correlations and accuracies of each algorithm, the saturation of B, and the bends."""
    found = []
    for name, course, seen in both.courses:
        marks = [*_predicted_times(both), *_bends(both, name)] if name == "adversarial" else _bends(both, name)
        title = f"{name.capitalize()} training"
        found += [_correlations(both, course, title, marks), _accuracy(both, seen, title)]
    return (*found, _saturation(both), *([_fits(both)] if both.bends else []))


def tables(both: "Both") -> tuple[Table, ...]:
    """Accuracy at T, what was predicted, the bends, and the classes."""
    found = [_at_the_end(both)]
    if not both.unforeseen:
        found.append(_predictions(both))
    if both.bends:
        found.append(_change_points(both))
    return (*found, classes(both))


def classes(both: "Both") -> Table:
    """How many classes start with nothing to learn from."""
    (u, v), chance = both.started, 0.5**both.setting.m
    rows: tuple[tuple[Figure, ...], ...] = (
        ("without a positive A(0): no pull on it from robust patches at the start", int((~u).sum()), chance),
        ("without a positive B(0): no pull on it from non-robust patches at the start", int((~v).sum()), chance),
        ("dead: without either", int((~u & ~v).sum()), chance**2),
        ("with both, in runs that stayed finite: what the curves are means over", int(both.live.sum()),
         (1 - chance) ** 2),
        ("foreseen: different filters lead in A and B, and T is long enough",
         0 if both.unforeseen else int(both.foreseen.sum()), ""),
    )  # fmt: skip
    title = f"Classes at the start, of {u.size}"
    return Table(title, ("classes", "number", "probability without noise"), rows)


def _curve(label: str, t: NDArray[np.int64], values: Floats) -> Series:
    """The mean over runs of values (R, n), with a band from the least to the largest, where t > 0; gaps for no run."""
    kept = t > 0
    values = values if values.size else np.full((1, t.size), np.nan)
    mean, low, high = (f(values, axis=0)[kept].tolist() for f in (np.mean, np.min, np.max))
    return Series(label, "line", t[kept].astype(float).tolist(), mean, low, high)


def _correlations(both: "Both", course: Course, title: str, marks: list[Series]) -> Plot:
    parts = zip(FEATURE.values(), (course.A, course.B), strict=True)
    curves = [_curve(label, both.t, over_classes(course.normalised(part), both.live)) for label, part in parts]
    return Plot(f"{title}: normalised correlations", "t", "max over filters of <w, f>/|w|", (*curves, *marks), "log")


def _accuracy(both: "Both", seen: Accuracies, title: str) -> Plot:
    curves = [_curve("no attack", seen.t, over_classes(seen.clean, both.live))]
    for threat in THREATS:
        low, high = (over_classes(part[threat], both.live) for part in (seen.low, seen.high))
        same = np.array_equal(low, high)
        curves.append(_curve(f"{threat}, certified{' = attacked' if same else ''}", seen.t, low))
        if not same:
            curves.append(_curve(f"{threat}, attacked", seen.t, high))
    return Plot(f"{title}: accuracy", "t", "accuracy", tuple(curves), "log")


def _saturation(both: "Both") -> Plot:
    s = both.setting
    size = [(np.maximum(course.B, 0) ** s.q).sum(axis=-1) ** (1 / s.q) for _, course, _ in both.courses]
    curves = [_curve(f"{name} training", both.t, over_classes(part, both.live))
              for (name, _, _), part in zip(both.courses, size, strict=True)]  # fmt: skip
    if not both.unforeseen:
        curves.append(Series("B*, predicted", "rule", [], [theory.saturation_strength(s)]))
    curves += _predicted_times(both)
    return Plot("Where the non-robust feature stops", "t", "(sum_r B^q)^(1/q)", tuple(curves), "log")


def _predicted_times(both: "Both") -> list[Series]:
    """T_B as a rule, T_A's bracket as a span: those of the median class."""
    if both.unforeseen:
        return []
    T_B, fast, slow = (float(np.median(part)) for part in _times(both))
    bracket = Series("bracket of T_A, predicted", "span", [], [], [fast], [slow])
    return [Series("T_B, predicted", "rule", [T_B], []), bracket]


def _times(both: "Both") -> tuple[Floats, Floats, Floats]:
    """Predicted T_B and both ends of T_A of the classes that they are about."""
    A, B = (part[:, 0].max(axis=-1)[both.foreseen] for part in (both.adversarial.A, both.adversarial.B))
    return theory.saturation_time(both.setting, B), *theory.passing_bracket(both.setting, A)


def _bends(both: "Both", name: str) -> list[Series]:
    """Intervals of the last change point of B and of both of A."""
    said = {("non-robust", 1): "v: growth ends", ("robust", 0): "u: growth begins", ("robust", 1): "u: growth ends"}
    if not both.bends or name == "standard":
        said = {("non-robust", 1): "v: growth ends"} if both.bends else {}
    found = []
    for (signal, n), label in said.items():
        low, high = np.exp(both.bends[name, signal].knots[:, n]).tolist()
        found.append(Series(f"change point, {label}", "span", [], [], [low], [high]))
    return found


def _fits(both: "Both") -> Plot:
    x, curves = both.t[1:].astype(float).tolist(), []
    for signal, part in zip(FEATURE, (both.adversarial.A, both.adversarial.B), strict=True):
        mean = over_classes(part.max(axis=-1), both.live)[:, 1:].mean(axis=0)
        curves += [
            Series(f"{FEATURE[signal]}, mean", "points", x, mean.tolist()),
            Series(f"{FEATURE[signal]}, broken line", "line", x,
                   np.exp(both.bends["adversarial", signal].line.fitted).tolist()),
        ]  # fmt: skip
    return Plot("Adversarial training: bends", "t", "max over filters of the correlation", tuple(curves), "log", "log")


def _change_points(both: "Both") -> Table:
    rows: list[tuple[Figure, ...]] = []
    for (name, signal), found in both.bends.items():
        low, high = np.exp(found.knots)
        first, second = np.exp(found.line.knots)
        rows.append((name, FEATURE[signal], float(first), float(low[0]), float(high[0]), float(second), float(low[1]),
                     float(high[1]), *map(float, found.line.slopes), found.line.explained))  # fmt: skip
    heads = ("algorithm", "correlation", "growth begins, t", "95 % from", "to", "growth ends, t", "95 % from", "to",
             "exponent before", "between", "after", "variance explained")  # fmt: skip
    return Table("Change points of log mean correlation against log t", heads, tuple(rows))


def _predictions(both: "Both") -> Table:
    about, (T_B, fast, slow) = both.foreseen, _times(both)
    rows: tuple[tuple[Figure, ...], ...] = (
        ("sum_r B^q at T over its level", 1.0, *_summary(both.share[:, -1][about])),
        ("T_B, half of the level", float(np.median(T_B)), *_summary(both.T_B[about])),
        ("T_A, earliest", float(np.median(fast)), *_summary(both.T_A[about])),
        ("T_A, latest", float(np.median(slow)), *_summary(both.T_A[about])),
    )
    return Table(
        f"Predicted and measured: the median of {int(about.sum())} classes, the least and the largest",
        ("quantity", "predicted", "measured", "least", "largest"), rows,
    )  # fmt: skip


def _summary(values: Floats) -> tuple[float, float, float]:
    return float(np.median(values)), float(values.min()), float(values.max())


def _at_the_end(both: "Both") -> Table:
    whole = np.ones_like(both.live)
    rows: list[tuple[Figure, ...]] = []
    for name, _, seen in both.courses:
        kinds = {"no attack": (seen.clean, seen.clean)} | {th: (seen.low[th], seen.high[th]) for th in THREATS}
        for attack, ends in kinds.items():
            means = [float(over_classes(end[:, -1:], about).mean()) for about in (both.live, whole) for end in ends]
            rows.append((name, attack, *means))
    heads = ("algorithm", "attack", "certified", "attacked", "certified, all classes", "attacked, all classes")
    return Table("Accuracy at T, of classes that start with both features", heads, tuple(rows))
