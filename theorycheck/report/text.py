"""Values of the ledger as text for readers: cleaned strings, six significant digits, shortened lists."""

import math
import re
import unicodedata
from collections.abc import Mapping

_LONGEST_STRING = 240
_LONGEST_LIST = 6
_DEEPEST = 4
_NAME = re.compile(r"[A-Za-z]+[0-9]*(_[A-Za-z0-9]+)*")
_GREEK_WORDS = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho varrho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega "
)
_GREEK = frozenset(_GREEK_WORDS.split())
_RELATION = re.compile(r"[<>=≤≥≠]")
_TWO_WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")
_SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Direction controls can make one verdict read as another; control characters are not allowed in XML.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """The text with U+FFFD for what no page should show: control, surrogate and direction characters."""
    return "".join("\ufffd" if _unfit(letter) else letter for letter in text)


def _unfit(letter: str) -> bool:
    if letter in "\n\t":
        return False
    return letter in _DIRECTION or letter in "\ufffe\uffff" or unicodedata.category(letter) in ("Cc", "Cs")


def superscript(exponent: int) -> str:
    """The integer in superscript digits: -3 gives ⁻³."""
    return str(exponent).translate(_SUPERSCRIPTS)


def label(name: str) -> str:
    """A key as words, where it is made of words: ``smallest_detectable`` loses its underscore, ``sigma_0`` keeps it."""
    words = clean(name).split("_")
    return " ".join(words) if all(len(word) > 1 and word.isalpha() for word in words) else clean(name)


def is_code(text: str) -> bool:
    """Whether the text is a relation without words around it.

    >>> is_code("(x - y)**2 >= 0"), is_code("for every j, x > 0"), is_code("denser")
    (True, False, False)
    """
    return _RELATION.search(text) is not None and _TWO_WORDS.search(text) is None


def symbol(name: str) -> str:
    """A variable's name as LaTeX, "" where it is no plain name: Greek words and indices as the paper has them.

    >>> symbol("alpha_p"), symbol("n_N"), symbol("eps"), symbol("a b")
    ('\\\\alpha_{p}', 'n_{N}', '\\\\mathrm{eps}', '')
    """
    if not _NAME.fullmatch(name):
        return ""
    base, *indices = (_named(part) for part in name.split("_"))
    return f"{base}_{{{','.join(indices)}}}" if indices else base


def _named(part: str) -> str:
    if len(part) == 1 or part.isdigit():
        return part
    return f"\\{part}" if part in _GREEK else rf"\mathrm{{{part}}}"


def number(value: float) -> str:
    """Six significant digits, a true minus sign, powers of ten as such.

    >>> number(1234567.0), number(-0.00001), number(0.5)
    ('1.23457 × 10⁶', '−1 × 10⁻⁵', '0.5')
    >>> number(float("nan")), number(float("-inf"))
    ('not a number', '−∞')
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    digits, _, exponent = f"{value:.6g}".partition("e")
    digits = digits.replace("-", "−")
    return f"{digits} × 10{superscript(int(exponent))}" if exponent else digits


def integer(value: int) -> str:
    """The integer as it stands; beyond 30 digits its ends and its length."""
    size = abs(value)
    if size < 10**30:
        return str(value).replace("-", "−")
    digits = math.floor(math.log10(size)) + 1
    sign = "−" if value < 0 else ""
    return f"{sign}{size // 10 ** (digits - 6)}…{size % 10**6:06d} ({digits} digits)"


def value_text(value: object, depth: int = 0) -> str:
    """Any JSON value as one line of text.

    Strings, and so exact rationals, stand as given (shortened beyond 240 characters, with their length); lists show six
    entries and their count; a missing value is "-".

    >>> value_text([1, 2.0, "1/3", None]), value_text(list(range(100)))
    ('[1, 2, 1/3, -]', '[0, 1, 2, 3, 4, 5, … (100 values)]')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return _string(clean(value))
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        first = list(value.items())[:_LONGEST_LIST]
        shown = [f"{clean(str(key))}: {value_text(item, depth + 1)}" for key, item in first]
        return "{" + "; ".join(shown) + _more(len(value), "entries") + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(value_text(item, depth + 1) for item in value[:_LONGEST_LIST]) + _more(len(value)) + "]"
    raise ValueError(f"{value!r:.80}: a {type(value).__name__} is no JSON value")


def _string(text: str) -> str:
    if len(text) <= _LONGEST_STRING:
        return text
    return f"{text[:160]} … {text[-40:]} ({len(text)} characters)"


def _more(count: int, noun: str = "values") -> str:
    return f", … ({count} {noun})" if count > _LONGEST_LIST else ""


def duration(seconds: float | None) -> str:
    """A time span for readers; "-" where none is known.

    >>> duration(0.0004), duration(0.25), duration(12.34), duration(125), duration(3780)
    ('< 1 ms', '250 ms', '12.3 s', '2 min 5 s', '1 h 3 min')
    """
    if seconds is None or not 0 <= seconds < math.inf:
        return "-"
    if seconds < 0.001:
        return "< 1 ms" if seconds else "0 s"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
