"""K0 to K3 and Theorem 3.3: expected verdicts, exact replays, and what each kind of check refuses."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from sympy import And, Eq, Ge, Gt, Le, Lt, exp
from theorycheck_proofs.kumano_2024 import (
    boundary,
    boundary_certified,
    boundary_draws,
    boundary_instances,
    closed_form,
    closed_form_parts,
    closed_form_runs,
    multipliers,
    multipliers_parts,
    multipliers_runs,
    reduction,
    reduction_runs,
)
from theorycheck_proofs.kumano_2024.boundary_exact import Bounds, instance, replay, witness
from theorycheck_proofs.kumano_2024.boundary_parts import (
    FACTORS,
    LARGEST,
    LEAST,
    MARGIN_ABOVE,
    MARGIN_BELOW,
    L,
    M,
    N,
    R,
    S,
    a,
    b,
    e,
    f,
    g,
    gamma,
    h,
    lam,
    p,
    psi,
    t,
    x,
)
from theorycheck_proofs.kumano_2024.multipliers_parts import SAME
from theorycheck_simulations.leaky import kkt

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Context, Profile
from theorycheck.checks.identity import Identity
from theorycheck.checks.measurement import Fact, Invariant, Measurement
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition
from theorycheck.domains import Variable, positive, real
from theorycheck.evidence import Evidence
from theorycheck.verdict import POSITIVE, Verdict

from .judged import assert_expected

K1, K2, K3 = boundary.theorem(), closed_form.theorem(), multipliers.theorem()
C = "(c) multipliers"
TRIALS = 400  # of a search that is to find a counterexample
LAMBDA = ("32185423208/1822487040081005", "32313815048/1822487040081005", "356644/20249631005")


def context(profile: Profile = Profile.QUICK, seed: int = 0) -> Context:
    return Context("kumano-2024", None, profile, seed, 12)


def changed(claim: Claim, name: str, **fields: Any) -> Claim:
    """The claim with one part changed, and only the proofs and searches of that part."""
    part = replace(claim.part(name), tex="", **fields)
    checks = tuple(replace(check, covers=(name,)) for check in claim.checks if isinstance(check, Proof | Search)
                   and name in check.covers)  # fmt: skip
    checks = tuple(replace(c, trials=(TRIALS, TRIALS, TRIALS), draw=DRAWS.get(claim.id)) if isinstance(c, Search) else c
                   for c in checks)  # fmt: skip
    return replace(claim, parts=(part,), checks=checks)


def numbered(values_of: Callable[[bytes], dict[str, Fraction]]) -> Callable[[], st.SearchStrategy[dict[str, Fraction]]]:
    """The chapter's values, each by a number, so that a counterexample takes no time to shrink."""
    return lambda: st.integers(0, 2**32).map(lambda i: values_of(sha256(str(i).encode()).digest()[:16]))


DRAWS = {
    "k1": numbered(boundary_draws.values_of), "k2": numbered(closed_form.values_of),
    "k3": numbered(multipliers.values_of),
}  # fmt: skip


def found(claim: Claim, kind: type) -> list[Evidence]:
    return [check.run(claim, context()) for check in claim.checks if type(check) is kind]


def of_run(claim: Claim, measure: Callable[[Context], Measurement], **fields: Any) -> Evidence:
    return Run(measure, (claim.parts[0].name,), **fields).run(claim, context())


def test_claims_are_there() -> None:
    claims = [claim for chapter in (reduction, boundary, closed_form, multipliers) for claim in chapter.claims(None)]
    assert {claim.id: claim.expected for claim in claims} == {
        "k0": Verdict.SURVIVED, "theorem-3.3": Verdict.SURVIVED, "k1": Verdict.PROVED, "k2": Verdict.PROVED,
        "k3": Verdict.PROVED,
    }  # fmt: skip


def test_k1() -> None:
    figures = assert_expected(K1, context())
    assert figures["valid instances"] == 400 and figures["points z"] >= 4_000
    assert figures["least 2 R_max^2 lambda"] > 1.3 and figures["largest (2/3) gamma^2 R_min^2 lambda"] < 0.9
    assert figures["largest KKT residual"] <= 1e-14


def test_k1_on_four_thousand_instances() -> None:
    evidence = Run(boundary_instances.measure, boundary.ON_DATA, replay).run(K1, context(Profile.DEFAULT))
    assert evidence.verdict is Verdict.SURVIVED
    assert evidence.figures["valid instances"] >= 4_000


def test_k2() -> None:
    figures = assert_expected(K2, context())
    assert figures["largest |margin - 1|"] <= 1e-13 and figures["largest relative gap"] <= 1e-6
    assert figures["with the pattern"] and figures["without"]


def test_k3() -> None:
    figures = assert_expected(K3, context())
    assert figures["largest lambda over its bound"] <= 1 <= figures["least lambda over its bound"]


def test_k0_and_theorem() -> None:
    for claim in reduction.claims(None):
        assert_expected(claim, context())


def test_every_proof_stands_on_a_certificate_of_its_part() -> None:
    for claim in (K1, K2, K3):
        proved = [name for check in claim.checks if isinstance(check, Proof) for name in check.covers]
        assert sorted(proved) == sorted(part.name for part in claim.parts)


# Proofs and searches of k1.

K1_MUTANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "2/3 for 1/2": (C, {"relation": Gt(lam, 2 / (3 * S))}),
    "4/3 for 3/2": (C, {"relation": Lt(lam, 4 / (3 * gamma**2 * R))}),
    "radii swapped": (C, {"relation": And(Gt(lam, 1 / (2 * R)), Lt(lam, 3 / (2 * gamma**2 * S)))}),
    "no gamma in the upper bound": (C, {"relation": Lt(lam, 3 / (2 * R))}),
    "flipped": (C, {"relation": Lt(lam, 1 / (2 * S))}),
    "no room in the largest": ("largest", {"relation": Le(L, 2 / (R * (1 + gamma**2)))}),
    "gamma^4 in the largest": ("largest", {"relation": Le(L, 2 / (R * (1 + gamma**2 - (1 + gamma) * gamma**4 / 3)))}),
    "1 for 3/2 above": ("above", {"relation": Lt(LARGEST, 1 / (gamma**2 * R))}),
    "3/4 for 1/2 below": ("below", {"relation": Gt(LEAST, 3 / (4 * S))}),
    "1/3 for 1/2 in small": ("small", {"relation": Lt(N * p * L, gamma * R / (3 * S))}),
    "sign reversed": ("positive at the largest", {"relation": Lt(L * psi * x + e, 0)}),
    "no slackness": ("(a) margins", {"relation": Eq(M, 2)}),
    "f twice as steep": ("g positive", {"relation": Ge(f, (1 + gamma) * g)}),
    "sign of f reversed": ("g negative", {"relation": Gt(f, 0)}),
}  # fmt: skip


@pytest.mark.parametrize("name", K1_MUTANTS)
def test_a_wrong_step_is_neither_proved_nor_survives_the_search(name: str) -> None:
    part, fields = K1_MUTANTS[name]
    claim = changed(K1, part, **fields)
    assert [one.verdict for one in found(claim, Proof)] == [Verdict.INCONCLUSIVE]
    assert [one.verdict for one in found(claim, Search)] == [Verdict.REFUTED]


@pytest.mark.parametrize("name", sorted({part for part, _ in K1_MUTANTS.values()}))
def test_the_true_step_passes_the_same_checks(name: str) -> None:
    claim = changed(K1, name)
    claim = replace(claim, checks=tuple(replace(c, trials=(30, 30, 30)) if isinstance(c, Search) else c
                                        for c in claim.checks))  # fmt: skip
    assert all(one.verdict in POSITIVE for one in (*found(claim, Proof), *found(claim, Search)))


@pytest.mark.parametrize("kept", [(K1.hypotheses[0],), (K1.hypotheses[1],), ()], ids=["no ORTH", "no order", "none"])
def test_a_proof_without_its_hypotheses_is_refused(kept: tuple[Condition, ...]) -> None:
    claim = replace(changed(K1, C), hypotheses=kept)
    assert all(one.verdict is Verdict.INCONCLUSIVE for one in found(claim, Proof))


@pytest.mark.parametrize("domain", [real(0, 1), real(0, 2, open_low=True)], ids=["gamma = 0 and 1", "gamma up to 2"])
def test_another_range_of_the_slope_is_refused(domain: Any) -> None:
    variables = tuple(Variable("gamma", domain) if v.name == "gamma" else v for v in K1.variables)
    claim = replace(changed(K1, C), variables=variables)
    assert [one.verdict for one in found(claim, Proof)] == [Verdict.INCONCLUSIVE]


@pytest.mark.parametrize("name, relation", [
    ("other samples", Le(e, N * p * L / 2)), ("margin from below", Ge(h, 2 * t * MARGIN_BELOW)),
    ("margin from above", Le(h, t * MARGIN_ABOVE / 2)), ("v - u", Eq(K1.part("v - u").relation.lhs, 0)),
    ("increasing, across", Ge(a - b, gamma * (a - b))), ("positive above", Gt(FACTORS["above"][0], 1)),
    ("positive below", Lt(FACTORS["below"][0], 0)),
])  # fmt: skip
def test_a_wrong_sum_or_identity_is_not_proved(name: str, relation: Any) -> None:
    assert [one.verdict for one in found(changed(K1, name, relation=relation), Proof)] == [Verdict.INCONCLUSIVE]


# Runs of k1, and the replay.


def test_a_planted_bound_is_refuted_with_an_exact_replay() -> None:
    wrong = Bounds(lower=Fraction(9, 10))
    evidence = of_run(K1, partial(boundary_instances.measure, bounds=wrong), replay=partial(replay, bounds=wrong))
    assert evidence.verdict is Verdict.REFUTED and evidence.witness is not None
    assert replay(evidence.witness, wrong) is True
    assert replay(evidence.witness) is False  # the theorem itself holds there
    # The paper's own replay does not confirm it: then floats and statement disagree, which is no refutation.
    assert of_run(K1, partial(boundary_instances.measure, bounds=wrong), replay=replay).verdict is Verdict.CONFLICT


def test_a_planted_upper_bound_is_refuted_too() -> None:
    wrong = Bounds(upper=Fraction(1, 2))
    evidence = of_run(K1, partial(boundary_instances.measure, bounds=wrong), replay=partial(replay, bounds=wrong))
    assert evidence.verdict is Verdict.REFUTED


def test_replay_needs_the_hypothesis_and_a_whole_document() -> None:
    two = [[Fraction(1), Fraction(0)], [Fraction(-1), Fraction(0)]]
    outside = witness(two, (1, 1), Fraction(1, 2))  # x_2 = -x_1: no boundary separates, but (ORTH) fails
    assert replay(outside) is False
    true = witness(boundary_certified.X_EXACT, (1, -1, 1), Fraction(1, 2))
    assert replay(true) is False and replay(true, Bounds(lower=Fraction(9))) is True
    for key, value in (("gamma", "1"), ("gamma", "0"), ("y", [1, -1]), ("y", [1, -1, 2]), ("y", [1, -1, True]),
                       ("X", []), ("X", [["0", "0"]] * 3), ("X", [["1"], ["1", "2"], ["1"]]), ("claim", "k2"),
                       ("kind", "point"), ("paper", "li-li-2024")):  # fmt: skip
        with pytest.raises(ValueError):
            replay({**true, key: value})
    with pytest.raises(TypeError):
        replay({**true, "gamma": 0.5})
    with pytest.raises(ValueError):
        replay({name: value for name, value in true.items() if name != "X"})


def test_too_few_valid_instances_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary_instances, "admissible", lambda X, gamma: X.shape[0] > 4)
    assert of_run(K1, boundary_instances.measure).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 0.0])
def test_wrong_multipliers_do_not_survive(monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    monkeypatch.setattr(kkt, "multipliers", lambda X, y, gamma: np.full(y.size, value))
    with np.errstate(all="ignore"):
        assert of_run(K1, boundary_instances.measure, replay=replay).verdict in (Verdict.CONFLICT, Verdict.INCONCLUSIVE)


def test_admissible_is_never_wider_than_the_exact_hypothesis() -> None:
    drawn = list(boundary_instances.draws(context(), "test", 60))
    assert len(drawn) == 60 and {one.theta for one in drawn} == set(boundary_instances.THETA)
    assert any(abs(one.y.sum()) == one.y.size for one in drawn) and any(one.X.shape[0] == 24 for one in drawn)
    for one in drawn[:8]:
        X = [[Fraction(v) for v in row] for row in one.X.tolist()]
        assert instance(X, one.y.tolist(), Fraction(one.gamma)).orth
    assert not boundary_instances.admissible(np.array([[1.0, 0.0], [1.0, 1.0]]), 0.9)


# Certified checks.


def test_exact_instance_has_the_recorded_multipliers() -> None:
    exact = boundary_certified.exact_instance()
    assert exact.lam == [Fraction(value) for value in LAMBDA]
    assert exact.orth and exact.within() and exact.signs and exact.margins == [1, 1, 1]


def certified(measure: Callable[[Context], Measurement], *covers: str, claim: Claim = K1) -> Verdict:
    return Certified(measure, covers).run(claim, context()).verdict


def test_certified_checks_notice_another_bound() -> None:
    every, one = boundary_certified.certify_all, boundary_certified.certify_instance
    both = (C, "(b) signs")
    assert certified(every, *both) is Verdict.CERTIFIED
    assert certified(partial(every, bounds=Bounds(lower=Fraction(4, 5))), *both) is Verdict.INCONCLUSIVE
    assert certified(partial(every, bounds=Bounds(lower=Fraction(3))), *both) is Verdict.CONFLICT
    assert certified(partial(every, bounds=Bounds(upper=Fraction(1))), *both) is Verdict.INCONCLUSIVE
    assert certified(partial(every, widen=Fraction(3)), *both) is Verdict.INCONCLUSIVE
    rest = ("(a) margins", "g positive")
    assert certified(one, *both, *rest) is Verdict.CERTIFIED
    assert certified(partial(one, bounds=Bounds(lower=Fraction(5, 3))), *both, *rest) is Verdict.CONFLICT
    assert certified(partial(one, bounds=Bounds(upper=Fraction(1, 3))), *both, *rest) is Verdict.CONFLICT


def test_enclosures_are_the_recorded_ones() -> None:
    for _, slope, name, lam_found in boundary_certified.enclosures((48,)):
        if name == "balanced" and lam_found is not None:
            low, high = boundary_certified.RECORDED[slope]
            assert round(float(min(a for a, _ in lam_found)), 4) == low
            assert round(float(max(b for _, b in lam_found)), 4) == high


# k2.


@pytest.mark.parametrize("pattern", [y for y in closed_form_parts.PATTERNS if len(set(y)) > 1])
def test_a_wrong_sign_in_the_matrix_is_seen(pattern: tuple[int, ...]) -> None:
    wrong = closed_form_parts.pattern_part(pattern, other=2 * gamma)
    claim = changed(K2, wrong.name, relation=wrong.relation)
    assert [one.verdict for one in found(claim, Proof)] == [Verdict.INCONCLUSIVE]
    assert [one.verdict for one in found(claim, Search)] == [Verdict.REFUTED]


@pytest.mark.parametrize("name, relation", [
    ("dominance", Lt((closed_form_parts.N - 1) * p, x / 5)), ("coefficients", Le(3 * gamma, 1 + gamma**2)),
    ("unique", Le(closed_form_parts.D, -1)), ("norm", Eq(K2.part("norm").relation.lhs, 0)),
    ("any N, positive label", Eq(K2.part("any N, positive label").relation.lhs, closed_form_parts.T)),
    ("sum of multipliers", Eq(closed_form_parts.Q, closed_form_parts.total)),
    ("orthogonal data", Eq(lam, 1 / (closed_form_parts.SAME * x))),
])  # fmt: skip
def test_wrong_steps_of_the_closed_form(name: str, relation: Any) -> None:
    claim = changed(K2, name, relation=relation)
    assert [one.verdict for one in found(claim, Proof)] == [Verdict.INCONCLUSIVE]
    assert all(one.verdict is Verdict.REFUTED for one in found(claim, Search))


WRONG_C = {
    "plus": lambda y, g: np.where(np.equal.outer(y, y), 1 + g * g, 2 * g),
    "no gamma": lambda y, g: (1 + g * g) * np.outer(y, y),
    "1 - gamma^2": lambda y, g: np.where(np.equal.outer(y, y), 1 - g * g, -2 * g),
}


@pytest.mark.parametrize("name", WRONG_C)
@pytest.mark.parametrize("measure", [closed_form_runs.measure, closed_form_runs.measure_dual])
def test_runs_see_a_wrong_matrix(name: str, measure: Any) -> None:
    def solve(X: np.ndarray, y: np.ndarray, g: float) -> np.ndarray:
        return np.linalg.solve(WRONG_C[name](y, g) * (X @ X.T), np.full(y.size, 2.0))

    assert of_run(K2, partial(measure, solve=solve, counts=(40, 40, 40))).verdict is Verdict.CONFLICT


# k3.

K3_MUTANTS: dict[str, tuple[str, Any]] = {
    "no 3 - gamma^3 above": ("upper", Le(lam, 2 / (SAME * R))),
    "no 3 - gamma^3 below": ("lower", Ge(lam, 2 / (SAME * S))),
    "gamma^4": ("upper", Le(lam, 2 / (SAME * R) * 3 / (3 - gamma**4))),
    "radii swapped": ("lower", Ge(lam, multipliers_parts.REFINED_LOWER * S / R)),
    "half of kappa": ("multiplicative", Le(SAME * x * lam / 2 - 1, multipliers_parts.OMEGA / 2)),
    "gamma^4/3 for kappa": ("kappa", Le(multipliers_parts.REST / R, gamma**4 / 3)),
    "rate from above": ("sharp, upper", Ge(lam, multipliers_parts.REFINED_UPPER)),
    "rate from below": ("sharp, lower", Le(multipliers_parts.a, multipliers_parts.REFINED_LOWER)),
}  # fmt: skip


@pytest.mark.parametrize("name", K3_MUTANTS)
def test_wrong_bounds_are_refuted(name: str) -> None:
    part, relation = K3_MUTANTS[name]
    claim = changed(K3, part, relation=relation)
    assert [one.verdict for one in found(claim, Proof)] == [Verdict.INCONCLUSIVE]
    assert [one.verdict for one in found(claim, Search)] == [Verdict.REFUTED]


@pytest.mark.parametrize("side", ["upper", "lower"])
@pytest.mark.parametrize("change", [lambda r: r + gamma, lambda r: r * (1 + gamma), lambda r: -r])
def test_wrong_factorisations_are_refuted(side: str, change: Any) -> None:
    left, right = multipliers_parts.FACTORS[side]
    claim = replace(changed(K3, f"factors, {side}", relation=Eq(left, change(right))), checks=(Identity(points=4),))
    assert [one.verdict for one in found(claim, Identity)] == [Verdict.REFUTED]


@pytest.mark.parametrize("factors", [
    lambda g: (1.0, multipliers_runs.cube_of(g)[1]), lambda g: (multipliers_runs.cube_of(g)[0], 1.0),
    lambda g: multipliers_runs.cube_of(g / 2), lambda g: (np.nan, np.nan),
])  # fmt: skip
def test_the_run_sees_other_factors(factors: Any) -> None:
    assert of_run(K3, partial(multipliers_runs.measure, factors=factors)).verdict is Verdict.CONFLICT


def test_extremal_families() -> None:
    assert certified(multipliers_runs.certify_sharp, *multipliers_runs.SHARP, claim=K3) is Verdict.CERTIFIED
    close = partial(multipliers_runs.certify_sharp, near=Fraction(1, 10_000))
    assert certified(close, *multipliers_runs.SHARP, claim=K3) is Verdict.CONFLICT
    small = partial(multipliers_runs.certify_sharp, size=20)
    assert certified(small, *multipliers_runs.SHARP, claim=K3) is Verdict.CONFLICT
    for slope, (most, least) in multipliers_runs.RECORDED.items():
        for flipped, value in ((False, most), (True, least)):
            assert abs(float(multipliers_runs.family(1000, slope, flipped)[0]) - value) <= 6e-6
    assert not multipliers_runs.rows_hold(10, Fraction(1, 2), True, *multipliers_runs.family(10, Fraction(1, 2), False))


# k0 and Theorem 3.3.


def test_losses_that_prove_nothing() -> None:
    k0, margin, c = reduction.reduction(), reduction.margin, reduction.c
    wider = tuple(Variable("c", positive(2)) if v.name == "c" else v for v in k0.variables)
    claim = replace(changed(k0, "exponential"), variables=wider)
    assert [one.verdict for one in found(claim, Proof)] == [Verdict.INCONCLUSIVE]
    assert [one.verdict for one in found(claim, Search)] == [Verdict.REFUTED]
    for name, given in (("logistic", Lt(1 + exp(-margin), 3)), ("exponential", Lt(exp(-2 * margin), 2 * c))):
        wrong = changed(k0, name, given=(given,))
        assert [one.verdict for one in found(wrong, Proof)] == [Verdict.INCONCLUSIVE]
        assert [one.verdict for one in found(wrong, Search)] == [Verdict.REFUTED]
    signed = replace(reduction.SUM, transitions={"sample": reduction.SUM.transitions["sample"][:1]})
    assert [one.verdict for one in found(changed(k0, "one loss", dynamics=signed), Proof)] == [Verdict.INCONCLUSIVE]


@pytest.mark.parametrize("share", [3.0, 20.0])
def test_a_larger_loss_allows_negative_margins(share: float) -> None:
    assert of_run(reduction.reduction(), partial(reduction_runs.measure_implication, share=share)).verdict is (
        Verdict.CONFLICT
    )


@pytest.mark.parametrize("measure", [reduction_runs.measure_limit, reduction_runs.measure_theorem])
def test_short_training_is_not_taken_for_the_limit(measure: Any) -> None:
    assert of_run(reduction.reduction(), partial(measure, steps=100)).verdict is Verdict.CONFLICT


@pytest.mark.parametrize("change", [
    lambda lam, y: 1.01 * lam, lambda lam, y: lam * (1 + 0.02 * (y > 0)), lambda lam, y: np.full(y.size, np.nan),
])  # fmt: skip
def test_trained_networks_contradict_other_multipliers(change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    true = kkt.multipliers
    monkeypatch.setattr(kkt, "multipliers", lambda X, y, gamma: change(true(X, y, gamma), y))
    with np.errstate(all="ignore"):
        assert of_run(reduction.reduction(), reduction_runs.measure_limit).verdict is Verdict.CONFLICT


def test_signs_count_zero_as_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kkt, "functional", lambda X, y, lam: np.zeros(X.shape[1]))
    outcomes = reduction_runs.measure_limit(context()).outcomes
    signs = next(o for o in outcomes if isinstance(o, Invariant) and o.name.startswith("sgn f"))
    assert (signs.slack < 0).all()


def test_a_run_measures_the_same_twice() -> None:
    first, second = (boundary_instances.measure(context(), counts=(30, 30, 30)) for _ in range(2))
    assert first.figures == second.figures
    other = boundary_instances.measure(context(seed=1), counts=(30, 30, 30))
    assert first.figures != other.figures


def test_facts_cover_what_they_say() -> None:
    facts = boundary_certified.certify_all(context()).outcomes
    assert len(facts) == 3 * 5 * 3 * 3
    assert all(isinstance(fact, Fact) and fact.truth is True for fact in facts)
