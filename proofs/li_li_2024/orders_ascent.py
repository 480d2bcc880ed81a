"""Lemmas D.19 to D.22 in orders: logits at adversarial examples, off-diagonal correlations, and the iteration."""

from theorycheck.claim import Claim, Step
from theorycheck.orders.language import Quantity
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import Hypothesis, order_claim

# Sizes that are polylogarithmic; n_N may grow, for with a constant P nothing is denser (finding-f3).
SIZES: tuple[Hypothesis, ...] = ("m-at-least-one", "m", "n_R ~ 1", "n_N-at-least-one", "n_N-polylog", "alpha-polylog",
                                 "beta-polylog", "rho", "rho-small")  # fmt: skip
SMALL_START: tuple[Hypothesis, ...] = (("weights no longer than Xavier's", "sigma_0 <~ 1/sqrt(d)"), "d >~ k")
BOUNDED_ASCENT: Hypothesis = ("an ascent step that is not too long", "eta_tilde = Otilde(1)")
A = Quantity("A", "any", "largest robust correlation of a class")
B = Quantity("B", "any", "largest non-robust correlation of a class")
GAP = Quantity("gap", "any", "1 - logit of the right class")
OUTPUT = Quantity("E", "any", "e to the power F_y, F_y the right class's output")
SPREAD = Quantity("spread", "any", "e to the power tau")
TAU = Quantity("tau", "any", "largest output of another class")
OFF = Quantity("off", "any", "size of an off-diagonal correlation")
EXPONENTIAL: Hypothesis = ("spread = e^tau", "log(spread) <~ 1 + tau")
LOGIT: Hypothesis = ("lemma-d.19-order", "gap ~ min(1, k/E)")


Z = Quantity("z", "any", "pre-activation of another class's filter at the adversarial example")
TOP = Quantity("top", "any", "the larger of a class's A and B")
FEATURES: tuple[Hypothesis, ...] = (
    *SIZES, *SMALL_START, ("not counted in orders", "P = polylog(k)"),
    ("lemma-d.21-order", "off = Otilde(sigma_0)"),
    ("so far in the run, as lemma-d.26-order says of all of it", "top = Otilde(1)"),
    ("m filters on P patches, s(z) <= z", "tau <~ m*P*z"),
)  # fmt: skip


def lemma_d19() -> tuple[Claim, ...]:
    """Lemma D.19: 1 - logit is Theta(1) until F_y = log k, and Theta(k e^(-F_y)) from there on."""
    source, own = Source("Lemma D.19", "Appendix D.2.3"), (TOP, GAP, OUTPUT, SPREAD, TAU, OFF, Z)
    ends: tuple[Hypothesis, ...] = (
        EXPONENTIAL,
        ("lemma-d.19, lower end", "gap >~ k/(k + E)"), ("lemma-d.19, upper end", "gap <~ k*spread/(k*spread + E)"),
    )  # fmt: skip
    return (
        order_claim(
            "lemma-d.19-order", source, "Order of 1 - logit of the right class at the adversarial example",
            {"others": "tau << 1", "logit": "gap ~ min(1, k/E)"},
            (
                *FEATURES, BOUNDED_ASCENT, *ends,
                ("lemma-d.17: own feature of the class, and directions outside the features, come in by the ascent",
                 "z <~ alpha*off + m*eta_tilde*(off*top + sigma_0**2*sqrt(d*log(k*m)))"),
            ), own, uses=("lemma-d.19", "lemma-d.17", "lemma-d.21-order"),
            derivation=(
                Step("others", "Every term of z is O~(sigma_0), and s(z) <= z; so tau = o(1)."),
                Step("logit", "e^tau = O(1), so both ends of lemma-d.19 are of the order of min(1, k/E).",
                     r"1-\mathrm{logit}_y=\Theta\left(\min(1,k\,e^{-F_y})\right)"),
            ),
            note="With F_y = C log k this is the paper's Theta(1) for C <= 1 and Theta(k^(1-C)) beyond. That the "
            "outputs of other classes are small at X~ needs a bound on eta~, see lemma-d.19-order-any-ascent.",
        ),
        order_claim(
            "lemma-d.19-order-any-ascent", source, "Outputs of other classes at the adversarial example, any ascent",
            {"others": "tau << 1"},
            (*FEATURES, "sigma_n", "radius", "eta", "eta_tilde",
             ("lemma-d.17, within the span of the features", "z ~ alpha*off + m*min(epsilon, eta_tilde*off)*top")), own,
            uses=("lemma-d.17", "lemma-d.21-order"), expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the paper argues", "As in Lemma D.5 off-diagonal correlations are small, so the other "
                     "outputs are."),
                Step("where it fails", "eta~ may be so large that the clip is reached: the ascent then puts epsilon "
                     "u_j into the patch, which class j has learnt.", r"\eta\ll\tilde\eta\not\Rightarrow\tau\ll1"),
            ),
            note="Assumption B.3 bounds eta~ from below only. What the bounds above do not exclude need not occur in "
            "a run; lemma-d.21 has runs in which it does.",
        ),
    )  # fmt: skip


def lemma_d20() -> Claim:
    """Lemma D.20: a wrong class's logit is Theta(1/k), later Theta(e^(-F_y))."""
    return order_claim(
        "lemma-d.20-order", Source("Lemma D.20", "Appendix D.2.3"),
        "Order of a wrong class's logit at the adversarial example",
        {"spread": "spread <~ 1", "logit": "wrong ~ min(1/k, 1/E)"},
        (
            ("lemma-d.19-order", "tau << 1"), EXPONENTIAL,
            ("lemma-d.20, lower end", "wrong >~ 1/(E + k*spread)"),
            ("lemma-d.20, upper end", "wrong <~ spread/(E + k)"),
        ),
        (OUTPUT, SPREAD, TAU, Quantity("wrong", "any", "logit of a class that is not the label")),
        uses=("lemma-d.20", "lemma-d.19-order"),
        derivation=(Step("ends", "e^tau = O(1), so both ends of lemma-d.20 are of the order of 1/(E + k)."),),
    )  # fmt: skip


def lemma_d21() -> tuple[Claim, ...]:
    """Lemma D.21: off-diagonal correlations stay O~(sigma_0)."""
    source = Source("Lemma D.21", "Appendix D.2.4")
    lift = Quantity("lift", "any", "what the ascent adds to the pre-activation of a filter on another class's patch")
    slope = Quantity("slope", "any", "s' of the other class's filter there")
    first, most = Quantity("off_0", "any", "its first value"), Quantity("b", "any", "largest off-diagonal correlation")
    share = Quantity("c", "any", "share of alpha that the ascent takes")
    ascent: Hypothesis = ("lemma-d.17, m filters", "lift ~ A*min(epsilon, m*eta_tilde*slope*b)")
    return (
        order_claim(
            "lemma-d.21-order", source, "Order of off-diagonal correlations under attack",
            {"small": "off = Otilde(sigma_0)"},
            (
                ("lemma-d.3-order", "off_0 <~ sigma_0*sqrt(log(k))"),
                ("lemma-d.21, scaled patches", "off <~ off_0 + eta*(n_R*alpha + n_N*beta)/k"),
                ("a step no longer than the start", "eta*(n_R*alpha + n_N*beta) <~ k*sigma_0"),
            ),
            (OFF, first), uses=("lemma-d.21", "lemma-d.3-order"),
            derivation=(
                Step("above", "They do not rise above their first value, which is that of 2k^2 m normals."),
                Step("below", "They fall by one step at most once they are not positive."),
            ),
            note="Where the ascent only shrinks the patches of other classes; lemma-d.21-order-stage-one says when.",
        ),
        order_claim(
            "lemma-d.21-order-stage-one", source, "The ascent moves no off-diagonal pre-activation in Stage I",
            {"lift": "lift << alpha*b"},
            (
                "m-at-least-one", ascent, ("polynomial part", "slope ~ (alpha*A/rho)**(q-1)"),
                ("lemma-5.2", "c ~ m*eta_tilde*alpha**(q-2)*A**q/rho**(q-1)"), ("below saturation", "c << 1"),
            ),
            (A, lift, slope, most, share), uses=("lemma-5.2", "lemma-d.17"),
            derivation=(Step("share", "The lift is at most c alpha b: as small beside alpha b as what the ascent takes "
                             "off alpha.", r"A\,m\tilde\eta s'b=c\,\alpha b"),),
            note="So as long as c = o(1) the argument of Lemma D.7 carries over for correlations of the size of the "
            "largest one.",
        ),
        order_claim(
            "lemma-d.21-order-as-argued", source, "The ascent moves no off-diagonal pre-activation",
            {"lift": "lift << alpha*b"},
            (
                *SIZES, "radius", "sigma_n", "alpha-above-epsilon", BOUNDED_ASCENT, ascent,
                ("late in the run", "A = Otilde(1)"), ("linear part", "A >~ rho/alpha"), ("linear part", "slope ~ 1"),
                ("lemma-d.21-order", "b = Otilde(sigma_0)"), *SMALL_START,
            ),
            (A, lift, slope, most), uses=("lemma-d.17",), expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the paper argues", "As in Lemma D.7: a filter that is not positive on a feature of another "
                     "class is not active there."),
                Step("where it fails", "Once s' is 1 the lift is A eta~ b against alpha b."),
            ),
            note="lemma-d.21-as-argued is a state in which it happens. It is so in the linear part as soon as "
            "eta~ A is of the order of alpha; until then lemma-d.21-order-stage-one holds.",
        ),
    )  # fmt: skip


GAINS = tuple(
    Quantity(name, "any", meaning)
    for name, meaning in (
        ("gain_A", "what A gains in a step"), ("gain_B", "what B gains"),
        ("left_A", "1 - c on robust patches"), ("left_B", "(1 - c)_+ on non-robust patches"),
        ("share", "sum of B^q over its level"),
    )
)  # fmt: skip
ITERATION: tuple[Hypothesis, ...] = (
    ("lemma-5.2", "gain_A ~ eta*gap*n_R*alpha**q*left_A**q*A**(q-1)/(k*rho**(q-1))"),
    ("lemma-5.2", "gain_B ~ eta*gap*n_N*beta**q*left_B**q*B**(q-1)/(k*rho**(q-1))"),
    ("c <= epsilon/alpha, so 1 - c + epsilon/alpha >= 1", "left_A + epsilon/alpha >~ 1"), "left_A <~ 1",
    ("c is at most the share of the level", "left_B + share >~ 1"), "left_B <~ 1", "alpha-above-epsilon",
    LOGIT, ("Stage I", "E <~ k"), ("polynomial part", "alpha*A <~ rho"), ("polynomial part", "beta*B <~ rho"),
)  # fmt: skip


def lemma_d22() -> tuple[Claim, ...]:
    """Lemma D.22 (and 5.2): the iteration with its Theta's."""
    source, own = Source("Lemma D.22", "Appendix D.2.5"), (A, B, GAP, OUTPUT, *GAINS)
    return (
        order_claim(
            "lemma-d.22-order", source, "Order of a step in Stage I of adversarial training",
            {
                "robust": "gain_A ~ eta*n_R*alpha**q*A**(q-1)/(k*rho**(q-1))",
                "non-robust": "gain_B ~ eta*n_N*beta**q*left_B**q*B**(q-1)/(k*rho**(q-1))",
            },
            ITERATION, own, uses=("lemma-d.22", "lemma-d.19-order"),
            derivation=(
                Step("logit", "gap is of order 1 while F_y <= log k + O(1)."),
                Step("robust", "epsilon << alpha, so the ascent takes a share of alpha that is o(1)."),
            ),
            note="Lemma 5.2 is the same statement. The robust feature is learnt as without attack, in orders.",
        ),
        order_claim(
            "lemma-d.22-order-phase-one", source, "Phase I is as standard training, and the non-robust feature leads",
            {
                "not saturated": "share << 1",
                "as without attack": "gain_B ~ eta*n_N*beta**q*B**(q-1)/(k*rho**(q-1))",
                "leads": "gain_A << gain_B",
            },
            (
                *ITERATION, *SIZES, *SMALL_START, BOUNDED_ASCENT, "denser",
                ("lemma-5.2, m filters", "share <~ m*eta_tilde*beta**(q-2)*B**q/rho**(q-1)"),
                ("small initialization", "B = Otilde(sigma_0)"), ("not behind", "A <~ B"),
            ),
            own, uses=("lemma-d.22-order", "saturation-level", "assumption-2.3"),
            derivation=(
                Step("not saturated", "B^q is below every polynomial's inverse of degree q/2 in d."),
                Step("leads", "n_N beta^q >> n_R alpha^q, and B^(q-1) >= A^(q-1)."),
            ),
        ),
        order_claim(
            "lemma-d.22-order-as-printed", source, "Order of a step with Theta(eta) as its only factor",
            {"robust": "gain_A = Thetatilde(eta*alpha**q*A**(q-1))"}, (*ITERATION, *SIZES), own,
            uses=("lemma-d.22-order",), expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the rebuttal says", "A gains Theta(eta) A^(q-1) E[alpha^q].",
                     r"A^{(t+1)}\approx A^{(t)}+\Theta(\eta)A^{q-1}\mathbb E[\alpha_p^q]"),
                Step("where it fails", "A class has the share 1/k of the data, and k is no polylogarithm of itself."),
            ),
            note="It is right with eta/k in place of eta (lemma-d.22-order). Nothing later depends on it, since both "
            "features are slower by the same factor and times are only said to be polynomial.",
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Lemmas D.19 to D.22."""
    return (*lemma_d21(), *lemma_d19(), lemma_d20(), *lemma_d22())
