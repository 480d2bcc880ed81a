"""K2 on data: margins and norm of the closed form, the dual problem by another route, and the pattern beyond (ORTH)."""

from collections.abc import Callable

import numpy as np
from theorycheck_simulations.leaky import kkt
from theorycheck_simulations.leaky.blas import single_threaded
from theorycheck_simulations.leaky.samples import Floats, Integers, labels
from theorycheck_simulations.leaky.samples import draw as draw_points

from theorycheck.checks.check import Context
from theorycheck.checks.measurement import Agreement, Invariant, Measurement
from theorycheck.evidence import Table
from theorycheck.seeds import stream

from .boundary_instances import draws

COUNTS = (100, 1_000, 10_000)  # instances of margins and norms, by profile
DUALS = (40, 100, 1_000)  # instances of the dual problem
EXACT = 1e-10  # margins, norm and dominance: a well-conditioned solve; a wrong C changes the margins by 1e-3
GAP = 1e-6  # L-BFGS-B stops at a gradient of 1e-12 to 1e-6
# (mode, N, d, gamma): closed forms outside (ORTH), where the pattern decides.
BEYOND = (
    ("uniform", 100, 2_000, 0.1), ("uniform", 100, 2_000, 0.5), ("gauss", 40, 400, 0.5), ("gauss", 40, 400, 0.01),
    ("uniform", 20, 200, 0.9), ("gauss", 20, 30, 0.5), ("uniform", 30, 40, 0.3), ("gauss", 10, 1_000, 0.7),
)  # fmt: skip
MEETS = 1e-9  # KKT residual of a closed form with the pattern
FAILS = 1e-3  # and of one without


def closed_form(X: Floats, y: Integers, gamma: float) -> Floats:
    """The multipliers of K2."""
    return kkt.multipliers(X, y, gamma)


@single_threaded()
def measure(
    context: Context, solve: Callable[[Floats, Integers, float], Floats] = closed_form,
    counts: tuple[int, int, int] = COUNTS,
) -> Measurement:  # fmt: skip
    """Margins, norm, dominance and formula on near-orthogonal data; `solve` is what a negative control replaces."""
    wanted = context.profile.pick(*counts)
    margins, norms, rows, orthogonal = [], [], [], []
    for one in draws(context, "k2", wanted):
        lam, squared = solve(one.X, one.y, one.gamma), np.einsum("nx,nx->n", one.X, one.X)
        W = kkt.network(one.X, one.y, lam, one.gamma, one.m)
        margins.append(np.abs(one.y * kkt.output(W, one.X, one.gamma) - 1).max())
        norms.append((float(np.sum(W * W)), kkt.norm_squared(lam)))
        M = np.abs(kkt.margin_matrix(one.X, one.y, one.gamma))
        rows.append(float((2 * np.diag(M) - M.sum(axis=1)).min() / np.diag(M).max()))
        if one.theta == 0:
            orthogonal.append(np.abs(lam * (1 + one.gamma**2) * squared / 2 - 1).max())
    few = (f"{len(norms)} of {wanted} valid instances",) if len(norms) < wanted else ()
    squares, sums = np.array(norms).reshape(-1, 2).T
    return Measurement(
        (Invariant("margins of the closed form are 1 to 1e-10", EXACT - np.array(margins)),
         Agreement("||W*||_F^2 against the sum of multipliers", sums, squares, EXACT),
         Invariant("diagonal of M above the rest of its row", np.array(rows) - np.finfo(float).eps),
         Invariant("lambda on orthogonal data to 1e-10", EXACT - np.array(orthogonal))),
        {"valid instances": len(norms), "instances wanted": wanted, "orthogonal instances": len(orthogonal),
         "largest |margin - 1|": float(np.max(margins, initial=0))}, failures=few,
    )  # fmt: skip


@single_threaded()
def measure_dual(
    context: Context, solve: Callable[[Floats, Integers, float], Floats] = closed_form,
    counts: tuple[int, int, int] = DUALS,
) -> Measurement:  # fmt: skip
    """The dual problem solved by SciPy's L-BFGS-B, against the closed form."""
    wanted = context.profile.pick(*counts)
    gaps, values, failures = [], [], []
    for index, one in enumerate(draws(context, "k2 dual", wanted)):
        lam = solve(one.X, one.y, one.gamma)
        try:
            other = kkt.dual(one.X, one.y, one.gamma)
        except ValueError as error:
            failures.append(f"instance {index + 1}: {error}")
            continue
        gaps.append(float(np.abs(other / lam - 1).max()))
        M = kkt.margin_matrix(one.X, one.y, one.gamma)
        values.append((lam.sum() / 2, float(other.sum() - other @ M @ other / 4)))
    if len(gaps) < wanted:
        failures.append(f"{len(gaps)} of {wanted} dual problems were solved")
    half, dual = np.array(values).reshape(-1, 2).T
    return Measurement(
        (Invariant("multipliers of the dual problem against the closed form to 1e-6", GAP - np.array(gaps)),
         Agreement("dual optimum against half the sum of multipliers", half, dual, GAP)),
        {"dual problems": len(gaps), "largest relative gap": float(np.max(gaps, initial=0))}, failures=tuple(failures),
    )  # fmt: skip


@single_threaded()
def measure_beyond(context: Context) -> Measurement:
    """Outside (ORTH) the closed form is a KKT point where, and only where, the pattern holds."""
    seeds = context.profile.pick(1, 3, 10)
    meets: list[float] = []
    fails: list[float] = []
    table, inside = [], 0
    for mode, N, d, gamma in BEYOND:
        for seed in range(seeds):
            rng = stream(context.seed, "k2", "beyond", mode, N, d, str(gamma), seed)
            X, y = draw_points(mode, N, d, rng), labels(N, rng)
            inside += kkt.orthogonal(X, gamma)
            lam = kkt.multipliers(X, y, gamma)
            # In units of the multipliers' own size, so that one tolerance serves all sizes of data.
            scale = np.sqrt(np.einsum("nx,nx->n", X, X).mean())
            W = kkt.network(X / scale, y, lam * scale**2, gamma, 2)
            residual = kkt.residual(X / scale, y, W, lam * scale**2, gamma)
            holds = kkt.pattern(X, y, lam, gamma)
            (meets if holds else fails).append(residual)
            table.append((mode, N, d, gamma, kkt.p_max(X) / kkt.orth_bound(X, gamma), str(holds), residual))
    failures = [f"{inside} draws are inside (ORTH)"] if inside else []
    failures += [f"no draw with the pattern {said}" for said, found in (("met", meets), ("missed", fails)) if not found]
    columns = ("points", "N", "d", "gamma", "p_max over the (ORTH) bound", "pattern", "KKT residual")
    return Measurement(
        (Invariant("pattern: KKT residual at most 1e-9", MEETS - np.array(meets)),
         Invariant("no pattern: KKT residual at least 1e-3", np.array(fails) - FAILS)),
        {"with the pattern": len(meets), "without": len(fails)}, (),
        (Table("The closed form outside (ORTH)", columns, tuple(table)),), tuple(failures),
    )  # fmt: skip
