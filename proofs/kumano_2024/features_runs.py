"""The alignment of the three directions with random q, and projected ascent on <q, eta> over the three balls."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from theorycheck_simulations.leaky.attacks import direction

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Exact = list[Fraction]
LARGEST = 60  # d < 60
ROUNDING = 1e-12  # a sum of fewer than 60 products of doubles is off by less than 60 * 1.1e-16, relatively
ASCENT = 1e-9  # the last step of the ascent moves eta by rounding only
NORMS = ("l2", "linf", "l0")
DOUBLINGS = 60


def top(q: Floats, k: int) -> Bools:
    """Whether each pixel is one of the k largest in absolute value, (d,)."""
    chosen = np.zeros(q.size, bool)
    chosen[np.argsort(-np.abs(q), kind="stable")[:k]] = True
    return chosen


def cosine(a: Floats, b: Floats) -> float:
    """cos(a, b)."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def slacks(q: Floats, k: int, mask: Callable[[Floats, int], Bools] = top) -> dict[str, float]:
    """How far each cosine is above its bound, relative to the bound."""
    d, chosen = q.size, mask(q, k)
    sign = np.sign(q)
    one, two = np.abs(q).sum(), np.linalg.norm(q)
    linf, l0, masked = cosine(sign, q), cosine(sign * chosen, q), cosine(q * chosen, q)
    return {
        "linf": linf * np.sqrt(d) - 1, "linf at most 1": 1 - linf,
        "l0": l0 / (np.sqrt(k) / d * one / two) - 1, "mask": masked / np.sqrt(k / d) - 1,
    }  # fmt: skip


def exactly(q: Exact, k: int, chosen: list[bool]) -> dict[str, bool]:
    """The same inequalities of squared cosines, in rationals and without divisions."""
    d, one, two = len(q), sum((abs(x) for x in q), Fraction(0)), sum((x * x for x in q), Fraction(0))
    some = [x for x, inside in zip(q, chosen, strict=True) if inside]
    T, T2 = sum((abs(x) for x in some), Fraction(0)), sum((x * x for x in some), Fraction(0))
    return {"linf": one**2 >= two, "linf at most 1": one**2 <= d * two, "l0": d * T >= k * one,
            "mask": d * T2 >= k * two}  # fmt: skip


def drawn(context: Context, count: int) -> list[tuple[Floats, int]]:
    """Random q with d < 60, Gaussian and heavy-tailed in turn, and a number of pixels."""
    found = []
    for index in range(count):
        rng = stream(context.seed, "k4", "cosine", index)
        d = int(rng.integers(1, LARGEST))
        q = rng.standard_normal(d) if index % 2 == 0 else rng.standard_t(1.5, d)
        found.append((q, int(rng.integers(1, d + 1))))
    return found


def measure_cosines(context: Context, mask: Callable[[Floats, int], Bools] = top) -> Measurement:
    """The cosine inequalities on random q; `mask` chooses the pixels."""
    count = context.profile.pick(1_000, 4_000, 20_000)
    given = drawn(context, count)
    found = [slacks(q, k, mask) for q, k in given]
    outcomes, rows = [], []
    for name in found[0]:
        values = np.array([one[name] for one in found])
        worst = int(np.argmin(np.where(np.isnan(values), -np.inf, values)))
        q, k = given[worst]
        shown = None if values[worst] >= -ROUNDING else witness(context, name, q, k, mask(q, k))
        outcomes.append(Invariant(f"cosine {name}", values, ROUNDING, shown))
        rows.append((name, count, float(values.min())))
    table = Table("Cosines with q against their bounds", ("bound", "random q", "least cosine/bound - 1"), tuple(rows))
    return Measurement(tuple(outcomes), {"random q": count}, tables=(table,))


def witness(context: Context, name: str, q: Floats, k: int, chosen: Bools) -> dict[str, Any]:
    """One q, its floats taken exactly, and the pixels in the mask."""
    return {"schema_version": 1, "kind": "run", "paper": context.paper, "claim": "k4", "inequality": name, "k": k,
            "q": [str(Fraction(float(x))) for x in q], "mask": [bool(x) for x in chosen]}  # fmt: skip


def replay(found: Mapping[str, Any]) -> bool | None:
    """True if the mask holds the k largest pixels and the inequality fails in exact arithmetic, else None."""
    q, mask = [Fraction(x) for x in found["q"]], list(found["mask"])
    inside = [abs(x) for x, chosen in zip(q, mask, strict=True) if chosen]
    outside = [abs(x) for x, chosen in zip(q, mask, strict=True) if not chosen]
    largest = len(inside) == found["k"] >= 1 and (not outside or min(inside) >= max(outside))
    return True if largest and any(q) and not exactly(q, found["k"], mask)[found["inequality"]] else None


def projected(eta: Floats, norm: str, epsilon: float, pixels: int) -> Floats:
    """The nearest point of the ball; for l0 at most `pixels` coordinates differ from 0, each by at most epsilon."""
    if norm == "l2":
        return np.asarray(eta * min(1.0, epsilon / float(np.linalg.norm(eta))))
    clipped = np.clip(eta, -epsilon, epsilon)
    if norm == "linf":
        return np.asarray(clipped)
    gain = clipped * (2 * eta - clipped)  # what keeping a coordinate takes off the squared distance
    return np.asarray(np.where(top(gain, pixels), clipped, 0.0))


def ascended(q: Floats, norm: str, epsilon: float, pixels: int, rng: np.random.Generator) -> Floats:
    """Projected ascent on <q, eta> from a random point of the ball; knows neither q/||q|| nor sgn q.

    Steps double, so that no early choice of pixels sticks.
    """
    eta = projected(rng.standard_normal(q.size) * epsilon, norm, epsilon, pixels)
    for doublings in range(DOUBLINGS):
        eta = projected(eta + 2.0**doublings * epsilon / float(np.abs(q).max()) * q, norm, epsilon, pixels)
    return eta


def measure_ascent(context: Context) -> Measurement:
    """What the ascent reaches against epsilon y' <q, h> of the closed form."""
    count = context.profile.pick(20, 60, 400)
    outcomes: list[Agreement | Invariant] = []
    for norm in NORMS:
        said, seen, apart = [], [], []
        for index in range(count):
            rng = stream(context.seed, "k4", "ascent", norm, index)
            d, epsilon, y = int(rng.integers(2, LARGEST)), float(rng.uniform(0.1, 2)), int(rng.choice([-1, 1]))
            q = y * rng.standard_normal(d)  # ascent on y' <q, eta>
            pixels = int(rng.integers(1, d + 1))
            h = direction(q, norm, pixels if norm == "l0" else None)
            eta = ascended(q, norm, epsilon, pixels, rng)
            said.append(epsilon * float(q @ h))
            seen.append(float(q @ eta))
            apart.append(ASCENT - float(np.max(np.abs(eta - epsilon * h))) / epsilon)
        outcomes.append(Agreement(f"{norm}: largest y' <q, eta>", np.array(said), np.array(seen), ASCENT))
        outcomes.append(Invariant(f"{norm}: distance to epsilon y' h at most {ASCENT:g} epsilon", np.array(apart)))
    return Measurement(tuple(outcomes), {"ascents": count * len(NORMS)})


REPLAYS = {"k4": replay}
