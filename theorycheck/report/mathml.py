"""LaTeX to MathML that is safe to put into a page: listed tags and attributes only, every text escaped.

latex2mathml builds an element tree, but writes it out unescaped; so its tree is taken and rebuilt here.
"""

import re
from functools import lru_cache
from xml.etree.ElementTree import Element, SubElement, tostring

from latex2mathml.converter import Converter
from markupsafe import Markup, escape

from .latex import problem

_HIGH = "mfrac munder mover munderover mtable mroot msqrt msubsup "
_TAGS = _HIGH + "math mrow mi mn mo mtext mspace msub msup mtr mtd mstyle "
_ATTRIBUTES = (
    "display displaystyle scriptlevel mathvariant stretchy fence separator form lspace rspace minsize maxsize "
    "symmetric largeop movablelimits accent accentunder linethickness columnalign rowspacing columnspacing "
    "columnlines width "
)
_WITH_LIMITS = "max min sup inf lim argmax argmin limsup liminf Pr "
TAGS = frozenset(_TAGS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
_PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
_VALUE = re.compile(r"[A-Za-z0-9.+ -]{1,60}")
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
_LIMITS = frozenset(_WITH_LIMITS.split())
_TALL = frozenset(_HIGH.split())
_FENCES = {"⟨": "prefix", "⟩": "postfix"}
# Names that latex2mathml writes for lengths and signs, where browsers expect the value itself.
_LENGTHS = {"negativethinmathspace": "-0.167em"}
_SIGNS = {"~": "∼", "\u2015": "\u00af"}


class Refused(ValueError):
    """The formula holds something that is not on the list."""


@lru_cache(maxsize=4096)
def to_mathml(tex: str, display: bool = False) -> Markup | None:
    """The formula as a ``<math>`` element, or None where it is not listed LaTeX or cannot be converted."""
    if problem(tex):
        return None
    source = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{split}", tex)
    try:
        tree = Converter(display="block" if display else "inline").convert_to_element(source)
        rebuilt = _rebuild(tree, display)
    except Exception:  # the converter raises many unrelated types; a formula must not take the report down
        return None
    rebuilt.set("xmlns", "http://www.w3.org/1998/Math/MathML")
    return Markup(tostring(rebuilt, encoding="unicode"))


def maths(tex: str, display: bool = False) -> Markup:
    """The formula as MathML; as escaped code where that fails."""
    formula = to_mathml(tex, display)
    return formula if formula is not None else Markup('<code class="tex">{}</code>').format(escape(tex))


def _rebuild(source: Element, display: bool) -> Element:
    if source.tag not in TAGS:
        raise Refused(f"the tag {source.tag}")
    target = Element(source.tag)
    for name, value in source.attrib.items():
        if name == "xmlns":
            continue
        value = _LENGTHS.get(value, value)
        if name not in ATTRIBUTES or not _VALUE.fullmatch(value):
            raise Refused(f"the attribute {name}")
        target.set(name, value)
    if source.text and source.text.strip():
        target.text = _text(source)
    for child in source:
        target.append(_rebuild(child, display))
    if len(target) != _PARTS.get(target.tag, len(target)):
        raise Refused(f"a {target.tag} with {len(target)} parts")
    _classify(target)
    _tighten(target)
    _join_letters(target)
    _space_functions(target)
    _raise_limits(target, display)
    return target


def _text(source: Element) -> str:
    text = _REFERENCE.sub(lambda match: chr(int(match[1], 16)), source.text or "")
    if source.tag == "mtext":
        text = re.sub(r"\\([_%&#$])", r"\1", text)
    if "\\" in text and source.tag != "mo" or len(source):
        raise Refused("an unknown command")
    return _SIGNS.get(text, text)


def _classify(element: Element) -> None:
    """Signs that the converter took for letters get an operator's spacing."""
    text = element.text or ""
    if element.tag == "mi" and len(text) == 1 and not text.isalnum() and text not in "∞∅′″ℓ∂∇":
        element.tag = "mo"
    if element.tag == "mo" and text in _FENCES and "stretchy" not in element.attrib:
        element.attrib.update(stretchy="false", form=_FENCES[text])
    if element.tag == "mover" and len(element) == 2 and element[1].tag == "mo":
        element.set("accent", "true")


def _tighten(element: Element) -> None:
    """Brackets around a low content keep their size: browsers set stretched ones too wide."""
    if element.tag == "mrow" and not any(child.tag in _TALL for child in element.iter()):
        for child in element:
            if child.get("fence") == "true":
                child.set("stretchy", "false")


def _join_letters(element: Element) -> None:
    """``\\mathrm{logit}`` arrives as five letters; a word is one identifier, which browsers set upright."""
    letters = [child.text or "" for child in element if child.tag == "mi" and child.get("mathvariant") == "normal"]
    if element.tag == "mrow" and len(letters) == len(element) > 1:
        for child in list(element):
            element.remove(child)
        SubElement(element, "mi").text = "".join(letters)


def _space_functions(element: Element) -> None:
    """A thin space between a function's name and an argument without brackets."""
    if element.tag not in ("mrow", "mtd"):
        return
    for place in range(len(element) - 1, 0, -1):
        if _is_word(element[place - 1]) and element[place].tag in (
            "mi",
            "mn",
            "msub",
            "msup",
            "msubsup",
            "mfrac",
            "msqrt",
        ):
            element.insert(place, Element("mspace", width="0.167em"))


def _is_word(element: Element) -> bool:
    if element.tag in ("msub", "msup", "msubsup") or element.tag == "mrow" and len(element) == 1:
        return _is_word(element[0])
    return element.tag == "mi" and len(element.text or "") > 1


def _raise_limits(element: Element, display: bool) -> None:
    """The range of a maximum stands below it in display, beside it in running text."""
    if element.tag == "mo" and (element.text or "").isalpha() and len(element.text or "") > 1:
        element.attrib.update(lspace="0.167em", rspace="0.167em")
    if display and element.tag == "msub" and element[0].tag == "mo" and element[0].text in _LIMITS:
        element.tag = "munder"
        element[0].set("movablelimits", "true")
