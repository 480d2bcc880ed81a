"""Lemmas D.5 to D.8 as orders: logits, off-diagonal correlations, and the steps of Stage I."""

from theorycheck.claim import Claim, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import SIZES, order_claim, quantities

LOGITS = quantities(
    {
        "off": "largest positive off-diagonal correlation",
        "tau": "largest output of another class",
        "E": "e^tau",
        "X": "e^(F_i)",
        "L": "1 - logit_i on a point of class i",
        "l": "logit_i on a point of class j != i; X is then e^(F_j)",
    }
)
POWER = Variable("c", real(0), "F_i = c log k")
OTHERS = (
    "lemma-d.3-order and lemma-d.7-order", "off = Otilde(sigma_0)"
)  # fmt: skip
POLYNOMIAL_PART = (
    "m filters in the polynomial part", "tau <~ m*(n_R*(alpha*off)**q + n_N*(beta*off)**q)/rho**(q-1)"
)  # fmt: skip
INITIAL = ("sigma_0", "d-large")
DIMENSION = Variable("c", positive(), "d is at most k^c")
CONSTANT_LOGIT = ("lemma-d.5-order", "L ~ min(1, k/X)")
EARLY = ("Stage I: F_i is at most constant", "F <~ 1")
EXPONENTIAL = ("X = e^F", "log(X) <~ 1 + F")


def lemma_d5() -> tuple[Claim, ...]:
    """Outputs of other classes, the logit of the label, and the paper's two stages."""
    where = Source("Lemma D.5", "Appendix D.1.2")
    return (
        order_claim(
            "lemma-d.5-order-others", where, "Outputs of other classes, as orders",
            {"others": "tau << 1", "exponential": "E ~ 1"},
            (OTHERS, *INITIAL, "m = polylog(k)", "rho = polylog(k)", *SIZES, POLYNOMIAL_PART,
             ("E = e^tau", "log(E) <~ 1 + tau"), ("tau >= 0", "E >~ 1")),
            own=LOGITS,
            uses=("lemma-d.3-order", "lemma-d.7-order", "activation-derivative", "assumptions-order-repaired"),
            derivation=(
                Step("others", "Every other output is a power q of sigma_0 times powers of log k; d is large.",
                     r"\tau\le m\,\mathrm{polylog}(k)\,\sigma_0^q\ll1"),
            ),
        ),
        order_claim(
            "lemma-d.5-order", where, "Logit of the right class, as an order",
            {"logit": "L ~ min(1, k/X)"},
            (("lemma-d.5-order-others", "E <~ 1"), ("lemma-d.5, lower", "L*(k + X) >~ k"),
             ("lemma-d.5, upper", "L*(k*E + X) <~ k*E")),
            own=LOGITS, uses=("lemma-d.5", "lemma-d.5-order-others"),
            derivation=(
                Step("logit", "Both ends of lemma-d.5 are k/(k+X) up to constants.",
                     r"1-\mathrm{logit}_i\asymp\frac{k}{k+e^{F_i}}\asymp\min(1,ke^{-F_i})"),
            ),
            note="One order for both stages: constant while e^F <~ k, then k/e^F.",
        ),
        order_claim(
            "lemma-d.5-order-stages", where, "Logit of the label at F_i = c log k",
            {"logit": "L ~ min(1, k**(1-c))"}, (("F_i = c log k", "X ~ k**c"), CONSTANT_LOGIT),
            own=LOGITS, symbols=(POWER,), uses=("lemma-d.5-order",),
            derivation=(Step("insert", "X = k^c: constant for c <= 1, k^(1-c) afterwards.",
                             r"1-\mathrm{logit}_i\asymp\min(1,k^{1-c})"),),
            note="The paper's two stages: first a constant, then a power of k that the output decides.",
        ),
    )  # fmt: skip


def lemma_d6() -> Claim:
    """The logit of a wrong class."""
    return order_claim(
        "lemma-d.6-order", Source("Lemma D.6", "Appendix D.1.2"), "Logit of a wrong class, as an order",
        {"logit": "l ~ min(1/k, 1/X)"},
        (("lemma-d.5-order-others", "E ~ 1"), ("lemma-d.6, lower", "l*(X + k*E) >~ 1"),
         ("lemma-d.6, upper", "l*(X + k) <~ E")),
        own=LOGITS, uses=("lemma-d.6", "lemma-d.5-order-others"),
        derivation=(Step("ends", "Both ends of lemma-d.6 are 1/(k+X) up to constants."),),
        note="Here X is e^(F_j), j the label.",
    )  # fmt: skip


def lemma_d7() -> Claim:
    """Off-diagonal correlations stay at the order of the start."""
    own = {"off_0": "largest off-diagonal correlation at the start, in absolute value",
           "up": "largest positive off-diagonal correlation at any time",
           "down": "largest |<w_{i,r}, u_j>| or |<w_{i,r}, v_j>|, j != i, at any time"}  # fmt: skip
    return order_claim(
        "lemma-d.7-order", Source("Lemma D.7", "Appendix D.1.3"), "Off-diagonal correlations, as orders",
        {"from above": "up = Otilde(sigma_0)", "size": "down = Otilde(sigma_0)"},
        (("lemma-d.3-order", "off_0 = Otilde(sigma_0)"), "sigma_0", "d <~ k**c", "eta-small", *SIZES,
         ("lemma-d.7: nonincreasing while positive", "up <~ off_0"),
         ("lemma-d.7: one jump at most", "down <~ off_0 + eta*(n_R*alpha + n_N*beta)/k")),
        own=quantities(own), symbols=(DIMENSION,), uses=("lemma-d.7", "lemma-d.3-order", "assumptions-order-repaired"),
        derivation=(
            Step("from above", "A positive one never rises."),
            Step("size", "A negative one was negative at the start or comes from one step, which is eta times powers "
                 "of log k; eta is small against 1/sqrt(d).", r"\tfrac\eta k\sum\alpha_p\ll\sigma_0"),
        ),
    )  # fmt: skip


STEPS = quantities(
    {
        "F": "F_i on a point of class i",
        "F_0": "F_i at the start",
        "X": "e^F",
        "L": "1 - logit_i",
        "A": "robust correlation A_{i,r}",
        "B": "non-robust correlation B_{i,r}",
        "A_0": "max_r A_{i,r} at the start",
        "B_0": "max_r B_{i,r} at the start",
        "dA": "A_{i,r} after a step minus before",
        "dB": "B_{i,r} after a step minus before",
    }
)
UPDATES = (
    ("lemma-5.1, polynomial part", "dA ~ eta/k*L*n_R*alpha*(alpha*A/rho)**(q-1)"),
    ("lemma-5.1, polynomial part", "dB ~ eta/k*L*n_N*beta*(beta*B/rho)**(q-1)"),
)


def lemma_d8() -> tuple[Claim, ...]:
    """Where Stage I starts, its steps, and the class share that belongs in them."""
    where, by = Source("Lemma D.8", "Appendix D.1.4"), ("lemma-d.8", "lemma-d.5-order")
    return (
        order_claim(
            "lemma-d.8-order-start", where, "Training starts in Stage I",
            {"robust": "alpha*A_0 << rho", "non-robust": "beta*B_0 << rho", "output": "F_0 << 1"},
            (("lemma-d.3-order", "A_0 = Otilde(sigma_0)"), ("lemma-d.3-order", "B_0 = Otilde(sigma_0)"), *INITIAL,
             "m = polylog(k)", "rho = polylog(k)", *SIZES,
             ("m filters in the polynomial part", "F_0 <~ m*(n_R*(alpha*A_0)**q + n_N*(beta*B_0)**q)/rho**(q-1)")),
            derivation=(Step("small", "sigma_0 = 1/sqrt(d) beats every power of log k."),),
            own=STEPS, uses=("lemma-d.3-order", "assumptions-order-repaired"),
        ),
        order_claim(
            "lemma-d.8-order", where, "Stage I: orders of the steps",
            {"derivative": "L ~ 1", "robust": "dA ~ eta/k*n_R*alpha**q*A**(q-1)/rho**(q-1)",
             "non-robust": "dB ~ eta/k*n_N*beta**q*B**(q-1)/rho**(q-1)"},
            (EARLY, EXPONENTIAL, CONSTANT_LOGIT, *UPDATES),
            derivation=(
                Step("derivative", "e^F is at most constant, so min(1, k/e^F) is constant.",
                     r"1-\mathrm{logit}_i=\Theta(1)"),
                Step("insert", "Into the polynomial part of Lemma 5.1."),
            ),
            note="The paper writes Theta(eta) for the factor of the step; the 1/k of the class share stands in it.",
            own=STEPS, uses=by,
        ),
        order_claim(
            "lemma-d.8-order-without-k", where, "Stage I: the step with Theta(eta) in place of Theta(eta/k)",
            {"robust": "dA ~ eta*n_R*alpha**q*A**(q-1)/rho**(q-1)"},
            (EARLY, EXPONENTIAL, CONSTANT_LOGIT, UPDATES[0]),
            expected=Verdict.REFUTED,
            derivation=(Step("count", "A class is drawn with probability 1/k, which tends to 0: no Theta hides it."),),
            note="Reconstructed from the prose, the formula being lost. The 1/k slows both features alike and "
            "changes the times, not which feature wins.",
            own=STEPS, uses=by, origin="finding",
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Lemmas D.5 to D.8 as orders."""
    return *lemma_d5(), lemma_d6(), lemma_d7(), *lemma_d8()
