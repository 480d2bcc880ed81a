"""The phases of adversarial training in orders: saturation level, Lemmas D.23 and D.24, and finding F4."""

from theorycheck.claim import Claim, Step
from theorycheck.orders.language import Quantity
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_ascent import SIZES, A, B
from .orders_notation import Hypothesis, order_claim

LEVEL_SUM = Quantity("Q", "any", "sum over the filters of B^q")
LEVEL: Hypothesis = ("saturation-level", "Q ~ rho**(q-1)/(eta_tilde*beta**(q-2))")
STOPS: Hypothesis = ("the ascent is long enough to stop B in the polynomial part", "eta_tilde*rho >~ beta**2")
FAST_ENOUGH: Hypothesis = ("a small step", "eta*n_N*beta**2 <~ k*rho")
A_0, B_0 = Quantity("A_0", "any", "max_r A at the start"), Quantity("B_0", "any", "max_r B at the start")
STARTS: tuple[Hypothesis, ...] = (
    ("lemma-d.3-order, in every class", "A_0 <~ sigma_0*sqrt(log(k))"),
    ("lemma-d.3-order, in every class", "B_0 >~ sigma_0"),
)  # fmt: skip
RATIO: Hypothesis = ("ratio of the speeds", "S ~ n_R*alpha**q/(n_N*beta**q)")
RACE = (
    A_0, B_0,
    Quantity("A_1", "any", "max_r A at T_B"), Quantity("S", "any", "ratio of the two features' speeds"),
    Quantity("lead", "any", "1 + kappa, B_0 over S^(1/(q-2)) A_0"), Quantity("theta", "any", "theta of Lemma B.2"),
    Quantity("g", "any", "largest relative step of B"), Quantity("w", "any", "1 - theta lead^(2-q)"),
    Quantity("a", "any", "a fixed share of the level of max_r B"), Quantity("T_B", "any", "time at which B is there"),
    Quantity("T_A", "any", "time at which A is at rho/alpha"),
    Quantity("C", "any", "B gains eta C B^(q-1)"),
    Quantity("C_low", "any", "A gains at least eta C_low A^(q-1)"),
    Quantity("C_high", "any", "A gains at most eta C_high A^(q-1)"),
    Quantity("left", "any", "alpha - epsilon"),
)  # fmt: skip
STEP_SIZE: tuple[Hypothesis, ...] = (
    ("lemma-b.2", "theta ~ (1 + g)**(q-1)"), ("largest relative step", "g ~ eta*n_N*beta**q*a**(q-2)/(k*rho**(q-1))"),
    ("saturation-level", "a**q ~ rho**(q-1)/(eta_tilde*beta**(q-2))"), STOPS, FAST_ENOUGH,
)  # fmt: skip
LEMMA_B2: tuple[Hypothesis, ...] = (
    ("definition of the lead", "lead**(q-2)*S*A_0**(q-2) ~ B_0**(q-2)"),
    ("w = 1 - theta lead^(2-q)", "w + theta/lead**(q-2) >~ 1"), ("lemma-b.2", "A_1**(q-2)*w <~ A_0**(q-2)"),
)  # fmt: skip
TIME_B: tuple[Hypothesis, ...] = (
    ("lemma-b.2-time, later end", "T_B <~ 1 + theta/(eta*C*B_0**(q-2))"), ("lemma-d.23-order", "theta ~ 1"),
    ("a small step", "eta*C*B_0**(q-2) <~ 1"),
    ("lemma-b.2-time, earlier end", "eta*C*T_B + a**(2-q) >~ B_0**(2-q)"),
    ("lemma-d.22-order", "C ~ n_N*beta**q/(k*rho**(q-1))"), ("there is a race to time", "B_0 << a"),
)  # fmt: skip
TIME_A: tuple[Hypothesis, ...] = (
    ("phase-two-time, later end", "T_A <~ 1 + theta/(eta*C_low*A_0**(q-2))"), ("a small step", "theta ~ 1"),
    ("a small step", "eta*C_high*A_0**(q-2) <~ 1"),
    ("phase-two-time, earlier end", "eta*C_high*T_A + (rho/alpha)**(2-q) >~ A_0**(2-q)"),
    ("strength alpha - epsilon", "C_low ~ n_R*left**q/(k*rho**(q-1))"),
    ("strength alpha", "C_high ~ n_R*alpha**q/(k*rho**(q-1))"), ("left = alpha - epsilon", "left + epsilon >~ alpha"),
    "left <~ alpha", "alpha-above-epsilon",
)  # fmt: skip


def level() -> tuple[Claim, ...]:
    """The level of B in orders."""
    source = Source("Phase I", "Section 5.2")
    sums: tuple[Hypothesis, ...] = (
        "m-at-least-one", "m", "beta-polylog", "rho", LEVEL, ("the largest of m filters", "B**q <~ Q"),
        ("the largest of m filters", "m*B**q >~ Q"),
    )  # fmt: skip
    return (
        order_claim(
            "saturation-level-order", source, "Order at which non-robust feature learning stops",
            {"sum": "Q = Thetatilde(1/eta_tilde)", "filter": "B**q = Thetatilde(1/eta_tilde)",
             "polynomial": "beta*B <~ rho"},
            (*sums, STOPS), (LEVEL_SUM, B), uses=("saturation-level",),
            derivation=(
                Step("sum", "rho^(q-1) and beta^(q-2) are polylogarithmic."),
                Step("polynomial", "B^q <= rho^(q-1)/(eta~ beta^(q-2)) <= rho^q/beta^q."),
            ),
        ),
        order_claim(
            "saturation-level-order-any-ascent", source, "Non-robust learning stops in the polynomial part, any ascent",
            {"polynomial": "beta*B <~ rho"}, (*sums, "eta", "eta_tilde"), (LEVEL_SUM, B),
            uses=("saturation-level",), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "eta~ >> eta leaves eta~ << beta^2/rho, and then the level is beyond "
                             "the polynomial part."),),
            note="Lemma D.23 needs eta~ of at least the order of beta^2/rho; Assumption B.3 compares it with eta only.",
        ),
    )  # fmt: skip


def lemma_d23() -> tuple[Claim, ...]:
    """Lemma D.23: B is first, A is still O~(sigma_0)."""
    source = Source("Lemma D.23", "Appendix D.2.5")
    race: tuple[Hypothesis, ...] = ("m-at-least-one", "m", *STARTS, "sigma_0", "d >~ k", RATIO, *STEP_SIZE, *LEMMA_B2)
    return (
        order_claim(
            "lemma-d.23-order", source, "Phase I in orders: the non-robust feature comes to its level first",
            {"lead": "lead >> 1", "step": "theta ~ 1", "hardly grown": "A_1 <~ A_0", "robust": "A_1 = Otilde(sigma_0)"},
            (*race, "denser-by-logs"), RACE, uses=("lemma-d.23", "lemma-d.3-order", "saturation-level-order"),
            derivation=(
                Step("lead", "B_0/A_0 is at least 1/sqrt(log k) in every class, and S is below its power q - 2."),
                Step("theta", "The largest relative step is bounded, so theta = O(1) and w >= 1 - o(1)."),
                Step("lemma B.2", "A_1 <= A_0 w^(-1/(q-2)) = O(A_0)."),
            ),
            note="The factor of Lemma B.2 is a constant here, because the lead tends to infinity.",
        ),
        order_claim(
            "lemma-d.23-order-every-class", source, "The non-robust feature leads in every class if it is denser",
            {"lead": "lead >> 1"}, (*race, "denser"), RACE, uses=("lemma-d.23", "lemma-d.3-order", "assumption-2.3"),
            expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the paper argues", "sum alpha^q << sum beta^q, and both features start at the same order."),
                Step("where it fails", "Over all k classes A_0 may be sigma_0 sqrt(log k) beside a B_0 of sigma_0: S = "
                     "o(1) may fall more slowly than (log k)^(-(q-2)/2)."),
            ),
            note="As in Lemma D.9 (lemma-d.9-order-as-stated). It holds in a random class; for all of them at once "
            "lemma-d.23-order has the margin.",
        ),
        order_claim(
            "lemma-d.23-order-time", source, "Order of the time of Phase I",
            {"time": "T_B ~ k*rho**(q-1)/(eta*n_N*beta**q*B_0**(q-2))", "polynomial": "eta*T_B <= poly(k)"},
            ("rho", "beta-polylog", "n_N-polylog", "eta", *STARTS[1:], *TIME_B,
             ("a start that is not too small", "sigma_0 = poly(k)")), RACE,
            uses=("lemma-b.2-time", "lemma-d.22-order", "phase-two-time"),
            derivation=(
                Step("ends", "theta = O(1) and a >> B_0, so both ends of lemma-b.2-time are of one order."),
                Step("one step", "A first relative step is bounded, so the 1 in the later end does not matter."),
            ),
            note="eta~ does not occur.",
        ),
        order_claim(
            "rebuttal-threshold-time-order", Source("Threshold time", "Reviews and rebuttals"),
            "The time of Phase I is of order 1/eta~", {"time": "T_B = Thetatilde(1/eta_tilde)"},
            (*SIZES, "sigma_0", "d", "d >~ k", "eta", "eta_tilde", *STARTS[1:], STEP_SIZE[2], STOPS, *TIME_B), RACE,
            uses=("finding-f6", "lemma-d.23-order-time"), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "Only the level of B has the factor 1/eta~ (saturation-level-order).",
                             r"T_B=\Theta\left(\frac{k\varrho^{q-1}}{\eta n_N\beta^qB_0^{q-2}}\right)"),),
            note="The time falls like 1/eta, not like 1/eta~.",
        ),
    )  # fmt: skip


def lemma_d24() -> tuple[Claim, ...]:
    """Lemma D.24: A needs longer, and then passes B."""
    source = Source("Lemma D.24", "Appendix D.2.5")
    passing: tuple[Hypothesis, ...] = (
        LEVEL, ("saturation-level, a small step", "B**q <~ Q"), STOPS,
        ("lemma-d.25-order", "A >~ rho/alpha"),
    )  # fmt: skip
    strong: Hypothesis = ("the ascent keeps the level below rho/alpha", "eta_tilde*rho*beta**(q-2) >> alpha**q")
    own = (*RACE, A, B, LEVEL_SUM)
    return (
        order_claim(
            "lemma-d.24-order", source, "Phase II in orders: the robust feature passes the non-robust one",
            {"passes": "B << A"}, (*passing, strong), own, uses=("lemma-d.24", "saturation-level-order"),
            derivation=(Step("level", "B^q = O(rho^(q-1)/(eta~ beta^(q-2))) << (rho/alpha)^q."),),
            note="rho/alpha is where A enters the linear part (lemma-d.25-order).",
        ),
        order_claim(
            "lemma-d.24-order-any-ascent", source, "The robust feature passes the non-robust one, any ascent",
            {"passes": "B << A"},
            (*passing, *SIZES, "radius", "sigma_n", "d >~ k", "alpha-above-epsilon", "epsilon-above-beta", "eta",
             "eta_tilde"), own,
            uses=("lemma-d.24", "saturation-level-order"), expected=Verdict.REFUTED, origin="finding",
            derivation=(Step("where it fails", "With eta~ of the order of beta^2/rho, B stops at the order of "
                             "rho/beta, above rho/alpha."),),
            note="At rho/alpha, where Lemma D.24 compares them. Later A grows on to the order of log k/alpha.",
        ),
        order_claim(
            "lemma-d.24-order-time", source, "Phase I is over long before the robust feature is learnt",
            {
                "time": "T_A ~ k*rho**(q-1)/(eta*n_R*alpha**q*A_0**(q-2))",
                "order of the phases": "T_B << T_A",
            },
            (RATIO, *STARTS, "denser-by-logs", *TIME_A, ("there is a race to time", "A_0 << rho/alpha"),
             ("lemma-d.23-order-time", "T_B <~ k*rho**(q-1)/(eta*n_N*beta**q*B_0**(q-2))")), RACE,
            uses=("phase-two-time", "lemma-d.23-order-time"),
            derivation=(
                Step("ends", "alpha - epsilon is of the order of alpha, so both ends are of one order."),
                Step("phases", "T_B/T_A = O(S (A_0/B_0)^(q-2)) = o(1)."),
            ),
        ),
    )  # fmt: skip


def finding_f4() -> tuple[Claim, ...]:
    """Finding F4 in orders: what the ascent does outside the features."""
    source = Source("Finding F4 on Lemmas D.17 and D.24", "Appendix D.2")
    own = (B, Quantity("R", "any", "norm of a filter outside the features"),
           Quantity("excess", "any", "by how much the pre-activation at the level is below 0"))  # fmt: skip
    effect: tuple[Hypothesis, ...] = (
        ("saturation-level", "B**q ~ rho**(q-1)/(eta_tilde*beta**(q-2))"), STOPS, "rho", "rho-small",
        ("d normals", "R ~ sigma_0*sqrt(d)"), ("finding-f4", "excess ~ beta*R**2/B"),
    )  # fmt: skip
    small: Hypothesis = ("short outside the features", "sigma_0*sqrt(d) << B")
    return (
        order_claim(
            "lemma-d.22-order-residual", source, "The ascent direction outside the features can be left out",
            {"left out": "excess << beta*B"},
            (*effect, "sigma_0", "d >~ k", "beta-polylog", "epsilon-above-beta", "radius", "sigma_n"), own,
            uses=("finding-f4", "lemma-d.17"), expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the paper argues", "Lemma D.17 has this direction, Lemma D.22 has not."),
                Step("where it fails", "From sigma_0 = 1/sqrt(d) a filter has length 1 outside the features, and B is "
                     "not above rho/beta."),
            ),
            note="lemma-d.24-any-dimension has a run in which nothing ever moves.",
        ),
        order_claim(
            "finding-f4-order", source, "The ascent direction outside the features is small from small weights",
            {"left out": "excess << beta*B"}, (*effect, small), own, uses=("finding-f4",), origin="finding",
            derivation=(Step("ratio", "excess/(beta B) = R^2/B^2 = Theta(sigma_0^2 d/B^2) = o(1)."),),
        ),
        order_claim(
            "finding-f4-order-xavier", source, "Small weights outside the features are not Xavier's",
            {"left out": "excess << beta*B"}, (*effect, small, "sigma_0", ("a strength of order 1", "beta >~ 1")), own,
            uses=("finding-f4-order",), expected=Verdict.VACUOUS, origin="finding",
            derivation=(Step("chain", "1 = sigma_0 sqrt(d) << B = O(rho/beta) = O(1).",
                             r"1=\sigma_0\sqrt d\ll B=O(\varrho/\beta)=O(1)"),),
            note="Repairs: a smaller sigma_0, or beta << rho.",
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """The phases of adversarial training."""
    return (*level(), *lemma_d23(), *lemma_d24(), *finding_f4())
