"""One rich ledger document, made anew for every test that changes it."""

import copy
import math

import pytest

WORDS = ("proved", "derived", "certified", "survived", "vacuous", "inconclusive", "refuted", "conflict", "error")


def _logit_claim() -> dict[str, object]:
    return {
        "id": "lemma-d.5",
        "source": "Lemma D.5",
        "title": "Bounds on the diagonal logit",
        "origin": "exact",
        "statement": "With every other output in [0, tau], 1 - logit_i lies between the two bounds.",
        "statement_tex": r"\frac{k-1}{k-1+e^{F_i}} \le 1-\mathrm{logit}_i(F, X) \le "
        r"\frac{(k-1)\,e^{\tau}}{(k-1)\,e^{\tau}+e^{F_i}}",
        "variables": [
            {"name": "k", "tex": "k", "domain": "integer, $k \\ge 2$"},
            {"name": "F_i", "tex": "F_i", "domain": "real"},
            {"name": "tau", "tex": r"\tau", "domain": "real, at least 0"},
        ],
        "hypotheses": [{"text": "for every j ≠ i", "tex": r"0 \le F_j \le \tau"}, {"text": "logit is the softmax"}],
        "parts": [
            {"name": "lower", "statement_tex": r"\frac{k-1}{k-1+e^{F_i}} \le 1-\mathrm{logit}_i", "verdict": "proved"},
            {"name": "upper", "statement": "The upper bound, by monotonicity in each F_j.", "verdict": "derived"},
        ],
        "derivation": [
            {
                "name": "sum",
                "text": "The sum over $j \\ne i$ grows with each $F_j$.",
                "by": "monotonicity",
                "verdict": "proved",
                "tex": r"k-1 \le \sum_{j \ne i} e^{F_j} \le (k-1)\,e^{\tau}",
            },
            {
                "name": "ratio",
                "text": "A/(A+B) grows with A.",
                "tex": r"\frac{\partial}{\partial A}\frac{A}{A+B} = "
                r"\frac{B}{\left(A+B\right)^{2}} > 0",
                "by": "computer algebra",
                "verdict": "derived",
            },
        ],
        "point": {"k": "5", "F_i": "7/3", "tau": "1/10"},
        "note": "The paper writes Θ(·) for both bounds; here are the constants.",
        "verdict": "derived",
        "expected": "derived",
        "as_expected": True,
        "rests_on": {"verdict": "derived", "weakest": ["lemma-d.5"]},
        "uses": [],
        "evidence": [
            {
                "kind": "symbolic",
                "verdict": "derived",
                "summary": "Both inequalities follow from monotonicity in $F_j$.",
                "covers": ["lower", "upper"],
                "figures": {"points": 64, "digits": 50, "largest_residual": 3.2e-49},
                "seconds": 0.412,
                "cached": False,
                "plots": [],
                "tables": [],
                "certificate": {"kind": "polynomial identity", "terms": {"A": "1/2", "B": "-3/7"}},
            },
            {
                "kind": "enclosure",
                "verdict": "certified",
                "summary": "On the box below, by 256 sub-boxes.",
                "covers": ["upper"],
                "figures": {
                    "box": ["0", "12"],
                    "precision": 128,
                    "boxes": list(range(256)),
                    "gap": math.nan,
                    "other": None,
                },
                "seconds": 75.0,
                "cached": True,
            },
        ],
        "witness": None,
        "replay": None,
    }


def _race_claim() -> dict[str, object]:
    times = list(range(1, 200))
    slow = [0.02 * math.exp(t / 60) for t in times]
    fast = [min(0.43, 0.02 * math.exp(t / 40)) for t in times]
    return {
        "id": "theorem-d.1",
        "source": "Theorem D.1",
        "title": "Standard training learns the non-robust feature first",
        "origin": "reconstructed",
        "statement": "At the first t with F_i ≥ 1 the non-robust part of F_i exceeds the robust part.",
        "statement_tex": r"n_N \sum_{r \le m} s\left(\beta B_{i,r}^{(T)}\right) > n_R \sum_{r \le m} "
        r"s\left(\alpha A_{i,r}^{(T)}\right), \qquad T = \min\left\{t : F_i \ge 1\right\}",
        "variables": [{"name": "n_N", "tex": "n_N", "domain": "integer ≥ 1"}],
        "hypotheses": [{"text": "denser", "tex": r"n_R\, \alpha^{q} < n_N\, \beta^{q}"}],
        "verdict": "survived",
        "expected": "survived",
        "as_expected": True,
        "rests_on": {"verdict": "inconclusive", "weakest": ["lemma-d.10"]},
        "uses": ["lemma-d.5", "lemma-d.10"],
        "evidence": [
            {
                "kind": "statistics",
                "verdict": "survived",
                "summary": "226 of 300 classes, predicted share 0.7378.",
                "covers": [],
                "figures": {"n": 300, "interval": [0.70071, 0.80104], "smallest_detectable_deviation": 0.0731},
                "seconds": 12.3,
                "cached": False,
                "plots": [
                    {
                        "title": "Largest correlations in training, seed 0",
                        "x_label": "step t",
                        "y_label": "correlation",
                        "x_scale": "linear",
                        "y_scale": "log",
                        "series": [
                            {"label": "non-robust, $\\max_r B_{i,r}$", "kind": "line", "x": times, "y": fast},
                            {"label": "robust, $\\max_r A_{i,r}$", "kind": "line", "x": times, "y": slow},
                            {
                                "label": "range over seeds",
                                "kind": "band",
                                "x": times,
                                "low": [0.8 * y for y in slow],
                                "high": [1.3 * y for y in slow],
                            },
                            {
                                "label": "measured",
                                "kind": "points",
                                "x": [20, 60, 100, math.nan],
                                "y": [0.03, 0.09, 0.25, 1],
                            },
                            {"label": "predicted T", "kind": "rule", "x": [118], "y": []},
                        ],
                    }
                ],
                "tables": [
                    {
                        "title": "Share by seed",
                        "columns": ["seed", "share", "interval", "verdict"],
                        "rows": [
                            [0, 0.76, [0.55, 0.91], "agrees"],
                            [1, 0.72, [0.51, 0.88], "agrees"],
                            [2, math.nan, None, "undecided"],
                        ],
                    }
                ],
                "certificate": None,
            },
        ],
        "witness": None,
        "replay": None,
    }


def _no_go_claim() -> dict[str, object]:
    return {
        "id": "proposition-3.2",
        "source": "Proposition 3.2",
        "title": "A robust network exists",
        "origin": "finding",
        "statement": "The network w = gamma u_i is robust at radius eps.",
        "statement_tex": r"\sum_{p \in J_R} s\left(\gamma(\alpha_p - \varepsilon)\right) > P\, s(\gamma\varepsilon)",
        "variables": [
            {"name": "gamma", "tex": r"\gamma", "domain": "positive"},
            {"name": "P", "tex": "P", "domain": "≥ 1"},
        ],
        "hypotheses": [{"text": "denser"}],
        "point": {"gamma": "1", "P": "128"},
        "verdict": "refuted",
        "expected": "refuted",
        "as_expected": True,
        "rests_on": {"verdict": "refuted", "weakest": ["proposition-3.2"]},
        "uses": [],
        "evidence": [
            {"kind": "search", "verdict": "refuted", "summary": "Found at trial 3.", "covers": [], "figures": {}}
        ],
        "witness": {"point": {"gamma": "1", "P": "128"}, "left": "3/2", "right": "5461/48"},
        "replay": "theorycheck replay witnesses/proposition-3.2.json",
    }


def _plain(number: int, verdict: str, uses: list[str], expected: str | None = None) -> dict[str, object]:
    return {
        "id": f"lemma-d.{number}",
        "source": f"Lemma D.{number}",
        "title": f"Example of {verdict}",
        "statement": "x ≤ y",
        "verdict": verdict,
        "expected": expected or verdict,
        "as_expected": expected is None,
        "uses": uses,
        "rests_on": {"verdict": verdict, "weakest": [f"lemma-d.{number}"]},
    }


_CLAIMS = [
    _plain(6, "proved", []),
    _logit_claim(),
    _plain(7, "certified", ["lemma-d.6"]),
    _plain(10, "inconclusive", ["lemma-d.7", "lemma-d.6"], expected="certified"),
    _race_claim(),
    _no_go_claim(),
    _plain(11, "vacuous", []),
    _plain(12, "conflict", ["theorem-d.1"], expected="proved"),
    _plain(13, "error", ["lemma-d.404"], expected="survived"),
]

_DOCUMENT = {
    "schema_version": 1,
    "tool": {
        "name": "theorycheck",
        "version": "0.1.0",
        "python": "3.11.4",
        "platform": "linux",
        "commit": "0123abcd",
        "created": "2025-01-02T03:04:05Z",
        "profile": "quick",
        "libraries": {"numpy": "2.4.0", "sympy": "1.14.0"},
        "digest": "sha256:5f1c",
        "seconds": 3905.0,
    },
    "paper": "li-li-2024",
    "bibliography": {
        "title": "Adversarial Training Can Provably Improve Robustness",
        "authors": ["B. Li", "Y. Li"],
        "year": 2024,
        "bibtex": "@article{li2024,\n  title = {Adversarial Training},\n  year = {2024}\n}",
        "url": "https://example.org/paper",
    },
    "seed": 0,
    "setting": {"k": 5, "d": 16, "sigma_0": 0.01, "eta": "1/50"},
    "claims": _CLAIMS,
    "summary": {
        "claims": 9,
        "verdicts": dict.fromkeys(WORDS, 1),
        "as_expected": 6,
        "unexpected": ["lemma-d.10", "lemma-d.12", "lemma-d.13"],
    },
}


@pytest.fixture
def document() -> dict[str, object]:
    """A document with every verdict, every kind of plot, and gaps where the schema allows them."""
    return copy.deepcopy(_DOCUMENT)


@pytest.fixture
def bare() -> dict[str, object]:
    """The least that the schema asks for."""
    return {"schema_version": 1, "claims": [{"id": "lemma-1", "verdict": "proved"}]}
