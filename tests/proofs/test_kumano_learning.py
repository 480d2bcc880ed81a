"""Perturbations and what is learnt from them (k4, k5, k6, Theorems 4.2 and 4.4): verdicts, and mutants of every check."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from sympy import Eq, Ge, Gt, Le, Lt, symbols
from theorycheck_proofs.kumano_2024 import (
    features,
    features_parts,
    features_runs,
    gradients,
    gradients_runs,
    learning,
    learning_certified,
    learning_noise_runs,
    learning_runs,
)
from theorycheck_proofs.kumano_2024.notation import gamma as GAMMA

from theorycheck.checks.certified import Certified
from theorycheck.checks.check import Context, Profile
from theorycheck.checks.enclosure import Enclosure
from theorycheck.checks.measurement import Invariant, Measurement
from theorycheck.checks.run import Run, Statistics
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Condition
from theorycheck.verdict import Verdict

from .judged import assert_expected, at

CONTEXT = Context("kumano-2024", None, Profile.QUICK, 0, 12)
CLAIMS = {c.id: c for chapter in (features, gradients, learning) for c in chapter.claims(None)}
g, A, B, X, P, M, p, u = symbols("gamma A B X P M p u")
R, S, H, beta, eps, n = symbols("R S H beta epsilon N_adv")


@pytest.mark.parametrize("name", CLAIMS)
def test_claim(name: str) -> None:
    figures = assert_expected(CLAIMS[name], CONTEXT)
    assert all(np.isfinite(value) for key, value in figures.items() if "least agreement" in key)


def test_claims_and_what_they_use() -> None:
    assert list(CLAIMS) == ["k4", "k5", "finding-k5", "k6", "theorem-4.2", "theorem-4.4"]
    assert CLAIMS["theorem-4.2"].uses == CLAIMS["theorem-4.4"].uses == ("k0", "k1", "k6")
    assert all("unknown" in CLAIMS[name].note for name in ("k4", "theorem-4.2", "theorem-4.4"))


def mutated(claim: Claim, name: str, kind: type, **changes: Any) -> Claim:
    """The claim with one changed part and its checks of one kind.

    A proof is built for the changed relation; where a hypothesis was dropped it stays, and proves something else.
    """
    old = claim.part(name)
    new = replace(old, **{"tex": "", **changes})
    found = []
    for check in claim.checks:
        if isinstance(check, kind) and name in check.covers:
            if isinstance(check, Proof) and "relation" in changes:
                assert isinstance(check.build, partial)
                args = [new if a is old else new.relation if a is old.relation else a for a in check.build.args]
                check = replace(check, build=partial(check.build.func, *args))
            found.append(replace(check, covers=(name,)))
    assert found, f"no {kind.__name__} covers {name}"
    return replace(claim, parts=(new,), checks=tuple(found))


def verdict(claim: Claim) -> Verdict:
    (check,) = claim.checks
    return check.run(claim, CONTEXT).verdict


L1 = features_parts
WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("k4", "sum of squares", {"relation": Le(3 * L1.eps * L1.norm * L1.r, L1.eps**2 * L1.Q + L1.norm**2 * L1.E)}),
    ("k4", "linf", {"relation": Le(2 * L1.r, L1.eps * L1.S)}),
    ("k4", "weights", {"relation": Le(L1.r, L1.eps * L1.T)}),
    ("k4", "norms from below", {"relation": Ge(L1.Q, L1.S**2)}),
    ("k4", "norms from above", {"relation": Le(2 * L1.S**2, L1.n * L1.Q)}),
    ("k4", "top pixels", {"relation": Ge(L1.k * L1.S, L1.n * L1.T)}),
    ("k4", "l2 attained", {"given": (Eq(L1.norm**2, sum(x**2 for x in L1.q)),)}),
    ("k4", "cosine l0", {"relation": Ge(L1.T**2 / (L1.k * L1.Q), L1.S**2 / (L1.n * L1.Q))}),
    ("k4", "cosine mask", {"relation": Gt(L1.T2 / L1.Q, L1.k / L1.n)}),
    ("k4", "every sample", {"relation": Lt(L1.y * (L1.lam * L1.y / L1.norm), 0)}),
    ("k5", "gradient", {"given": ()}),
    ("k5", "both positive", {"relation": Eq(((P - g * M) * p - (M - g * P) * u) / 2, (1 - g) / 2 * (P - M))}),
    ("k5", "only v positive", {"relation": Eq(((P - g * M) * p - (M - g * P) * u) / 2, ((1 + g**2) * P + 2 * g * M) / 2)}),
    ("k5", "cosine, only v positive", {"given": (Eq(A, B),)}),
    ("k5", "more than 45 degrees", {"relation": Gt(4 * (1 + g) ** 4, 6 * ((1 + g**2) ** 2 + 4 * g**2))}),
    ("k5", "never parallel", {"relation": Gt((1 + g) ** 4, 2 * ((1 + g**2) ** 2 + 4 * g**2))}),
    ("k5", "v and u", {"given": (Eq(X, 0),)}),
    ("k6", "two terms", {"relation": Eq(symbols("G"), symbols("T") + 2 * eps * symbols("hz") * symbols("L"))}),
    ("k6", "two terms, N' = 2", {"given": (Eq(symbols("y1") ** 2, 1),)}),
    ("k6", "second term", {"relation": Eq(eps * symbols("L") * symbols("hz"), eps * symbols("L") * symbols("gz"))}),
    ("k6", "orth", {"relation": Le(4 * n * symbols("S_adv") * symbols("p_adv"), g**3 * symbols("R_adv") ** 2)}),
    ("k6", "positive norms", {"relation": Gt(R - 3 * eps * beta, 0)}),
    ("k6", "smaller", {"given": (learning.admissible_parts()[0].given[0],)}),
    ("k6", "noise order", {"relation": Le(4 * n * S * eps**2 * H**2, g**3 * R**2)}),
    ("k6", "natural order", {"relation": Le(7 * eps, g**3 * beta)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "part", "changes"), WRONG)
def test_a_wrong_statement_is_not_proved(name: str, part: str, changes: dict[str, Any]) -> None:
    assert verdict(mutated(CLAIMS[name], part, Proof, **changes)) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(("name", "part"), [("k6", "products"), ("k6", "norms"), ("k4", "l2 maximum"), ("k4", "l0 maximum")])
def test_every_hypothesis_is_needed(name: str, part: str) -> None:
    given = CLAIMS[name].part(part).given
    for dropped in given:
        fewer = tuple(relation for relation in given if relation is not dropped)
        assert verdict(mutated(CLAIMS[name], part, Proof, given=fewer)) is Verdict.INCONCLUSIVE, dropped


FALSE: list[tuple[str, str, dict[str, Any]]] = [
    ("k4", "cosine l0", {"relation": Le(L1.T**2 / (L1.k * L1.Q), L1.k * L1.S**2 / (L1.n**2 * L1.Q))}),
    ("k4", "cosine linf", {"relation": Le(L1.S**2 / (L1.n * L1.Q), 1 / L1.n)}),
    ("k4", "cosine mask", {"relation": Le(L1.T2 / L1.Q, L1.k / L1.n)}),
    ("k5", "both positive", {"relation": Eq(p - u, 1)}),
    ("k5", "never parallel", {"relation": Gt((1 + g) ** 4, 2 * ((1 + g**2) ** 2 + 4 * g**2))}),
    ("k5", "v and u", {"relation": Eq((A + B) * g, A + g)}),
    ("k6", "products", {"relation": Le(symbols("u") + eps * symbols("y") * symbols("b"), symbols("p_max"))}),
    ("k6", "norms", {"relation": Le(symbols("r") + 2 * eps * symbols("y") * symbols("b"), S)}),
    ("k6", "orth", {"relation": Le(6 * n * symbols("S_adv") * symbols("p_adv"), g**6 * symbols("R_adv") ** 2)}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "part", "changes"), FALSE)
def test_a_search_refutes(name: str, part: str, changes: dict[str, Any]) -> None:
    claim = mutated(CLAIMS[name], part, Search, **changes)
    point = at(claim, part)
    assert verdict(replace(claim, checks=tuple(replace(check, draw=point) for check in claim.checks))) is Verdict.REFUTED
    if name != "k6":  # there a draw that is met at random takes seconds to shrink
        assert verdict(claim) is Verdict.REFUTED


@pytest.mark.parametrize("relation", [Gt(4 * (1 + g) ** 4, 6 * ((1 + g**2) ** 2 + 4 * g**2)),
                                      Lt(2 * (1 + g) ** 4, 2 * ((1 + g**2) ** 2 + 4 * g**2)),
                                      Gt(2 * (1 - g) ** 4, 2 * ((1 + g**2) ** 2 + 4 * g**2))])  # fmt: skip
def test_an_enclosure_rejects_another_angle(relation: Any) -> None:
    assert verdict(mutated(CLAIMS["k5"], "more than 45 degrees", Enclosure, relation=relation)) is Verdict.REFUTED


def test_the_finding_is_about_regions_of_different_signs() -> None:
    """Where <v, x> and <u, x> have equal signs grad f is parallel to q, and nothing is refuted."""
    claim = CLAIMS["finding-k5"]
    equal = Condition("equal signs", Gt(gradients.AT_V * gradients.AT_U, 0))
    assert verdict(replace(claim, hypotheses=(*claim.hypotheses, equal))) is Verdict.SURVIVED
    different = Condition("different signs", Lt(gradients.AT_V * gradients.AT_U, 0))
    assert verdict(replace(claim, hypotheses=(*claim.hypotheses, different), point={
        "gamma": "1/2", "lam": "8/5", "x_1": 2, "x_2": -2})) is Verdict.REFUTED  # fmt: skip


def judged(measure: Callable[[Context], Measurement], replay: Any = None, kind: type[Run] = Run) -> Verdict:
    """The verdict of a run check with this measurement."""
    claim = replace(CLAIMS["theorem-4.2"], checks=(kind(measure, ("boundary",), replay),))
    return verdict(claim)


def smallest(q: Any, k: int) -> Any:
    """NC9: the k smallest pixels."""
    return ~features_runs.top(q, q.size - k) if k < q.size else np.ones(q.size, bool)


MEASURED: list[tuple[str, Callable[[Context], Measurement]]] = [
    ("smallest pixels", partial(features_runs.measure_cosines, mask=smallest)),
    ("T_2 = eps N' <h, z>", partial(learning_runs.measure_identity, second=lambda y, lam, e: e * y.size)),
    ("T_2 with labels", partial(learning_runs.measure_identity, second=lambda y, lam, e: e * float(lam @ y))),
    ("T_2 without eps", partial(learning_runs.measure_identity, second=lambda y, lam, e: float(lam.sum()))),
    ("epsilon 1.5 times too large", partial(learning_runs.measure_implied, stretch=1.5)),
    ("turned round, natural", partial(learning_runs.measure_natural, claim="k6", flip=-1,
                                      functional_of=learning_runs.closed_form)),
    ("turned round, noise", partial(learning_noise_runs.measure_noise, flip=-1)),
    ("one target label", partial(gradients_runs.measure_attack, balanced=False)),
    ("gamma = .9, where no cosine is small", partial(gradients_runs.measure_attack, gamma=0.9)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "measure"), MEASURED, ids=[name for name, _ in MEASURED])
def test_a_wrong_prediction_disagrees(name: str, measure: Callable[[Context], Measurement]) -> None:
    replays = {"smallest pixels": features_runs.replay, "epsilon 1.5 times too large": learning_runs.replay}
    assert judged(measure, replays.get(name)) is Verdict.CONFLICT  # floats disagree; no witness is confirmed


def test_nan_and_zero_never_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_runs, "NORMS", ("l2",))
    for value in (np.nan, 0.0):
        monkeypatch.setattr(learning_runs, "two_terms", lambda *_, value=value: (np.full(2_000, value), np.zeros(2_000)))
        measure = partial(learning_runs.measure_natural, claim="k6", functional_of=learning_runs.closed_form)
        assert judged(measure) is Verdict.CONFLICT
    assert judged(lambda context: Measurement((Invariant("slack", np.array([1.0, np.nan])),))) is Verdict.CONFLICT


@pytest.mark.parametrize("law", [0.5, -1.0, 1.5])
def test_another_angle_between_v_and_u_is_seen(law: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients_runs, "SLOPES", (0.3,))
    assert judged(partial(gradients_runs.measure_probability, law=law), kind=Statistics) is Verdict.CONFLICT


@pytest.mark.parametrize("power", [1, 3])
def test_another_cosine_is_seen(power: int, monkeypatch: pytest.MonkeyPatch) -> None:
    true = gradients_runs.formula
    monkeypatch.setattr(gradients_runs, "formula", lambda gamma: true(gamma) * (1 + gamma) ** (power - 2))
    assert judged(gradients_runs.measure_regions) is Verdict.CONFLICT


@pytest.mark.parametrize("norm", features_runs.NORMS)
def test_another_direction_is_seen(norm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    true = features_runs.direction
    wrong = {"l2": "linf", "linf": "l2", "l0": "linf"}[norm]
    monkeypatch.setattr(features_runs, "NORMS", (norm,))
    monkeypatch.setattr(features_runs, "direction", lambda q, n, pixels: true(q, wrong, None))
    assert judged(features_runs.measure_ascent) is Verdict.CONFLICT


def test_a_violated_cosine_is_replayed_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted bound cos(sgn q, q) >= 2/sqrt(d), in floats and in rationals."""
    floats, rationals = features_runs.slacks, features_runs.exactly
    monkeypatch.setattr(features_runs, "slacks", lambda q, k, mask: {
        **floats(q, k, mask), "linf": features_runs.cosine(np.sign(q), q) * q.size**0.5 / 2 - 1})  # fmt: skip
    monkeypatch.setattr(features_runs, "exactly", lambda q, k, chosen: {
        **rationals(q, k, chosen), "linf": sum(map(abs, q)) ** 2 >= 4 * sum(x * x for x in q)})  # fmt: skip
    assert judged(features_runs.measure_cosines, features_runs.replay) is Verdict.REFUTED


def test_a_violated_implication_is_replayed_exactly() -> None:
    """The inequality at half of epsilon does not imply (ORTH) of D'; at epsilon itself the witness is refused."""
    def halved(one: learning_certified.Instance, epsilon: Fraction) -> bool:
        return one.admissible(epsilon / 2)

    measure = partial(learning_runs.measure_implied, stretch=1.5)
    assert judged(measure, partial(learning_runs.replay, admissible=halved)) is Verdict.REFUTED
    (outcome,) = measure(CONTEXT).outcomes
    assert isinstance(outcome, Invariant) and outcome.witness is not None
    assert learning_runs.replay(outcome.witness) is None
    assert learning_runs.replay({**outcome.witness, "gamma": "3/2"}, halved) is None
    assert learning_runs.replay({**outcome.witness, "y": [2] * len(outcome.witness["y"])}, halved) is None


def test_witnesses_of_true_statements_are_not_confirmed() -> None:
    q = np.array([3.0, -1.0, 0.5])
    for name in ("linf", "linf at most 1", "l0", "mask"):
        found = features_runs.witness(CONTEXT, name, q, 1, features_runs.top(q, 1))
        assert features_runs.replay(found) is None
        assert features_runs.replay({**found, "mask": [False, False, True]}) is None  # not the largest pixel


def certified() -> Verdict:
    claim = CLAIMS["k6"]
    check = next(c for c in claim.checks if isinstance(c, Certified))
    return verdict(replace(claim, parts=(claim.part("instances"),), checks=(check,)))


def test_brackets_with_another_figure_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_certified, "PROTOTYPE", ((Fraction(4, 5), Fraction(853, 10**4)),))
    assert certified() is Verdict.CONFLICT


@pytest.mark.parametrize("factor", [Fraction(9, 10), Fraction(11, 10)])
def test_shifted_brackets_are_rejected(factor: Fraction, monkeypatch: pytest.MonkeyPatch) -> None:
    true = learning_certified.Instance.bracket
    monkeypatch.setattr(learning_certified.Instance, "bracket", lambda self: tuple(factor * x for x in true(self)))
    assert certified() is Verdict.CONFLICT


def test_samples_outside_orth_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_certified, "orth", lambda G, gamma: False)
    assert certified() is Verdict.CONFLICT


def test_isolated_says_where_it_fails() -> None:
    from theorycheck.farkas import NotFound
    from theorycheck.isolation import isolated

    with pytest.raises(NotFound):
        isolated(Gt(4 * (1 + g) ** 4, 6 * ((1 + g**2) ** 2 + 4 * g**2)), GAMMA)
