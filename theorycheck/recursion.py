"""One specification of a recursion drives SymPy, exact rationals, balls and the compiled iteration.

What is simulated is thereby what is claimed: every backend reads the same trees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import sympy
from flint import arb

from . import balls, kernel
from .expression import Tree, lower


@dataclass(frozen=True)
class Recursion:
    r"""A map :math:`x_{t+1} = f(x_t, c_t, p)` with state x, inputs c (given anew at each step) and parameters p.

    Args:
        name: shown in reports.
        update: for each state symbol's name its next value, an expression over state, inputs and parameters.
        inputs, parameters: names.

    Raises:
        ValueError: for a name that is declared twice or an expression over an undeclared one.
    """

    name: str
    update: Mapping[str, sympy.Expr]
    parameters: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        declared = [*self.update, *self.parameters, *self.inputs]
        twice = sorted({name for name in declared if declared.count(name) > 1})
        if twice or not self.update:
            raise ValueError(f"recursion {self.name}: {'declared twice: ' + ', '.join(twice) if twice else 'no state'}")
        for state, expression in self.update.items():
            unknown = {s.name for s in expression.free_symbols} - set(declared)
            if unknown:
                raise ValueError(
                    f"recursion {self.name}: the update of {state} uses undeclared {', '.join(sorted(unknown))}"
                )

    @property
    def state(self) -> tuple[str, ...]:
        """Names of the state, in the order that arrays use."""
        return tuple(self.update)

    @cached_property
    def trees(self) -> dict[str, Tree]:
        """The update as trees of the closed language."""
        return {name: lower(expression) for name, expression in self.update.items()}

    def symbolic(self, state: Mapping[str, sympy.Expr], values: Mapping[str, sympy.Expr]) -> dict[str, sympy.Expr]:
        """One step in SymPy; `values` may give inputs and parameters, exact or symbolic."""
        table = {sympy.Symbol(name): value for name, value in {**values, **state}.items()}
        return {name: expression.subs(table, simultaneous=True) for name, expression in self.update.items()}

    def exact(self, state: Mapping[str, Fraction], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """One step in exact rationals, by the trusted kernel's arithmetic.

        Raises:
            ValueError: if the next state is not rational.
        """
        found = {}
        for name, tree in self.trees.items():
            low, high = kernel.evaluate(tree, {**values, **state})
            if low != high:
                raise ValueError(f"recursion {self.name}: the next {name} is not rational")
            found[name] = low
        return found

    def enclosed(self, state: Mapping[str, arb], values: Mapping[str, arb]) -> dict[str, arb]:
        """One step in balls at the current precision."""
        table = {**values, **state}
        return {name: balls.evaluate(tree, table) for name, tree in self.trees.items()}

    def iterate(
        self, initial: np.ndarray, values: Mapping[str, np.ndarray], inputs: np.ndarray | None = None, steps: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Iterates many independent trajectories in float64, compiled.

        Args:
            initial: (n, states).
            values: each parameter by name, scalar or (n,).
            inputs: (n, steps, inputs), or None without inputs.
            steps: how many.

        Returns:
            The trajectory (n, steps + 1, states), and per trajectory the first step whose state is not finite, or -1.

        Raises:
            ValueError: for shapes that do not fit or missing parameters.
        """
        from .tape import run_tapes, tape  # numba takes a quarter of a second to import

        initial = np.ascontiguousarray(initial, dtype=np.float64)
        count = len(initial)
        if initial.shape != (count, len(self.state)):
            raise ValueError(f"initial has shape {initial.shape}, expected (n, {len(self.state)})")
        if set(values) != set(self.parameters):
            raise ValueError(f"parameters given: {sorted(values)}, expected: {sorted(self.parameters)}")
        given = (
            np.empty((count, steps, len(self.inputs)))
            if inputs is None
            else np.ascontiguousarray(inputs, dtype=np.float64)
        )
        if given.shape != (count, steps, len(self.inputs)) or (inputs is None and self.inputs):
            raise ValueError(f"inputs have shape {given.shape}, expected {(count, steps, len(self.inputs))}")
        columns = [np.broadcast_to(np.asarray(values[name], dtype=np.float64), (count,)) for name in self.parameters]
        fixed = np.stack(columns, axis=1) if columns else np.empty((count, 0))
        order: Sequence[str] = (*self.state, *self.inputs, *self.parameters)
        return run_tapes(tape([self.trees[name] for name in self.state], order), initial, fixed, given)
