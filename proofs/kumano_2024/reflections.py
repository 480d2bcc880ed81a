"""K9: reflected samples with wrong labels give the same boundary, small flipped perturbations its negative."""

from dataclasses import replace
from fractions import Fraction
from functools import partial

from hypothesis import strategies as st
from sympy import Eq, Gt, Le, Lt
from theorycheck_simulations.leaky.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import reflections_draws as draws
from . import reflections_proofs as proofs
from .reflections_proofs import BEND, FORMAL, FUNCTIONAL, INSEPARABLE, INVALID, TOWARDS, UNIQUE, VALID, VARIABLES
from .reflections_runs import certify_scan, measure_reflected, measure_scan, measure_trained

DRAWN = Part("reflected, drawn", text="lambda' = lambda and q' = q to 10^-12, (ORTH) and the sign pattern for D'; "
             "q' = -q with the labels kept")  # fmt: skip
SCANNED = Part("scan, drawn", text="the cosine of q' and q is sgn(t - 1), and the sign pattern holds exactly where "
               "t (2 - t) < 2 gamma/(1 + gamma)")  # fmt: skip
EXACT = Part("scan, exact", text="N = 16, gamma = 3/5: among the t of the scan (ORTH) holds for .03, .036, 1.97, 2 and "
             "2.03 alone; pattern and q' are as predicted")  # fmt: skip
TRAINED = Part("trained", text="a network trained on D and one trained on D' agree on at least .999 of all points of "
               "the span of D, and the second classifies D without error")  # fmt: skip
_HALF = dict.fromkeys(draws.SHARES, Fraction(1, 2))
POINT = {**draws.complete(_HALF, (1, -1, 1), 4, Fraction(1, 4)), **{f"new_{i}": Fraction(1) for i in (1, 2, 3)}}
HYPOTHESES = (
    Condition("orthonormal samples, balanced labels, y' = -y, x'_n = x_n - t y_n q/(||q|| sqrt(N))"),
    Condition("perturbations that do not reach the boundary", Lt(proofs.t, 1), "t<1"),
    Condition("the rows of M' lambda' = 2",
              Eq(proofs.lam * (1 + proofs.g**2 - (1 + proofs.g) ** 2 * BEND / 2), 2), r"\tfrac12M'\lambda'=\mathbf 1"),
    Condition("(ORTH) for D'", Le(3 * BEND, proofs.g**3 * (1 - BEND / proofs.n)),
              r"\frac{t(2-t)}N\le\frac{\gamma^3}{3N}\Bigl(1-\frac{t(2-t)}N\Bigr)"),
)  # fmt: skip


def pointed(part: Part) -> Part:
    """The part with a point inside its own hypotheses, where the claim's is not."""
    points = {
        **{one.name: draws.rows_solved(POINT, size) for one, size in zip(UNIQUE, (2, 3), strict=True)},
        INVALID.name: draws.complete(_HALF, (1, -1, 1), 4, Fraction(1)),
        INSEPARABLE.name: {"t": Fraction(1), "least": Fraction(0)},
    }  # fmt: skip
    return replace(part, point=points.get(part.name, {}))


def reflections() -> Claim:
    """k9."""
    special = {*(part.name for part in UNIQUE), VALID.name, INVALID.name, INSEPARABLE.name}
    free = tuple(part.name for part in FORMAL if part.name not in special)
    trials = (10, 50, 500)
    return Claim(
        "k9", Source("K9", "reflections"), "Exact learning from mislabelled adversarial examples",
        (*map(pointed, FORMAL), DRAWN, SCANNED, EXACT, TRAINED),
        (*(Proof(partial(proofs.prove_weighed, part, weights), (part.name,)) for part, weights in proofs.equations()),
         *(Proof(partial(proofs.prove_unique, size), (part.name,)) for part, size in zip(UNIQUE, (2, 3), strict=True)),
         Proof(proofs.prove_towards, (TOWARDS.name,)), Proof(proofs.prove_functional, (FUNCTIONAL.name,)),
         Proof(proofs.prove_valid, (VALID.name,)), Proof(proofs.prove_invalid, (INVALID.name,)),
         Proof(proofs.prove_inseparable, (INSEPARABLE.name,)),
         Search(free, draws.drawn, trials=trials),
         *(Search((part.name,), partial(draws.drawn, size), trials=trials) for part, size in zip(UNIQUE, (2, 3),
                                                                                               strict=True)),
         Search((VALID.name,), partial(draws.drawn, 0, False, True), trials=trials),
         Search((INVALID.name,), partial(draws.drawn, 0, False, False), trials=trials),
         Search((INSEPARABLE.name,), partial(draws.drawn, 0, True), trials=trials),
         Run(measure_reflected, (DRAWN.name,)), Run(measure_scan, (SCANNED.name,)),
         Certified(certify_scan, (EXACT.name,)), Run(measure_trained, (TRAINED.name,))),
        VARIABLES,
        (Condition("for the reflection: D satisfies (ORTH), x'_n = H x_n, y'_n = -y_n",
                   tex=r"\mathcal H=I-2\hat q\hat q^\top"),
         Condition("for the scan: orthonormal samples, balanced labels, y' = -y, epsilon = t/sqrt(N)")),
        ("k1", "k2"), POINT, Verdict.SURVIVED, "exact",
        (
            Step("a perturbation", "The reflection moves x_n along q by epsilon_n towards the other label, about "
                 "2/sqrt(N) of its length.",
                 r"\mathcal Hx_n=x_n+\varepsilon_ny'_n\hat q,\quad\varepsilon_n=2y_n\langle x_n,\hat q\rangle>0"),
            Step("same multipliers", "H is orthogonal, so G' = G; C does not change when all labels do; M' = M, and "
                 "its system has one solution (K2)."),
            Step("same functional", "q' is minus the reflection of q.", r"q'=\sum_n\lambda_n(-y_n)\mathcal Hx_n="
                 r"-\mathcal Hq=q"),
            Step("scan", "With a common epsilon = t/sqrt(N) all multipliers are equal, and q' changes its sign at "
                 "t = 1.", r"\langle x'_n,x'_k\rangle=[n=k]-y_ny_k\tfrac{t(2-t)}N"),
        ),
        note="Derived here. Every label of D' is wrong, and the boundary is the original one; with the labels kept it "
        "is the opposite one.",
    )  # fmt: skip


def finding() -> Claim:
    """finding-k9."""
    used = tuple(v for v in VARIABLES if v.name in ("gamma", "N", "t", "lam"))
    point = draws.flipped(Fraction(3, 5), 16, Fraction(3, 100))
    part = Part("same sign", Gt(-proofs.lam * (1 - proofs.t), 0),
                tex=r"q'=-\lambda'\sqrt N(1-t)\,\hat q\ \text{is a positive multiple of}\ q")  # fmt: skip
    return Claim(
        "finding-k9", Source("K9", "flipped labels"), "Small perturbations with flipped labels recover f", (part,),
        (Search((), lambda: st.just(point), trials=(1, 1, 1)),), used, HYPOTHESES, ("k9",), point, Verdict.REFUTED,
        "finding",
        note="Reconstructed as the reading that perturbations of any size towards flipped labels teach the boundary of "
        "f. Strictly inside (ORTH) it is false: for gamma = .6, N = 16 and t = .03 the learnt boundary functional is a "
        "negative multiple of q, so f^adv answers the opposite of f everywhere. True instead: the sign is that of "
        "t - 1 (scan), and the exact reflection, t = 2 here, gives f again (k9).",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return reflections(), finding()
