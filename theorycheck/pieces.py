"""Definitions by cases: the branch that a statement's own hypotheses select."""

from collections.abc import Sequence

from .expression import Tree

_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">="}
_MIRROR = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "!=": "!="}


def resolve(tree: Tree, known: Sequence[Tree]) -> Tree:
    """The tree with each piecewise expression replaced by the branch that applies wherever all of `known` hold.

    A branch is passed over only if the opposite of its condition is known, and taken only if its condition is known (or
    true). Conditions are compared as they are written, up to exchanging their sides; an expression whose branch is not
    settled in this way stays as it is.

    >>> resolve(["piecewise", [["<=", "z", 0], 0], [True, "z"]], [["<", 0, "z"]])
    'z'
    """
    if not isinstance(tree, list):
        return tree
    if tree and tree[0] == "piecewise":
        for condition, value in tree[1:]:
            if condition is True or _stands(condition, known):
                return resolve(value, known)
            if not _stands([_OPPOSITE.get(condition[0], ""), *condition[1:]], known):
                break
        return tree
    return [tree[0], *(resolve(part, known) for part in tree[1:])]


def _stands(condition: Tree, known: Sequence[Tree]) -> bool:
    if not isinstance(condition, list) or len(condition) != 3:
        return False
    operator, left, right = condition
    return condition in known or [_MIRROR.get(operator, ""), right, left] in known
