"""Positive expressions in the log domain: exact linear forms over atoms; equal terms cancel before any rounding.

==========  ==================================
atom        its value at u = log k
==========  ==================================
``limit``   u
``number``  log n, n an integer above 1
``sum``     log(e^F1 + e^F2 + ...)
``max``     max(F1, F2, ...)
``log``     log(log(2 + e^F))
``ln``      log F, where F > 0
``exp``     e^F
==========  ==================================
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

import sympy

from ..orders.lowering import OutsideCalculus

Form = Mapping[int, Fraction]
Key = tuple[tuple[int, Fraction], ...]
Atom = tuple[str, tuple[Key, ...], int]
ALLOWED = "sums, products, powers, log, sqrt, exp, max and min of positive numbers and named quantities"
MOST_BITS = 100_000
_PRIMES = tuple(sympy.primerange(2, 100))


def combined(x: Form, y: Form, times: Fraction | int = 1) -> dict[int, Fraction]:
    """x + times y."""
    total = dict(x)
    for atom, c in y.items():
        total[atom] = total.get(atom, Fraction(0)) + times * c
    return {atom: c for atom, c in total.items() if c}


def key_of(form: Form) -> Key:
    """The form as a value that compares and hashes."""
    return tuple(sorted(form.items()))


class Forms:
    """Reads expressions as forms and keeps their atoms; atom 0 is u = log k.

    Args:
        limit: name of k.
        sizes: the forms of other names; may grow.
    """

    def __init__(self, limit: str, sizes: Mapping[str, Form] | None = None) -> None:
        self.atoms: list[Atom] = [("limit", (), 0)]
        self._index: dict[Atom, int] = {self.atoms[0]: 0}
        self.sizes: dict[str, Form] = {limit: {0: Fraction(1)}, **(sizes or {})}

    def read(self, expression: sympy.Expr, plain: bool = False) -> dict[int, Fraction]:
        """The form of a positive expression.

        Args:
            expression: in names that have a size; exponents are numbers.
            plain: whether log(x) is the logarithm of x; in the language of orders it is log(2 + x).

        Raises:
            OutsideCalculus: for what is not positive, has no size or is not in the language.
        """
        if isinstance(expression, sympy.Rational):
            if expression <= 0:
                raise OutsideCalculus(f"{expression} is not positive (allowed: {ALLOWED})")
            return combined(self.number(int(expression.p)), self.number(int(expression.q)), -1)
        if isinstance(expression, sympy.Symbol):
            if expression.name not in self.sizes:
                raise OutsideCalculus(f"{expression} has no size")
            return dict(self.sizes[expression.name])
        if isinstance(expression, sympy.Mul):
            total: dict[int, Fraction] = {}
            for factor in expression.args:
                total = combined(total, self.read(factor, plain))
            return total
        if isinstance(expression, sympy.Pow):
            if not isinstance(expression.exp, sympy.Rational):
                raise OutsideCalculus(f"the exponent {expression.exp} is no number")
            return combined({}, self.read(expression.base, plain), _fraction(expression.exp))
        if isinstance(expression, sympy.Add):
            return self.sum([self.read(part, plain) for part in expression.args])
        if isinstance(expression, sympy.Max):
            return self.largest([self.read(part, plain) for part in expression.args])
        if isinstance(expression, sympy.Min):
            return combined({}, self.largest([combined({}, self.read(p, plain), -1) for p in expression.args]), -1)
        if isinstance(expression, sympy.log):
            return self._atom("ln" if plain else "log", [self.read(expression.args[0], plain)])
        if isinstance(expression, sympy.exp):
            return self._exponential(expression.args[0], plain)
        raise OutsideCalculus(f"{expression}: {expression.func.__name__} is not allowed (allowed: {ALLOWED})")

    def number(self, n: int) -> dict[int, Fraction]:
        """log n, split at small primes."""
        found: dict[int, Fraction] = {}
        for p in (*_PRIMES, None):
            power = 0
            while p is not None and n % p == 0:
                n, power = n // p, power + 1
            base, power = (n, 1) if p is None else (p, power)
            if power and base > 1:
                found[self._new(("number", (), base))] = Fraction(power)
        return found

    def sum(self, parts: Sequence[Form]) -> dict[int, Fraction]:
        """log of the sum; equal terms are counted."""
        counted = Counter(key_of(part) for part in parts)
        forms = [combined(dict(key), self.number(n)) for key, n in counted.items()]
        return forms[0] if len(forms) == 1 else self._atom("sum", forms)

    def largest(self, parts: Sequence[Form]) -> dict[int, Fraction]:
        """The maximum."""
        forms = list({key_of(part): dict(part) for part in parts}.values())
        return forms[0] if len(forms) == 1 else self._atom("max", forms)

    def exact(self, key: Key, k: int) -> Fraction | None:
        """A power of e^form at the integer k, as a fraction; None where there is none or it is long."""
        times = lcm(*(c.denominator for _, c in key))
        found = Fraction(1)
        for index, c in key:
            power = int(c * times)
            kind, keys, n = self.atoms[index]
            parts = [self.exact(part, k) for part in keys] if all(
                c.denominator == 1 for part in keys for _, c in part) else [None]  # fmt: skip
            values = [part for part in parts if part is not None]
            if kind not in ("limit", "number", "sum", "max") or len(values) < len(parts):
                return None
            base = Fraction(k if kind == "limit" else n) if not values else sum(values, Fraction(0))
            base = max(values) if kind == "max" else base
            if max(base.numerator, base.denominator).bit_length() * abs(power) > MOST_BITS:
                return None
            found *= base**power
        return found

    def _exponential(self, inside: sympy.Expr, plain: bool) -> dict[int, Fraction]:
        total: dict[int, Fraction] = {}
        for term in sympy.Add.make_args(inside):
            sign = -1 if term.could_extract_minus_sign() else 1
            total = combined(total, self._atom("exp", [self.read(sign * term, plain)]), sign)
        return total

    def _atom(self, kind: str, forms: Sequence[Form]) -> dict[int, Fraction]:
        return {self._new((kind, tuple(sorted(map(key_of, forms))), 0)): Fraction(1)}

    def _new(self, atom: Atom) -> int:
        if atom not in self._index:
            self._index[atom] = len(self.atoms)
            self.atoms.append(atom)
        return self._index[atom]


def _fraction(value: sympy.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))
