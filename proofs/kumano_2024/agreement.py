"""K7: when the boundary learnt from perturbations agrees with the original one."""

from functools import partial

from theorycheck_simulations.leaky.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import agreement_draws as draws
from . import agreement_proofs as proofs
from .agreement_exact import certify
from .agreement_noise import corollary
from .agreement_parts import AGREE, EXACT, FINITE, MULTIPLIER, PATTERN, POINT, ROW, SIGNS, SMALL, TERM, TOTAL, VARIABLES
from .agreement_runs import measure_exact, measure_finite
from .agreement_trained import measure_trained

EXACT_DRAWN = Part("exact case, drawn", text="for epsilon from 10^-3 to 30 the multipliers are those of the formula, "
                   "the sign pattern holds, and g' has the sign of g on the span of D")  # fmt: skip
FINITE_DRAWN = Part("finite case, drawn", text="the deterministic bounds hold for every admissible instance, and where "
                    "(star) holds g'(z) has the sign of <h, z> except for at most 3 delta of them")  # fmt: skip
INSTANCE = Part("instance", text="one exact instance with N' = 6: (ORTH) of D', (star) and sgn g'(z) = sgn <h, z> for "
                "all 64 label vectors")  # fmt: skip
TRAINED = Part("trained", text="networks trained on perturbed noise alone (gamma = 9/10, N = 4, N' = 6, d = 120000, "
               "strictly inside (ORTH)) classify D without error, for perturbations in all three norms")  # fmt: skip


def agreement() -> Claim:
    """k7."""
    formal = (
        Proof(proofs.prove_row, (ROW.name,)),
        *(Proof(partial(proofs.prove_small, i + 1), (part.name,)) for i, part in enumerate(SMALL)),
        Proof(proofs.prove_pattern, (PATTERN.name,)), Proof(proofs.prove_agree, (AGREE.name,)),
        Proof(proofs.prove_multiplier, (MULTIPLIER.name,)), Proof(proofs.prove_term, (TERM.name,)),
        Proof(proofs.prove_total, (TOTAL.name,)),
        *(Proof(partial(proofs.prove_sign, side), (part.name,)) for side, part in zip((True, False), SIGNS,
                                                                                      strict=True)),
    )  # fmt: skip
    trials = (10, 50, 500)
    searches = (
        Search((ROW.name, PATTERN.name, AGREE.name), draws.drawn(draws.exact_case), trials=trials),
        *(Search((part.name,), draws.drawn(draws.small_case(i + 1)), trials=trials) for i, part in enumerate(SMALL)),
        Search((MULTIPLIER.name, TOTAL.name), draws.drawn(draws.multiplier), trials=trials),
        Search((TERM.name,), draws.drawn(draws.term), trials=trials),
        *(Search((part.name,), draws.drawn(draws.event(side)), trials=trials) for side, part in zip((1, -1), SIGNS,
                                                                                                 strict=True)),
    )  # fmt: skip
    return Claim(
        "k7", Source("K7", "agreement of the boundaries"), "When the boundary learnt from perturbations agrees with f",
        (*EXACT, *FINITE, EXACT_DRAWN, FINITE_DRAWN, INSTANCE, TRAINED),
        (*formal, *searches, Run(measure_exact, (EXACT_DRAWN.name,)), Run(measure_finite, (FINITE_DRAWN.name,)),
         Certified(certify, (INSTANCE.name,)), Run(measure_trained, (TRAINED.name,))),
        VARIABLES,
        (Condition("for the exact case: base points of norm rho, orthogonal to each other and to all samples of D, "
                   "balanced target labels, h = q/||q||"),
         Condition("for the finite case: (ORTH) for D', target labels independent, uniform, and independent of base "
                   "points, h and z")),
        ("k3", "k6"), POINT, Verdict.SURVIVED, "exact",
        (
            Step("exact case", "G'_nk = rho^2 [n = k] + epsilon^2 y'_n y'_k, so all terms y'_n C_nk G'_nk y'_k are "
                 "nonnegative and every row reads the same for equal multipliers; M' is positive definite, so there "
                 "are no others.",
                 r"\lambda'_n=\frac2{(1+\gamma^2)\rho^2+\frac12\varepsilon^2N'(1+\gamma)^2},\quad T_1=0\ \text{on}\ "
                 r"\mathrm{span}\,D"),
            Step("multipliers", "By K3 lambda'_n = cbar_n (1 + tau_n)(1 + theta_n) with |theta_n| <= omega, whatever "
                 "the labels.",
                 r"\bar c_n=\frac2{(1+\gamma^2)\|\bar x_n\|^2},\ \tau_n=\frac{\|\bar x_n\|^2}{\|x'_n\|^2}-1,\ "
                 r"\omega=\frac{\kappa'}{1-\kappa'},\ r^*=\max_n(1+|\tau_n|)(1+\omega)-1"),
            Step("labels", "Hoeffding for the fixed coefficients cbar_n b_n: their signed sum exceeds "
                 "t_delta ||cbar o b||_2 with probability at most delta.", r"t_\delta=\sqrt{2\ln(2/\delta)}"),
            Step("(star)", "Where the effect exceeds both, the sign is that of <h, z>.",
                 r"(\star)\quad\varepsilon\Lambda_{lo}|\langle h,z\rangle|>t_\delta\|\bar c\circ b\|_2+"
                 r"r^*\|\bar c\circ b\|_1"),
        ),
        note="Derived here; Hoeffding's inequality is imported. It must not be applied to T_1 itself, as lambda' "
        "depends on y' (K8): the term with r* is the price, and for natural base points it makes (star) all but "
        "unattainable. That trained networks reach the closed form is K0, a limit that runs can only corroborate.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """K7 and the corollary that it gives for noise."""
    return agreement(), corollary()
