"""Robust accuracy from both sides against exact values, and on trained networks."""

from collections.abc import Callable

import numpy as np
from flint import arb
from theorycheck_simulations.adversarial import train_adversarial
from theorycheck_simulations.certified.dynamics import matrix
from theorycheck_simulations.certified.worst_case import robust_share
from theorycheck_simulations.data import Dataset, sample
from theorycheck_simulations.setting import Setting
from theorycheck_simulations.threats import THREATS, Attack, Threat, attack, robust_accuracy
from theorycheck_simulations.threats.evaluate import margins
from theorycheck_simulations.threats.exact import exact_value
from theorycheck_simulations.threats.model import Points, points_of
from theorycheck_simulations.threats.nets import Case, blind_spot, small

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Figure, Table
from theorycheck.seeds import stream

from .measurements import described, noiseless, seed_of

Floats = np.ndarray
Ends = Callable[[Case, Threat], tuple[float, float]]
SHARES = 1e-12  # a share is a mean of at most 200 multiples of 1/(k-1), each off by 2^-53
WIDTH = 0.05  # 5 points
PGD = (Attack("gradient", "gradient", steps=50, restarts=20),)
STEPS, POINTS = 4000, 100


def shipped(case: Case, threat: Threat) -> tuple[float, float]:
    """Both ends, as they are reported."""
    found = robust_accuracy(case.setting, case.W, threat, case.epsilon)
    return found.certified, found.attacked


def exact(case: Case, threat: Threat) -> tuple[float, float]:
    """Both ends by branch and bound in balls, which shares no code with what is checked."""
    s = case.setting
    found = robust_share(s, matrix(s, [arb(float(x)) for x in case.W.ravel()]), threat, case.epsilon, budget=300)
    return float(found.certified), float(found.attacked)


def containment(context: Context, ends: Ends = shipped) -> Measurement:
    """The exact robust accuracy of small random networks lies in [certified, attacked], under every threat model."""
    count, rng = context.profile.pick(250, 250, 2_500), stream(context.seed, "robust-accuracy-interval", "small")
    cases = [small(rng) for _ in range(count)]
    rows: list[tuple[Figure, ...]] = []
    failures, below, above = [], [], []
    for threat in THREATS:
        found, true = (np.array([of(case, threat) for case in cases]) for of in (ends, exact))
        known = true[:, 0] == true[:, 1]
        below.append(true[:, 1] - found[:, 0])
        above.append(found[:, 1] - true[:, 0])
        inside = known & (found[:, 0] <= true[:, 0] + SHARES) & (true[:, 0] <= found[:, 1] + SHARES)
        if known.sum() < 0.98 * count:
            failures.append(f"{threat}: the exact value is known of only {known.sum()} of {count} networks")
        rows.append((threat, count, int(known.sum()), int(inside.sum()), float((found[:, 1] - found[:, 0]).mean()),
                     float(true[known, 0].mean())))
    heads = ("threat", "networks", "exact value known", "of these inside", "mean width", "mean exact value")
    return Measurement(
        (Invariant("exact - certified", np.concatenate(below), SHARES),
         Invariant("attacked - exact", np.concatenate(above), SHARES)),
        {"networks": count}, tables=(Table("Small random networks", heads, tuple(rows)),), failures=tuple(failures),
    )  # fmt: skip


def blind(context: Context, ends: Ends = shipped) -> Measurement:
    """Networks that are robust at no point in place, although gradients alone find nothing."""
    count, rng = context.profile.pick(50, 50, 500), stream(context.seed, "robust-accuracy-interval", "blind spot")
    cases = [blind_spot(rng) for _ in range(count)]
    true, found = (np.array([of(case, "in-place") for case in cases]) for of in (exact, ends))
    alone = [by_gradients(case, "in-place")[1] for case in cases[:10]]
    return Measurement(
        (Agreement("exact robust accuracy, known by its construction", np.zeros(2 * count), true.ravel(), 0.0, True),
         Agreement("robust accuracy of the two ends", true.ravel(), found.ravel(), 0.0, True)),
        {"networks": count, "robust accuracy that 50 gradient steps from 20 starts report": float(np.mean(alone))},
    )  # fmt: skip


def by_gradients(case: Case, threat: Threat, battery: tuple[Attack, ...] = PGD) -> tuple[float, float]:
    """What projected gradients alone report, as if it were exact."""
    share = attack(case.setting, case.W, threat, case.epsilon, battery).attacked
    return share, share


def last_digit(context: Context, lower: Callable[[Points, Floats], Floats] | None = None) -> Measurement:
    """The certificate's lower bounds of F_y - F_j at points, below their values in fractions."""
    count, rng = context.profile.pick(60, 200, 2_000), stream(context.seed, "robust-accuracy-interval", "last digit")
    slack, gap = [], []
    for _ in range(count):
        case = small(rng)
        points = points_of(case.setting)
        found = margins(points, case.W)[0] if lower is None else lower(points, case.W)
        for y, j in zip(*np.nonzero(np.isfinite(found)), strict=True):
            value = exact_value(case.setting, case.W, points.exact(int(y)), int(y), int(j))
            # The difference of fractions is rounded once, which keeps its sign.
            slack.append(float(value - type(value)(float(found[y, j]))))
            gap.append(slack[-1] / (1 + abs(float(value))))
    return Measurement((Invariant("F_y - F_j in fractions, above its lower bound", np.array(slack)),),
                       {"bounds": len(slack), "largest distance, relative": max(gap)})


def inwards(points: Points, W: Floats) -> Floats:
    """The upper bounds of F_y - F_j."""
    return margins(points, W)[1]


def to_nearest(points: Points, W: Floats) -> Floats:
    """F_y - F_j in plain floats: the middle between both bounds."""
    lower, upper = margins(points, W)
    return np.where(np.isfinite(lower), 0.5 * (lower + upper), lower)


def trained(context: Context) -> tuple[Setting, dict[str, Floats]]:
    """The user's setting without noise and of bounded size, and its networks after both kinds of training."""
    own = noiseless(context, STEPS)
    k = min(own.k, 8)
    s = own.replace(k=k, d=max(2 * k, min(own.d, 20)), m=min(own.m, 9), n_R=min(own.n_R, 9), n_N=min(own.n_N, 200),
                    J_R=None, J_NR=None)
    seed = seed_of(context, "threat-models", s)
    calm = s.replace(epsilon=0.0)
    return s, {"standard": train_adversarial(calm, seed).W, "adversarial": train_adversarial(s, seed).W}


def widths(context: Context) -> Measurement:
    """attacked - certified of trained networks, without noise and on noisy samples."""
    s, nets = trained(context)
    noisy = sample(s.replace(sigma_n=s.d**-0.5, N=POINTS), seed_of(context, "widths", s), part="test")
    rows: list[tuple[Figure, ...]] = []
    width = []
    for name, W in nets.items():
        for threat in THREATS:
            for label, data in (("none", s), ("1/sqrt(d)", noisy)):
                found = robust_accuracy(data, W, threat, s.epsilon)
                width.append(found.attacked - found.certified)
                low, high = found.interval()
                rows.append((name, threat, label, found.clean, found.certified, found.attacked, low, high,
                             int(found.dead.sum()), found.counts.get("open", 0)))
    heads = ("training", "threat", "noise", "clean", "certified", "attacked", "95 % from", "to", "dead", "open")
    return Measurement(
        (Invariant("5 points - width", WIDTH - np.array(width), SHARES),),
        {"setting": described(s), "radius": s.epsilon}, tables=(Table("Trained networks", heads, tuple(rows)),),
    )  # fmt: skip


def nested(context: Context, order: tuple[Threat, ...] = THREATS) -> Measurement:
    """Point by point: right under a threat model, so right under the next one of the order, which allows less.

    The paper's attack is compared only where beta <= epsilon.
    """
    s, nets = trained(context)
    data: tuple[Setting | Dataset, ...] = (s, sample(s.replace(sigma_n=s.d**-0.5, N=40), seed_of(context, "nested", s)))
    radius, slack, sure = max(s.epsilon, s.beta), [], 0
    for W in nets.values():
        for one in data:
            for epsilon in (radius, 0.5 * radius, 0.1 * radius):
                found = {threat: robust_accuracy(one, W, threat, epsilon) for threat in THREATS}
                for larger, smaller in zip(order, order[1:], strict=False):
                    if epsilon >= s.beta or "paper" not in (larger, smaller):
                        right = found[larger].low == 1
                        slack.append(np.where(right, found[smaller].high - 1, 0.0))
                        sure += int(right.sum())
    failures = () if sure else ("no point of any network is right under attack",)
    return Measurement((Invariant("right under the smaller threat model", np.concatenate(slack), SHARES),),
                       {"points right under the larger one": sure}, failures=failures)
