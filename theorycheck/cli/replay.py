"""A counterexample put once more into the statement and every hypothesis, and held against its claim."""

import json
from collections.abc import Mapping
from typing import Any

from .. import kernel, order_kernel
from ..checks import asymptotic
from ..claim import Claim
from ..configuration import parse_settings
from ..errors import BadData, UserError
from ..expression import lower
from ..loader import installed
from . import exits
from .files import read_text
from .printable import printable
from .selection import Selected, opened

SIGNS = {True: "true", False: "false", None: "undecided"}


def replay_command(name: str, reference: str | None, pairs: list[str]) -> int:
    """Prints each hypothesis and the statement with its truth.

    The exit code is 0 when every hypothesis is true, the statement is false, and, where the claim is at hand, both are
    the claim's; otherwise 1. A malformed file gives 3.
    """
    witness = _read(name)
    paper = _paper(witness, reference, pairs)
    print(printable(f"{witness['paper']}:{witness['claim']}, a witness of kind {witness['kind']}"))
    if witness["kind"] == "run":
        confirmed = _run(name, witness, paper)
    else:
        confirmed = (_ray if witness["kind"] == "ray" else _tree)(name, witness)
    if paper is None:
        missing = f"the paper {witness['paper']} is not installed (--paper PATH names it)"
        print(printable(f"not compared with the claim: {missing}"))
        fits = True
    elif witness["kind"] == "run":
        fits = True
    else:
        of = _ray_difference if witness["kind"] == "ray" else _difference
        difference = of(witness, paper.claims.get(witness["claim"]))
        fits = not difference
        said = f"DIFFERS from the claim: {difference}" if difference else "statement and hypotheses are the claim's"
        print(printable(said))
    good = confirmed and fits
    other = ": the values hold up, but they refute another statement" if confirmed else ""
    print("confirmed" if good else f"NOT confirmed{other}")
    return exits.GOOD if good else exits.DIFFERS


def _read(name: str) -> dict[str, Any]:
    try:
        found = json.loads(read_text(name, "witness"))
    except (ValueError, RecursionError) as error:
        raise BadData(f"{name}: not JSON ({error})") from None
    if not isinstance(found, dict):
        raise BadData(f"{name}: a witness is a JSON object")
    for key in ("kind", "paper", "claim"):
        if not isinstance(found.get(key), str):
            raise BadData(f"{name}: {key} is missing or no text; is this a witness written by verify --report?")
    if found["kind"] not in ("point", "trajectory", "run", "ray"):
        raise BadData(f'{name}: kind "{found["kind"][:40]}" (allowed: point, trajectory, run, ray)')
    return found


def _paper(witness: Mapping[str, Any], reference: str | None, pairs: list[str]) -> Selected | None:
    name = witness["paper"] if reference is None else reference
    if reference is None and name not in installed():
        if witness["kind"] == "run":
            raise UserError(f"the paper {name} repeats its own runs, and it is not installed (--paper PATH names it)")
        return None
    given = parse_settings(pairs)
    return opened(name, lambda _: given)


def _tree(name: str, witness: Mapping[str, Any]) -> bool:
    try:
        found = kernel.replay(witness)
    except kernel.Rejected as error:
        raise BadData(f"{name}: {error}") from None
    values = witness["values"]
    for symbol, value in sorted(values.items()):
        print(printable(f"  {symbol} = {value}"))
    for condition, truth in found.hypotheses:
        print(printable(f"  hypothesis {SIGNS[truth]}: {written(condition)}"))
    print(printable(f"  statement {SIGNS[found.statement]}: {written(witness['statement'])}"))
    return found.confirmed


def _run(name: str, witness: dict[str, Any], paper: Selected | None) -> bool:
    again = ((paper.paper.replays if paper else None) or {}).get(witness["claim"])
    if again is None:
        raise BadData(f"{name}: the paper {witness['paper']} has no replay for runs of {witness['claim']}")
    try:
        truth = again(witness)
    except (KeyError, TypeError, ValueError) as error:
        raise BadData(f"{name}: the paper does not take this witness: {type(error).__name__}: {error}") from error
    print(f"  the paper's enclosure of the run: the violation is {'real' if truth is True else 'not confirmed'}")
    return truth is True


def _ray(name: str, witness: dict[str, Any]) -> bool:
    try:
        found = order_kernel.replay(witness)
    except kernel.Rejected as error:
        raise BadData(f"{name}: {error}") from None
    for symbol, value in witness["parameters"].items():
        print(printable(f"  {symbol} = {value}"))
    for symbol, rate in asymptotic.rates(witness).items():
        print(printable(f"  {symbol} ~ {rate}"))
    facts = witness["statement"]["hypotheses"]
    for label, truth in found.hypotheses.items():
        print(printable(f"  hypothesis {SIGNS[truth]}: {label}, {asymptotic.fact_text(facts[label])}"))
    goal = witness["statement"]["goal"]
    print(printable(f"  statement {SIGNS[found.goal]}: {asymptotic.fact_text(goal) if goal else 'none'}"))
    return found.confirmed


def _ray_difference(witness: Mapping[str, Any], claim: Claim | None) -> str:
    """How a ray's statement differs from those of the claim; empty where it does not."""
    if claim is None:
        return f"the paper has no claim {witness['claim']} at this setting"
    covers = [check.covers for check in claim.checks if isinstance(check, asymptotic.Asymptotic)]
    known = any(witness["statement"] in asymptotic.statements(claim, one) for one in covers)
    return "" if known else "its statement is none of the claim's parts at this setting"


def _difference(witness: Mapping[str, Any], claim: Claim | None) -> str:
    """How the witness's statement and hypotheses differ from the claim's; empty where they do not."""
    if claim is None:
        return f"the paper has no claim {witness['claim']} at this setting"
    parts = [part for part in claim.parts if part.relation is not None and lower(part.relation) == witness["statement"]]
    if not parts:
        return "its statement is none of the claim's parts at this setting (--set KEY=VALUE gives another)"
    held = {json.dumps(condition) for condition in witness["hypotheses"]}
    missing = [[c for c in claim.hypothesis_trees(part) if json.dumps(c) not in held] for part in parts]
    least = min(missing, key=len)
    return f"it leaves out the hypothesis {written(least[0])}" if least else ""


def written(tree: Any) -> str:
    """A tree as text: infix where that is usual.

    >>> written([">=", ["+", "x", ["*", "1/2", ["^", "y", 2]]], 0])
    'x + 1/2*y^2 >= 0'
    """
    if not isinstance(tree, list) or not tree:
        return str(tree)
    head, *rest = tree
    if not isinstance(head, str) or not rest:
        return str(tree)
    if head not in _ORDER or (head == "-" and len(rest) == 1):
        return f"{head}({', '.join(map(written, rest))})"
    tight = head in ("*", "/", "^")
    shown = [f"({written(part)})" if _looser(part, head) else written(part) for part in rest]
    return (head if tight else f" {head} ").join(shown)


_ORDER = ("or", "and", ">=", ">", "<=", "<", "=", "!=", "+", "-", "*", "/", "^")


def _looser(inner: Any, outer: str) -> bool:
    """Whether an inner tree needs brackets inside the outer operator; a ratio needs them like a quotient."""
    if isinstance(inner, str) and "/" in inner:
        return outer in ("/", "^")
    if not isinstance(inner, list) or not inner or inner[0] not in _ORDER:
        return False
    associative = inner[0] == outer and outer in ("+", "*", "and", "or")
    return _ORDER.index(inner[0]) <= _ORDER.index(outer) and not associative
