"""Commands about whole papers: the list, and how to cite them."""

import sys

from ..errors import UserError
from ..loader import installed
from . import exits
from .printable import printable
from .provenance import BIBTEX
from .selection import opened


def papers_command() -> int:
    """Prints id, number of claims and title of every installed paper; one that does not load is named on stderr."""
    code = exits.GOOD
    rows = []
    for name in installed():
        try:
            found = opened(name, lambda _: {})
        except UserError as error:
            print(f"theorycheck: {printable(str(error))}", file=sys.stderr)
            code = max(code, error.exit_code)
            continue
        rows.append((name, f"{len(found.claims)} claims", found.paper.bibliography.title))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    for name, count, title in rows:
        print(printable(f"{name:<{widths[0]}}  {count:>{widths[1]}}  {title}"))
    return code


def cite_command(reference: str) -> int:
    """Prints the BibTeX entries of the tool and of the paper."""
    paper = opened(reference, lambda _: {}).paper
    print(BIBTEX)
    print("\n".join(printable(line) for line in paper.bibliography.bibtex.split("\n")))
    return exits.GOOD
