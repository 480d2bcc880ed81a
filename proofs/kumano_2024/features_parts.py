"""What geometry-inspired perturbations are, as relations: a run over the pixels, and what it gives in any dimension.

A run takes the pixels one by one. Of pixel i it sees t = |q_i|, c = y' sgn(q_i) eta_i (so that t c = y' q_i eta_i and
c^2 = eta_i^2) and a weight w with |c| <= epsilon w <= epsilon; the pixel is in the mask of large pixels or outside.
"""

import sympy
from sympy import And, Eq, Ge, Gt, Le
from sympy.logic.boolalg import Boolean

from theorycheck.claim import Dynamics, Part
from theorycheck.domains import Variable, integer, positive, real

n, k, S, Q, T, T2, r, M, E = sympy.symbols("n k S Q T T2 r M E")
STATE = (n, k, S, Q, T, T2, r, M, E)
NEXT = {symbol: sympy.Symbol(f"{symbol}_next") for symbol in STATE}
t, c, w, theta, tau, eps, norm, y, lam = sympy.symbols("t c w theta tau epsilon norm y lam")
q, size, sign, inside = (sympy.symbols(f"{name}1:4") for name in ("q", "t", "s", "w"))

MEANING = {
    n: "pixels seen; at the end d", k: "of these in the mask; at the end d_delta", S: "sum of |q_i|; at the end "
                                                                                      "||q||_1",
    Q: "sum of q_i^2; at the end ||q||^2", T: "sum of |q_i| in the mask", T2: "sum of q_i^2 in the mask",
    r: "sum of y' q_i eta_i; at the end y' <q, eta>", M: "sum of weights; the number of changed pixels if they are 0 "
                                                         "or 1",
    E: "sum of eta_i^2; at the end ||eta||^2",
}  # fmt: skip
VARIABLES = (
    *(Variable(s.name, real() if s is r else integer(0) if s in (n, k) else real(0), said) for s, said in
      MEANING.items()),
    *(Variable(f"{s}_next", real(), f"{s} with one more pixel") for s in STATE),
    Variable("t", real(0), "|q_i|"), Variable("c", real(), "y' sgn(q_i) eta_i"), Variable("w", real(0, 1), "weight"),
    Variable("theta", real(0), "a size between the pixels inside and outside the mask"),
    Variable("tau", real(), "mean of |q_i|"), Variable("epsilon", positive(), "size of the perturbation"),
    Variable("norm", positive(), "||q||"),
    Variable("y", integer(-1, 1), "target label y'"), Variable("lam", positive(), "lambda_n"),
    *(Variable(str(s), real(), "a coordinate of q, d = 3") for s in q),
    *(Variable(str(s), real(0), "|q_i|, d = 3") for s in size),
    *(Variable(str(s), integer(-1, 1), "sgn(q_i), d = 3") for s in sign),
    *(Variable(str(s), integer(0, 1), "whether the pixel is in the mask, d = 3") for s in inside),
)  # fmt: skip

# q = (1, 2, 2), eta = 0, the two last pixels in the mask; the run's own parts start at 0.
POINT: dict[str, int | str] = {
    "n": 3, "k": 2, "S": 5, "Q": 9, "T": 4, "T2": 8, "r": 0, "M": 2, "E": 0, "t": 2, "c": 0, "w": 1, "theta": 2,
    "tau": "5/3", "n_next": 1, "k_next": 1, "S_next": 2, "Q_next": 4, "T_next": 2, "T2_next": 4, "r_next": 0,
    "M_next": 1, "E_next": 0, "epsilon": "1/2", "norm": 3, "y": 1, "lam": "8/5", "q1": 1, "q2": 2, "q3": 2, "t1": 1,
    "t2": 2, "t3": 2, "s1": 1, "s2": -1, "s3": 1, "w1": 0, "w2": 1, "w3": 1,
}  # fmt: skip


def pixel(masked: bool) -> dict[str, Boolean]:
    """One more pixel, by the name of what it says."""
    gain = {n: 1, S: t, Q: t**2, r: t * c, M: w, E: c**2, **({k: 1, T: t, T2: t**2} if masked else {})}
    steps: dict[str, Boolean] = {str(s): Eq(NEXT[s], s + gain.get(s, 0)) for s in STATE}
    steps |= {"t": Ge(t, 0), "w": Ge(w, 0), "w_1": Le(w, 1), "below": Le(c, eps * w), "above": Ge(c, -eps * w)}
    return {**steps, "theta": Ge(t, theta) if masked else Le(t, theta)}


def pixels() -> Dynamics:
    """The run over all pixels, from nothing."""
    steps = {name: tuple(pixel(masked).values()) for name, masked in (("masked", True), ("other", False))}
    return Dynamics({s.name: NEXT[s].name for s in STATE}, {s.name: sympy.Integer(0) for s in STATE}, steps,
                    ("t", "c", "w"))  # fmt: skip


SQUARES = Le(2 * eps * norm * r, eps**2 * Q + norm**2 * E)
BOX = Le(r, eps * S)
SPARSE = Le(r, eps * (T + theta * (M - k)))
BELOW, ABOVE = Le(Q, S**2), Le(S**2, n * Q)
TOP, TOP_SQUARES = Le(k * S, n * T), Le(k * Q, n * T2)


def run_parts() -> tuple[Part, ...]:
    """What holds after any number of pixels."""
    run, seven = pixels(), r"\text{ (over any pixels)}"
    return (
        Part("sum of squares", SQUARES, dynamics=run, tex=r"0\le\sum_i(\varepsilon q_i-\|q\|\,y'\eta_i)^2" + seven),
        Part("linf", BOX, dynamics=run, tex=r"\|\eta\|_\infty\le\varepsilon\Rightarrow "
                                            r"y'\langle q,\eta\rangle\le\varepsilon\|q\|_1"),
        Part("weights", SPARSE, dynamics=run,
             tex=r"|\eta_i|\le\varepsilon w_i\Rightarrow y'\langle q,\eta\rangle\le\varepsilon\Big(\sum_{top}|q_i|"
                 r"+\theta\big(\sum w_i-d_\delta\big)\Big)"),
        Part("norms from below", BELOW, dynamics=run, tex=r"\|q\|_2^2\le\|q\|_1^2"),
        Part("norms from above", ABOVE, given=(Eq(tau * n, S),), dynamics=run, tex=r"\|q\|_1^2\le d\,\|q\|_2^2"),
        Part("top pixels", TOP, dynamics=run, tex=r"\sum_{top}|q_i|\ge\tfrac{d_\delta}d\|q\|_1"),
        Part("top squares", TOP_SQUARES, dynamics=run, tex=r"\|q_{top}\|^2\ge\tfrac{d_\delta}d\|q\|^2"),
    )  # fmt: skip


def maximum_parts() -> tuple[Part, ...]:
    """The maxima of y' <q, eta> over the three balls."""
    squared, unit = Eq(norm**2, sum(x**2 for x in q)), Eq(y**2, 1)
    eta = [eps * y * x / norm for x in q]
    signs = tuple(Eq(s**2, 1) for s in sign)
    reached = sum(y * s * b * (eps * y * s * i) for s, b, i in zip(sign, size, inside, strict=True))
    return (
        Part("l2 maximum", Le(r, eps * norm), given=(SQUARES, Eq(Q, norm**2), Le(E, eps**2)),
             tex=r"\|\eta\|_2\le\varepsilon\Rightarrow y'\langle q,\eta\rangle\le\varepsilon\|q\|_2"),
        Part("l2 attained", And(Eq(sum(x**2 for x in eta), eps**2),
                                Eq(y * sum(a * b for a, b in zip(eta, q, strict=True)), eps * norm)),
             given=(squared, unit),
             tex=r"\eta=\varepsilon y'\hat q:\ \|\eta\|=\varepsilon,\ y'\langle q,\eta\rangle=\varepsilon\|q\|"),
        Part("l0 maximum", Le(r, eps * T), given=(SPARSE, Le(M, k)),
             tex=r"\|\eta\|_0\le d_\delta,\ \|\eta\|_\infty\le\varepsilon\Rightarrow y'\langle q,\eta\rangle\le"
                 r"\varepsilon\sum_{top}|q_i|"),
        Part("linf and l0 attained", Eq(reached, eps * sum(b * i for b, i in zip(size, inside, strict=True))),
             given=(unit, *signs),
             tex=r"\eta=\varepsilon y'\,\mathrm{sgn}(q)\odot\mathbf 1_{top}:\ y'\langle q,\eta\rangle=\varepsilon"
                 r"\sum_{top}|q_i|"),
    )  # fmt: skip


def cosine_parts() -> tuple[Part, ...]:
    """How well the directions are aligned with q; cosines are squared, so that no root is needed."""
    some = (Ge(n, 1), Gt(Q, 0))
    return (
        Part("cosine linf", And(Ge(S**2 / (n * Q), 1 / n), Le(S**2 / (n * Q), 1)), given=(BELOW, ABOVE, *some),
             tex=r"\cos^2(\mathrm{sgn}\,q,q)=\frac{\|q\|_1^2}{d\|q\|_2^2}\in[\tfrac1d,1]"),
        Part("cosine l0", Ge(T**2 / (k * Q), k * S**2 / (n**2 * Q)), given=(TOP, *some, Ge(k, 1)),
             tex=r"\cos^2(h,q)=\frac{(\sum_{top}|q_i|)^2}{d_\delta\|q\|_2^2}\ge"
                 r"\frac{d_\delta}{d^2}\frac{\|q\|_1^2}{\|q\|_2^2}"),
        Part("positive alignment", Gt(T, 0), given=(TOP, Ge(n, 1), Ge(k, 1), Gt(S, 0)),
             tex=r"d_\delta\ge1,\ q\ne0\Rightarrow\langle h,q\rangle>0"),
        Part("cosine mask", Ge(T2 / Q, k / n), given=(TOP_SQUARES, *some),
             tex=r"\cos^2(q\odot\mathbf 1_{top},q)=\frac{\|q_{top}\|^2}{\|q\|^2}\ge\frac{d_\delta}d"),
        Part("every sample", Gt(y * (lam * y / norm), 0), given=(Eq(y**2, 1),),
             tex=r"\hat q=\sum_n\frac{\lambda_ny_n}{\|q\|}x_n,\quad y_n\cdot\frac{\lambda_ny_n}{\|q\|}>0"),
    )  # fmt: skip
