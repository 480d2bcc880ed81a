"""Where a statement stands: the paper, and the place in it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Source:
    """The paper's own number of a statement and where it is found.

    Args:
        number: as printed, e.g. ``"Lemma D.5"``; for what the paper leaves unnumbered, a name.
        where: section or appendix.
    """

    number: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.number} ({self.where})" if self.where else self.number


@dataclass(frozen=True)
class Bibliography:
    """The entry of a paper; `bibtex` is written from the fields, so that it cannot disagree with them."""

    key: str
    title: str
    authors: tuple[str, ...]
    year: int
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def bibtex(self) -> str:
        """The BibTeX entry.

        >>> print(Bibliography("doe2020", "On T", ("Jane Doe",), 2020).bibtex)
        @misc{doe2020,
          title = {On T},
          author = {Jane Doe},
          year = {2020},
        }
        """
        rows = {"title": self.title, "author": " and ".join(self.authors), "year": str(self.year), **self.fields}
        body = "".join(f"  {key} = {{{value}}},\n" for key, value in rows.items())
        return f"@misc{{{self.key},\n{body}}}"
