"""The boundary theorem certified: all admissible Gram matrices at once in balls, one data set in exact rationals."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from theorycheck_simulations.leaky import exact

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Fact, Measurement
from theorycheck.evidence import Table

from .boundary_exact import THEOREM, Bounds, Instance, instance

SIZES, SLOPES = (3, 6, 12, 24, 48), (Fraction(3, 10), Fraction(1, 2), Fraction(9, 10))
# What a prototype found for 48 samples with balanced labels, to four digits.
RECORDED = {Fraction(3, 10): (1.8223, 1.8474), Fraction(1, 2): (1.5392, 1.6608), Fraction(9, 10): (0.7612, 1.4487)}
X_EXACT = [[Fraction(v) for v in row] for row in ((300, 0, 1, 0), (0, 300, 0, 1), (1, -1, 300, 0))]
Y_EXACT, GAMMA_EXACT = (1, -1, 1), Fraction(1, 2)
POINTS_EXACT = ((1, 0, 0, 0), (0, 1, 0, 0), (1, 1, -1, 2), (-3, 1, 5, 0), (-1, -1, -1, -1), (7, 5, -3, 11))
SIGNS, MULTIPLIERS, MARGINS, OUTPUT = "(b) signs", "(c) multipliers", "(a) margins", "g positive"


def patterns(N: int) -> dict[str, tuple[int, ...]]:
    """Label patterns: as balanced as N allows, one class, a single odd one out."""
    return {
        "balanced": tuple(1 if n % 2 == 0 else -1 for n in range(N)), "one class": (1,) * N,
        "one against all": (-1,) + (1,) * (N - 1),
    }  # fmt: skip


def refined(gamma: Fraction) -> tuple[Fraction, Fraction]:
    """K3's interval for unit norms."""
    c = 2 / (1 + gamma**2)
    return c * (3 - 2 * gamma**3) / (3 - gamma**3), c * 3 / (3 - gamma**3)


def inside(low: Fraction, high: Fraction, least: Fraction, most: Fraction, strict: bool) -> bool | None:
    """True where the enclosure lies between the bounds; an enclosure that reaches further decides nothing."""
    if low > least and high < most or not strict and low >= least and high <= most:
        return True
    return False if high < least or low > most else None


def enclosures(
    sizes: Sequence[int] = SIZES, slopes: Sequence[Fraction] = SLOPES, widen: Fraction = Fraction(1)
) -> Iterator[tuple[int, Fraction, str, list[tuple[Fraction, Fraction]] | None]]:
    """N, gamma, the label pattern, and intervals of all multipliers, or None where the matrix may be singular.

    `widen` multiplies p, as a negative control does.
    """
    for N in sizes:
        for gamma in slopes:
            for name, y in patterns(N).items():
                try:
                    found = exact.enclosed_multipliers(N, y, gamma, widen * gamma**3 / (3 * N))
                except ValueError:
                    found = None
                yield N, gamma, name, found


def certify_all(context: Context, bounds: Bounds = THEOREM, widen: Fraction = Fraction(1)) -> Measurement:
    """(b) and (c) for every Gram matrix with unit diagonal inside (ORTH)."""
    facts, rows, failures = [], [], []
    for N, gamma, name, found in enclosures(widen=widen):
        where = f"N = {N}, gamma = {gamma}, {name}"
        if found is None:
            failures.append(f"{where}: the margin matrix may be singular")
            continue
        low, high = min(a for a, _ in found), max(b for _, b in found)
        paper = (bounds.lower, bounds.upper / gamma**2)
        p = widen * gamma**3 / (3 * N)
        total = sum((b for _, b in found), Fraction(0))
        # Row n of any neuron is at least gamma lambda_n - p (the sum of the others), as slopes are at most 1.
        signs = all(gamma * a > p * (total - b) for a, b in found)
        facts += [
            Fact(f"{where}: lambda in [{float(low):.4f}, {float(high):.4f}], inside (c)",
                 inside(low, high, *paper, strict=True), MULTIPLIERS),
            Fact(f"{where}: inside the refined interval", inside(low, high, *refined(gamma), strict=False),
                 MULTIPLIERS),
            Fact(f"{where}: all signs", True if signs else None, SIGNS),
        ]  # fmt: skip
        said = RECORDED.get(gamma, ("", "")) if N == 48 and name == "balanced" else ("", "")
        rows.append((N, float(gamma), name, float(low), float(high), *map(float, refined(gamma)), *map(float, paper),
                     *said))  # fmt: skip
    columns = ("N", "gamma", "labels", "lambda from", "to", "refined from", "to", "(c) from", "to", "prototype from",
               "to")  # fmt: skip
    return Measurement(tuple(facts), {"Gram boxes": len(rows), "precision (bits)": 128},
                       tables=(Table("All Gram matrices inside (ORTH), unit norms", columns, tuple(rows)),),
                       failures=tuple(failures))  # fmt: skip


def exact_instance() -> Instance:
    """Three samples in four dimensions, gamma = 1/2."""
    return instance(X_EXACT, Y_EXACT, GAMMA_EXACT)


def certify_instance(context: Context, bounds: Bounds = THEOREM, y: Sequence[int] = Y_EXACT) -> Measurement:
    """(ORTH), (a), (b), (c) and (d) at some points, in exact rationals."""
    found = instance(X_EXACT, y, GAMMA_EXACT)
    products = [[sum((a * b for a, b in zip(x, z, strict=True)), Fraction(0)) for x in X_EXACT] for z in POINTS_EXACT]
    shown = ", ".join(map(str, found.lam))
    facts = (
        Fact(f"(ORTH) and {bounds.lower}/R_max^2 < lambda < {bounds.upper}/(gamma^2 R_min^2), lambda = {shown}",
             found.orth and found.within(bounds), MULTIPLIERS),
        Fact("sgn <w_j, x_n> = s_j y_n", found.signs, SIGNS),
        Fact("every margin is 1", all(margin == 1 for margin in found.margins), MARGINS),
        Fact(f"f and g have equal signs at {len(products)} points", all(map(found.same_sign, products)), OUTPUT),
    )  # fmt: skip
    return Measurement(facts, {"samples": 3, "dimension": 4, "gamma": str(GAMMA_EXACT), "lambda": shown})
