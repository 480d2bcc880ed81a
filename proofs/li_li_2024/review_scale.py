"""A question of the reviewers: why epsilon = Theta(sigma_n sqrt(d)), when it falls with the dimension in practice."""

from typing import Any

from sympy import Eq, Gt, Le, Rational, exp, symbols
from theorycheck_simulations.setting import Setting

from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.expression import Phi
from theorycheck.source import Source

from .notation import assuming, eta
from .review_scale_runs import measure_dimension, measure_symmetry

c, w, x, slope, gap, eta_tilde, t = symbols("c w x slope gap eta_tilde t")
SCALED = (
    Variable("c", positive(), "the factor"), Variable("w", real(), "a coordinate of a filter"),
    Variable("x", real(), "that coordinate of a patch"),
    Variable("slope", real(0, 1), "s'(<w, x_p>), which stays as it is"),
    Variable("gap", real(-1, 1), "1[y = i] - logit_i, which stays as it is"), eta,
    Variable("eta_tilde", positive(), "ascent step"),
)  # fmt: skip
NOISE = Variable("t", real(1, 64), "sqrt(d), the radius in units of sigma_n")
STEP = Part("descent", Eq(w / c + (eta.symbol / c**2) * gap * slope * (c * x),
                          (w + eta.symbol * gap * slope * x) / c, evaluate=False),
            tex=r"\tfrac wc+\tfrac{\eta}{c^2}\,g\,s'\,(cx)=\tfrac1c\left(w+\eta\,g\,s'x\right)")  # fmt: skip
ASCENT = Part("ascent", Eq(c**2 * eta_tilde * slope * (w / c), c * (eta_tilde * slope * w), evaluate=False),
              tex=r"c^2\tilde\eta\,s'\,\tfrac wc=c\,\tilde\eta\,s'w")  # fmt: skip
TAIL = Part("noise", Le(Phi(-t), exp(-(t**2) / 2) * Rational(1, 2)), tex=r"\Phi(-\sqrt d)\le\tfrac12e^{-d/2}")


def certificate(part: Part) -> dict[str, Any]:
    """An identity of rational functions."""
    proof = assuming(SCALED, {"c": Gt(c, 0)})
    proof.show("goal", part.relation)
    return proof.certificate(["goal"])


def review_epsilon_scale() -> Claim:
    """review-epsilon-scale."""
    symmetry = Part("rescaled runs", text="with alpha, beta, sigma_n, epsilon times c, sigma_0 over c, eta over c^2 "
                    "and eta~ times c^2 the weights at T are those before, over c",
                    tex=r"(\alpha,\beta,\sigma_n,\varepsilon,\sigma_0,\eta,\tilde\eta)\to(c\alpha,c\beta,c\sigma_n,"
                        r"c\varepsilon,\sigma_0/c,\eta/c^2,c^2\tilde\eta):\ W\to W/c,\ F\to F")  # fmt: skip
    dimension = Part("dimension", text="in 6, 24 and 60 dimensions the share of classes that learn the robust feature "
                     "first is the one predicted by the race, which knows epsilon/beta and not d")  # fmt: skip
    return Claim(
        "review-epsilon-scale",
        Source("Review", "question on the size of epsilon"),
        "What the size of epsilon is measured against",
        (STEP, ASCENT, TAIL, symmetry, dimension),
        (Proof(lambda: certificate(STEP), (STEP.name,)), Proof(lambda: certificate(ASCENT), (ASCENT.name,)),
         Search((STEP.name, ASCENT.name), bounds={"c": (0, 5), "w": (-2, 2), "x": (-2, 2), "eta": (0, 1),
                                                  "eta_tilde": (0, 50)}, trials=(20, 80, 800)),
         Enclosure({"c": [1], "w": [0], "x": [0], "slope": [0], "gap": [0], "eta": [1], "eta_tilde": [1],
                    "t": (1, 64)}, (TAIL.name,)),
         Run(measure_symmetry, (symmetry.name,)), Statistics(measure_dimension, (dimension.name,))),
        (*SCALED, NOISE),
        (Condition("for the dimension: the noiseless population, sigma_0 = 1/100, where initial weights outside the "
                   "features are small"),),
        ("regime-map",),
        {"c": 2, "w": 1, "x": 1, "slope": "1/2", "gap": "1/2", "eta": "1/10", "eta_tilde": 20, "t": 4},
        origin="exact",
        derivation=(
            Step("a symmetry", "The products <w, x_p>, hence all slopes and outputs, stay as they are; the clip obeys "
                 "clip_(c epsilon)(c g) = c clip_epsilon(g). By induction over the steps the whole run is rescaled.",
                 r"\operatorname{clip}_{c\varepsilon}(cg)=c\operatorname{clip}_\varepsilon(g)"),
            Step("only ratios", "So epsilon by itself decides nothing: epsilon/beta and epsilon/alpha do, together "
                 "with sigma_n/beta. What one chooses for sigma_n sqrt(d) is a unit."),
            Step("noise", "A coordinate of the noise exceeds sigma_n sqrt(d) with probability 2 Phi(-sqrt(d)) <= "
                 "e^(-d/2), so the radius covers the noise of all d P coordinates with a margin that grows with d: the "
                 "largest of them is about sigma_n sqrt(2 log(2 d P)). sigma_n sqrt(d) is its Euclidean length.",
                 r"\Pr\left[\max|\xi|>\sigma_n\sqrt d\right]\le dPe^{-d/2}"),
        ),
        note="A reviewer asked why epsilon = Theta(sigma_n sqrt(d)), when radii on images fall with the dimension. The "
        "theorem needs epsilon of the order of beta, in any dimension, and calls that order sigma_n sqrt(d) by setting "
        "sigma_n = 1/sqrt(d). It is far above the noise in the maximum norm. If beta stays and epsilon falls like "
        "1/sqrt(d), adversarial training learns the non-robust features, as with any small epsilon; the practice "
        "agrees with the theorem only where the strength of non-robust features falls with the dimension too.",
    )  # fmt: skip


def claims(setting: Setting) -> tuple[Claim, ...]:
    """The claim of this chapter; runs have their own settings."""
    return (review_epsilon_scale(),)
