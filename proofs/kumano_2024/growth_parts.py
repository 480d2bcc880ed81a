"""The algebra behind growth rates and law: second moments of T_1 and T_2, what follows for their ratio, and monotony.

The length of a perturbation is t in units of sigma, and a2 is the square of the law's argument,
a2 = s^2/(1 + s^2 N/(d rho^2)) = t^2 rho^2 N' d/(N (d + t^2 N')), for s = t rho sqrt(N'/N).
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import sympy
from sympy import Eq, Ge, Gt, Lt, symbols

from theorycheck.claim import Part
from theorycheck.domains import Rational, Variable, positive, real

from .notation import assuming

t, rho, sigma, d, N, N_adv, more = symbols("t rho sigma d N N_adv more")
a, share, z_1, z_2, lam = symbols("a share z_1 z_2 lam")
VARIABLES = (
    Variable("t", real(0), "length of the mean perturbation y'_n eta_n, in units of sigma"),
    Variable("rho", real(0, 1), "cosine of the mean perturbation with q = sum_k y_k x_k"),
    Variable("sigma", positive(), "standard deviation of a coordinate"),
    Variable("d", positive(), "dimension"), Variable("N", positive(), "number of samples"),
    Variable("N_adv", positive(), "number of noise points, N'"),
    Variable("more", real(0), "what one of them grows by"),
    Variable("a", positive(), "a coordinate is -a, 0 or a"),
    Variable("share", real(0, 1), "probability that it is not 0"),
    Variable("z_1", real(), "coordinates of a point z"), Variable("z_2", real()),
    Variable("lam", positive(), "the common multiplier"),
)  # fmt: skip
POINT: Mapping[str, Rational] = {"t": 1, "rho": "1/2", "sigma": 1, "d": 4, "N": 2, "N_adv": 3, "more": 1, "a": 1,
                                 "share": "1/2", "z_1": 1, "z_2": 2, "lam": 1}  # fmt: skip
# Where the search looks.
BOUNDS: Mapping[str, tuple[int | Fraction, int | Fraction]] = {
    "t": (0, 5), "sigma": (Fraction(1, 4), 3), "d": (1, 50), "N": (1, 50), "N_adv": (1, 50), "more": (0, 20),
    "a": (Fraction(1, 4), 3), "z_1": (-3, 3), "z_2": (-3, 3), "lam": (Fraction(1, 4), 3),
}  # fmt: skip
s2 = t**2 * rho**2 * N_adv / N
a2 = t**2 * rho**2 * N_adv * d / (N * (d + t**2 * N_adv))
FACTS: Mapping[str, Any] = {"t": Ge(t, 0), "rho": Ge(rho, 0), "d": Gt(d, 0), "N": Gt(N, 0), "N_adv": Gt(N_adv, 0),
                            "more": Ge(more, 0), "sigma": Gt(sigma, 0)}  # fmt: skip


def expectation(value: Any, coordinates: int, signs: int) -> sympy.Expr:
    """E value(x, y) over independent coordinates x = -a, 0, a and fair signs y, outcome by outcome.

    A coordinate is not 0 with probability `share`, so its variance is share a^2, and its other moments are free.
    """
    terms: Counter[tuple[sympy.Expr, int]] = Counter()
    for x in product((-1, 0, 1), repeat=coordinates):
        for y in product((-1, 1), repeat=signs):
            terms[sympy.expand(value(x, y)), sum(map(abs, x))] += 1
    return sympy.Add(*(
        sympy.Rational(count, 2 ** (k + signs)) * share**k * (1 - share) ** (coordinates - k) * found
        for (found, k), count in terms.items()
    ))  # fmt: skip


def first_term() -> Part:
    """Var T_1 = lambda^2 N' sigma^2 ||z||^2, for two noise points of the plane."""
    def squared(x: tuple[int, ...], y: tuple[int, ...]) -> sympy.Expr:
        points = ((x[0], x[1]), (x[2], x[3]))
        return (lam * a * sum(s * (p[0] * z_1 + p[1] * z_2) for s, p in zip(y, points, strict=True))) ** 2

    return Part("variance of T1", Eq(expectation(squared, 4, 2), lam**2 * 2 * (share * a**2) * (z_1**2 + z_2**2)),
                text="E T_1^2 = lambda^2 N' sigma^2 ||z||^2 for independent coordinates of mean 0 and variance "
                "sigma^2, written out for N' = 2, d = 2 and every law on -a, 0, a",
                tex=r"\mathbb E\,T_1^2=\lambda'^2N'\sigma^2\|z\|^2")  # fmt: skip


def second_term() -> Part:
    """The other samples' part of y_k <q, x_k> has mean 0 and variance (N - 1) d sigma^4, for N = 3, d = 2."""
    def squared(x: tuple[int, ...], y: tuple[int, ...]) -> sympy.Expr:
        own, others = x[:2], (x[2:4], x[4:6])
        return (a**2 * sum(s * (own[0] * p[0] + own[1] * p[1]) for s, p in zip(y, others, strict=True))) ** 2

    return Part("variance of T2", Eq(expectation(squared, 6, 2), 2 * 2 * (share * a**2) ** 2),
                text="E (sum over j != k of y_k y_j <x_j, x_k>)^2 = (N - 1) d sigma^4, written out for N = 3, d = 2",
                tex=r"\mathbb E\Big(\sum_{j\ne k}y_ky_j\langle x_j,x_k\rangle\Big)^2=(N-1)\,d\,\sigma^4")  # fmt: skip


def mean_term() -> Part:
    """E y_k <q, x_k> = d sigma^2: the sample's own part of q, for N = 2, d = 2."""
    def value(x: tuple[int, ...], y: tuple[int, ...]) -> sympy.Expr:
        return a**2 * (x[0] ** 2 + x[1] ** 2 + y[0] * (x[0] * x[2] + x[1] * x[3]))

    return Part("mean of T2", Eq(expectation(value, 4, 1), 2 * (share * a**2)),
                text="E y_k <q, x_k> = d sigma^2, written out for N = 2, d = 2",
                tex=r"\mathbb E\,y_k\langle q,x_k\rangle=d\,\sigma^2")  # fmt: skip


def cross_term() -> Part:
    """E (T_1 + T_2)^2 = E T_1^2 + E T_2^2: noise and samples are independent; one noise point, two samples, d = 1."""
    def noise(x: tuple[int, ...], y: tuple[int, ...]) -> sympy.Expr:
        return lam * a**2 * y[0] * x[0] * x[1]

    def learnt(x: tuple[int, ...], y: tuple[int, ...]) -> sympy.Expr:
        return t * a**2 * (x[1] ** 2 + y[1] * x[1] * x[2])

    both = expectation(lambda x, y: (noise(x, y) + learnt(x, y)) ** 2, 3, 2)
    apart = [expectation(lambda x, y, f=f: f(x, y) ** 2, 3, 2) for f in (noise, learnt)]
    return Part("T1 and T2 are uncorrelated", Eq(both, sum(apart), evaluate=False),
                text="E (T_1 + T_2)^2 = E T_1^2 + E T_2^2, written out for N' = 1, N = 2, d = 1",
                tex=r"\mathbb E\,T_1T_2=0")  # fmt: skip


def law_parts() -> tuple[Part, ...]:
    """From the moments to the law, and what the square of its argument does at its ends."""
    length = t * sigma
    mean = N_adv * length * rho * sigma  # of y_k T_2, over sqrt(d/N)
    noise, scatter = N_adv * d * sigma**4, (N_adv * length * sigma) ** 2
    law = s2 / (1 + s2 * N / (d * rho**2))
    return (
        Part("law", Eq(mean**2 * (d / N) / (noise + scatter), law), given=(Gt(rho, 0),),
             tex=r"\frac{(\mathbb E\,y_kT_2)^2}{\mathrm{Var}\,T_1+\mathrm{Var}\,T_2}="
                 r"\frac{s^2}{1+s^2N/(d\varrho^2)},\quad s=\frac{L\varrho}{\sigma}\sqrt{N'/N}"),
        Part("without division by rho", Eq(a2, law), given=(Gt(rho, 0),),
             tex=r"a^2:=\frac{t^2\varrho^2N'd}{N(d+t^2N')}=\frac{s^2}{1+s^2N/(d\varrho^2)},\quad t=L/\sigma"),
        Part("below saturation", Lt(a2, rho**2 * d / N), given=(Gt(rho, 0),), tex=r"a^2<\varrho^2d/N"),
        Part("saturation", Eq(rho**2 * d / N - a2, rho**2 * d**2 / (N * (d + t**2 * N_adv))),
             text="the distance to saturation is rho^2 d^2/(N (d + t^2 N')), which tends to 0 as N' grows",
             tex=r"\varrho^2\tfrac dN-a^2=\frac{\varrho^2d^2}{N(d+t^2N')}\to0"),
        Part("chance without perturbation", Eq(a2, 0), given=(Eq(t, 0),), point={"t": 0}, tex=r"L=0\Rightarrow a=0"),
        Part("chance without alignment", Eq(a2, 0), given=(Eq(rho, 0),), point={"rho": 0},
             tex=r"\varrho=0\Rightarrow a=0"),
    )  # fmt: skip


def trend_parts() -> tuple[Part, ...]:
    """a2 grows with N', t, rho and d, also where t ~ sqrt(d), and falls with N."""
    scaled = a2.xreplace({t: t * sympy.sqrt(d)})
    # With L ~ sqrt(d) the law is t^2 rho^2 N' d/(N (1 + t^2 N')): the square root leaves no trace.
    scaled = sympy.cancel(scaled)
    known = (("grows with N'", N_adv, a2), ("grows with the length", t, a2), ("grows with the alignment", rho, a2),
             ("grows with d", d, a2), ("grows with d, length as sqrt(d)", d, scaled))  # fmt: skip
    grows = tuple(Part(name, Ge(value.xreplace({x: x + more}), value)) for name, x, value in known)
    return (*grows, Part("falls with N", Ge(a2, a2.xreplace({N: N + more}))))


def certificate(part: Part) -> dict[str, Any]:
    """An equation of rational functions, or an inequality whose cleared difference has no negative coefficient."""
    assert part.relation is not None
    own = {f"given{n}": relation for n, relation in enumerate(part.given)}
    # A symbol that is given to be 0 stays in the equation; one given to be positive takes the place of its range.
    ranges = {k: r for k, r in FACTS.items() if all(r.lhs != g.lhs for g in part.given)}
    proof = assuming(VARIABLES, {**ranges, **own})
    for n, factor in enumerate(_below(part.relation)):
        used = {k: 2 for k in (*FACTS, *own) if k in proof.scope.facts and not isinstance(own.get(k), Eq)}
        proof.show(f"below{n}", Gt(factor, 0), used, degree=4, squares=[t])
    if isinstance(part.relation, Eq):
        proof.show("goal", part.relation, list(own), multipliers=6)
    else:
        caps = {k: 4 if k == "t" else 2 for k in (*ranges, *own) if k != "sigma"}
        proof.show("goal", part.relation, caps, degree=9)
    return proof.certificate(["goal"])


def _below(relation: Any) -> list[sympy.Expr]:
    """The factors of several terms that both sides are divided by."""
    found: dict[sympy.Expr, None] = {}
    for side in relation.args:
        bottom = sympy.fraction(sympy.together(side))[1]
        found |= dict.fromkeys(f for f, _ in sympy.factor_list(bottom)[1] if not f.is_Symbol)
    return list(found)


def moments() -> tuple[Part, ...]:
    """The second moments."""
    return first_term(), mean_term(), second_term(), cross_term()
