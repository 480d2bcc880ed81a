"""The verdict words as the report shows them: word, shape, meaning, and what the word does not mean."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """How one verdict is shown.

    ``shape`` is the inside of a 16 x 16 SVG symbol, ``mark`` the amssymb command for the same job in LaTeX. The class
    ``cut`` draws in the page's background colour.
    """

    word: str
    means: str
    does_not_mean: str
    shape: str
    mark: str

    def __post_init__(self) -> None:
        if not self.word.isalpha() or not self.word.islower():
            raise ValueError(f"verdict word {self.word!r}: expected lower-case letters")


_LEGEND = (
    Verdict(
        "proved",
        "An exact certificate was checked again, in rational arithmetic, by the small kernel.",
        "That the paper's wording was read as its authors meant it: what is proved is the statement printed here.",
        '<circle cx="8" cy="8" r="7"/><path class="cut" d="M4.6 8.3 7 10.7 11.5 5.6"/>',
        r"\bullet",
    ),
    Verdict(
        "certified",
        "Outward-rounded enclosures show it at every point of the stated box.",
        "Anything outside that box.",
        '<path d="M8 .8 14.4 4.4v7.2L8 15.2 1.6 11.6V4.4z"/><path class="cut" d="M6.4 5H5v6h1.4M9.6 5H11v6H9.6"/>',
        r"\blacklozenge",
    ),
    Verdict(
        "derived",
        "Computer algebra carried out each step, and independent exact or high-precision values at random points "
        "inside the hypotheses agree.",
        "A formal proof: an error shared by the algebra and the spot checks would go unseen.",
        '<rect x="1.5" y="1.5" width="13" height="13" rx="1.5"/><path class="cut" d="M4.5 6.2h7M4.5 9.8h7"/>',
        r"\blacksquare",
    ),
    Verdict(
        "survived",
        "A number of trials or seeds fixed beforehand gave no counterexample, or a prediction lies in its confidence "
        "interval.",
        "That it is true: a deviation below the stated smallest detectable one would go unseen.",
        '<circle class="line" cx="8" cy="8" r="6.1"/><circle cx="8" cy="8" r="2.2"/>',
        r"\circledcirc",
    ),
    Verdict(
        "inconclusive",
        "No check could decide: an undecided comparison, a time or memory limit, or too few valid examples.",
        "Evidence for or against the statement.",
        '<path class="line" d="M8 1.6 14.4 8 8 14.4 1.6 8z"/>',
        r"\lozenge",
    ),
    Verdict(
        "vacuous",
        "The hypotheses contradict each other: nothing satisfies all of them.",
        "That the statement is right: of nothing, everything is true.",
        '<circle class="line" cx="8" cy="8" r="5.4"/><path class="line" d="M2.2 13.8 13.8 2.2"/>',
        r"\varnothing",
    ),
    Verdict(
        "refuted",
        "A witness, replayed exactly or by enclosure, meets every hypothesis and breaks the statement.",
        "That every version of the result fails: what is refuted is the statement printed here, under the hypotheses "
        "printed here.",
        '<path class="bold" d="M3 3l10 10M13 3 3 13"/>',
        r"\times",
    ),
    Verdict(
        "conflict",
        "Two checks disagree, so at least one of them is wrong, and the run fails.",
        "Anything about the paper, until the disagreement is settled.",
        '<path d="M1 2.5 7.2 8 1 13.5zM15 2.5 8.8 8l6.2 5.5z"/>',
        r"\bowtie",
    ),
    Verdict(
        "error",
        "A check broke down before it could answer.",
        "Anything about the statement.",
        '<path d="M8 1.2 15.4 14.6H.6z"/><path class="cut" d="M8 5.8v4.4M8 12v1"/>',
        r"\blacktriangle",
    ),
)

VERDICTS: dict[str, Verdict] = {verdict.word: verdict for verdict in _LEGEND}

ORIGINS: dict[str, str] = {
    "reconstructed": "The statement was rebuilt from the paper's prose and the discussion around it.",
    "exact": "The statement follows from the paper's algorithm without approximation.",
    "finding": "A result of the checker about the reconstructed statement, not a result of the paper.",
}

KINDS: dict[str, str] = {
    "symbolic": "Symbolic algebra",
    "asymptotic": "Order calculus",
    "enclosure": "Rigorous enclosure",
    "vacuity": "A point inside the hypotheses",
    "search": "Counterexample search",
    "run": "Along a run",
    "statistics": "Statistics",
}
