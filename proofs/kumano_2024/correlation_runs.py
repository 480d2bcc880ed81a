"""K8 in numbers: the span formula, how much of the perturbations' effect is cancelled, and trained networks."""

import numpy as np
from theorycheck_simulations.leaky.admissible import largest_epsilon, perturbed
from theorycheck_simulations.leaky.kkt import functional, multipliers, orthogonal, output
from theorycheck_simulations.leaky.samples import Floats, Integers, draw, labels

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

from .agreement_runs import balanced
from .agreement_trained import trained

EXACT = 1e-10
NATURAL_SLOPES = (0.05, 0.3, 0.8)
NATURAL = 1000
NOISE = ((0.5, 400, 8_000), (0.9, 400, 8_000), (0.5, 400, 2_000), (0.1, 400, 2_000))  # gamma, N', d
SIGMAS = 4.0
NEAR = 0.005  # below this |g'(q)| the error of finite training decides


def kappa(gamma: float) -> float:
    """(1 + gamma)^2/(2 (1 + gamma^2))."""
    return (1 + gamma) ** 2 / (2 * (1 + gamma**2))


def measure_span(context: Context) -> Measurement:
    """<q', x_n> on orthonormal samples perturbed along q/||q||, solved in full and by the formula."""
    instances, N = context.profile.pick(4, 20, 100), 400
    rng = stream(context.seed, "k8", "span")
    predicted, measured = [], []
    for _ in range(instances):
        gamma, epsilon = float(rng.uniform(0.05, 0.95)), 10 ** rng.uniform(-3, 0)
        y, y_adv, X = labels(N, rng), labels(N, rng), np.eye(N)
        X_adv = perturbed(X, y_adv, y / np.sqrt(N), epsilon)
        lam = multipliers(X_adv, y_adv, gamma)
        measured.append(functional(X_adv, y_adv, lam))
        predicted.append(span_formula(X_adv, y, y_adv, lam, gamma, epsilon))
    outcome = Agreement("<q', x_n>", np.concatenate(predicted), np.concatenate(measured), EXACT, absolute=True)
    return Measurement((outcome,), {"instances": instances, "N": N})


def span_formula(X_adv: Floats, y: Integers, y_adv: Integers, lam: Floats, gamma: float, epsilon: float) -> Floats:
    """<q', x_n> (N,) from <A, q>, <B, q> and the class sums of lambda', for x_n = e_n."""
    N, g2 = y.size, 1 + gamma**2
    plus, minus = (lam * (y_adv == sign) @ X_adv for sign in (1, -1))
    q_hat, step = y / np.sqrt(N), epsilon * y / np.sqrt(N) * (1 - gamma) ** 2 / g2
    alpha_A, alpha_B = (g2 * a - 2 * gamma * b for a, b in ((plus @ q_hat, minus @ q_hat),
                                                           (minus @ q_hat, plus @ q_hat)))  # fmt: skip
    return np.asarray(np.where(y_adv == 1, (2 - epsilon * alpha_A) / g2 + step * lam[y_adv == -1].sum(),
                    -(2 + epsilon * alpha_B) / g2 + step * lam[y_adv == 1].sum()))  # fmt: skip


def by_type(counts: Floats, gamma: float, epsilon: float) -> Floats:
    """lambda' of the four types (y', y y') = (1, 1), (1, -1), (-1, 1), (-1, -1) of orthonormal samples, `counts` of
    each: samples of one type have the same row, so M' lambda' = 2 is four equations."""
    s = 1 / np.sqrt(counts.sum())
    label, w = np.array([1, 1, -1, -1]), np.array([1, -1, 1, -1])
    C = np.where(np.equal.outer(label, label), 1 + gamma**2, 2 * gamma)
    rows = C * counts * (epsilon * s * np.add.outer(w, w) + epsilon**2) + (1 + gamma**2) * np.eye(4)
    return np.asarray(np.linalg.solve(rows, np.full(4, 2.0)))


def at_q(y: Integers, y_adv: Integers, gamma: float, epsilon: float) -> tuple[float, float]:
    """T_1 and T_2 at z = q/||q||."""
    types = np.array([np.sum((y_adv == a) & (y * y_adv == w)) for a in (1, -1) for w in (1, -1)], float)
    total = by_type(types, gamma, epsilon) * types
    return float(total @ np.array([1, -1, 1, -1])) / float(np.sqrt(y.size)), epsilon * float(total.sum())


def allowed(N: int, gamma: float) -> float:
    """The largest epsilon with (ORTH) for orthonormal samples of which some have y y' = 1 and some have -1:
    2 eps s + eps^2 <= gamma^3 (1 - 2 eps s + eps^2)^2/(3 N (1 + 2 eps s + eps^2)), s = N^(-1/2)."""
    s = float(1 / np.sqrt(N))
    low, high = 0.0, gamma**3 / (6 * np.sqrt(N))
    for _ in range(60):
        e = (low + high) / 2
        fits = 3 * N * (1 + 2 * e * s + e * e) * (2 * e * s + e * e) <= gamma**3 * (1 - 2 * e * s + e * e) ** 2
        low, high = (e, high) if fits else (low, e)
    return float(low)


def measure_natural(context: Context) -> Measurement:
    """Mean of T_1/T_2 at q/||q|| over balanced label vectors and their negatives, against -kappa.

    The negatives cancel the sum of the mislabels themselves, which no dependence of lambda' on y' is in.
    """
    pairs, N = context.profile.pick(200, 1_000, 10_000), NATURAL
    predicted, measured, errors = [], [], []
    rows: list[tuple[Figure, ...]] = []
    for gamma in NATURAL_SLOPES:
        rng = stream(context.seed, "k8", "natural", str(gamma))
        epsilon, y, ratios, signs = allowed(N, gamma), balanced(N, rng), [], []
        for _ in range(pairs):
            y_adv = balanced(N, rng)
            both = [at_q(y, labels_, gamma, epsilon) for labels_ in (y_adv, -y_adv)]
            ratios.append(np.mean([one / two for one, two in both]))
            mislabels = float(y @ y_adv) / np.sqrt(N)
            signs.append((both[0][0] + both[0][1] > 0, mislabels + epsilon * N > 0, mislabels > 0))
        predicted.append(-kappa(gamma))
        measured.append(float(np.mean(ratios)))
        errors.append(float(np.std(ratios) / np.sqrt(pairs)))
        actual, naive, mislabel = np.array(signs).T
        rows.append((gamma, epsilon, measured[-1], errors[-1], predicted[-1], float(naive.mean()), float(actual.mean()),
                     float(np.mean(actual == mislabel))))  # fmt: skip
    heads = ("gamma", "epsilon", "mean T_1/T_2", "its standard error", "-kappa", "share of g'(q) > 0 by the naive rule",
             "actual share", "share with the sign of the mislabels")  # fmt: skip
    outcome = Agreement("mean T_1/T_2 at q", np.array(predicted), np.array(measured), 0.005, absolute=True)
    return Measurement((outcome,), {"pairs": pairs, "N": N},
                       tables=(Table("Natural base points, epsilon at the edge of (ORTH)", heads, tuple(rows)),))


def measure_noise(context: Context) -> Measurement:
    """Mean of T_1/T_2 at z = h for uniform noise, against -kappa <Pi h, h>, and <Pi h, h> against N'/d.

    Allowed are four standard errors, and for the first the share N'/(2 d) of it: products of the base points are
    neglected, and the relative eigenvalues of their Gram matrix, 1 +- 2 sqrt(N'/d), enter in second order.
    """
    noises, pairs = context.profile.pick(1, 2, 10), context.profile.pick(10, 20, 100)
    chosen = NOISE[::2] if context.profile.pick(0, 1, 1) == 0 else NOISE
    rows = [_noise(context, *size, noises, pairs) for size in chosen]
    losses, shares = (np.array([row[k : k + 3] for row in rows], float) for k in (3, 6))
    outcomes = (
        Agreement("mean T_1/T_2 at h, in units of what is allowed", losses[:, 1] / losses[:, 2],
                  losses[:, 0] / losses[:, 2], 1.0, absolute=True),
        Agreement("<Pi h, h>, in units of what is allowed", shares[:, 1] / shares[:, 2], shares[:, 0] / shares[:, 2],
                  1.0, absolute=True),
    )  # fmt: skip
    heads = ("gamma", "N'", "d", "mean T_1/T_2", "-kappa <Pi h, h>", "allowed difference", "mean <Pi h, h>", "N'/d",
             "allowed difference of these")  # fmt: skip
    return Measurement(outcomes, {"draws of noise": noises, "pairs of label vectors each": pairs},
                       tables=(Table("Noise base points, epsilon = 1", heads, tuple(rows)),))  # fmt: skip


def _noise(context: Context, gamma: float, n: int, d: int, noises: int, pairs: int) -> tuple[Figure, ...]:
    ratios, shares = [], []
    for index in range(noises):
        rng = stream(context.seed, "k8", "noise", str(gamma), n, d, index)
        base, h = draw("uniform", n, d, rng), rng.standard_normal(d)
        h /= np.linalg.norm(h)
        G, b = base @ base.T, base @ h
        shares.append(float(b @ np.linalg.solve(G, b)))
        for _ in range(pairs):
            y = balanced(n, rng)
            ratios.append((np.mean([_ratio(G, b, labels_, gamma) for labels_ in (y, -y)]), -kappa(gamma) * shares[-1]))
    measured, predicted = np.array(ratios).T
    error = float(np.std(measured - predicted, ddof=1)) / np.sqrt(measured.size)
    loose = SIGMAS * error - float(predicted.mean()) * n / (2 * d)
    # <Pi h, h> of a random subspace has the beta distribution with N'/2 and (d - N')/2.
    spread = SIGMAS * np.sqrt(2 * (n / d) * (1 - n / d) / (d + 2) / noises)
    return (gamma, n, d, float(measured.mean()), float(predicted.mean()), float(loose), float(np.mean(shares)), n / d,
            float(spread))  # fmt: skip


def _ratio(G: Floats, b: Floats, y: Integers, gamma: float, epsilon: float = 1.0) -> float:
    """T_1/T_2 at z = h, from the products of the base points with each other and with h."""
    outer = np.outer(b, y)
    products = G + epsilon * (outer + outer.T) + epsilon**2 * np.outer(y, y)
    C = np.where(np.equal.outer(y, y), 1 + gamma**2, -2 * gamma)
    lam = np.linalg.solve(C * products, np.full(y.size, 2.0))
    return float((lam * y) @ b) / (epsilon * float(lam.sum()))


def measure_trained(context: Context) -> Measurement:
    """sgn f^adv(q/||q||) of trained networks against sgn g', natural base points, epsilon at the edge of (ORTH)."""
    draws, gamma, N, m = context.profile.pick(3, 16, 64), 0.8, 60, 2
    X = np.eye(N)
    rows, signs, failures = [], [], []
    for index in range(draws):
        rng = stream(context.seed, "k8", "trained", index)
        y, y_adv = balanced(N, rng), labels(N, rng)
        h = y / np.sqrt(N)
        epsilon = 0.999 * largest_epsilon(X, y_adv, h, gamma)
        X_adv = perturbed(X, y_adv, h, epsilon)
        value = float(functional(X_adv, y_adv, multipliers(X_adv, y_adv, gamma)) @ h)
        found = trained(X_adv, y_adv, gamma, m, rng)
        if not (found.separated and orthogonal(X_adv, gamma)):
            failures.append(f"draw {index}: the run is not separated, or (ORTH) fails")
        f = float(output(found.W, h[None], gamma)[0])
        naive = float(y @ y_adv / np.sqrt(N)) + epsilon * N
        rows.append((index, epsilon, value, f, naive))
        if abs(value) > NEAR:
            signs.append(np.sign(value) * np.sign(f))
    heads = ("draw", "epsilon", "g'(q)", "f^adv(q)", "naive rule")
    figures = {"draws": draws, "with |g'(q)| > .005": len(signs),
               "with the sign of the naive rule": sum(int(row[3] * row[4] > 0) for row in rows)}  # fmt: skip
    outcome = Invariant("sgn f^adv(q) sgn g'(q) - 1", np.array(signs) - 1)
    return Measurement((outcome,), figures, tables=(Table("Trained networks", heads, tuple(rows)),),
                       failures=tuple(failures))  # fmt: skip
