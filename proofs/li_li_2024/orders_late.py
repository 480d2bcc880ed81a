"""Lemmas D.10 and D.11 as orders: the linear part in polynomial time, and what lasts after it."""

from theorycheck.claim import Claim, Step
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from .orders_notation import GROWING, SIZES, order_claim, quantities

SIGMA = ("sigma_0", "d-large")
LOGS = ("m = polylog(k)", "rho = polylog(k)", *SIZES)
REACHING = quantities(
    {
        "B_0": "max_r B_{i,r} at the start",
        "B_20": "the second largest B_{i,r} at the start",
        "B_2": "the second largest B_{i,r} when the largest reaches rho/beta",
        "A_1": "max_r A_{i,r} then",
        "kappa": "how far the largest B_{i,r} leads the second at the start",
        "h": "eta C_max (rho/beta)^(q-2)",
        "gap": "1 - theta (1+kappa)^(2-q)",
        "F_bar": "bound on F_i until then",
        "X_bar": "e^(F_bar)",
        "L": "least 1 - logit_i until then",
        "C_min": "lower end of the factors of a step",
        "T_lin": "first time at which max_r B_{i,r} reaches rho/beta",
        "delta": "probability that some class has two leading filters within 1 + kappa",
    }
)


def lemma_d10() -> tuple[Claim, ...]:
    """A single filter makes the output, and reaches the linear part in polynomial time if n_N rho is logarithmic."""
    where = Source("Lemma D.10", "Appendix D.1.4")
    return (
        order_claim(
            "lemma-d.10-order-single", where, "Until rho/beta a single filter makes the output, as orders",
            {"ties": "delta << 1", "other filters": "m*n_N*(beta*B_2)**q << rho**(q-1)",
             "robust part": "m*n_R*(alpha*A_1)**q << rho**(q-1)", "output": "F_bar <~ log(k)"},
            ("within-reach", *LOGS[:2], *SIZES[:3], *SIGMA, "eta-small", "kappa ~ 1/k**2",
             ("a normal's density is bounded; pairs of filters, all classes", "delta <~ k*m**2*kappa*log(k)"),
             ("lemma-d.3-order", "B_20 = Otilde(sigma_0)"),
             ("C_max (rho/beta)^(q-2) = n_N beta^2/(k rho)", "h ~ eta*n_N*beta**2/(k*rho)"),
             ("lemma-b.2-gap", "min(1, kappa) <~ gap + h"), ("lemma-b.2 with S = 1", "B_2**(q-2)*gap <~ B_20**(q-2)"),
             ("lemma-d.9-order at b = rho/beta", "A_1 = Otilde(sigma_0)"),
             ("one filter up to rho/beta, the others in the polynomial part",
              "F_bar <~ n_N*rho + m*(n_N*(beta*B_2)**q + n_R*(alpha*A_1)**q)/rho**(q-1)")),
            own=REACHING,
            uses=("lemma-b.2", "lemma-b.2-gap", "lemma-d.3-order", "lemma-d.9-order", "assumptions-order-repaired"),
            derivation=(
                Step("ties", "Two filters of a class start within a factor 1 + k^(-2) with probability about m^2 k^(-2)"
                     " log k, in some class with k times that."),
                Step("other filters", "The lead k^(-2) costs the bound of Lemma B.2 a power of k, which sigma_0 = "
                     "1/sqrt(d) pays for."),
                Step("output", "So a single filter makes F_i, at most n_N rho/q <~ log k.",
                     r"F_i\lesssim n_N\varrho\lesssim\log k"),
            ),
            note="A lead of 1/polylog(k), as in the paper's Lemma B.2, is too much to ask of all k classes at once.",
        ),
        order_claim(
            "lemma-d.10-order-derivative", where, "Until rho/beta the loss has a polynomial derivative",
            {"derivative": "1/L <= poly(k)"},
            (("lemma-d.10-order-single", "F_bar <~ log(k)"), ("X_bar = e^(F_bar)", "log(X_bar) <~ 1 + F_bar"),
             ("lemma-d.5-order", "L >~ min(1, k/X_bar)")),
            own=REACHING, uses=("lemma-d.10-order-single", "lemma-d.5-order"),
            derivation=(
                Step("derivative", "F_i is at most of order log k, so e^(F_i) is at most a polynomial.",
                     r"1-\mathrm{logit}_i\gtrsim\min(1,ke^{-F_i})\ge1/\mathrm{poly}(k)"),
            ),
        ),
        order_claim(
            "lemma-d.10-order", where, "Stage II in polynomial time, as orders",
            {"time": "T_lin <= poly(k)"},
            (("lemma-d.10-order-derivative", "1/L <= poly(k)"),
             ("lemma-5.1", "C_min ~ L*n_N*beta**q/(k*rho**(q-1))"), ("lemma-d.3-order", "B_0 >~ sigma_0"), "sigma_0",
             "d <= poly(k)", "1/eta <= poly(k)", "rho <= polylog(k)", "beta >= 1/polylog(k)", "n_N-at-least-one",
             ("lemma-b.2-time, theta ~ 1 by lemma-d.9-order", "T_lin*eta*C_min*B_0**(q-2) <~ 1")),
            own=REACHING,
            uses=("lemma-d.10", "lemma-d.10-order-derivative", "lemma-b.2-time", "lemma-d.3-order", "lemma-d.9-order",
                  "assumptions-order-repaired"),
            derivation=(
                Step("time", "Insert it into the time of Lemma B.2.",
                     r"T\lesssim\frac{1}{\eta C_{\min}B_0^{q-2}}\le\mathrm{poly}(k)"),
            ),
            note="Under n_N rho <~ log k, the condition of finding F7, in lemma-d.10-order-single; "
            "lemma-d.10-order-unconditional is the statement without. The constant in front of log k is free, as only "
            "a polynomial time is claimed.",
        ),
    )  # fmt: skip


def unconditional() -> Claim:
    """The same for any number of non-robust patches."""
    own = quantities({
        "T_lin": "first time at which max_r B_{i,r} reaches rho/beta",
        "X_lin": "e^(F_i) then, at least e^(n_N rho/q)",
        "X_start": "e^(F_i) at the start",
        "growth": "c' e^(c'), by which e^(F_i) grows in a step at most",
    })  # fmt: skip
    return order_claim(
        "lemma-d.10-order-unconditional", Source("Lemma D.10", "Appendix D.1.4"),
        "Stage II: polynomial time for any number of patches", {"time": "T_lin <= poly(k)"},
        (*GROWING, "n_N-polylog", "sigma_0", ("F_i(0) << 1", "X_start ~ 1"),
         ("F_i >= n_N rho/q, one filter making the output", "log(X_lin) ~ 1 + n_N*rho"), "X_lin >~ 1",
         ("lemma-d.11: c' e^(c') with c' << 1", "growth ~ eta*m*((n_R*alpha)**2 + (n_N*beta)**2)"),
         ("lemma-d.11", "X_lin <~ X_start + growth*T_lin"),
         ("lemma-b.2-time with 1 - logit_i >~ k/(k + X_lin)",
          "T_lin*eta*n_N*beta**q*sigma_0**(q-2) <~ (k + X_lin)*rho**(q-1)")),
        own=own, uses=("lemma-d.11", "lemma-b.2-time", "finding-f7"), expected=Verdict.REFUTED, origin="finding",
        derivation=(
            Step("what the paper argues", "Once a filter leaves its start behind, F_i grows to order log k in "
                 "polynomially many steps, and with it B to rho/beta."),
            Step("where it fails", "At rho/beta F_i is n_N rho/q. By Lemma D.11 e^(F_i) grows by at most a fixed "
                 "amount in a step, so this takes e^(n_N rho/q) steps, more than any power of k if n_N rho >> log k.",
                 r"T_{\varrho/\beta}\gtrsim\frac{e^{n_N\varrho/q}}{\eta\,\mathrm{poly}(k)}"),
        ),
        note="The assumptions are the paper's with a growing number of patches (finding F3); with P = Theta(1) they "
        "have no model. The ray has n_N rho >> log k. Repaired: lemma-d.10-order.",
    )  # fmt: skip


LATE = quantities(
    {
        "E": "e^tau, tau the largest output of another class",
        "gain": "c' = (eta/k)(k-1) e^tau m [(n_R alpha)^2 + (n_N beta)^2]",
        "G": "e^(c')",
        "X_0": "e^(F_i) at the start",
        "X_T": "e^(F_i) at the end",
        "F_T": "F_i at the end",
        "A_1": "max_r A_{i,r} when max_r B_{i,r} reaches rho/beta",
        "A_T": "max_r A_{i,r} at the end",
        "B_T": "max_r B_{i,r} at the end",
        "ratio": "(A_T/A_1)^(q-2)",
        "drift": "K B_T A_1^(q-2)",
        "K": "n_R alpha^q / (n_N beta rho^(q-1))",
    }
)


def lemma_d11() -> tuple[Claim, ...]:
    """Orders that last for polynomially many steps."""
    where = Source("Lemma D.11", "Appendix D.1.4")
    return (
        order_claim(
            "lemma-d.11-order-step", where, "How much e^(F_i) grows in a step, as an order",
            {"step": "gain << 1", "factor": "G ~ 1", "all steps": "gain*G*T <= poly(k)"},
            ("T", "m = polylog(k)", *SIZES, "eta-small", ("lemma-d.5-order-others", "E ~ 1"),
             ("lemma-d.11", "gain ~ eta*E*m*(n_R*alpha + n_N*beta)**2"), ("G = e^(c')", "log(G) <~ 1 + gain"),
             ("c' >= 0", "G >~ 1")),
            own=LATE, sizes={"m": "log(k)**2", "eta": "k**(-4)", "T": "k**5"},
            uses=("lemma-d.11", "lemma-d.5-order-others", "assumptions-order-repaired"),
            derivation=(
                Step("step", "c' is eta times powers of log k."),
                Step("all steps", "eta T is at most a polynomial."),
            ),
        ),
        order_claim(
            "lemma-d.11-order", where, "Until T = poly(k)/eta: outputs, as orders", {"output": "F_T <~ log(k)"},
            (("lemma-d.11-order-step", "gain*G*T <= poly(k)"), ("lemma-d.8-order-start", "X_0 ~ 1"),
             ("lemma-d.11, the paper's form", "X_T <~ X_0 + gain*G*T"), ("F = log X", "F_T <~ log(X_T)")),
            own=LATE, uses=("lemma-d.11", "lemma-d.11-order-step", "lemma-d.8-order-start"),
            derivation=(
                Step("output", "e^(F_i) grows by at most c'e^(c') in each of poly(k)/eta steps: it stays a polynomial.",
                     r"e^{F_i^{(T)}}\lesssim1+c'e^{c'}T\le\mathrm{poly}(k)"),
            ),
        ),
        order_claim(
            "lemma-d.11-order-non-robust", where, "Until T = poly(k)/eta: non-robust correlations, as orders",
            {"non-robust": "B_T = Thetatilde(1)"},
            (("lemma-d.11-order", "F_T <~ log(k)"), "rho = polylog(k)", "n_N-at-least-one", "beta-polylog",
             ("s(z) >= z - rho, one filter", "n_N*beta*B_T <~ F_T + n_N*rho"), ("lemma-d.10-order", "B_T >~ rho/beta")),
            own=LATE, uses=("lemma-d.11-order", "lemma-d.10-order", "activation-relu", "assumptions-order-repaired"),
            derivation=(
                Step("from above", "A filter beyond rho/beta contributes n_N(beta B - rho) at least to the output."),
                Step("from below", "B never falls below rho/beta once it is there."),
            ),
        ),
        order_claim(
            "lemma-d.11-order-robust", where, "Until T = poly(k)/eta: robust correlations, as orders",
            {"tied": "drift << 1", "growth": "ratio <~ 1", "robust": "A_T = Otilde(sigma_0)"},
            (("lemma-d.11-order-non-robust", "B_T = Otilde(1)"), *SIZES, "rho = polylog(k)", *SIGMA,
             ("lemma-d.9-order", "A_1 = Otilde(sigma_0)"), "K ~ n_R*alpha**q/(n_N*beta*rho**(q-1))",
             "drift ~ K*B_T*A_1**(q-2)", "ratio ~ (A_T/A_1)**(q-2)",
             ("lemma-d.10, robust part", "ratio <~ 1 + drift*ratio")),
            own=LATE,
            uses=("lemma-d.10", "lemma-d.11-order-non-robust", "lemma-d.9-order", "assumptions-order-repaired"),
            derivation=(
                Step("robust", "K B_T is a power of log k, so the second term of 1 + drift ratio cannot carry it.",
                     r"A_T^{q-2}\lesssim A_1^{q-2}"),
            ),
            note="The relation between A and B is that of lemma-d.10 multiplied by A_T^(q-2).",
        ),
    )  # fmt: skip


def claims() -> tuple[Claim, ...]:
    """Lemmas D.10 and D.11 as orders."""
    return *lemma_d10(), unconditional(), *lemma_d11()
