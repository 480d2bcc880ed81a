"""Trees as flat programs that one numba kernel runs: no code is generated, nothing is compiled per recursion."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numba import njit

from .expression import Tree

(
    _PUSH,
    _LOAD,
    _ADD,
    _MUL,
    _POWI,
    _POW,
    _EXP,
    _LOG,
    _ABS,
    _MIN,
    _MAX,
    _PHI,
    _SELECT,
    _GE,
    _GT,
    _LE,
    _LT,
    _EQ,
    _NE,
    _AND,
    _OR,
    _NOT,
    _STORE,
) = range(23)
_N_ARY = {"+": _ADD, "*": _MUL, "min": _MIN, "max": _MAX, "and": _AND, "or": _OR}
_UNARY = {"exp": _EXP, "log": _LOG, "abs": _ABS, "Phi": _PHI, "not": _NOT}
_RELATION = {">=": _GE, ">": _GT, "<=": _LE, "<": _LT, "=": _EQ, "!=": _NE}
STACK = 64


def tape(trees: Sequence[Tree], order: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The program that evaluates `trees` one after another.

    Args:
        trees: expressions over the names in `order`.
        order: the position of each name in the value vector.

    Returns:
        Operation codes (length, 2) int64 of (operation, integer argument) and the constants (length,) float64.

    Raises:
        ValueError: for an expression deeper than the stack.
    """
    program: list[tuple[int, int, float]] = []
    for index, tree in enumerate(trees):
        _emit(tree, {name: i for i, name in enumerate(order)}, program, 0)
        program.append((_STORE, index, 0.0))
    codes = np.array([(op, argument) for op, argument, _ in program], dtype=np.int64)
    return codes, np.array([constant for *_, constant in program], dtype=np.float64)


def _emit(tree: Tree, slots: dict[str, int], program: list[tuple[int, int, float]], depth: int) -> None:
    if depth >= STACK:
        raise ValueError(f"an expression nested deeper than {STACK}")
    match tree:
        case bool() | int():
            program.append((_PUSH, 0, float(tree)))
        case str():
            program.append((_LOAD, slots[tree], 0.0) if tree.isidentifier() else (_PUSH, 0, float(Fraction(tree))))
        case ["^", base, int(exponent)]:
            _emit(base, slots, program, depth)
            program.append((_POWI, exponent, 0.0))
        case ["^", base, exponent]:
            _emit(base, slots, program, depth)
            _emit(exponent, slots, program, depth + 1)
            program.append((_POW, 0, 0.0))
        case ["piecewise", *branches]:
            # All branches are evaluated, and the first whose condition holds is taken; the others may be nan.
            for offset, (condition, value) in enumerate(branches):
                _emit(condition, slots, program, depth + 2 * offset)
                _emit(value, slots, program, depth + 2 * offset + 1)
            program.append((_SELECT, len(branches), 0.0))
        case [operator, *arguments] if operator in _N_ARY:
            _emit(arguments[0], slots, program, depth)
            for argument in arguments[1:]:
                _emit(argument, slots, program, depth + 1)
                program.append((_N_ARY[operator], 0, 0.0))
        case [operator, argument] if operator in _UNARY:
            _emit(argument, slots, program, depth)
            program.append((_UNARY[operator], 0, 0.0))
        case [operator, left, right] if operator in _RELATION:
            _emit(left, slots, program, depth)
            _emit(right, slots, program, depth + 1)
            program.append((_RELATION[operator], 0, 0.0))
        case _:
            raise ValueError(f"no compiled form for {tree!r}")


@njit(cache=True, nogil=True)
def _run(codes, constants, state, values, stack, out):  # type: ignore[no-untyped-def]
    top = -1
    for i in range(codes.shape[0]):
        op, argument = codes[i, 0], codes[i, 1]
        if op == _PUSH:
            top += 1
            stack[top] = constants[i]
        elif op == _LOAD:
            top += 1
            stack[top] = state[argument] if argument < state.shape[0] else values[argument - state.shape[0]]
        elif op == _POWI:
            result, square, n = 1.0, stack[top], abs(argument)
            while n > 0:
                if n & 1:
                    result *= square
                square *= square
                n >>= 1
            stack[top] = 1.0 / result if argument < 0 else result
        elif op == _EXP:
            stack[top] = np.exp(stack[top])
        elif op == _LOG:
            stack[top] = np.log(stack[top])
        elif op == _ABS:
            stack[top] = abs(stack[top])
        elif op == _NOT:
            stack[top] = 1.0 - stack[top]
        elif op == _PHI:
            stack[top] = 0.5 * math.erfc(-stack[top] / np.sqrt(2.0))
        elif op == _STORE:
            out[argument] = stack[top]
            top -= 1
        elif op == _SELECT:
            base = top - 2 * argument + 1
            chosen = np.nan
            for branch in range(argument):
                if stack[base + 2 * branch] != 0.0:
                    chosen = stack[base + 2 * branch + 1]
                    break
            top = base
            stack[top] = chosen
        else:
            b = stack[top]
            top -= 1
            a = stack[top]
            if op == _ADD:
                stack[top] = a + b
            elif op == _MUL:
                stack[top] = a * b
            elif op == _POW:
                stack[top] = a**b
            elif op == _MIN:
                stack[top] = a if np.isnan(a) or a < b else b
            elif op == _MAX:
                stack[top] = a if np.isnan(a) or a > b else b
            elif op == _GE:
                stack[top] = 1.0 if a >= b else 0.0
            elif op == _GT:
                stack[top] = 1.0 if a > b else 0.0
            elif op == _LE:
                stack[top] = 1.0 if a <= b else 0.0
            elif op == _LT:
                stack[top] = 1.0 if a < b else 0.0
            elif op == _EQ:
                stack[top] = 1.0 if a == b else 0.0
            elif op == _NE:
                stack[top] = 1.0 if a != b else 0.0
            elif op == _AND:
                stack[top] = a * b
            else:
                stack[top] = max(a, b)


@njit(cache=True, nogil=True)
def _iterate(codes, constants, initial, fixed, inputs, trajectory, failed):  # type: ignore[no-untyped-def]
    runs, steps, width = inputs.shape
    stack = np.empty(2 * STACK)
    values = np.empty(width + fixed.shape[1])
    for r in range(runs):
        # Entry by entry: assignments of slices would take most of the time of compilation.
        for i in range(initial.shape[1]):
            trajectory[r, 0, i] = initial[r, i]
        for i in range(fixed.shape[1]):
            values[width + i] = fixed[r, i]
        for t in range(steps):
            for i in range(width):
                values[i] = inputs[r, t, i]
            _run(codes, constants, trajectory[r, t], values, stack, trajectory[r, t + 1])
            if failed[r] < 0 and not np.all(np.isfinite(trajectory[r, t + 1])):
                failed[r] = t + 1
                trajectory[r, t + 1 :] = np.nan
                break


def run_tapes(
    program: tuple[np.ndarray, np.ndarray], initial: np.ndarray, fixed: np.ndarray, inputs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Runs a program over trajectories: `initial` (n, states), `fixed` (n, parameters), `inputs` (n, steps, inputs).

    Returns:
        The trajectory (n, steps + 1, states) and the first step that is not finite, or -1, per trajectory.
    """
    codes, constants = program
    trajectory = np.empty((len(initial), inputs.shape[1] + 1, initial.shape[1]))
    failed = np.full(len(initial), -1, dtype=np.int64)
    _iterate(codes, constants, initial, fixed, inputs, trajectory, failed)
    return trajectory, failed
