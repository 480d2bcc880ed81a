"""K7 to K10, K12, Corollary 4.5 and their findings: expected verdicts, exact witnesses, and mutants of every check."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, Lt
from theorycheck_proofs.kumano_2024 import (
    agreement,
    agreement_exact,
    agreement_noise,
    agreement_noise_runs,
    agreement_parts,
    agreement_runs,
    agreement_trained,
    correlation,
    correlation_draws,
    correlation_proofs,
    correlation_runs,
    exceptions,
    exceptions_proofs,
    exceptions_runs,
    reflections,
    reflections_draws,
    reflections_proofs,
    reflections_runs,
    sizes,
    sizes_bounds,
    sizes_proofs,
    sizes_runs,
)
from theorycheck_simulations.leaky import exact
from theorycheck_simulations.leaky.kkt import functional, multipliers
from theorycheck_simulations.leaky.setting import Setting

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Check, Context, Profile
from theorycheck.checks.run import judged
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition
from theorycheck.verdict import POSITIVE, Verdict

from .judged import assert_expected, evidence

WHERE = Context("kumano-2024", Setting(), Profile.QUICK, 0, 12)
CHAPTERS = (agreement, correlation, reflections, exceptions, sizes)
CLAIMS = {claim.id: claim for chapter in CHAPTERS for claim in chapter.claims(Setting())}
F = Fraction


@pytest.mark.parametrize("id", CLAIMS)
def test_expected_verdict(id: str) -> None:
    figures = assert_expected(CLAIMS[id], WHERE)
    if id == "k7":
        assert figures["admissible instances"] >= 250 and figures["(star) true"] >= 75
        assert figures["wrong signs there"] == 0 < figures["wrong signs elsewhere"]  # the condition has something to do


def test_all_claims_are_there() -> None:
    assert sorted(CLAIMS) == ["corollary-4.5", "finding-k12", "finding-k8", "finding-k9", "k10", "k12", "k7", "k8", "k9"]


# --- relations: a changed one is neither proved nor survives the search ---

g, e = agreement_parts.g, agreement_parts.epsilon
A, C, R, X, S = agreement_parts, correlation_proofs, reflections_proofs, exceptions_proofs, sizes_proofs
K = C.KAPPA
RELATIONS: tuple[tuple[str, str, Any], ...] = (
    ("k7", "multipliers", A.ROW.relation.subs(A.n, A.n + 1).func(A.ROW.relation.lhs, 2)),
    ("k7", "multipliers, N' = 2", Eq(A.L[0], A.FORMULA.subs(A.n, 2))),
    ("k7", "pattern", Gt(A.opp - g * A.same, 0)),
    ("k7", "one multiplier", Le(A.lam - A.C_BAR, A.omega * A.C_BAR)),
    ("k7", "one term", Le((A.lam - A.c) * A.s, A.r * A.c * A.b / 2)),
    ("k7", "total", Ge(A.lam, 2 / ((1 + g**2) * A.S2))),
    ("k7", "sign, <h, z> > 0", Gt(A.T_1 + e * A.Lam * A.H, A.hoeffding)),
    ("corollary-4.5", "condition", Gt(agreement_noise.e * agreement_noise.L * agreement_noise.A, agreement_noise.nu_2)),
    ("corollary-4.5", "norms", Le(agreement_noise.nu_2, agreement_noise.c_b)),
    ("corollary-4.5", "tau", Le(agreement_noise.R2 / agreement_noise.S2 - 1, 0)),
    ("k8", "surviving share", Eq(1 - K, C.SQUARED)),
    ("k8", "range", Lt(K, C.Rational(3, 4))),
    ("k8", "loss", Eq(C.c * C.e * C.K * C.beta / 2, C.e * C.Lam * C.beta / C.rho2)),
    ("k8", "span, y' = 1", Eq(C.V_p - C.V_m, (2 - C.e * C.alpha) / (1 + g**2))),
    ("k8", "exact cancellation", Eq(C.T_1, -C.T_2 / 2)),
    ("k9", "H^2 = I", Eq((R.x - R.t_x * R.h) - (R.t_x - R.t_x * R.H2) * R.h, R.x)),
    ("k9", "q' = q", Eq(R.REFLECTED[0].relation.lhs, -R.q)),
    ("k9", "C(-y) = C(y)", Eq(R.C(R.f, R.y_k), R.C(R.y, R.y_k))),
    ("k9", "scan: q'", Eq(R.slope, R.lam * R.r * (1 - R.t))),
    ("k9", "scan: no pattern", Lt(R.same - g * R.opp, 0)),
    ("k9", "epsilon_n > 0", Gt(R.lam * R.norm + R.e, R.lam * R.R)),
    ("k10", "chain", Eq(1 - 2 * X.k / (1 - X.k), (1 - 2 * X.k) / (1 - X.k))),
    ("k10", "margin", Ge(X.lam * X.X2 + X.e, 2 / X.g2 * (1 - X.k) / (1 - X.k / 2))),
    ("k10", "norm", Le(X.Q2, X.n * X.L**2 * X.R)),
    ("k10", "label", Lt(X.at_base, 0)),
    ("k12", "insertion", Le(4 * X.n.func("N") * S.S * S.p, S.g**3 * S.R**2 / 2)),
    ("k12", "scaled", Eq(S.SCALED.relation.lhs, 2 * S.SCALED.relation.rhs)),
    ("k12", "union, products", Le(S.n**2 * S.exp(-S.u), S.delta / 30000)),
)  # fmt: skip


def _only(claim: Claim, part: str, kinds: tuple[type, ...], **changes: Any) -> Claim:
    """The claim with this part alone and its checks of these kinds."""
    kept: list[Check] = [c for c in claim.checks if isinstance(c, kinds) and (not c.covers or part in c.covers)]
    checks = tuple(replace(c, covers=()) for c in kept)  # type: ignore[type-var]
    checks = tuple(replace(c, trials=(60, 60, 60)) if isinstance(c, Search) else c for c in checks)
    return replace(claim, parts=(replace(claim.part(part), **changes),), checks=checks, uses=())


@pytest.mark.parametrize(("id", "part", "relation"), RELATIONS, ids=[f"{id} {part}" for id, part, _ in RELATIONS])
def test_a_changed_relation_is_refuted_and_not_proved(id: str, part: str, relation: Any) -> None:
    mutant = _only(CLAIMS[id], part, (Proof, Search), relation=relation)
    for check, found in zip(mutant.checks, evidence(mutant, WHERE)[1:], strict=True):
        wanted = Verdict.INCONCLUSIVE if isinstance(check, Proof) else Verdict.REFUTED
        assert found.verdict is wanted, found.summary


# --- enclosures ---


def _judged(run: Callable[[Context], Any], part: str) -> Verdict:
    claim = next(c for c in CLAIMS.values() if any(p.name == part and p.relation is None for p in c.parts))
    return Certified(run, (part,)).run(claim, WHERE).verdict


def test_an_instance_without_star_is_not_certified() -> None:
    assert _judged(agreement_exact.certify, "instance") is Verdict.CERTIFIED
    weak = agreement_exact.instance(strength=10)
    assert agreement_exact.star(weak, [1, -1] * 3) is False
    assert _judged(lambda c: agreement_exact.certify(c, weak), "instance") is Verdict.CONFLICT
    large = replace(agreement_exact.instance(), epsilon=F(400))  # (ORTH) and kappa' < 1/3 fail
    assert _judged(lambda c: agreement_exact.certify(c, large), "instance") is Verdict.CONFLICT
    assert exceptions_runs.exact_admissible(large, [1] * 6) is False
    claim = _only(CLAIMS["k10"], "instance", (Certified,))
    mutant = replace(claim, checks=(Certified(lambda c: exceptions_runs.certify(c, large)),))
    assert evidence(mutant, WHERE)[1].verdict is Verdict.CONFLICT


@pytest.mark.parametrize("changes", [{"d": 100_000}, {"epsilon": F(80)}, {"alpha": F(1, 10)}, {"n": 60}])
def test_a_size_outside_the_conditions_is_not_certified(changes: dict[str, Any]) -> None:
    size = replace(agreement_noise_runs.SIZE, **changes)
    assert _judged(lambda c: agreement_noise_runs.certify(c, size), "size") is Verdict.CONFLICT


def test_the_scan_at_another_slope_is_not_certified() -> None:
    assert _judged(lambda c: reflections_runs.certify_scan(c, F(1, 2)), "scan, exact") is Verdict.CONFLICT


@pytest.mark.parametrize("off", [-1, 1])
def test_a_dimension_off_by_one_is_not_certified(off: int, monkeypatch: pytest.MonkeyPatch) -> None:
    true = sizes_bounds.smallest_dimension

    def wrong(gamma: Fraction, N: int) -> int:
        found = true(gamma, N)
        assert found is not None
        return found + off

    monkeypatch.setattr(sizes_runs, "smallest_dimension", wrong)
    assert _judged(sizes_runs.certify_dimensions, "dimensions") is Verdict.CONFLICT


def test_too_few_bits_leave_a_dimension_open() -> None:
    assert sizes_bounds.orth_certain(F(1, 100), 1000, 3908000963727839989734, bits=20) is None
    with pytest.raises(ValueError, match="N = 1"):
        sizes_bounds.orth_certain(F(1, 2), 1, 10)


# --- runs ---


def _agrees(measure: Callable[[Context], Any]) -> bool:
    found = measure(WHERE)
    assert not found.failures, found.failures
    return all(judgement.agrees for _, judgement in judged(found))


@pytest.mark.parametrize("wrong", [0.5, 1.0])
def test_another_kappa_does_not_agree(wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correlation_runs, "kappa", lambda gamma: wrong)
    assert not _agrees(correlation_runs.measure_natural)
    assert not _agrees(correlation_runs.measure_noise)


def test_a_wrong_span_formula_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    true = correlation_runs.span_formula
    monkeypatch.setattr(correlation_runs, "span_formula", lambda *a: true(*a[:-1], a[-1] * (1 + 1e-6)))
    assert not _agrees(correlation_runs.measure_span)


def test_half_a_reflection_and_none_do_not_give_the_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    true = reflections_runs.reflect
    monkeypatch.setattr(reflections_runs, "reflect", lambda X, q: (X + true(X, q)) / 2 + 1e-3 * X)
    assert not _agrees(reflections_runs.measure_reflected)
    monkeypatch.setattr(reflections_runs, "reflect", lambda X, q: X)
    assert not _agrees(reflections_runs.measure_trained)


def test_the_scan_with_another_limit_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    true = reflections_runs.pattern
    monkeypatch.setattr(reflections_runs, "pattern", lambda X, y, lam, gamma: true(X, y, lam, min(0.99, 1.2 * gamma)))
    assert not _agrees(reflections_runs.measure_scan)


def test_perturbations_of_the_other_sign_do_not_teach_d(monkeypatch: pytest.MonkeyPatch) -> None:
    true = agreement_trained.perturbed
    monkeypatch.setattr(agreement_trained, "perturbed", lambda X, y, h, epsilon: true(X, y, -h, epsilon))
    found = agreement_trained.measure_trained(WHERE)
    assert any(not judgement.agrees for _, judgement in judged(found))


def test_a_smaller_allowance_is_violated() -> None:
    """The deterministic bound is not loose everywhere: 80 % of it are exceeded."""
    rng = np.random.default_rng(0)
    drawn = [agreement_runs.judge(agreement_runs.instance(rng)) for _ in range(300)]
    assert any(one.deviation > 0.8 * one.allowed for one in drawn)
    assert all(one.deviation <= one.allowed + agreement_runs.ROUNDING for one in drawn)


def test_a_wrong_formula_of_the_exact_case_does_not_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    true = agreement_runs.multipliers
    monkeypatch.setattr(agreement_runs, "multipliers", lambda X, y, gamma: true(X, y, gamma * (1 + 1e-6)))
    assert not _agrees(agreement_runs.measure_exact)


def test_base_points_far_outside_orth_are_inadmissible() -> None:
    X = np.eye(4) + 0.5
    assert not exceptions_runs.admissible(X, 0.1)
    assert exceptions_runs.admissible(np.eye(4), 0.49) and not exceptions_runs.admissible(np.eye(4), 0.5)


def test_draws_in_too_few_dimensions_violate_orth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes_runs, "smallest_dimension", lambda gamma, N: 60)
    assert not _agrees(sizes_runs.measure_draws)


# --- findings: the witness is about real data, and the refutation depends on it ---


def test_types_of_k8_are_the_full_system() -> None:
    """Four equations against all 64, and the exact witness of the finding against Gram matrices."""
    rng = np.random.default_rng(1)
    y, y_adv = agreement_runs.balanced(64, rng), agreement_runs.balanced(64, rng)
    h = y / 8
    X = np.eye(64) + 0.0125 * np.outer(y_adv, h)
    lam = multipliers(X, y_adv, 0.9)
    T_1, T_2 = correlation_runs.at_q(y, y_adv, 0.9, 0.0125)
    assert functional(X, y_adv, lam) @ h == pytest.approx(T_1 + T_2, abs=1e-12)


def test_witness_of_finding_k8_on_exact_data() -> None:
    found = evidence(CLAIMS["finding-k8"], WHERE)[1].witness
    assert found is not None
    v = {name: F(value) for name, value in found["values"].items()}
    counts = [int(v[f"n_{i}"]) for i in range(1, 5)]
    kinds = [kind for kind, count in zip(C.TYPES, counts, strict=True) for _ in range(count)]
    y_adv, y = [a for a, _ in kinds], [a * w for a, w in kinds]
    N, root = len(y), int(1 / v["s"])
    assert root**2 == N and sum(y) == sum(y_adv) == 0
    X = [[F(int(i == k)) + v["epsilon"] * a * F(b, root) for k, b in enumerate(y)] for i, a in enumerate(y_adv)]
    G = exact.gram(X)
    assert exact.orth(G, v["gamma"])
    lam = exact.solve(G, y_adv, v["gamma"])
    value = sum(a * label * x[k] * F(b, root) for a, label, x in zip(lam, y_adv, X, strict=True) for k, b in enumerate(y))
    naive = F(sum(a * b for a, b in zip(y, y_adv, strict=True)), root) + v["epsilon"] * N
    assert value < 0 < naive


def test_point_of_finding_k9_on_exact_data() -> None:
    claim = CLAIMS["finding-k9"]
    v = claim.exact_point(claim.parts[0])
    assert (v["gamma"], v["N"], v["t"]) == (F(3, 5), 16, F(3, 100))
    y = [1, -1] * 8
    X = reflections_runs._samples(y, v["t"])
    G = exact.gram(X)
    lam = exact.solve(G, [-b for b in y], v["gamma"])
    assert exact.orth(G, v["gamma"]) and set(lam) == {v["lam"]}
    q = [sum(-a * b * x[k] for a, b, x in zip(lam, y, X, strict=True)) for k in range(16)]
    assert all(value * b < 0 for value, b in zip(q, y, strict=True))


def test_without_its_cause_no_finding_is_refuted() -> None:
    k8, k9, k12 = (CLAIMS[f"finding-{name}"] for name in ("k8", "k9", "k12"))

    def verdict(claim: Claim, draw: Callable[[], Any], *hypotheses: Condition) -> Verdict:
        checks = (Search((), draw, trials=(5, 5, 5)),)
        return evidence(replace(claim, checks=checks, hypotheses=hypotheses or claim.hypotheses), WHERE)[1].verdict

    balanced = st.integers(1, 5).map(lambda k: correlation_draws.by_type(F(9, 10), F(k, 400), 8, (16,) * 4))
    assert verdict(k8, lambda: balanced) is Verdict.SURVIVED
    beyond = tuple(Condition.of(Gt(R.t, 1)) if h.relation == Lt(R.t, 1) else h for h in k9.hypotheses)
    reflected = st.integers(0, 5).map(lambda k: reflections_draws.flipped(F(3, 5), 16, F(197 + k, 100)))
    mutant = replace(k9, point=reflections_draws.flipped(F(3, 5), 16, F(2)))
    assert verdict(mutant, lambda: reflected, *beyond) is Verdict.SURVIVED
    near = st.integers(1, 9).map(lambda k: {**sizes.released(), "p_max": F(1, 10**6 + k)})
    assert verdict(k12, lambda: near) in POSITIVE
    assert sizes_runs.excess(sizes.released(), F(1), 1000) == pytest.approx(159, rel=0.1)


def test_relations_of_this_file_are_not_trivial() -> None:
    assert all(relation not in (True, False) for _, _, relation in RELATIONS)
    assert isinstance(CLAIMS["k9"].part("scan: pattern").relation, And)
