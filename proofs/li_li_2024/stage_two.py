"""Stage II: Lemma D.10 under its condition, and as the paper reads."""

from functools import partial

from sympy import Ge

from theorycheck.checks.run import Run
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition, Dynamics, Part, Step
from theorycheck.domains import Variable, positive, real
from theorycheck.source import Source
from theorycheck.verdict import Verdict

from . import late_replay, stage_proofs
from .late_runs import measure_reaching
from .notation import Q

STAGE_TWO = (
    Variable("A", real(), "robust correlation"),
    Variable("A_next", real()),
    Variable("A_1", positive(), "its value when B reaches rho/beta"),
    Variable("B", real(), "leading non-robust correlation"),
    Variable("B_next", real()),
    Variable("B_1", real(), "its value then"),
    Variable("K", positive(), "n_R alpha^q / (n_N beta rho^(q-1))"),
)


def robust_stays(q: int) -> Part:
    """A^(2-q) loses at most (q-2) K per unit that B gains."""
    p, n = stage_proofs, q - 2
    steps = tuple(p.late_transition(q).values())
    run = Dynamics({"A": "A_next", "B": "B_next"}, {"A": p.A_1, "B": p.B_1}, {"step": steps})
    relation = Ge(1 / p.A**n, 1 / p.A_1**n - n * p.K * (p.B - p.B_1))
    tex = rf"A_t^{{-{n}}}\ge A_1^{{-{n}}}-{n}K\,(B_t-B_1)"
    return Part(f"robust part, q = {q}", relation, dynamics=run, tex=tex)


def lemma_d10(exponents: tuple[int, ...] = Q) -> Claim:
    """Lemma D.10 under the condition that finding F7 shows to be needed."""
    parts = tuple(robust_stays(q) for q in exponents)
    along = Part(
        "along runs",
        text="if n_N rho/q <= log(k-1), then in every class with max_r B(0) = (1+kappa) S^(1/(q-2)) max_r A(0) > 0 and "
        "theta < (1+kappa)^(q-2) at b = rho/beta, max_r B reaches rho/beta before its latest time, max_r A is then "
        "within its bound, and later within that of Stage II",
        tex=r"T_{\varrho/\beta}\le 1+\frac{\theta B_0^{2-q}}{(q-2)\,\eta C_{\min}},\quad\max_r A\le "
        r"A_0\left(1-\theta(1+\kappa)^{2-q}\right)^{-1/(q-2)}",
    )
    return Claim(
        "lemma-d.10",
        Source("Lemma D.10", "Appendix D.1.4"),
        "Stage II: the linear part is reached, the robust part stays",
        (*parts, along),
        (
            *(Proof(partial(stage_proofs.tied, q), (f"robust part, q = {q}",)) for q in exponents),
            Run(measure_reaching, ("along runs",)),
        ),
        STAGE_TWO,
        (Condition("the linear part is within reach", tex=r"n_N\varrho/q\le\log(k-1)"),),
        ("lemma-b.2", "lemma-d.9", "lemma-5.1"),
        {"A": "1/10", "A_next": "1/10", "A_1": "1/10", "B": "1/2", "B_next": "1/2", "B_1": "1/2", "K": 1},
        derivation=(
            Step(
                "until rho/beta",
                "Every filter is in its polynomial part, so F_i <= m n_N rho/q + m n_R s(alpha A), which keeps 1 - "
                "logit_i "
                "above a constant; Lemma B.2's time to reach rho/beta and its bound on A follow.",
                r"1-\mathrm{logit}_i\ge\frac{k-1}{k-1+e^{\bar F}}",
            ),
            Step(
                "after rho/beta",
                "The leading filter has s' = 1, so A+ - A <= K (B+ - B) A^(q-1), whatever the logit is.",
                r"K=\frac{n_R\alpha^q}{n_N\beta\varrho^{q-1}}",
            ),
            Step(
                "sum",
                "One step costs A^(2-q) at most (q-2) K (B+ - B), because (1 - nu)(1 + u)^n <= 1; add up by induction.",
                r"A_t^{2-q}\ge A_1^{2-q}-(q-2)K(B_t-B_1)",
            ),
        ),
        note="The paper states the lemma without the condition; see lemma-d.10-unconditional and finding-f7. Its "
        "bound on A after "
        "rho/beta is a fixed factor; the relation proved here is exact in how A and B are tied, and B grows like log "
        "t by Lemma D.11.",
    )


def unconditional() -> Claim:
    """Lemma D.10 as the paper reads."""
    return Claim(
        late_replay.CLAIM,
        Source("Lemma D.10", "Appendix D.1.4"),
        "Stage II as the paper reads, for any n_N and rho",
        (
            Part(
                "reached",
                text="for any n_N and rho, in every class whose non-robust feature is ahead by 1 + kappa = 2 at the "
                "start, max_r B reaches rho/beta within T = 8,000 steps",
                tex=r"\max_r B^{(T)}_{i,r}\ge\varrho/\beta",
            ),
        ),
        (Run(late_replay.measure, ("reached",), late_replay.replay),),
        hypotheses=(
            Condition("n_N beta^q > n_R alpha^q and alpha > beta", tex=r"n_N\beta^q>n_R\alpha^q,\ \alpha>\beta"),
            Condition("max_r B(0) >= 2 S^(1/(q-2)) max_r A(0)", tex=r"\max_r B^{(0)}\ge 2S^{1/(q-2)}\max_r A^{(0)}"),
            Condition("standard training without noise, level 1", tex=r"\sigma_n=0"),
        ),
        uses=("lemma-d.9",),
        expected=Verdict.REFUTED,
        derivation=(
            Step(
                "what the paper argues",
                "Once F_i is of constant order the growth to rho/beta takes poly(k) further steps.",
            ),
            Step(
                "where it fails",
                "F_i is n_N rho/q when a single filter gets there. If that is large, 1 - logit_i has fallen to about "
                "e^(-n_N rho/q) before, and the growth is logarithmic.",
                r"F_i\ge n_N\varrho/q",
            ),
        ),
        note="The witness is a run with k = 2, m = 1, n_N = 100, rho = 1/2 from exact rational weights; it is "
        "repeated in Arb balls, where "
        "beta B < rho after 8,000 steps. With n_N = 2 or 6 the same start reaches rho/beta.",
    )
