"""K11 and the artificial experiment: expected verdicts, and false variants that are not let through."""

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy
from sympy import Eq, Ge, Gt
from theorycheck_proofs.kumano_2024 import artificial_panels as panels
from theorycheck_proofs.kumano_2024 import artificial_runs as runs
from theorycheck_proofs.kumano_2024 import growth, growth_parts, growth_runs, published
from theorycheck_proofs.kumano_2024.artificial import EXPERIMENT
from theorycheck_simulations.leaky import artificial, law
from theorycheck_simulations.leaky.setting import Setting, setting_from

from theorycheck.checks.check import Context, Profile
from theorycheck.checks.identity import Identity
from theorycheck.checks.run import Run
from theorycheck.checks.search import Search
from theorycheck.checks.symbolic import Proof
from theorycheck.claim import Claim, Part
from theorycheck.errors import UserError
from theorycheck.evidence import plain
from theorycheck.experiment import Result, Trial
from theorycheck.seeds import stream
from theorycheck.verdict import Verdict

from .judged import assert_expected

DEFAULT = setting_from({})
CONTEXT = Context("kumano-2024", DEFAULT, Profile.QUICK, 0)


def result(profile: Profile = Profile.QUICK, seed: int = 0, seeds: int | None = None, **changes: object) -> Result:
    return EXPERIMENT.measure(Trial(setting_from(changes), profile, seed, seeds))


def test_k11_comes_to_its_expected_verdict() -> None:
    (claim,) = growth.claims(DEFAULT)
    figures = assert_expected(claim, CONTEXT)
    assert claim.id == "k11" and claim.expected is Verdict.SURVIVED
    assert figures["exponent of T2"] == pytest.approx(1, abs=0.05)
    assert figures["exponent of T2/T1"] == pytest.approx(0.5, abs=0.05)


def with_part(name: str, relation: sympy.Basic) -> tuple[Claim, Part]:
    claim = TRUE
    part = replace(claim.part(name), relation=relation)
    return replace(claim, parts=tuple(part if p.name == name else p for p in claim.parts)), part


t, rho, d, N, N_adv, more = sympy.symbols("t rho d N N_adv more")
TRUE = growth.k11()
LAW = growth_parts.s2 / (1 + growth_parts.s2 * d / (N * rho**2))  # N/d upside down


def twice(name: str) -> sympy.Basic:
    relation = TRUE.part(name).relation
    return Eq(relation.lhs, 2 * relation.rhs, evaluate=False)


FALSE = {
    "variance of T1": twice("variance of T1"),
    "mean of T2": twice("mean of T2"),
    "variance of T2": twice("variance of T2"),
    "T1 and T2 are uncorrelated": twice("T1 and T2 are uncorrelated"),
    "law": Eq(TRUE.part("law").relation.lhs, LAW),
    "without division by rho": Eq(growth_parts.a2, LAW),
    "below saturation": Gt(growth_parts.a2, rho**2 * d / N),
    "saturation": Eq(rho**2 * d / N - growth_parts.a2, rho**2 * d / N),
    "chance without perturbation": Eq(growth_parts.a2 + 1, 0),
    "grows with N'": Ge(growth_parts.a2, growth_parts.a2.xreplace({N_adv: N_adv + more})),
    "grows with d": Ge(growth_parts.a2, growth_parts.a2.xreplace({d: d + more})),
    "falls with N": Ge(growth_parts.a2.xreplace({N: N + more}), growth_parts.a2),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_false_algebra_is_not_proved(name: str) -> None:
    claim, part = with_part(name, FALSE[name])
    found = Proof(lambda: growth_parts.certificate(part), (name,)).run(claim, CONTEXT)
    assert found.verdict is Verdict.INCONCLUSIVE
    if isinstance(part.relation, Eq) and not any(isinstance(g, Eq) for g in part.given):
        assert Identity((name,), points=3, simplify=sympy.cancel).run(claim, CONTEXT).verdict is Verdict.REFUTED
    if name in next(c for c in claim.checks if isinstance(c, Search)).covers:
        search = Search((name,), bounds=growth_parts.BOUNDS, trials=(20, 20, 20))
        assert search.run(claim, CONTEXT).verdict is Verdict.REFUTED


def test_the_certificate_of_a_part_proves_no_other() -> None:
    part = TRUE.part("grows with N'")
    for name in ("grows with the length", "below saturation"):
        found = Proof(lambda: growth_parts.certificate(part), (name,)).run(TRUE, CONTEXT)
        assert found.verdict is Verdict.INCONCLUSIVE and "Mismatch" in found.summary


def test_the_square_of_the_argument_is_that_of_the_law() -> None:
    rng = stream(0, "a2")
    for _ in range(20):
        length, cosine, variance = rng.uniform(0.1, 3), rng.uniform(0.1, 1), rng.uniform(0.2, 2)
        sizes = rng.integers(1, 60, 3).tolist()
        exact = growth_parts.a2.subs(dict(zip((t, rho, d, N, N_adv), (length / variance**0.5, cosine, *sizes), strict=True)))
        assert float(exact) == pytest.approx(float(law.ratio(length, cosine, *sizes, variance)) ** 2)


def test_wrong_growth_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    check = Run(growth_runs.measure_growth, (growth.GROWTH.name,))
    true, measured = growth_runs.growth(CONTEXT, 1), TRUE
    assert true.applies
    size = np.array(growth_runs.SIZES, float)
    wrong = [replace(true, second=true.second / size**0.5), replace(true, first=true.first * size**0.5),
             replace(true, second=true.first), replace(true, first=true.first * np.nan)]  # fmt: skip
    for one in wrong:
        monkeypatch.setattr(growth_runs, "growth", lambda *given, one=one: one)
        assert check.run(measured, CONTEXT).verdict is Verdict.CONFLICT
    monkeypatch.setattr(growth_runs, "growth", lambda *given: replace(true, applies=False))
    assert check.run(measured, CONTEXT).verdict is Verdict.INCONCLUSIVE


def test_published_curves_refuse_false_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    true = runs.published_curves()
    assert true.judge(0.95).agrees and true.predicted.size == 56
    assert float(true.deviation.max()) == pytest.approx(0.058, abs=0.001)

    def curves(change: Callable[[published.Curve], published.Curve]) -> bool:
        with monkeypatch.context() as m:
            m.setattr(published, "L2", tuple(map(change, published.L2)))
            return runs.published_curves().judge(0.95).agrees

    assert curves(lambda c: c)
    assert not curves(lambda c: replace(c, values={"uniform": c.values["gauss"], "gauss": c.values["uniform"]}))
    assert not curves(lambda c: replace(c, epsilon=tuple(e / 2 for e in c.epsilon)))
    assert not curves(lambda c: replace(c, N=tuple(10 * n for n in c.N)))
    assert not curves(lambda c: replace(c, values={k: (*v[:-1], float("nan")) for k, v in c.values.items()}))
    monkeypatch.setattr(law, "accuracy", lambda L, c, d, N, N_adv, s2: law.ndtr(np.array(L) * np.sqrt(np.array(N_adv) / N / s2)))
    assert not runs.published_curves().judge(0.95).agrees  # without saturation


def small(monkeypatch: pytest.MonkeyPatch, perturbed: Callable[..., np.ndarray] | None = None) -> tuple[runs.Artificial, Verdict]:
    """The few cells of K11 with another attack, and what its check says of them."""
    kept: list[runs.Artificial] = []
    with monkeypatch.context() as m:
        if perturbed is not None:
            m.setattr(artificial, "_perturbed", perturbed)
        measure = runs.measure_cells
        m.setattr(runs, "measure_cells", lambda *given: kept.append(measure(*given)) or kept[-1])
        verdict = Run(growth_runs.measure_artificial, (growth.RUNS.name,)).run(TRUE, CONTEXT).verdict
    return kept[0], verdict


def test_false_protocols_are_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    true = artificial._perturbed

    def reversed_(cell: Setting, net: object, noise: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return 2 * noise - true(cell, net, noise, targets)

    def shuffled(cell: Setting, net: object, noise: np.ndarray, targets: np.ndarray) -> np.ndarray:
        return true(cell, net, noise, stream(0, "shuffled", len(targets)).permutation(targets))

    def anywhere(cell: Setting, net: object, noise: np.ndarray, targets: np.ndarray) -> np.ndarray:
        h = stream(0, "anywhere", cell.d).standard_normal(cell.d)
        return noise + 0.7 * targets[:, None] * h / np.linalg.norm(h)

    def other_labels(cell: Setting, net: artificial.Trained, noise: np.ndarray, targets: np.ndarray) -> np.ndarray:
        X, y = artificial._points(cell, cell.N, 99, "samples", 0)
        return true(cell, artificial._train(cell, X, y, 99, "classifier", 0), noise, targets)

    def mean(found: runs.Artificial) -> float:
        best = next(c for c in found.cells.values() if c.setting.norm == "l2" and c.setting.epsilon == 0.55 and c.setting.N_adv == 200)
        return float(best.accuracy.mean())

    found, verdict = small(monkeypatch)
    assert verdict is Verdict.SURVIVED and mean(found) > 0.88
    found, verdict = small(monkeypatch, reversed_)
    assert verdict is Verdict.CONFLICT and mean(found) < 0.12
    for false in (shuffled, anywhere, other_labels):
        found, verdict = small(monkeypatch, false)
        assert verdict is Verdict.CONFLICT and 0.3 < mean(found) < 0.7, false


@pytest.fixture(scope="module")
def quick() -> Result:
    return result()


def test_the_experiment_agrees_and_says_that_it_is_a_trend_check(quick: Result) -> None:
    assert quick.agrees, [j.text for j in quick.judgements]
    assert len(quick.judgements) == 5
    found = quick.measurement
    named = [o.name for o in found.outcomes] + [p.title for p in found.plots] + [t.title for t in found.tables[:-1]]
    assert all("trend check: (ORTH) is not met" in name for name in named)
    assert float(found.figures["least p_max over what (ORTH) allows, D"]) > 1e6  # type: ignore[arg-type]
    assert len(found.plots) == 9 and all(len(row) == len(t.columns) for t in found.tables for row in t.rows)
    for plot in found.plots:
        for series in plot.series:
            lengths = {len(part) for part in (series.x, series.y, series.low, series.high) if part}
            assert len(lengths) == 1, (plot.title, series.label)
    json.dumps(plain([[vars(s) for s in plot.series] for plot in found.plots]), allow_nan=False)


def outcome(found: runs.Artificial, start: str) -> bool:
    return next(o.judge(0.95).agrees for o in runs.outcomes(found) if o.name.startswith(start))


def test_judgement_of_wrong_accuracies() -> None:
    """One value changed in what a run saw is enough."""
    def seen(accuracy: float, control: float = 0.5, trained: float = 1.0) -> artificial.Seen:
        return artificial.Seen(accuracy, control, (trained,) * 3, (0.01,) * 3, 0.7, 0.9, (1e7, 1e8), True)

    wanted = panels.panels(setting_from({"mode": "gauss"}), Profile.DEFAULT)
    cells = list(dict.fromkeys(cell for panel in wanted for cell in panel.cells))
    exact = {c: float(law.accuracy(*artificial.law_inputs(c, [seen(0)]), c.d, c.N, c.N_adv, 1.0)) for c in cells}
    centre = setting_from({"mode": "gauss"})

    def given(change: artificial.Seen | None = None, at: Setting = centre, count: int = 5) -> runs.Artificial:
        all_seen = {c: runs.Cell(c, (seen(exact[c]),) * count) for c in cells}
        if change is not None:
            all_seen[at] = runs.Cell(at, (change,) * count)
        return runs.Artificial(Trial(centre), wanted, all_seen, count)

    names = ("accuracy on D", "accuracy rises", "accuracy of the control", "training accuracy")
    good = given()
    # With all norms of one length the panels of other norms are flat: the law is exact and the trends hold.
    assert all(outcome(good, name) for name in names)
    far = given(seen(exact[centre] - 0.11))
    assert [outcome(far, name) for name in names] == [False, False, True, True]
    assert not outcome(given(seen(float("nan"))), "accuracy on D") and not outcome(given(seen(float("nan"))), "accuracy rises")
    assert not outcome(given(seen(exact[centre], control=0.63)), "accuracy of the control")
    assert not outcome(given(seen(exact[centre], control=0.37)), "accuracy of the control")
    assert not outcome(given(seen(exact[centre], trained=0.98)), "training accuracy")
    few = runs.outcomes(given(count=4))
    assert len(few) == 2 and "left out" in runs_figures(given(count=4))
    met = replace(seen(0.9), orth=(0.5, 0.9))
    assert given(met).label == f"trend check: (ORTH) is met in 1 of {len(cells)} cells"


def runs_figures(found: runs.Artificial) -> dict[str, object]:
    from theorycheck_proofs.kumano_2024 import artificial_shown

    return dict(artificial_shown.figures(found))


def test_cells_with_fewer_dimensions_than_samples_are_shown_and_not_judged() -> None:
    found = result(seeds=1, d=30, N=40, N_adv=50, steps=20, mode="uniform")
    assert "cells with d < N" in str(found.measurement.figures["outside the law"])
    labels = {row[-1] for table in found.measurement.tables[:1] for row in table.rows}
    assert labels == {"applies", "not meant for d < N"}


def test_published_sizes_and_the_users_own() -> None:
    wanted = panels.panels(DEFAULT, Profile.FULL)
    cells = {(p.mode, p.name, x): c for p in wanted for x, c in zip(p.x, p.cells, strict=True)}
    centre = cells["uniform", "N_adv", 10_000]
    assert (centre.d, centre.N, centre.N_adv, centre.m, centre.eta, centre.steps) == (10_000, 1000, 10_000, 1000, 0.01, 400)
    assert [cells["gauss", "d", x].epsilon for x in published.DIMENSIONS] == list(published.RADII)
    assert cells["gauss", "l0", 0.0001].norm == "l0" and cells["uniform", "linf", 0.03].norm == "linf"
    own = panels.base(setting_from({"m": 100, "steps": 50}), Profile.FULL)
    assert (own.m, own.steps, own.d) == (100, 50, 10_000)
    scaled = panels.panels(DEFAULT, Profile.DEFAULT)
    assert {p.mode for p in scaled} == {"uniform", "gauss"} and len(scaled) == 12
    radii = next(p for p in scaled if p.name == "d").cells
    assert [c.epsilon for c in radii] == pytest.approx([0.039 * c.d**0.5 for c in radii])
    for panel in scaled:
        for x in panel.x:
            value = panels.known(panel, x, False)
            assert value is not None and 0.4 < value <= 1
    few = panels.panels(setting_from({"d": 60, "mode": "gauss"}), Profile.DEFAULT)
    assert [p.x for p in few if p.name == "l0"] == [(0.02, 0.05)]


@pytest.mark.parametrize("changes", [{"epsilon": "largest"}, {"data": "points.csv"}, {"N_adv": 10**7, "d": 10**6}, {"norm": "l0", "d": 3}], ids=str)
def test_what_the_experiment_does_not_have_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UserError, match="allowed"):
        result(**changes)


def test_a_run_that_fails_is_reported() -> None:
    found = result(seeds=1, eta=1e30, mode="gauss", N=10, steps=5)
    assert not found.agrees and "did not stay finite" in found.measurement.failures[0]
