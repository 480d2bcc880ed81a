"""Planted errors in orders of magnitude: a goal that is stated too strong, or a hypothesis left out or weakened."""

from dataclasses import replace
from typing import Any

from theorycheck.checks.asymptotic import Asymptotic
from theorycheck.claim import ordered
from theorycheck.orders.text import order
from theorycheck.verdict import Verdict

from .control import Control, control, paper_claim, planted, twin

CAUGHT = ("asymptotic",)
# Claim, part, the goal with an error in it, what the error is, and why it must be seen.
GOALS = (
    ("assumption-2.3-order", "more patches", "n_N >> n_R*alpha", "a factor too many", "alpha/beta may be constant"),
    ("assumption-b.3-order", "noise", "sigma_n*log(k)*sqrt(d) << alpha", "sqrt(d) in place of the log",
     "sigma_n sqrt(d) is of order 1 and alpha may grow slowly"),
    ("finding-f3-order-repaired", "all patches", "P ~ n_R", "the other kind of patches", "most are non-robust"),
    ("finding-f3-order-repaired", "how many", "P >> (alpha/beta)**(q+1)", "q + 1 for q", "q is what is assumed"),
    ("assumptions-order-repaired", "ratio", "alpha <~ beta", "O for O~", "the margin is a logarithm"),
    ("lemma-b.1-order", "size", "M ~ sigma", "Theta for Theta~", "the largest is sqrt(log m) sigma"),
    ("lemma-d.3-order", "probability", "delta <~ k**(-c-1)", "a power too many", "k classes share it"),
    ("lemma-b.2-order", "bound", "y_T <~ y_0", "O for O~", "kappa may be 1/log k"),
    ("lemma-b.2-time-order", "time", "T_a ~ 1/(eta*C_max*x_0**(q-1))", "q - 1 for q - 2", "x_0 is small"),
    ("lemma-d.5-order", "logit", "L ~ 1", "the early order at all times", "X may exceed k"),
    ("lemma-d.5-order-stages", "logit", "L ~ k**(1-c)", "without the minimum", "for c < 1 it is 1"),
    ("lemma-d.6-order", "logit", "l ~ 1/k", "the early order at all times", "X may exceed k"),
    ("lemma-d.7-order", "size", "down <~ off_0", "without the step", "a correlation may pass 0 by one step"),
    ("lemma-d.8-order", "non-robust", "dB ~ eta/k*n_N*beta**q*B**q/rho**(q-1)", "q for q - 1", "B is small"),
    ("lemma-d.8-order", "robust", "dA ~ eta/k*n_R*alpha**(q-1)*A**(q-1)/rho**(q-1)", "a power of alpha lost",
     "alpha is no constant"),
    ("lemma-d.9-order", "robust part", "A_b <~ sigma_0", "O for O~", "the largest start has a sqrt(log k)"),
    ("lemma-d.9-order-time", "time", "T_b = Thetatilde(k*d**((q-1)/2)/eta)", "exponent + 1/2", "d is a large power"),
    ("lemma-d.9-order-time", "time", "T_b = Thetatilde(d**((q-2)/2)/eta)", "k lost", "one class in k is shown"),
    ("lemma-d.10-order", "time", "T_lin = Otilde(k/eta)", "without the start", "B_0 is a negative power of d"),
    ("lemma-d.10-order-single", "output", "F_bar << log(k)", "<< for <~", "n_N rho may be log k"),
    ("lemma-d.11-order", "output", "F_T << log(k)", "<< for <~", "T is any power of k"),
    ("lemma-d.11-order-non-robust", "non-robust", "B_T ~ 1", "Theta for Theta~", "rho is 1/polylog"),
    ("lemma-d.12-order", "margin", "F_y << tau", "the sides swapped", "F_y is the larger"),
    ("lemma-d.14-order", "margin", "target << robust + rest", "the sides swapped", "the attack wins"),
    ("theorem-d.1-order", "probability", "delta <~ 1/k", "a rate that ties do not have", "ties are o(1) only"),
    ("lemma-d.20-order", "logit", "wrong ~ 1/k", "the early order at all times", "E may exceed k"),
    ("lemma-d.22-order", "robust", "gain_A ~ eta*n_R*alpha**q*A**(q-1)/rho**(q-1)", "1/k lost", "classes share a step"),
    ("lemma-d.24-order-time", "order of the phases", "T_A << T_B", "the sides swapped", "B is first"),
    ("lemma-d.26-order", "logarithmic", "A <~ log(k)", "alpha lost", "alpha may be 1/polylog"),
    ("lemma-d.28-order", "in place", "G_y << G_j", "the sides swapped", "the network is robust in place"),
    ("lemma-e.3-order", "all times", "noise <~ sigma_0*sigma_n*sqrt(d)", "O for O~", "a maximum over many draws"),
    ("lemma-e.4-order", "own term", "gain ~ eta*gap*slope*sigma_n**2*sqrt(d)/N", "sqrt(d) for d", "|xi|^2 is d"),
    ("lemma-e.7-order", "noise", "noise = Otilde(sigma_0*sigma_n)", "sqrt(d) lost", "an inner product in R^d"),
    ("lemma-e.11-order", "non-robust", "B = Otilde(1/eta_tilde)", "the root lost", "it is the level of B^q"),
)  # fmt: skip
# Claim, part, a hypothesis, and what stands in its place ("" for nothing).
HYPOTHESES = (
    ("assumption-2.3-order", "more patches", "n_N*beta**q >> n_R*alpha**q", "n_N*beta**q >~ n_R*beta**q", "strengths"),
    ("lemma-b.2-order", "bound", "1/kappa <= polylog(k)", "1/kappa <= poly(k)", "then the gap may be a power of k"),
    ("lemma-b.2-order", "gap", "1/eta >= largepoly(k)", "", "theta must be close to 1"),
    ("lemma-d.3-order", "probability", "m >> log(k)", "", "some class then has no positive start"),
    ("lemma-d.8-order-start", "output", "d >= largepoly(k)", "d >~ 1", "starts are then not small"),
    ("lemma-d.9-order", "lead", "n_N*beta**q >> n_R*alpha**q*log(k)**((q-2)/2)", "n_N*beta**q >> n_R*alpha**q",
     "the starts differ by sqrt(log k)"),
    ("lemma-d.10-order-single", "output", "n_N*rho <~ log(k)", "n_N*rho <~ log(k)**2", "e^F is then no power (F7)"),
    ("lemma-d.22-order", "robust", "alpha >> epsilon", "alpha >~ epsilon", "nothing may be left of the patch"),
)  # fmt: skip


def controls(setting: Any) -> tuple[Control, ...]:
    """All of these."""
    found = []
    for number, (name, part, goal, what, why) in enumerate(GOALS, 1):
        true = _alone(name, part, setting)
        wrong = replace(true.parts[0], order=order(goal))
        found.append(control(true, f"order-{number}", f"{name}: {what}", f"{why}.", CAUGHT, parts=(wrong,)))
    for number, (name, part, given, instead, why) in enumerate(HYPOTHESES, 1):
        true = _alone(name, part, setting)
        kept = [h for h in true.hypotheses if h.order is None or h.order.text != given]
        if len(kept) != len(true.hypotheses) - 1:
            raise ValueError(f"{name} has no hypothesis {given}")
        weaker = (*kept, ordered(instead)) if instead else tuple(kept)
        title = f"{name}: {f'{instead} for {given}' if instead else f'without {given}'}"
        found.append(control(true, f"order-given-{number}", title, f"{why}.", CAUGHT, hypotheses=weaker))
    return (*found, _contradiction(setting))


def _alone(name: str, part: str, setting: Any) -> Any:
    return twin(paper_claim(name, setting), f"{name}-{part.replace(' ', '-')}".lower(), part, checks=(Asymptotic(),))


def _contradiction(setting: Any) -> Control:
    """One hypothesis more, which the others exclude."""
    true = _alone("lemma-d.9-order", "lead", setting)
    more = (*true.hypotheses, ordered("S*A_0**(q-2) >~ B_0**(q-2)"))
    return control(true, "order-contradiction", "lemma-d.9-order: the lead denied", "the rest gives it.", ("vacuity",),
                   Verdict.VACUOUS, hypotheses=more)  # fmt: skip


def claims(setting: Any) -> tuple[Any, ...]:
    """The claims with errors."""
    return planted(controls(setting))
