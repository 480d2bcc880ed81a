"""K9 in numbers: reflected samples, the scan over a common epsilon in exact rationals, and trained networks."""

from fractions import Fraction

import numpy as np
from theorycheck_simulations.leaky.exact import gram, orth, solve
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal, output, pattern
from theorycheck_simulations.leaky.samples import Floats, labels, near_orthogonal

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Fact, Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

from .agreement_runs import balanced
from .agreement_trained import trained

TO_ROUNDING = 1e-12
SCAN_N, SCAN_GAMMA = 16, Fraction(3, 5)
SCAN = tuple(Fraction(t) for t in (".03", ".036", ".037", ".05", ".2", ".9", ".99", "1", "1.01", "1.1", "1.8", "1.9",
                                   "1.97", "2", "2.03", "2.2", "5"))  # fmt: skip
INSIDE = tuple(Fraction(t) for t in (".03", ".036", "1.97", "2", "2.03"))  # the t of the scan with (ORTH) for D'


def reflect(X: Floats, q: Floats) -> Floats:
    """H x = x - 2 <x, q> q/||q||^2 of every row."""
    unit = q / np.linalg.norm(q)
    return np.asarray(X - 2 * np.outer(X @ unit, unit))


def measure_reflected(context: Context) -> Measurement:
    """Random near-orthogonal data: lambda' = lambda, q' = q for flipped labels, q' = -q for kept ones, (ORTH)."""
    instances = context.profile.pick(100, 300, 3_000)
    rng = stream(context.seed, "k9", "reflected")
    multiplier, flipped, kept, inside, towards = [], [], [], [], []
    for _ in range(instances):
        gamma, N = float(rng.uniform(0.1, 0.95)), int(rng.integers(2, 25))
        X = near_orthogonal(rng, N, N + 4, gamma, float(rng.uniform(0, 0.9)), float(rng.uniform(1, 2)))
        y = labels(N, rng)
        lam = multipliers(X, y, gamma)
        q = functional(X, y, lam)
        X_new, size = reflect(X, q), np.linalg.norm(q)
        lam_new = multipliers(X_new, -y, gamma)
        multiplier.append(np.max(np.abs(lam_new / lam - 1)))
        flipped.append(np.linalg.norm(functional(X_new, -y, lam_new) - q) / size)
        kept.append(np.linalg.norm(functional(X_new, y, multipliers(X_new, y, gamma)) + q) / size)
        inside.append(1.0 if orthogonal(X_new, gamma) and pattern(X_new, -y, lam_new, gamma) else -1.0)
        towards.append(float(np.min(y * (X @ q))))
    zero = np.zeros(instances)
    outcomes = (
        Agreement("lambda'/lambda - 1", zero, np.array(multiplier), TO_ROUNDING, absolute=True),
        Agreement("|q' - q|/|q|, labels flipped", zero, np.array(flipped), TO_ROUNDING, absolute=True),
        Agreement("|q' + q|/|q|, labels kept", zero, np.array(kept), TO_ROUNDING, absolute=True),
        Invariant("(ORTH) and sign pattern of D'", np.array(inside)),
        Invariant("y_n <x_n, q>", np.array(towards)),
    )
    return Measurement(outcomes, {"instances": instances})


def measure_scan(context: Context) -> Measurement:
    """Random balanced orthonormal data with flipped labels and x'_n = x_n - t y_n q/(||q|| sqrt(N)): cosine, pattern.

    t within 10^-3 of 1, where q' vanishes, and t (2 - t) within 10^-9 of its limit are not drawn.
    """
    instances = context.profile.pick(100, 300, 3_000)
    rng = stream(context.seed, "k9", "scan")
    cosines: list[float] = []
    expected, patterns = [], []
    while len(cosines) < instances:
        gamma, N = float(rng.uniform(0.05, 0.95)), 2 * int(rng.integers(1, 13))
        t = float(10 ** rng.uniform(-2, 0.8)) if rng.random() < 0.5 else float(rng.uniform(0, 2.2))
        room = 2 * gamma / (1 + gamma) - t * (2 - t)
        if abs(t - 1) < 1e-3 or abs(room) < 1e-9:
            continue
        y = balanced(N, rng)
        unit = y / np.sqrt(N)
        X = np.eye(N) - t / np.sqrt(N) * np.outer(y, unit)
        lam = multipliers(X, -y, gamma)
        q = functional(X, -y, lam)
        cosines.append(float(q @ unit / np.linalg.norm(q)))
        expected.append(np.sign(t - 1))
        patterns.append(1.0 if pattern(X, -y, lam, gamma) == (room > 0) else -1.0)
    outcomes = (Agreement("cos(q', q) against sgn(t - 1)", np.array(expected), np.array(cosines), 1e-10, absolute=True),
                Invariant("pattern exactly where t (2 - t) < 2 gamma/(1 + gamma)", np.array(patterns)))  # fmt: skip
    return Measurement(outcomes, {"instances": instances})


def certify_scan(context: Context, gamma: Fraction = SCAN_GAMMA) -> Measurement:
    """N = 16: (ORTH), the sign pattern and q' of every t in the scan, from exact Gram matrices and solutions."""
    facts, rows, y = [], [], [1, -1] * (SCAN_N // 2)
    for t in SCAN:
        X = _samples(y, t)
        G, flipped = gram(X), [-label for label in y]
        lam = solve(G, flipped, gamma)
        inside, valid = orth(G, gamma), _pattern(G, flipped, lam, gamma)
        q = [sum((a * label * x[i] for a, label, x in zip(lam, flipped, X, strict=True)), Fraction(0))
             for i in range(SCAN_N)]  # fmt: skip
        exact = all(value == -lam[0] * (1 - t) * label for value, label in zip(q, y, strict=True))
        facts += [
            Fact(f"t = {t}: (ORTH) {'holds' if t in INSIDE else 'fails'}", inside == (t in INSIDE), "scan, exact"),
            Fact(f"t = {t}: pattern as predicted", valid == (t * (2 - t) < 2 * gamma / (1 + gamma)), "scan, exact"),
            Fact(f"t = {t}: q' = -lambda' (1 - t) sum y_n x_n", exact and all(a == lam[0] > 0 for a in lam),
                 "scan, exact"),
        ]  # fmt: skip
        rows.append((str(t), str(inside), str(valid), "-" if t < 1 else "0" if t == 1 else "+"))
    heads = ("t", "(ORTH) of D'", "sign pattern", "sign of <q', q>")
    return Measurement(tuple(facts), tables=(Table(f"Flip scan, N = {SCAN_N}, gamma = {gamma}", heads, tuple(rows)),))


def _samples(y: list[int], t: Fraction) -> list[list[Fraction]]:
    """x'_n = e_n - (t/sqrt(N)) y_n q/||q|| with q/||q|| = sum_k y_k e_k/sqrt(N)."""
    return [[Fraction(int(i == k)) - t * a * b / SCAN_N for k, b in enumerate(y)] for i, a in enumerate(y)]


def _pattern(G: list[list[Fraction]], y: list[int], lam: list[Fraction], gamma: Fraction) -> bool:
    """lambda > 0 and sgn <w_j, x_n> = s_j y_n for both kinds of neurons, exactly."""
    for row, label in zip(G, y, strict=True):
        same, opp = (sum((a * value for a, value, other in zip(lam, row, y, strict=True) if (other == label) == alike),
                         Fraction(0)) for alike in (True, False))  # fmt: skip
        if not (same - gamma * opp > 0 and opp - gamma * same < 0):
            return False
    return all(a > 0 for a in lam)


def measure_trained(context: Context) -> Measurement:
    """One network trained on D, one on the reflected and mislabelled D': the same answers everywhere."""
    pairs, gamma, N, d, m = context.profile.pick(2, 10, 40), 0.6, 8, 20, 6
    rows, failures = [], []
    for index in range(pairs):
        rng = stream(context.seed, "k9", "trained", index)
        X, y = near_orthogonal(rng, N, d, gamma, 0.9, 1.5), labels(N, rng)
        X_new = reflect(X, functional(X, y, multipliers(X, y, gamma)))
        first, second = trained(X, y, gamma, m, rng), trained(X_new, -y, gamma, m, rng)
        if not (first.separated and second.separated):
            failures.append(f"pair {index}: a run is not separated")
        Z = rng.standard_normal((20_000, N)) @ X  # both networks see D's span only
        agree = float(np.mean(output(first.W, Z, gamma) * output(second.W, Z, gamma) > 0))
        rows.append((index, agree, float(np.mean(y * output(second.W, X, gamma) > 0))))
    found = np.array([row[1:] for row in rows])
    outcomes = (Invariant("agreement - .999", found[:, 0] - 0.999), Invariant("accuracy on D - 1", found[:, 1] - 1))
    heads = ("pair", "agreement on 20000 points", "accuracy on D")
    return Measurement(outcomes, {"pairs of networks": pairs, "least agreement": float(found[:, 0].min())},
                       tables=(Table("Trained networks", heads, tuple(rows)),), failures=tuple(failures))  # fmt: skip
