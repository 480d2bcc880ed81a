"""Text from files and papers, made safe for a terminal."""


def printable(text: str) -> str:
    """The text on one line, with everything that could steer a terminal written as an escape.

    >>> printable("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
