"""Trajectories as files: exact text, slices that stand by themselves, and files that were broken or forged."""

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from flint import arb
from theorycheck_simulations.certified.dyadic import decode, encode, rounded
from theorycheck_simulations.certified.dynamics import matrix
from theorycheck_simulations.certified.file import BadTrajectory, digest, document_of, read, recheck, text_of
from theorycheck_simulations.certified.run import certify, slice_end
from theorycheck_simulations.setting import Setting

from theorycheck.balls import precision

SMALL = Setting(k=2, d=4, m=5, n_N=63, eta=0.03, T=800)


@pytest.fixture(scope="module")
def small():
    return certify(SMALL, 1, every=100)


@pytest.mark.parametrize("mid, rad", [("1/3", 1e-30), ("-7", 1e-3), ("0", 1e-9), ("5/4", 0.0), ("1", 2.0), ("-1/9", 0.0)])
def test_balls_as_text(mid, rad):
    with precision(150):
        x = arb(Fraction(mid).numerator) / Fraction(mid).denominator + arb(0, rad)
    kept, again = rounded(x), decode(encode(x))
    with precision(400):
        assert kept.contains(x) and again.contains(x) and decode(encode(kept)).contains(kept)
        assert kept.rad() <= x.rad() * 1.0025 and again.rad() <= x.rad() * (1 + 2.0**-25)
    if (mid, rad) == ("1/3", 1e-30):  # 150 bits, of which the radius leaves 100
        assert len(encode(kept)) < len(encode(x)) - 6


@pytest.mark.parametrize("text", ["", "1", "p3", "1p", "0x1p2", "1p2r-1p3", "1p2r", "1P2", "nan", "1p2 ", "1p99999999", 3])
def test_text_that_is_no_ball(text):
    with pytest.raises(ValueError, match="no ball"):
        decode(text)


def test_no_text_for_a_ball_without_an_end():
    with pytest.raises(ValueError, match="not finite"):
        encode(arb("nan"))


def test_slices_are_short_at_first_and_cover_the_run(small):
    assert [slice_end(t, 200, 8000) for t in (0, 100, 2000, 7900)] == [20, 140, 2200, 8000]
    assert [one.stop for one in small.slices[:-1]] == [one.start for one in small.slices[1:]]
    assert small.steps == SMALL.T and small.straddles == 0 and small.largest_radius() < 1e-30


def test_every_slice_stands_by_itself(small):
    run = read(text_of(document_of(small)))
    order = list(range(len(run.slices)))
    random.Random(0).shuffle(order)
    assert [recheck(run, index) for index in order] == [""] * len(order)
    assert recheck(run, 5, bits=1000) == "" and "outside" in recheck(run, 5, bits=20)
    assert "undecided" in recheck(run, 5, bits=4)
    assert text_of(document_of(run)) != "" and run.since("ahead") == small.since("ahead")


def altered(small, change):
    """A file that was changed and given its digest anew."""
    document = json.loads(text_of(document_of(small)))
    change(document)
    return text_of({**document, "digest": digest(document)})


def set_weight(text_of_ball):
    def change(document):
        weights = document["slices"][4]["weights"]
        weights[3] = text_of_ball(weights[3])

    return change


def narrowed(text):
    mid, rad = text.split("r")
    mantissa, exponent = rad.split("p")
    return f"{mid}r{mantissa}p{int(exponent) - 1}"


def moved(text):
    mid, rad = text.split("r")
    mantissa, exponent = mid.split("p")
    return f"{int(mantissa, 16) + (1 << 30):x}p{exponent}r{rad}"


FORGED = {
    "narrowed ball": (set_weight(narrowed), 4, "outside"),
    "exact ball": (set_weight(lambda text: text.split("r")[0]), 4, "outside"),
    "moved ball": (set_weight(moved), 4, "outside"),
    "property": (lambda d: d["slices"][4]["last"]["ahead"][0].__setitem__(0, 7), 4, "properties differ"),
    "property of the start": (lambda d: d["slices"][0]["last"]["small"][0].__setitem__(1, -1), 0, "properties differ"),
    "start": (lambda d: d["start"].__setitem__(0, 5), 0, "not that of the seed"),
    "seed": (lambda d: d.update(seed=2), 0, "not that of the seed"),
    "setting": (lambda d: d["setting"].update(epsilon=0.5), 4, "outside"),
    "level": (lambda d: d["levels"].update(bound="1/100"), 1, "properties differ"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_caught_by_a_slice(name, small):
    change, index, said = FORGED[name]
    assert said in recheck(read(altered(small, change)), index)


BROKEN = {
    "missing slice": (lambda d: d["slices"].pop(4), "without a gap"),
    "missing end": (lambda d: d["slices"].pop(), "without a gap"),
    "no slices": (lambda d: d["slices"].clear(), "without a gap"),
    "slice twice": (lambda d: d["slices"].insert(4, d["slices"][4]), "without a gap"),
    "no step": (lambda d: d["slices"].insert(1, {**d["slices"][1], "stop": 0}), "slice without steps"),
    "missing weight": (lambda d: d["slices"][4]["weights"].pop(), "number of weights"),
    "no ball": (set_weight(lambda text: "nan"), "no ball"),
    "missing class": (lambda d: d["slices"][4]["last"]["ahead"].pop(), "number of classes"),
    "unknown key": (lambda d: d.update(note="fine"), "format"),
    "other format": (lambda d: d.update(format="certified trajectory 2"), "format"),
    "key of a slice": (lambda d: d["slices"][4].pop("straddles"), "other keys"),
    "level as number": (lambda d: d["levels"].update(low=0.5), "no level"),
    "huge level": (lambda d: d["levels"].update(low="1e999999999"), "no level"),
    "noise": (lambda d: d["setting"].update(sigma_n=0.1), "sigma_n"),
    "fraction of a step": (lambda d: d["slices"][4].update(start=1.0), "no integer"),
    "truth for a count": (lambda d: d.update(bits=True), "no integer"),
    "negative seed": (lambda d: d.update(seed=-1), "negative"),
    "shorter start": (lambda d: d["start"].pop(), "wrong size"),
    "huge precision": (lambda d: d.update(bits=10**9), "out of range"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused(name, small):
    change, said = BROKEN[name]
    with pytest.raises(BadTrajectory, match=said):
        read(altered(small, change))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "3", "[" * 100_000, '{"format": NaN}'])
def test_text_that_is_no_trajectory(text):
    with pytest.raises(BadTrajectory):
        read(text)


def test_any_flipped_digit_is_refused(small):
    text = text_of(document_of(small))
    rng = random.Random(1)
    places = [at for at, letter in enumerate(text) if letter.isdigit()]
    for at in rng.sample(places, 8):
        with pytest.raises(BadTrajectory):
            read(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])


def test_a_forged_run_is_caught_before_it_is_written(small):
    wide = matrix(SMALL, [x + arb(0, 1e-9) for x in small.weights.entries()])
    widened = replace(small, slices=(*small.slices[:-1], replace(small.slices[-1], weights=wide)))
    assert recheck(widened, len(widened.slices) - 1) == ""  # a wider ball is no lie
    gone = {**small.slices[-1].last, "ahead": ((-1, 1), (-1, 1))}
    lying = replace(small, slices=(*small.slices[:-1], replace(small.slices[-1], last=gone)))
    assert "properties differ: ['ahead']" in recheck(lying, len(lying.slices) - 1)
