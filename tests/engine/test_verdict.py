import itertools

from theorycheck.verdict import POSITIVE, TRUST, Verdict, merge, weakest

V = Verdict


def test_there_are_exactly_the_nine_verdicts() -> None:
    assert set(map(str, V)) == {
        "proved",
        "derived",
        "certified",
        "survived",
        "refuted",
        "vacuous",
        "inconclusive",
        "conflict",
        "error",
    }


def test_merge_truth_table() -> None:
    assert merge([]) is V.INCONCLUSIVE
    for positive in POSITIVE:
        assert merge([positive, V.INCONCLUSIVE]) is positive
    assert merge([V.SURVIVED, V.REFUTED]) is V.REFUTED
    assert merge([V.INCONCLUSIVE, V.REFUTED]) is V.REFUTED
    for rigorous in (V.PROVED, V.CERTIFIED, V.DERIVED):
        assert merge([rigorous, V.REFUTED]) is V.CONFLICT
    assert merge([V.PROVED, V.VACUOUS]) is V.VACUOUS
    assert merge([V.PROVED, V.CONFLICT]) is V.CONFLICT
    assert merge([V.PROVED, V.REFUTED, V.ERROR]) is V.ERROR


def test_merge_does_not_depend_on_order_or_repetition() -> None:
    for triple in itertools.product(V, repeat=3):
        values = {merge(order) for order in itertools.permutations(triple)} | {merge([*triple, *triple])}
        assert len(values) == 1


def test_no_negative_evidence_is_ever_merged_into_a_positive_verdict() -> None:
    bad = set(V) - POSITIVE - {V.INCONCLUSIVE}
    for pair in itertools.product(V, bad):
        assert merge(pair) not in POSITIVE


def test_weakest_is_the_last_in_order_of_trust() -> None:
    for pair in itertools.product(V, repeat=2):
        assert TRUST.index(weakest(pair)) == max(TRUST.index(v) for v in pair)
