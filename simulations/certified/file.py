"""A trajectory as text, and its slices run again one by one: each stands by itself, in any order."""

import hashlib
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import arb_mat

from ..enclosure import Undecided
from ..setting import Setting, setting_from
from .dyadic import decode, encode
from .dynamics import GRID, Dynamics, matrix, rational_start
from .run import PROPERTIES, CertifiedRun, Last, Levels, Slice, run_slice, start_slice

FORMAT = "certified trajectory 1"
MORE_BITS = 64
_KEYS = {"format", "setting", "seed", "grid", "start", "bits", "levels", "slices", "digest"}
_SLICE = {"start", "stop", "weights", "last", "straddles"}


class BadTrajectory(ValueError):
    """The text is no trajectory, or not the whole of one."""


def document_of(run: CertifiedRun) -> dict[str, Any]:
    """The run as a JSON document, with a digest of everything else in it."""
    levels = {name: str(getattr(run.levels, name)) for name in ("low", "high", "bound")}
    slices = [{"start": one.start, "stop": one.stop, "weights": [encode(x) for x in one.weights.entries()],
               "last": {name: [list(pair) for pair in pairs] for name, pairs in one.last.items()},
               "straddles": one.straddles} for one in run.slices]
    document = {"format": FORMAT, "setting": run.setting.model_dump(mode="json"), "seed": run.seed, "grid": GRID,
                "start": list(run.units), "bits": run.bits, "levels": levels, "slices": slices}
    return {**document, "digest": digest(document)}


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a document without its digest."""
    return hashlib.sha256(text_of({k: v for k, v in document.items() if k != "digest"}).encode()).hexdigest()


def read(text: str) -> CertifiedRun:
    """The run that `document_of` and `text_of` wrote; that it is true is what `recheck` shows.

    Raises `BadTrajectory` for anything else: malformed, with another digest, or with a slice missing.
    """
    try:
        document = json.loads(text)
        if set(document) != _KEYS or document["format"] != FORMAT or document["grid"] != GRID:
            raise BadTrajectory(f"not of the format {FORMAT!r}")
        if document["digest"] != digest(document):
            raise BadTrajectory("the digest is that of other contents")
        setting = setting_from(document["setting"])
        Dynamics(setting)  # refuses what cannot be run again
        levels = Levels(**{name: _fraction(value) for name, value in document["levels"].items()})
        slices = tuple(_slice(setting, one) for one in document["slices"])
        seed, bits = _count(document["seed"]), _count(document["bits"])
        units = tuple(_integer(u) for u in document["start"])
    except BadTrajectory:
        raise
    except (AttributeError, ArithmeticError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise BadTrajectory(f"malformed: {type(error).__name__}: {str(error)[:200]}") from None
    if len(units) != setting.k * setting.m * setting.d or not 2 <= bits <= 10**5:
        raise BadTrajectory("the start has a wrong size, or the precision is out of range")
    ends = [0, *(one.stop for one in slices)]
    if not slices or slices[0].stop != 0 or [one.start for one in slices] != ends[:-1] or ends[-1] != setting.T:
        raise BadTrajectory(f"the slices do not run from 0 to {setting.T} without a gap")
    if any(one.stop <= one.start for one in slices[1:]):
        raise BadTrajectory("a slice without steps")
    return CertifiedRun(setting, seed, units, bits, levels, slices)


def recheck(run: CertifiedRun, index: int, bits: int | None = None) -> str:
    """What is wrong with slice ``index``, empty if nothing is.

    Slice 0 is compared with the rational start of its seed. Any other is run again from the balls at the end of the one
    before, at ``bits`` bits (64 more than it was made with); every ball must end inside the one that was kept, and
    every property must hold and fail last at the steps that were noted.
    """
    kept, precision = run.slices[index], run.bits + MORE_BITS if bits is None else bits
    try:
        if index == 0:
            if run.units != rational_start(run.setting, run.seed):
                return "the start is not that of the seed"
            again = start_slice(run.setting, run.units, run.levels, precision)
        else:
            before = run.slices[index - 1].weights
            again = run_slice(run.setting, before, kept.start, kept.stop, run.levels, precision, keep=False)
    except Undecided as error:
        return f"undecided: {error}"
    outside = sum(not x.contains(y) for x, y in
                  zip(kept.weights.entries(), again.weights.entries(), strict=True))
    if outside:
        return f"{outside} weights end outside their balls"
    if again.last != kept.last:
        return f"properties differ: {sorted(n for n in PROPERTIES if again.last[n] != kept.last[n])}"
    return "" if again.straddles <= kept.straddles else f"{again.straddles} pieces left open, {kept.straddles} noted"


def _slice(setting: Setting, document: Mapping[str, Any]) -> Slice:
    if set(document) != _SLICE or set(document["last"]) != set(PROPERTIES):
        raise BadTrajectory("a slice with other keys")
    last: Last = {name: tuple((_integer(false), _integer(true)) for false, true in document["last"][name])
                  for name in PROPERTIES}
    if any(len(pairs) != setting.k for pairs in last.values()):
        raise BadTrajectory("a slice with a wrong number of classes")
    return Slice(_count(document["start"]), _count(document["stop"]), _weights(setting, document["weights"]), last,
                 _count(document["straddles"]))


def _weights(setting: Setting, texts: list[object]) -> arb_mat:
    if len(texts) != setting.k * setting.m * setting.d:
        raise BadTrajectory("a slice with a wrong number of weights")
    return matrix(setting, [decode(text) for text in texts])


def _fraction(value: object) -> Fraction:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,20}(/[0-9]{1,20})?", value):
        raise BadTrajectory(f"{str(value)[:40]!r} is no level")
    return Fraction(value)


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadTrajectory(f"{str(value)[:40]!r} is no integer")
    return value


def _count(value: object) -> int:
    found = _integer(value)
    if found < 0:
        raise BadTrajectory(f"{found} is negative")
    return found


def text_of(document: Mapping[str, Any]) -> str:
    """Canonical JSON."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
