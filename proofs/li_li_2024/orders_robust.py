"""The end of adversarial training in orders: Lemmas D.25 to D.28 and Theorem D.15."""

from theorycheck.claim import Claim, Step
from theorycheck.orders.language import Quantity
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_ascent import GAP, LOGIT, OFF, OUTPUT, SIZES, SMALL_START, A, B
from .orders_notation import Hypothesis, order_claim
from .orders_phases import LEVEL, LEVEL_SUM, STOPS

LEFT, FIRST = Quantity("left", "any", "alpha - epsilon"), Quantity("A_0", "any", "max_r A at the start")
T_1 = Quantity("T_1", "any", "time at which A enters the linear part")
KEEPS: tuple[Hypothesis, ...] = (("left = alpha - epsilon", "left + epsilon >~ alpha"), "left <~ alpha",
                                 "alpha-above-epsilon")  # fmt: skip
RUN: Hypothesis = ("polynomially many steps of gradient descent", "eta*T <= poly(k)")
NOT_TINY: Hypothesis = ("a start that is not too small", "sigma_0 = poly(k)")
BELOW_LEVEL: tuple[Hypothesis, ...] = (LEVEL, ("saturation level", "B**q <~ Q"))


def lemma_d25() -> tuple[Claim, ...]:
    """Lemma D.25: A enters the linear part in polynomial time."""
    source = Source("Lemma D.25", "Appendix D.2.5")
    own = (A, B, GAP, OUTPUT, LEVEL_SUM, LEFT, FIRST, T_1, Quantity("F", "any", "F_i at X~ until A is at rho/alpha"),
           Quantity("C", "any", "A gains at least eta C A^(q-1)"),
           Quantity("theta", "any", "theta of Lemma B.2"))  # fmt: skip
    way: tuple[Hypothesis, ...] = (
        *SIZES, NOT_TINY, "eta", *KEEPS, *BELOW_LEVEL, LOGIT, ("E = e^F", "log(E) <~ 1 + F"),
        ("lemma-d.3-order", "A_0 >~ sigma_0"), ("a small step", "theta ~ 1"),
        ("phase-two-time: hidden output and m filters at rho/alpha",
         "F <~ n_N*beta**2/eta_tilde + n_R*m*rho"), ("little hidden output", "n_N*beta**2 <~ eta_tilde*log(k)"),
        "d >~ k", ("weights no longer than Xavier's", "sigma_0 <~ 1/sqrt(d)"), ("a race to time", "A_0 << rho/alpha"),
        STOPS,
        ("phase-two-time", "C ~ gap*n_R*left**q/(k*rho**(q-1))"),
        ("lemma-b.2-time, later end", "T_1 <~ 1 + theta/(eta*C*A_0**(q-2))"),
    )  # fmt: skip
    return (
        order_claim(
            "lemma-d.25-order", source, "Stage II in orders: the robust feature enters the linear part",
            {"time": "eta*T_1 <= poly(k)", "level": "B**q = Otilde(1/eta_tilde)"},
            (*way, ("few filters at once", "m*rho <~ log(k)")),
            own, uses=("lemma-d.25", "phase-two-time", "lemma-d.19-order", "lemma-d.3-order"),
            derivation=(
                Step("output", "F = O(log k), so E is at most polynomial and 1 - logit at least its inverse."),
                Step("time", "Everything else in the later end is polynomial as well."),
            ),
        ),
        order_claim(
            "lemma-d.25-order-any-width", source, "The linear part in polynomial time, whatever m rho is",
            {"time": "eta*T_1 <= poly(k)"}, way, own, uses=("phase-two-time", "lemma-d.19-order"),
            expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("where it fails", "m = polylog(k) and rho = 1/polylog(k) leave m rho >> log k. If that many "
                     "filters grow at once, F passes every multiple of log k and 1 - logit is smaller than every "
                     "inverse polynomial."),
            ),
            note="Says what the bounds do not exclude. As finding-f7 on Lemma D.10, with m rho for n_N rho.",
        ),
    )  # fmt: skip


def lemma_d26() -> Claim:
    """Lemma D.26: A = Theta~(1) from the linear part on."""
    own = (A, B, LEVEL_SUM, LEFT, Quantity("A_1", "any", "max_r A when it enters the linear part"),
           Quantity("E_1", "any", "e^(n_R (alpha - epsilon) A_1)"),
           Quantity("C", "any", "constant of Lemma D.26"), Quantity("growth", "any", "e^(C e^(-Y_1))"),
           Quantity("spread", "any", "e to the power of the largest other output"))  # fmt: skip
    return order_claim(
        "lemma-d.26-order", Source("Lemma D.26", "Appendix D.2.5"), "Late growth in orders",
        {"logarithmic": "alpha*A <~ log(k)", "robust": "A = polylog(k)", "level": "B**q = Otilde(1/eta_tilde)"},
        (
            "n_R ~ 1", "alpha-polylog", "beta-polylog", "rho", "rho-small", *KEEPS, *BELOW_LEVEL, RUN, "eta",
            ("a small step", "eta*alpha**2 <~ 1"),
            ("lemma-d.26", "n_R*left*A <~ log(E_1 + C*growth*T)"),
            ("constant of lemma-d.26, where n_R rho = O(1)", "C <~ eta*spread*alpha**2"),
            ("growth = e^(C e^(-Y_1))", "log(growth) <~ 1 + C"), ("E_1 = e^(Y_1), Y_1 = O(n_R rho)", "log(E_1) <~ 1"),
            ("lemma-d.25", "left*A_1 ~ rho"), ("A never falls", "A >~ A_1"),
            ("lemma-d.20-order", "spread <~ 1"),
        ), own, uses=("lemma-d.26", "lemma-d.25-order", "lemma-d.20-order"),
        derivation=(
            Step("sum", "Everything inside the logarithm is at most polynomial."),
            Step("robust", "So A = O(log k/alpha), and A >= rho/alpha as it never falls."),
        ),
        note="The largest other output is that at the adversarial examples of the whole run, small as long as features "
        "are O~(1): with lemma-d.19-order this is an induction over t. From uncoupled starts it is 0.",
    )  # fmt: skip


def lemma_d27() -> Claim:
    """Lemma D.27: robust features alone decide for the label."""
    return order_claim(
        "lemma-d.27-order", Source("Lemma D.27", "Appendix D.2.6"), "Robust features are learned well, in orders",
        {"margin": "F_j << F_y"},
        (
            *SIZES, *SMALL_START, ("lemma-d.21-order", "off = Otilde(sigma_0)"),
            ("lemma-d.25: one filter at the linear part", "F_y >~ n_R*rho"),
            ("lemma-d.27", "F_j <~ m*n_R*(alpha*off)**q/rho**(q-1)"),
        ),
        (OFF, Quantity("F_y", "any", "the label's output on X_{F_R}"), Quantity("F_j", "any", "another output there")),
        uses=("lemma-d.27", "lemma-d.21-order", "lemma-d.25-order"),
        derivation=(Step("powers", "F_j/F_y is a polylogarithm times sigma_0^q."),),
    )  # fmt: skip


ATTACKED = tuple(
    Quantity(name, "any", meaning)
    for name, meaning in (
        ("F_y", "the label's output under the attack of Theorem 4.3"), ("F_j", "the target's output under it"),
        ("G_y", "the label's output under in-place attacks"), ("G_j", "the target's output under them"),
        ("residual", "what the target gets from its B"), ("delta", "what it gets from off-diagonal correlations"),
        ("A_j", "the target's largest A"),
    )
)  # fmt: skip
WITHSTANDS: tuple[Hypothesis, ...] = (
    *SIZES, *KEEPS, "radius", "sigma_n", *SMALL_START, LEVEL, ("lemma-d.21-order", "off = Otilde(sigma_0)"),
    ("linear part", "A >~ rho/alpha"), ("linear part, n_R patches", "F_y >~ n_R*alpha*A"),
    ("lemma-d.28", "residual <~ n_N*epsilon**q*Q/rho**(q-1)"),
    ("lemma-d.27", "delta <~ m*(n_R + n_N)*(alpha*off)**q/rho**(q-1)"), ("lemma-d.28", "F_j <~ residual + delta"),
)  # fmt: skip
STRONG: Hypothesis = ("lemma-d.28: an ascent step long enough",
                      "eta_tilde*beta**(q-2)*n_R*alpha*A >> n_N*epsilon**q")  # fmt: skip


def lemma_d28() -> tuple[Claim, ...]:
    """Lemma D.28: the label withstands the attack."""
    source, own = Source("Lemma D.28", "Appendix D.2.6"), (A, OFF, LEVEL_SUM, LEFT, *ATTACKED)
    return (
        order_claim(
            "lemma-d.28-order", source, "Robustness in orders",
            {"attack of Theorem 4.3": "F_j << F_y", "in place": "G_j << G_y"},
            (
                *WITHSTANDS, STRONG, ("in place, left = alpha - epsilon", "G_y >~ n_R*left*A"),
                ("in place, s(z) <= z", "G_j <~ residual + delta + m*n_R*epsilon*A_j"),
                ("no class ahead by much", "m*epsilon*A_j << alpha*A"),
            ), own, uses=("lemma-d.28", "saturation-level-order", "lemma-d.21-order"),
            derivation=(
                Step("residual", "n_N s(epsilon B) = O(n_N epsilon^q/(eta~ beta^(q-2))) << n_R alpha A."),
                Step("in place", "alpha - epsilon is of the order of alpha."),
            ),
        ),
        order_claim(
            "lemma-d.28-order-any-ascent", source, "Robustness, any ascent", {"attack of Theorem 4.3": "F_j << F_y"},
            (*WITHSTANDS, "eta", "eta_tilde", ("lemma-d.26-order", "alpha*A <~ log(k)"), "denser",
             "epsilon-above-beta", STOPS), own,
            uses=("lemma-d.28", "lemma-d.26-order"), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "The residual is of order n_N/eta~, so n_N where eta~ is of order 1, "
                             "against log k; denser asks n_N to be large."),),
            note="The ascent must be long enough that the residual B is harmless (lemma-d.28).",
        ),
    )  # fmt: skip


def theorem_linf() -> tuple[Claim, ...]:
    """Theorem 4.4 for every perturbation of the ball: finding F2 in orders."""
    source = Source("Theorem 4.4", "Section 4")
    own = (A, LEFT, *ATTACKED)
    everywhere: tuple[Hypothesis, ...] = (
        "patches", "n_R-at-least-one", "denser", "epsilon-above-beta", *KEEPS, ("classes alike", "A_j ~ A"),
        ("linear part, every robust patch lowered by epsilon", "F_y ~ n_R*left*A"),
        ("linear part, every patch with epsilon u_j", "F_j ~ P*epsilon*A_j"),
    )  # fmt: skip
    return (
        order_claim(
            "theorem-4.4-order-linf", source, "No class withstands all perturbations of the ball, in orders",
            {"fooled": "F_y << F_j"}, everywhere, own, uses=("theorem-4.4-linf", "finding-f2"), origin="finding",
            derivation=(Step("chain", "F_j/F_y is of order P epsilon/(n_R alpha) >> (alpha/beta)^q epsilon/alpha >= "
                             "(alpha/epsilon)^(q-1) >> 1."),),
        ),
        order_claim(
            "theorem-4.4-order-every-perturbation", source, "Robust to all perturbations of the ball, in orders",
            {"robust": "F_j <~ F_y"}, everywhere, own, uses=("theorem-4.4-linf", "finding-f2"),
            expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "The denser condition itself: theorem-4.4-order-linf."),),
            note="What the paper's bullet needs, for classes of one size. lemma-d.28-order has the threats under which "
            "it holds.",
        ),
    )  # fmt: skip


# What the lemmas ask besides; that all of it has a model is part of the theorem.
SCOPE: tuple[Hypothesis, ...] = (
    "denser-by-logs", "epsilon-above-beta", STOPS, NOT_TINY, "eta", "eta_tilde",
    ("finding-f4-order", "sigma_0*sqrt(d) << B"), ("saturation level", "B**q ~ Q"),
    ("lemma-d.25-order", "m*rho <~ log(k)"),
    ("lemma-d.25-order", "n_N*beta**2 <~ eta_tilde*log(k)"), ("lemma-d.19-order", "eta_tilde = Otilde(1)"),
)  # fmt: skip


def theorem_d15() -> tuple[Claim, ...]:
    """Theorem D.15: the times together, robust accuracy, and the probability of failure."""
    source = Source("Theorem D.15", "Appendix D.2")
    own = (A, OFF, B, LEVEL_SUM, LEFT, T_1, *ATTACKED, Quantity("T_B", "any", "time of Phase I"),
           Quantity("late", "any", "later steps"), Quantity("failure", "any", "probability that some class fails"),
           Quantity("none", "any", "probability that a class has no A(0) > 0"),
           Quantity("others", "any", "probability of all other failures"),
           Quantity("share", "any", "expected share of classes that fail"))  # fmt: skip
    chance: tuple[Hypothesis, ...] = (
        "m-at-least-one", "m", ("none = 2^(-m)", "log(1/none) ~ m"),
        ("union bound over the classes", "failure ~ k*none + others"), ("all other failures", "others << 1"),
        ("a random class", "share ~ none + others"),
    )  # fmt: skip
    return (
        order_claim(
            "theorem-d.15-order", source, "Adversarial training ends robust, in orders",
            {"time": "eta*(T_B + T_1 + late) <= poly(k)", "robust": "F_j << F_y", "failure": "failure << 1"},
            (
                *WITHSTANDS, STRONG, *chance, *SCOPE, "m-above-log",
                ("lemma-d.23-order-time", "eta*T_B <= poly(k)"), ("lemma-d.25-order", "eta*T_1 <= poly(k)"),
                ("as many steps after them", "eta*late <= poly(k)"),
            ), own,
            uses=("theorem-d.15", "lemma-d.23-order-time", "lemma-d.25-order", "lemma-d.27-order", "lemma-d.28-order"),
            derivation=(
                Step("time", "A sum of three polynomial times."),
                Step("robust", "lemma-d.28-order."),
                Step("failure", "k 2^(-m) is smaller than every inverse polynomial once m >> log k."),
            ),
            note="Beyond Assumption B.3: small weights outside the features (F4), an ascent step between its two "
            "bounds, non-robust features that are denser by logs. The share of failing classes is o(1) "
            "already for m >> 1; for all classes at once m >> log k is asked, more than m = polylog(k).",
        ),
        order_claim(
            "theorem-d.15-order-any-width", source, "Every class learns its robust feature with any m = polylog(k)",
            {"failure": "failure << 1"}, (*chance, ("many filters", "m >> 1")), own, uses=("theorem-d.15",),
            expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "A class without a positive A(0) never learns its robust feature; with "
                             "m = sqrt(log k) filters about k 2^(-m) classes have none.", r"k\,2^{-m}\gg1"),),
            note="polylog(k) read as any power of log k. With m >> log k it holds (theorem-d.15-order).",
        ),
        order_claim(
            "theorem-d.15-order-random-class", source, "A random class learns its robust feature",
            {"share": "share << 1"}, (*chance, ("many filters", "m >> 1")), own, uses=("theorem-d.15",),
            derivation=(Step("share", "2^(-m) = o(1)."),),
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """The end of adversarial training."""
    return (*lemma_d25(), lemma_d26(), lemma_d27(), *lemma_d28(), *theorem_linf(), *theorem_d15())
