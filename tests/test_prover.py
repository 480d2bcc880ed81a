"""The prover finds the certificates that the papers need; the kernel, not the prover, is asked whether they hold."""

import copy

import pytest
from sympy import Eq, Rational, Symbol, symbols

from theorycheck.kernel import Rejected, check
from theorycheck.prover import Proof

ORDERS = range(3, 7)


@pytest.mark.parametrize("q", ORDERS)
def test_tangent_of_a_power_on_the_unit_interval(q: int) -> None:
    t = Symbol("t")
    p = Proof([t])
    p.assume("low", t >= 0)
    p.assume("high", t <= 1)
    p.show("tangent", t**q - q * t + q - 1 >= 0, using=["low", "high"], degree=q)
    assert set(check(p.certificate(["tangent"])).conclusions) == {"tangent"}


@pytest.mark.parametrize("q", ORDERS)
def test_smoothed_activation_on_both_pieces(q: int) -> None:
    z, w, rho = symbols("z w rho")
    s, slope = z**q / (q * rho ** (q - 1)), z ** (q - 1) / rho ** (q - 1)
    p = Proof([z, rho])
    p.assume("positive", rho > 0)
    p.assume("above", z >= 0)
    p.assume("below", z <= rho)
    p.show("linear", s >= z - (1 - Rational(1, q)) * rho, using=["positive", "above", "below"], degree=q)
    p.show("convex", s <= z * slope, using=["positive", "above"], degree=q)
    p.show("order", z * slope <= q * s, using=["positive", "above"], degree=q)
    assert len(check(p.certificate(["linear", "convex", "order"])).conclusions) == 3

    def line(x: Symbol) -> Symbol:
        return (x - (1 - Rational(1, q)) * rho) / x**q

    p = Proof([z, w, rho])
    p.assume("positive", rho > 0)
    p.assume("piece", z >= rho)
    p.assume("later", w >= z)
    p.show("z", z > 0, using=["positive", "piece"], degree=1)
    p.show("w", w > 0, using=["z", "later"], degree=1)
    p.show("falling", line(w) <= line(z), using=["positive", "piece", "later"], degree=q + 1)
    assert check(p.certificate(["falling"]))


def logits(p: Proof) -> None:
    """S = sum of c exponentials of arguments in [0, tau], by induction over c; E = e^tau, x = e^f."""
    tau, f, g, F, E, e, x, h, c, c1, S, S1 = symbols("tau f g F E e x h c c1 S S1")
    p.exp(E, tau)
    p.exp(e, F)
    p.exp(x, f)
    p.exp(h, g)
    p.system("sum", {c: c1, S: S1}, {c: 0, S: 0}, [F],
             {"add": {"count": Eq(c1, c + 1), "term": Eq(S1, S + e), "F0": F >= 0, "F1": tau >= F}})  # fmt: skip
    p.assume("others", c >= 1)
    p.assume("g0", g >= 0)
    p.assume("g1", g <= tau)
    p.exp_positive("E0", E)
    p.exp_positive("x0", x)
    run = p.induction("bounds", "sum", {"counted": c >= 0, "least": c <= S, "most": c * E >= S})
    run.base.goal("counted")
    run.base.goal("least")
    run.base.goal("most")
    step = run.steps["add"]
    step.exp_tangent("tangent", e >= 1 + F, e)
    step.exp_increasing("increasing", e <= E, E, e, cause="F1")
    step.goal("counted", using=["counted", "count"], degree=1)
    step.goal("least", using=["least", "tangent", "F0", "count", "term"], degree=1)
    step.goal_by_weights("most", {"most": 1, "increasing": 1, "count": E, "term": -1})
    run.close()
    p.show("c0", c > 0, using=["others"], degree=1)
    p.show("S0", S > 0, using=["c0", "least"], degree=1)


def symbols_of_logits() -> list[str]:
    return ["tau", "f", "g", "F", "c", "c1", "S", "S1"]


def test_logit_bounds_of_a_class_against_any_number_of_others() -> None:
    c, S, E, x = symbols("c S E x")
    p = Proof(symbols_of_logits())
    logits(p)
    p.show("cx", c + x > 0, using=["c0", "x0"], degree=1)
    p.show("Sx", S + x > 0, using=["S0", "x0"], degree=1)
    p.show("cEx", c * E + x > 0, using=["c0", "x0", "E0"], degree=2)
    p.show("D5.lower", c / (c + x) <= S / (S + x), using=["x0", "least"])
    p.show("D5.upper", S / (S + x) <= c * E / (c * E + x), using=["x0", "most"])
    theorem = check(p.certificate(["D5.lower", "D5.upper"]))
    assert set(theorem.systems) == {"sum"} and set(theorem.hypotheses) == {"others", "g0", "g1"}


def test_logit_bounds_of_another_class() -> None:
    c, S, E, x, h, g = symbols("c S E x h g")
    p = Proof(symbols_of_logits())
    logits(p)
    p.show("cx", c + x > 0, using=["c0", "x0"], degree=1)
    p.show("Sx", S + x > 0, using=["S0", "x0"], degree=1)
    p.show("cEx", c * E + x > 0, using=["c0", "x0", "E0"], degree=2)
    p.exp_tangent("h.tangent", h >= 1 + g, h)
    p.show("h1", h >= 1, using=["h.tangent", "g0"], degree=1)
    p.exp_increasing("h2", h <= E, E, h, cause="g1")
    p.show("D6.lower", 1 / (x + c * E) <= h / (x + S), using=["x0", "c0", "E0", "h1", "most"], degree=3)
    p.show("D6.upper", h / (x + S) <= E / (x + c), using=["x0", "c0", "E0", "h2", "least"], degree=3)
    assert len(check(p.certificate(["D6.lower", "D6.upper"])).conclusions) == 2


def tensor_power(n: int) -> Proof:
    """y_T^-n >= y_0^-n (1 - theta (1 + kappa)^-n) for n = q - 2."""
    names = "x x1 y y1 A A1 C x0 y0 eta s S Cbar a kappa theta"
    x, x1, y, y1, A, A1, C, x0, y0, eta, s, S, Cbar, a, kappa, theta = symbols(names)
    p = Proof(names.split())
    u, top, d = eta * C * x**n, eta * Cbar * a**n, eta * S * C
    p.system("race", {x: x1, y: y1, A: A1}, {x: x0, y: y0, A: 0}, [C], {"grow": {
        "fast": x1 >= x + eta * C * x ** (n + 1), "slow": y1 <= y + d * y ** (n + 1), "sum": Eq(A1, A + eta * C),
        "C0": C >= 0, "C1": Cbar >= C, "early": x < a, "x1": x1 > 0, "y1": y1 > 0}})  # fmt: skip
    for name, relation in {
        "x0": x0 > 0, "y0": y0 > 0, "eta0": eta > 0, "s0": s > 0, "root": Eq(S, s**n), "Cbar0": Cbar >= 0, "a0": a > 0,
        "kappa0": kappa >= 0, "lead": x0 >= (1 + kappa) * s * y0, "theta": Eq(theta, (1 + top) ** (n + 1)),
    }.items():  # fmt: skip
        p.assume(name, relation)
    p.show("S0", S > 0, using=["s0", "root"], degree=n, multipliers=0)
    p.show("top0", top >= 0, using=["eta0", "Cbar0", "a0"], degree=n + 2)
    p.show("theta1", theta >= 1 + (n + 1) * top, using=["top0", "theta"], degree=n + 1, multipliers=0)
    p.show("theta0", theta > 0, using=["theta1", "top0"], degree=1)
    slow_sum, fast_sum = 1 / y**n >= 1 / y0**n - n * S * A, n * A <= theta * (1 / x0**n - 1 / x**n)
    run = p.induction("race", "race", {"x": x > 0, "y": y > 0, "slow.sum": slow_sum, "fast.sum": fast_sum})
    run.base.goal("slow.sum")
    run.base.goal("fast.sum")
    step = run.steps["grow"]
    # (i) the slow side: y times the numerator is n y1^n (slow) + (y1 - y)^2 (positive terms).
    gain = y * (y**n - y1**n + n * d * y1**n * y**n)
    step.show("slow.product", gain >= 0, using={"slow": 1, "y1": n, "y": n}, degree=n + 1, squares=[y1 - y])
    step.cancel("slow.numerator", gain / y >= 0, "slow.product", ["y"])
    step.show("slow.step", 1 / y1**n >= 1 / y**n - n * d, using=["slow.numerator"], degree=1)
    step.goal_by_weights("slow.sum", {"slow.step": 1, "slow.sum": 1, "sum": n * S})
    # (ii) the fast side: n u <= theta (1 - (1 + u)^-n) for 0 <= u <= top, then x1 >= x (1 + u).
    step.show("u0", u >= 0, using=["eta0", "C0", "x"], degree=n + 2)
    step.show("u1", u <= top, using={"eta0": 1, "C0": 1, "C1": 1, "early": 1, "x": n, "a0": n}, degree=n + 2)
    step.show("grown", 1 + u > 0, using=["u0"], degree=1)
    step.show("image", x * (1 + u) > 0, using=["x", "grown"], degree=2)
    step.show("beyond", x1 >= x * (1 + u), using=["fast"], degree=1)
    lemma = theta * ((1 + u) ** n - 1) - n * u * (1 + u) ** n
    step.show("lemma", lemma >= 0, using={"u0": 2 * n + 1, "u1": n + 1, "theta": 1}, degree=2 * n + 1,
              multipliers={"theta": [(1 + u) ** n - 1]})  # fmt: skip
    step.show("slope", theta - n * u >= 0, using=["theta1", "top0", "u1"], degree=1)
    step.show("fast.numerator", theta * (x1**n - x**n) - n * eta * C * x**n * x1**n >= 0,
              using={"beyond": 1, "slope": 1, "lemma": 1, "x": n, "x1": n, "image": n}, degree=n + 1)  # fmt: skip
    step.show("fast.step", n * eta * C <= theta * (1 / x**n - 1 / x1**n), using=["fast.numerator"], degree=1)
    step.goal_by_weights("fast.sum", {"fast.step": 1, "fast.sum": 1, "sum": -n})
    run.close()
    # (iii) both sums at the time T.
    p.show("kappa1", 1 + kappa > 0, using=["kappa0"], degree=1)
    p.show("ahead", (1 + kappa) * s * y0 > 0, using=["kappa1", "s0", "y0"], degree=3)
    p.show("ratio.root", x0**n >= ((1 + kappa) * s * y0) ** n, using={"lead": 1, "x0": n, "ahead": n}, degree=n)
    p.show("ratio", 1 / ((1 + kappa) ** n * y0**n) >= S / x0**n, using=["ratio.root", "root"], degree=1,
           multipliers={"root": [(1 + kappa) ** n * y0**n]})  # fmt: skip
    p.weigh("tensor-power", 1 / y**n >= (1 - theta / (1 + kappa) ** n) / y0**n,
            {"slow.sum": 1, "fast.sum": S, "ratio": theta, "one": S * theta / x**n})  # fmt: skip
    return p


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_tensor_power_lemma(n: int) -> None:
    theorem = check(tensor_power(n).certificate(["slow.sum", "fast.sum", "tensor-power"]))
    assert set(theorem.conclusions) == {"slow.sum", "fast.sum", "tensor-power"}


def test_tensor_power_lemma_needs_its_lead() -> None:
    certificate = tensor_power(1).certificate(["tensor-power"])
    broken = copy.deepcopy(certificate)
    broken["hypotheses"]["lead"] = [">=", ["-", "x0", ["*", "s", "y0"]]]
    with pytest.raises(Rejected):
        check(broken)


def off_diagonal() -> Proof:
    z, z1, g, z0, L, G, eta, k = symbols("z z1 g z0 L G eta k")
    p = Proof([z, z1, g, z0, L, G, eta, k])
    update = Eq(z1, z - eta / k * g)
    p.system("gd", {z: z1}, {z: z0}, [g], {
        "moving": {"moves": update, "active": z > 0, "g0": g >= 0, "g1": g <= G},
        "frozen": {"stays": update, "dead": z <= 0, "none": Eq(g, 0)}})  # fmt: skip
    for name, relation in {"k0": k > 0, "eta0": eta > 0, "start": z0 >= L, "jump": -eta / k * G >= L}.items():
        p.assume(name, relation)
    return p


def test_off_diagonal_correlations_never_fall_below_one_step() -> None:
    z, L, eta, k = symbols("z L eta k")
    p = off_diagonal()
    run = p.induction("floor", "gd", {"floor": z >= L})
    run.steps["moving"].goal_by_weights("floor", {"moves": 1, "active": 1, "g1": eta / k, "jump": 1})
    run.steps["frozen"].goal_by_weights("floor", {"stays": 1, "floor": 1, "none": -eta / k})
    run.close()
    assert check(p.certificate(["floor"])).systems["gd"].transitions.keys() == {"moving", "frozen"}


def test_off_diagonal_correlations_fall_while_positive_and_freeze_below() -> None:
    z, z1, g, eta, k = symbols("z z1 g eta k")
    p = Proof([z, z1, g, eta, k])
    for name, relation in {"k0": k > 0, "eta0": eta > 0, "g0": g >= 0, "update": Eq(z1, z - eta / k * g)}.items():
        p.assume(name, relation)
    p.weigh("falls", z1 <= z, {"g0": eta / k, "update": -1})
    p.certificate(["falls"])
    p = Proof([z, z1, g, eta, k])
    for name, relation in {"k0": k > 0, "none": Eq(g, 0), "update": Eq(z1, z - eta / k * g)}.items():
        p.assume(name, relation)
    p.weigh("frozen", Eq(z1, z), {"update": 1, "none": -eta / k})
    assert check(p.certificate(["frozen"])).conclusions["frozen"][0] == "="
