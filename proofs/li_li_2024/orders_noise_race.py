"""Noise against features in orders: Lemmas E.5, E.6, E.7 and E.11, Theorems E.1 and E.8."""

from theorycheck.claim import Claim, Step
from theorycheck.orders.language import Quantity
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_ascent import GAP, OFF, OUTPUT, SIZES, SMALL_START, A, B
from .orders_notation import Hypothesis, order_claim

NOISE, LENGTH = Quantity("noise", "any", "largest <w, xi>"), Quantity("length", "any", "norm of a filter")
PATCHES: tuple[Hypothesis, ...] = ("n_N <~ P", ("not counted in orders", "P = polylog(k)"))
POINTS: tuple[Hypothesis, ...] = (*PATCHES, "N", ("at least one point", "N >~ 1"))
MANY: Hypothesis = ("many points and dimensions", "N >~ k**2")
WIDE: Hypothesis = ("many dimensions", "d >~ k**3")
RACE = (
    Quantity("y_0", "any", "largest <w(0), xi>"), Quantity("y_1", "any", "the same when B has grown"),
    Quantity("B_0", "any", "max_r B at the start"), Quantity("S", "any", "ratio of the speeds of noise and feature"),
    Quantity("overlap", "any", "largest sum of |<xi', xi>| over the patches"),
    Quantity("lead", "any", "1 + kappa, B_0 over S^(1/(q-2)) y_0"), Quantity("w", "any", "1 - theta lead^(2-q)"),
    Quantity("theta", "any", "theta of Lemma B.2"), Quantity("F", "any", "F_i"),
)  # fmt: skip
SPEEDS: tuple[Hypothesis, ...] = (
    ("lemma-e.5, points of a class alike", "S ~ k*overlap/(N*n_N*beta**q)"),
    ("|xi|^2 and cross terms", "overlap <~ sigma_n**2*d + N*P*sigma_n**2*sqrt(d*log(k*m*N*P))"),
    ("lemma-e.3-start", "y_0 <~ sigma_0*sigma_n*sqrt(d)*sqrt(log(k*m*N*P))"),
    ("lemma-d.3-order", "B_0 >~ sigma_0"), ("definition of the lead", "lead**(q-2)*S*y_0**(q-2) ~ B_0**(q-2)"),
    ("lemma-b.2, a small step", "theta ~ 1"), ("w = 1 - theta lead^(2-q)", "w + theta/lead**(q-2) >~ 1"),
    ("lemma-b.2", "y_1**(q-2)*w <~ y_0**(q-2)"),
)  # fmt: skip


def lemma_e5() -> tuple[Claim, ...]:
    """Lemma E.5: constant logits early on, and the race that noise loses."""
    source, own = Source("Lemma E.5", "Appendix E.1.2"), (A, B, GAP, OUTPUT, NOISE, *RACE)
    return (
        order_claim(
            "lemma-e.5-order", source, "Noise loses the race against the non-robust feature, in orders",
            {"lead": "lead >> 1", "noise": "y_1 <~ y_0", "order": "y_1 = Otilde(sigma_0*sigma_n*sqrt(d))"},
            (*SIZES, *POINTS, "sigma_n", *SPEEDS, MANY, WIDE), own, uses=("lemma-e.5", "lemma-e.3-start"),
            derivation=(
                Step("ratio", "S is a polylogarithm times (sigma_n^2 d/N) : (1/k), and of the cross terms k/sqrt(d).",
                     r"\frac{\sigma_n^2d}{N}:\frac{n_N\beta^q}{k}"),
                Step("starts", "|xi| is 1, so y_0/B_0 is polylogarithmic."),
                Step("lemma B.2", "The lead tends to infinity, so y_1 = O(y_0)."),
            ),
            note="N = k times a polylogarithm that is large enough would do; N >~ k^2 says it simply.",
        ),
        order_claim(
            "lemma-e.5-order-any-sample", source, "Noise loses the race whatever N = poly(k)",
            {"lead": "lead >> 1"}, (*SIZES, *POINTS, "sigma_n", "sigma_0", *SPEEDS, WIDE), own,
            uses=("lemma-e.5",), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "With N = k, a point or so in every class, the speeds are of one order, "
                             "and of a constant number of points in all, noise is ahead by k."),),
            note="Assumption B.3's N = poly(k), read as any power. lemma-e.5 has runs with both outcomes.",
        ),
        order_claim(
            "lemma-e.5-order-logit", source, "1 - logit is of order 1 while features and noise are small",
            {"output": "F << 1", "logit": "gap ~ 1"},
            (
                *SIZES, *SMALL_START, "sigma_n", ("early", "A = Otilde(sigma_0)"), ("early", "B = Otilde(sigma_0)"),
                ("early", "noise = Otilde(sigma_0)"),
                ("m filters on n_R and n_N patches",
                 "F <~ m*(n_R*(alpha*A + noise)**q + n_N*(beta*B + noise)**q)/rho**(q-1)"),
                ("E = e^F", "log(E) <~ 1 + F"), ("as lemma-d.19-order, at X", "gap ~ min(1, k/E)"),
            ), own, uses=("lemma-d.5", "lemma-e.5-order"),
            derivation=(Step("output", "A polylogarithm times sigma_0^q."), Step("logit", "E = O(1) <= k.")),
        ),
    )  # fmt: skip


MEMORISED = Quantity("memorised", "any", "Phi |xi|^2")
SHARE: tuple[Hypothesis, ...] = (
    ("lemma-e.6", "memorised <~ gamma*k*sigma_n**2*d*B/(N*n_N*beta)"), ("lemma-e.5-order-logit", "gamma ~ 1"),
)  # fmt: skip


def lemma_e6() -> tuple[Claim, ...]:
    """Lemma E.6: in polynomial time B has grown, and noise is a small share of it."""
    source = Source("Lemma E.6", "Appendix E.1.2")
    own = (B, MEMORISED, Quantity("gamma", "any", "ratio of 1 - logit over points of a class"),
           Quantity("T_B", "any", "time at which B has grown"), Quantity("B_0", "any", "max_r B at the start"),
           Quantity("C", "any", "B gains eta C B^(q-1)"))  # fmt: skip
    return (
        order_claim(
            "lemma-e.6-order", source, "Memorised noise is a small share of the feature, in orders",
            {"share": "memorised << beta*B", "time": "eta*T_B <= poly(k)"},
            (*SIZES, *POINTS, "sigma_n", *SHARE, MANY, "eta", ("a small step", "eta*C*B_0**(q-2) <~ 1"),
             ("a start that is not too small", "sigma_0 = poly(k)"), ("lemma-d.3-order", "B_0 >~ sigma_0"),
             ("lemma-d.8", "C ~ n_N*beta**q/(k*rho**(q-1))"),
             ("lemma-b.2-time, a small step", "T_B <~ 1/(eta*C*B_0**(q-2))")), own,
            uses=("lemma-e.6", "lemma-b.2-time", "lemma-d.3-order"),
            derivation=(Step("share", "k sigma_n^2 d/(N n_N beta^2) is a polylogarithm over k."),
                        Step("time", "As in Lemma D.9.")),
        ),
        order_claim(
            "lemma-e.6-order-at-the-start", source, "Memorised noise stays of the order of the start",
            {"small": "memorised = Otilde(sigma_0*sigma_n*sqrt(d))"},
            (*SIZES, *POINTS, "sigma_n", "sigma_0", *SHARE, ("lemma-d.11", "B = Otilde(1)"),
             ("more points than k sqrt(d)", "N >~ k*sqrt(d)")), own, uses=("lemma-e.6", "lemma-e.3"),
            derivation=(Step("share", "k/N <= 1/sqrt(d) = sigma_0 sigma_n sqrt(d)."),),
            note="finding-e.4-order has the other side of k sqrt(d).",
        ),
        order_claim(
            "lemma-e.6-order-any-sample", source, "Memorised noise stays of the order of the start, any N = poly(k)",
            {"small": "memorised = Otilde(sigma_0*sigma_n*sqrt(d))"},
            (*SIZES, *POINTS, "sigma_n", "sigma_0", "d >~ k", SHARE[1],
             ("lemma-e.6, their sum over a class", "memorised ~ gamma*k*sigma_n**2*d*B/(N*n_N*beta)"),
             ("lemma-d.11", "B = polylog(k)")), own, uses=("lemma-e.6", "lemma-e.3"), expected=Verdict.REFUTED,
            origin="finding",
            derivation=(Step("where it fails", "With d far above (N/k)^2 every point of a class memorises k/N of what "
                             "B has gained, which is more than 1/sqrt(d)."),),
        ),
    )  # fmt: skip


def lemma_e7() -> tuple[Claim, ...]:
    """Lemma E.7: the orders at the end of standard training."""
    source = Source("Lemma E.7", "Appendix E.1.3")
    own = (A, B, OFF, NOISE, LENGTH, Quantity("A_0", "any", "max_r A at the start, up to Lemma B.2's factor"),
           Quantity("b", "any", "the level of B at which F_i = 1"),
           Quantity("c", "any", "c' of Lemma D.11"))  # fmt: skip
    ends: tuple[Hypothesis, ...] = (
        *SIZES, *POINTS, "d", "d >~ k", "sigma_n", "sigma_0", ("lemma-d.9-order", "A_0 = Otilde(sigma_0)"),
        ("lemma-e.7", "A <~ A_0 + sigma_n*B*sqrt(k)/(beta*sqrt(n_N*N))"),
        ("lemma-e.7", "B <~ rho/beta + log(1 + c*T)/(n_N*beta)"), ("polynomially many steps", "c*T <= poly(k)"),
        "T >~ 1", ("F_i = 1 at b, and s(z) <= z", "m*n_N*beta*b >~ 1"), ("lemma-e.7", "B >~ b"),
        ("lemma-e.7", "off <~ A_0 + sigma_n*B*sqrt(k)/(beta*sqrt(n_N*N))"),
        ("lemma-e.3", "noise <~ sigma_n*length*sqrt(log(k*m*N*P))"),
        ("length of a filter", "length <~ sigma_0*sqrt(d) + sqrt(k)*off + A + B"),
    )  # fmt: skip
    return (
        order_claim(
            "lemma-e.7-order", source, "Where standard training on noisy points ends, in orders",
            {"robust": "A = Otilde(sigma_0)", "non-robust": "B = polylog(k)", "off-diagonal": "off = Otilde(sigma_0)",
             "noise": "noise = Otilde(sigma_0*sigma_n*sqrt(d))"},
            (*ends, ("as many points as classes", "N >~ k")), own, uses=("lemma-e.7", "lemma-e.3", "lemma-d.9-order"),
            derivation=(
                Step("robust", "sigma_n B sqrt(k/(N n_N))/beta = O~(sigma_0), as sigma_n = sigma_0 and N >= k."),
                Step("non-robust", "Between 1/(m n_N beta) and rho/beta + O(log k/(n_N beta))."),
                Step("noise", "A filter has length O~(1) = O~(sigma_0 sqrt(d))."),
            ),
        ),
        order_claim(
            "lemma-e.7-order-any-sample", source, "The same end of A with any number of points",
            {"robust": "A = Otilde(sigma_0)"}, ends, own, uses=("lemma-e.7",), expected=Verdict.REFUTED,
            origin="finding",
            derivation=(Step("where it fails", "With fewer points than classes, memorised noise puts sigma_n B "
                             "sqrt(k/N) on the robust feature."),),
            note="Needs N >= k up to a polylogarithm.",
        ),
    )  # fmt: skip


def lemma_e11() -> Claim:
    """Lemma E.11: the orders at the end of adversarial training."""
    own = (A, B, OFF, NOISE, LENGTH, Quantity("Q", "any", "sum over the filters of B^q"),
           Quantity("left", "any", "alpha - epsilon"))  # fmt: skip
    return order_claim(
        "lemma-e.11-order", Source("Lemma E.11", "Appendix E.2.3"),
        "Where adversarial training on noisy points ends, in orders",
        {"robust": "A = polylog(k)", "non-robust": "B**q = Otilde(1/eta_tilde)", "off-diagonal": "off << A",
         "noise": "noise = Otilde(sigma_n)", "noise beside features": "noise << alpha*A"},
        (
            *SIZES, *POINTS, *SMALL_START, "sigma_n",
            ("left = alpha - epsilon", "left <~ alpha"), ("lemma-e.11", "left*A >~ rho"),
            ("lemma-d.26-order", "alpha*A <~ log(k)"), ("lemma-e.11", "Q <~ rho**(q-1)/(eta_tilde*beta**(q-2))"),
            ("one filter of m", "B**q <~ Q"), ("lemma-d.24-order", "B <~ A"),
            ("lemma-d.21-order", "off = Otilde(sigma_0)"),
            ("lemma-e.10", "noise <~ sigma_n*length*sqrt(log(k*m*N*P))"),
            ("length of a filter", "length <~ sigma_0*sqrt(d) + sqrt(k)*off + A + B"),
        ), own, uses=("lemma-e.11", "lemma-e.10-order", "lemma-d.26-order", "saturation-level-order"),
        derivation=(
            Step("features", "As without noise (lemma-d.25-order, lemma-d.26-order, saturation-level-order)."),
            Step("noise", "sigma_n times a filter's length, which is O~(1)."),
        ),
        note="The paper's noise has sigma_0 sqrt(d) for that length (lemma-e.10-order-as-printed).",
    )  # fmt: skip


OUTPUTS = tuple(
    Quantity(name, "any", meaning)
    for name, meaning in (
        ("F_y", "the label's output on a test point"), ("F_j", "another output"),
        ("G_y", "the label's output under the attack of Theorem 4.3"), ("G_t", "the target's output under it"),
        ("left", "alpha - epsilon"),
    )
)  # fmt: skip


def theorem_e1() -> Claim:
    """Theorem E.1: right on test points, and fooled by the attack."""
    return order_claim(
        "theorem-e.1-order", Source("Theorem E.1", "Appendix E.1"), "Standard training on noisy points, in orders",
        {"test": "F_j << F_y", "attack": "G_y << G_t"},
        (
            *SIZES, *PATCHES, *SMALL_START, "sigma_n", "radius", ("lemma-e.7-order", "A = Otilde(sigma_0)"),
            ("lemma-e.7-order", "off = Otilde(sigma_0)"),
            ("lemma-e.7-order", "B = polylog(k)"), ("lemma-e.3-order, on fresh points too", "noise = Otilde(sigma_n)"),
            ("training is done, s is 1-Lipschitz", "F_y + m*n_N*noise >~ 1"),
            ("off-diagonal on m filters", "F_j <~ m*P*((alpha + beta)*off + noise)**q/rho**(q-1)"),
            ("v_y is gone", "G_y <~ m*(n_R*(alpha*A + noise)**q + n_N*(epsilon*off + noise)**q)/rho**(q-1)"),
            ("v_t at epsilon >= beta, as long as its class is trained", "G_t + m*n_N*noise >~ 1"),
        ), (A, B, OFF, NOISE, *OUTPUTS), uses=("theorem-e.1", "lemma-e.7-order", "lemma-d.14"),
        derivation=(Step("powers", "F_j and G_y are polylogarithms times powers q of sigma_0 and sigma_n, beside "
                         "constants."),),
        note="Where the non-robust feature dominates in both classes; with what probability is in theorem-e.1.",
    )  # fmt: skip


def theorem_e8() -> Claim:
    """Theorem E.8: right on training and test points under the attack of Theorem 4.3."""
    return order_claim(
        "theorem-e.8-order", Source("Theorem E.8", "Appendix E.2"), "Adversarial training on noisy points, in orders",
        {"robust features": "F_j << F_y", "attack": "G_t << G_y", "quiet": "noise << B"},
        (
            *SIZES, *PATCHES, *SMALL_START, "sigma_n", "radius", "alpha-above-epsilon", ("left = alpha - epsilon",
                                                                              "left + epsilon >~ alpha"),
            ("lemma-e.11-order", "A = polylog(k)"), ("lemma-e.11-order", "noise = Otilde(sigma_n)"),
            ("lemma-d.21-order", "off = Otilde(sigma_0)"), ("saturation level, a filter at it",
                                                            "B**q ~ rho**(q-1)/(eta_tilde*beta**(q-2))"),
            ("lemma-d.19-order", "eta_tilde = Otilde(1)"), ("linear part", "alpha*A >~ rho"),
            ("linear part, 1-Lipschitz", "F_y + n_R*noise >~ n_R*alpha*A"),
            ("linear part, 1-Lipschitz", "G_y + n_R*noise >~ n_R*left*A"),
            ("off-diagonal on m filters", "F_j <~ m*P*((alpha + beta)*off + noise)**q/rho**(q-1)"),
            ("residual of m filters, with noise", "G_t <~ F_j + m*n_N*(epsilon*B + noise)**q/rho**(q-1)"),
            ("lemma-d.28-order: an ascent step long enough",
             "eta_tilde*beta**(q-2)*n_R*alpha*A >> m*n_N*epsilon**q"),
        ), (A, B, OFF, NOISE, *OUTPUTS), uses=("theorem-e.8", "lemma-e.11-order", "lemma-d.28-order"),
        derivation=(
            Step("quiet", "sigma_n = 1/sqrt(d) is below B, the inverse of a polylogarithm."),
            Step("attack", "So noise changes no order: the residual is O(m n_N epsilon^q/(eta~ beta^(q-2)))."),
        ),
        note="For the attack of Theorem 4.3; for all perturbations of the ball see theorem-4.4-order-linf.",
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """The race and the end."""
    return (*lemma_e5(), *lemma_e6(), *lemma_e7(), lemma_e11(), theorem_e1(), theorem_e8())
