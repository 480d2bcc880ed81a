"""One specification, four backends, held together step by step with a twin written out by hand."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from theorycheck import balls
from theorycheck.recursion import Recursion

a, b, c, eta, S = sympy.symbols("a b c eta S")
RACE = Recursion("race", {"a": a + eta * c * a**2, "b": b + eta * S * c * b**2}, parameters=("eta", "S"), inputs=("c",))


def twin(state: list[float], p: dict[str, float], inputs: list[float]) -> list[list[float]]:
    found = [state]
    for value in inputs:
        first, second = found[-1]
        found.append([first + p["eta"] * value * first * first, second + p["eta"] * p["S"] * value * second * second])
    return found


def test_backends_and_twin_agree_step_by_step() -> None:
    rng = np.random.Generator(np.random.Philox(3))
    for _ in range(20):
        p = {"eta": Fraction(int(rng.integers(1, 20)), 100), "S": Fraction(int(rng.integers(1, 30)), 10)}
        state = {"a": Fraction(int(rng.integers(1, 50)), 100), "b": Fraction(int(rng.integers(1, 50)), 100)}
        inputs = [Fraction(int(v), 64) for v in rng.integers(0, 65, 6)]
        floats = {name: float(value) for name, value in p.items()}
        slow = twin([float(state["a"]), float(state["b"])], floats, [float(v) for v in inputs])
        fast, failed = RACE.iterate(
            np.array([[float(state["a"]), float(state["b"])]]), {n: np.array(v) for n, v in floats.items()},
            np.array([[[float(v)] for v in inputs]]), steps=6,
        )  # fmt: skip
        assert failed.tolist() == [-1]
        exact, symbolic = dict(state), {n: sympy.Rational(v.numerator, v.denominator) for n, v in state.items()}
        with balls.precision(128):
            enclosed = {n: balls.ball(v) for n, v in state.items()}
            for t, value in enumerate(inputs, start=1):
                given = {**p, "c": value}
                exact = RACE.exact(exact, given)
                enclosed = RACE.enclosed(enclosed, {n: balls.ball(v) for n, v in given.items()})
                symbolic = RACE.symbolic(
                    symbolic, {n: sympy.Rational(v.numerator, v.denominator) for n, v in given.items()}
                )
                for i, name in enumerate(RACE.state):
                    assert symbolic[name] == sympy.Rational(exact[name].numerator, exact[name].denominator)
                    assert enclosed[name].contains(balls.ball(exact[name]).mid())
                    assert abs(fast[0, t, i] - float(exact[name])) <= 1e-13 * float(exact[name])
                    assert abs(slow[t][i] - float(exact[name])) <= 1e-13 * float(exact[name])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Recursion("r", {"a": a + b}), "undeclared b"),
        (lambda: Recursion("r", {"a": a}, parameters=("a",)), "declared twice: a"),
        (lambda: Recursion("r", {}), "no state"),
        (lambda: RACE.iterate(np.ones((2, 3)), {}), "shape"),
        (lambda: RACE.iterate(np.ones((2, 2)), {"eta": np.array(1.0)}), "parameters given"),
        (lambda: RACE.iterate(np.ones((2, 2)), {"eta": np.array(1.0), "S": np.array(1.0)}, None, 3), "inputs"),
    ],
)
def test_what_does_not_fit_is_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
