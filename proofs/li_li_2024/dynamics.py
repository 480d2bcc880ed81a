"""Sections 3, 5.1 and Appendix D.1.1: weight decomposition, the exact update, and the levels against each other."""

from collections.abc import Sequence

import numpy as np
import sympy
from sympy import Eq, exp, log
from theorycheck_simulations.setting import Setting

from theorycheck.checks.check import Context
from theorycheck.checks.identity import Identity
from theorycheck.checks.measurement import Agreement, Measurement
from theorycheck.checks.run import Run
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source

from . import notation, stage_one
from .grids import NETWORK, SHORT
from .measurements import noiseless, seed_of, to_rounding
from .updates import KINDS, decomposed, in_features, levels, network_steps, outside_features, population_steps

DIAGONAL, OFF_DIAGONAL = KINDS[:2], KINDS[2:]
STEPS = 300  # of the user's own setting; the fixed settings say their own
PSI = (
    r"\psi^{(t+1)}_{i,r,n,p}=\psi^{(t)}_{i,r,n,p}+\tfrac{\eta}{N}\left(\mathbf 1[y_n="
    r"i]-\mathrm{logit}_i(X_n)\right)s'(\langle w^{(t)}_{i,r},x_{n,p}\rangle)"
)
LOSS = tuple(
    Variable(name, domain, meaning)
    for name, domain, meaning in (
        ("F_y", real(-8, 8), "output of the label"),
        ("F_j", real(-8, 8), "another output"),
        ("R", positive(100), "sum of e^F over all further outputs"),
        ("z", positive(10), "pre-activation"),
        ("rho", positive(10), "where the activation becomes linear"),
    )
)


def decomposition(context: Context) -> Measurement:
    """W(T) - W(0) against sum psi x on noisy data."""
    noisy = tuple(setting.replace(sigma_n=setting.d**-0.5) for setting in NETWORK)
    return to_rounding(
        "w(T) - w(0) = sum psi x", "weight-decomposition", noisy, lambda s, seed: [decomposed(s, seed)], context
    )


def weight_decomposition() -> Claim:
    """The identity behind Lemmas D.2 and E.2: weights never leave w(0) + span of the patches."""
    return Claim(
        "weight-decomposition",
        Source("Weight decomposition", "Section 5 and Lemma E.2"),
        "Weights stay in w(0) plus the span of the patches",
        (
            Part(
                "identity",
                text="w(t) = w(0) + sum of psi x over all patches, psi collecting the coefficients of the gradient",
                tex=r"w^{(t)}_{i,r}=w^{(0)}_{i,r}+\sum_{n}\sum_{p}\psi^{(t)}_{i,r,n,p}\,x_{n,p},\quad " + PSI,
            ),
        ),
        (Run(decomposition),),
        hypotheses=(Condition("gradient descent on N points of P patches, with noise (level 2)"),),
        uses=("lemma-5.1",),
        origin="exact",
        derivation=(
            Step(
                "add up the steps",
                "One step of gradient descent adds to w a combination of patches with the coefficients shown.",
                PSI,
            ),
        ),
        note="Measured to rounding in eleven settings with sigma_n = 1/sqrt(d), patches in random order and uneven "
        "labels.",
    )


def features_move(context: Context) -> Measurement:
    """The part in span(F), noiseless."""
    return to_rounding(
        "movement along the features", "lemma-d.2", NETWORK, lambda s, seed: [in_features(s, seed)], context
    )


def complement_rests(context: Context, settings: Sequence[Setting] = NETWORK) -> Measurement:
    """The part outside span(F) before and after training: equal to the last bit, since exact zeros are added."""
    found = [outside_features(s, seed_of(context, "lemma-d.2", s)) for s in settings]
    before, after = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
    outcome = Agreement("projection on the complement of span(F)", before, after, 0.0, absolute=True)
    return Measurement(
        (outcome,), {"settings": len(settings), "settings with a complement": sum(b.size > 0 for b, _ in found)}
    )


def lemma_d2() -> Claim:
    """Lemma D.2: noiseless weights move along the features only."""
    return Claim(
        "lemma-d.2",
        Source("Lemma D.2", "Appendix D.1.1"),
        "Weight decomposition, noiseless",
        (
            Part(
                "along the features",
                text="<w(t), f> - <w(0), f> is the strength of f times the psi of the patches that carry it",
                tex=r"w^{(t)}_{i,r}=\sum_{j}\left(A^{(t)}_{i,r,j}u_j+B^{(t)}_{i,r,j}v_j\right)+\Pi^\perp w^{(t)}_{i,r}",
            ),
            Part(
                "outside the features",
                text="the projection of w on the complement of span(F) never moves",
                tex=r"\Pi^\perp w^{(t)}_{i,r}=\Pi^\perp w^{(0)}_{i,r}",
            ),
        ),
        (Run(features_move, ("along the features",)), Run(complement_rests, ("outside the features",))),
        hypotheses=(Condition("standard training without noise", tex=r"\sigma_n=0"),),
        uses=("weight-decomposition",),
        origin="exact",
        derivation=(
            Step("specialise", "Without noise every patch is a multiple of one feature; group the psi by feature."),
        ),
        note="Run at level 2, in all d coordinates; levels 1 and 0 build the lemma in.",
    )


def exact_update(claim: str, wanted: tuple[str, ...]) -> Run:
    """Every step of runs at levels 1 and 2 against the formula, for the kinds of correlation wanted."""

    def measure(context: Context) -> Measurement:
        own = noiseless(context, STEPS)
        first = to_rounding(
            "level 1: step by step", claim, (*SHORT, own), lambda s, seed: population_steps(s, seed, wanted), context
        )
        second = to_rounding(
            "level 2: step by step", claim, NETWORK, lambda s, seed: network_steps(s, seed, wanted), context
        )
        figures = {
            f"level {level}: {name}": value
            for level, part in ((1, first), (2, second))
            for name, value in part.figures.items()
        }
        return Measurement(
            (*first.outcomes, *second.outcomes),
            figures,
            tables=(*first.tables, *second.tables),
            failures=(*first.failures, *second.failures),
        )

    return Run(measure, ("along runs",))


def gradient_parts(exponents: tuple[int, ...] = notation.Q) -> tuple[Part, ...]:
    """The two derivatives that the update consists of: of -log softmax, and of both pieces of s."""
    F_y, F_j, R, z, rho = (variable.symbol for variable in LOSS)
    total = exp(F_y) + exp(F_j) + R
    loss = -log(exp(F_y) / total)
    pieces = [
        (f"slope, q = {q}", notation.activation_piece(q, "polynomial", z), (z / rho) ** (q - 1)) for q in exponents
    ]
    rows = [
        ("loss, label", loss, F_y, exp(F_y) / total - 1, r"\partial L/\partial F_y=\mathrm{logit}_y-1"),
        ("loss, other", loss, F_j, exp(F_j) / total, r"\partial L/\partial F_j=\mathrm{logit}_j"),
        *((name, s, z, slope, r"s'(z)=(z/\varrho)^{q-1}") for name, s, slope in pieces),
        ("slope, linear", notation.activation_piece(3, "linear", z), z, sympy.S.One, r"s'(z)=1"),
    ]
    return tuple(
        Part(name, Eq(sympy.diff(f, by), formula, evaluate=False), tex=tex) for name, f, by, formula, tex in rows
    )


def lemma_51() -> Claim:
    """Lemma 5.1: the update of the diagonal correlations, with its constants."""
    parts = gradient_parts()
    update = (
        r"A^{(t+1)}_{i,r}=A^{(t)}_{i,r}+\eta\,\mathbb E\Big[\mathbf 1(y=i)(1-\mathrm{logit}_i)\sum_{p\in\mathcal "
        r"J_R}\alpha_p s'(\alpha_p A^{(t)}_{i,r})\Big]"
    )
    return Claim(
        "lemma-5.1",
        Source("Lemma 5.1", "Section 5.1"),
        "Feature learning iteration for standard training",
        (
            Part(
                "along runs",
                text="A+ = A + eta E[1(y=i)(1 - logit_i) sum over J_R of alpha s'(alpha A)], and B with J_NR and beta",
                tex=update,
            ),
            *parts,
        ),
        (exact_update("lemma-5.1", DIAGONAL), Identity(tuple(part.name for part in parts))),
        LOSS,
        (Condition("standard training without noise", tex=r"\sigma_n=0"),),
        ("activation-clamp",),
        {"F_y": 1, "F_j": 0, "R": 3, "z": "1/4", "rho": "1/2"},
        origin="exact",
        derivation=(
            Step(
                "loss",
                "The gradient of -log softmax with respect to output i is logit_i - 1[y = i].",
                r"\partial L/\partial F_i=\mathrm{logit}_i-\mathbf 1[y=i]",
            ),
            Step(
                "chain rule",
                "The gradient of F_i with respect to w_{i,r} is the sum of s'(<w, x_p>) x_p; project it on u_i, which "
                "only patches of class i contain.",
                update,
            ),
        ),
        note="The paper writes Theta(eta) for the step; the expectation holds P(y = i) = 1/k, which that hides. Level "
        "2 uses the class "
        "shares of its own sample in place of 1/k. The formula is written anew in NumPy and shares no code with the "
        "training.",
    )


def lemma_d4() -> Claim:
    """Lemma D.4: the update of the off-diagonal correlations."""
    update = (
        r"\langle w_{i,r}^{(t+1)},u_j\rangle=\langle w_{i,r}^{(t)},u_j\rangle-\eta\,\mathbb E\Big[\mathbf 1(y="
        r"j)\,\mathrm{logit}_i\sum_{p\in\mathcal J_R}\alpha_p s'(\alpha_p\langle w_{i,r}^{(t)},u_j\rangle)\Big]"
    )
    return Claim(
        "lemma-d.4",
        Source("Lemma D.4", "Appendix D.1.1"),
        "Feature learning iteration, off the diagonal",
        (
            Part(
                "along runs",
                text="for j != i, <w_{i,r}, u_j> loses eta E[1(y=j) logit_i sum over J_R of alpha s'(alpha <w_{i,r}, "
                "u_j>)], and v_j so with J_NR, beta",
                tex=update,
            ),
        ),
        (exact_update("lemma-d.4", OFF_DIAGONAL),),
        hypotheses=(Condition("standard training without noise", tex=r"\sigma_n=0"),),
        uses=("lemma-5.1",),
        origin="exact",
        derivation=(
            Step(
                "project",
                "As Lemma 5.1, projected on a feature of another class, where the gradient's factor is -logit_i.",
                update,
            ),
        ),
        note="On the diagonal the lemma is Lemma 5.1.",
    )


def population_matches(context: Context) -> Measurement:
    """W(T) - W(0) of level 2 with balanced noiseless data against level 1, over 300 steps."""
    settings = tuple(setting.replace(N=6 * setting.k) for setting in NETWORK)
    return to_rounding(
        "movement of all weights", "population-level", settings, lambda s, seed: [levels(s, seed)], context
    )


def population_level() -> Claim:
    """Level 1 is level 2 without noise and with balanced labels."""
    return Claim(
        "population-level",
        Source("Population level", "Section 5"),
        "Noiseless training is training on 2k weighted patches",
        (
            Part(
                "movement",
                text="after 300 steps the network on N noiseless points with balanced labels has moved as the network "
                "on the patches "
                "alpha u_j (n_R times) and beta v_j (n_N times) of each class has",
                tex=r"W^{(t)}_{\text{level }2}=W^{(t)}_{\text{level }1}",
            ),
        ),
        (Run(population_matches),),
        hypotheses=(Condition("no noise, labels in equal numbers, any partition of the patches", tex=r"\sigma_n=0"),),
        uses=("lemma-5.1", "lemma-d.2"),
        origin="exact",
        derivation=(
            Step(
                "equal terms",
                "Without noise all points of a class have the same 1 - logit and the same P patches up to order.",
            ),
        ),
        note="Exact but for the order of additions. The partition is drawn anew for every point.",
    )


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claims of this chapter."""
    return (weight_decomposition(), lemma_d2(), lemma_51(), lemma_d4(), population_level(), *stage_one.claims(setting))
