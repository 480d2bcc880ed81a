"""Lemma D.9 as orders: the race of the features, its time, and the margin that the lead at the start needs."""

from theorycheck.claim import Claim, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import order_claim, quantities

RACE = quantities(
    {
        "S": "n_R alpha^q / (n_N beta^q)",
        "A_0": "max_r A_{i,r} at the start",
        "B_0": "max_r B_{i,r} at the start",
        "A_b": "max_r A_{i,r} when max_r B_{i,r} reaches b",
        "b": "a level inside the polynomial part",
        "T_b": "first time at which max_r B_{i,r} reaches b",
        "C_max": "upper end of the factors of a step, and their order",
        "kappa": "the lead: B_0 = (1+kappa) S^(1/(q-2)) A_0",
        "lead": "1 + kappa",
        "h": "eta C_max b^(q-2)",
        "gap": "1 - theta (1+kappa)^(2-q)",
    }
)
SPEED = "S ~ n_R*alpha**q/(n_N*beta**q)"


def lemma_d9() -> tuple[Claim, ...]:
    """The race with the margin that it needs, its time, and the lead from >> alone."""
    where = Source("Lemma D.9", "Appendix D.1.4")
    return (
        order_claim(
            "lemma-d.9-order", where, "Non-robust features win the early stage, as orders",
            {"lead": "S*A_0**(q-2) << B_0**(q-2)", "far ahead": "kappa >> 1", "small steps": "h << 1", "gap": "gap ~ 1",
             "robust part": "A_b = Otilde(sigma_0)"},
            ("denser-by-logs", SPEED, ("lemma-d.3-order", "A_0 <~ sigma_0*sqrt(log(k))"),
             ("lemma-d.3-order", "B_0 >~ sigma_0"), ("the lead", "B_0**(q-2) <~ S*A_0**(q-2)*lead**(q-2)"),
             "lead <~ 1 + kappa", "eta-small", "beta-polylog", "n_N-polylog", "rho = polylog(k)", "b <~ rho/beta",
             ("C_max = n_N beta^q/(k rho^(q-1))", "h ~ eta*n_N*beta**q*b**(q-2)/(k*rho**(q-1))"), "gap <~ 1",
             ("lemma-b.2-gap", "min(1, kappa) <~ gap + h"), ("lemma-d.9", "A_b**(q-2)*gap <~ A_0**(q-2)")),
            own=RACE, uses=("lemma-d.9", "lemma-b.2-gap", "lemma-b.2-order", "lemma-d.3-order", "lemma-d.8-order",
                            "assumptions-order-repaired"),
            derivation=(
                Step("lead", "A_0/B_0 is at most sqrt(log k); its power q-2 is what the denser condition has to spare.",
                     r"S\left(\tfrac{A_0}{B_0}\right)^{q-2}\lesssim S(\log k)^{(q-2)/2}\ll1"),
                Step("lemma B.2", "The lead grows without bound, so the gap is constant and A_b is of the order of "
                     "A_0.", r"\max_rA^{(T_b)}_{i,r}\lesssim\sigma_0\sqrt{\log k}"),
            ),
            note="Holds for all classes at once, with the probability of lemma-d.3-order.",
        ),
        order_claim(
            "lemma-d.9-order-time", where, "Time of the early stage, as an order",
            {"time": "T_b = Thetatilde(k*d**((q-2)/2)/eta)"},
            (("lemma-b.2-time-order", "T_b ~ 1/(eta*C_max*B_0**(q-2))"),
             ("lemma-5.1 with lemma-d.8-order", "C_max ~ n_N*beta**q/(k*rho**(q-1))"),
             ("lemma-d.3-order", "B_0 = Thetatilde(sigma_0)"), "sigma_0", "beta-polylog", "n_N-polylog",
             "rho = polylog(k)"),
            own=RACE, uses=("lemma-b.2-time-order", "lemma-d.8-order", "lemma-d.9", "assumptions-order-repaired"),
            derivation=(Step("insert", "Everything but k, eta and the start is a power of log k.",
                             r"T_b=\tilde\Theta\left(\tfrac k\eta\,\sigma_0^{2-q}\right)"),),
            note="The finite form is the time of lemma-d.9, within 5 % in runs.",
        ),
        order_claim(
            "lemma-d.9-order-as-stated", where, "The lead at the start, from >> alone",
            {"lead": "S*A_0**(q-2) <~ B_0**(q-2)"},
            ("denser", "n_N-polylog", SPEED, *(("lemma-d.3-order", text) for text in (
                "A_0 <~ sigma_0*sqrt(log(k))", "A_0 >~ sigma_0", "B_0 <~ sigma_0*sqrt(log(k))", "B_0 >~ sigma_0"))),
            own=RACE, uses=("lemma-d.3-order", "lemma-d.9"), expected=Verdict.REFUTED, origin="finding",
            derivation=(
                Step("what the paper argues", "By Lemma D.3 both starts are of the order of sigma_0 up to logarithms, "
                     "and S << 1; hence the non-robust start is ahead."),
                Step("where it fails", "S may be smaller than every constant and yet larger than 1/polylog(k), and the "
                     "starts may differ by a power of log k. Among k classes some do differ so: with m = polylog(k) "
                     "there is one with A_0 of order sigma_0 sqrt(log k) and B_0 of order sigma_0 sqrt(log log k)."),
            ),
            note="The denser condition needs a margin, see lemma-d.9-order. For a single class the chance is "
            "dominance-probability, which tends to 1 with S -> 0.",
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Lemma D.9 as orders."""
    return lemma_d9()
