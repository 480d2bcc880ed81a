"""A matplotlib drawing made fit for the inside of a page: listed tags only, no styles or names that leak out of it."""

import re
from xml.etree.ElementTree import Element, fromstring, tostring

from markupsafe import Markup

TAGS = frozenset(("svg", "g", "defs", "path", "use", "rect", "clipPath", "text", "tspan"))
_PLAIN = frozenset(("d", "x", "y", "width", "height", "transform", "viewBox"))
_STYLES = re.compile(
    r"(fill|stroke|fill-opacity|stroke-opacity|opacity|stroke-width|stroke-linejoin|stroke-linecap|stroke-dasharray|"
    r"stroke-dashoffset|font-size|text-anchor)"
)
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_VALUE = re.compile(r"[#A-Za-z0-9., -]+")


def inline(drawing: str, prefix: str, name: str) -> Markup:
    """The drawing as an ``<svg>`` element whose ids start with ``prefix``; ``name`` is its text for screen readers.

    Raises ValueError where the drawing is no SVG or holds a tag that is not listed.
    """
    root = fromstring(drawing)
    if _local(root.tag) != "svg":
        raise ValueError(f"expected an svg element, got {root.tag!r}")
    clean = _rebuild(root, prefix)
    if clean is None:
        raise ValueError("the drawing is empty")
    clean.attrib.update({"role": "img", "aria-label": name, "class": "drawing"})
    for size in ("width", "height"):
        clean.attrib.pop(size, None)
    return Markup(tostring(clean, encoding="unicode"))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _rebuild(source: Element, prefix: str) -> Element | None:
    tag = _local(source.tag)
    if tag in ("metadata", "style"):
        return None
    if tag not in TAGS:
        raise ValueError(f"the drawing holds the tag {tag!r}, which is not listed")
    target = Element(tag)
    for name, value in source.attrib.items():
        _attribute(target, _local(name), value, prefix)
    if tag in ("text", "tspan"):
        target.text = source.text
    children = [_rebuild(child, prefix) for child in source]
    target.extend(child for child in children if child is not None)
    return target


def _attribute(target: Element, name: str, value: str, prefix: str) -> None:
    if name == "id":
        # Only what is referred to keeps an id: matplotlib numbers its groups alike in every drawing.
        if target.tag in ("path", "clipPath"):
            target.set("id", prefix + value)
    elif name == "href":
        if value.startswith("#"):
            target.set("href", f"#{prefix}{value[1:]}")
    elif name == "clip-path":
        match = re.fullmatch(r"url\(#([A-Za-z0-9_-]+)\)", value)
        if match:
            target.set("clip-path", f"url(#{prefix}{match[1]})")
    elif name == "style":
        for rule in value.split(";"):
            key, _, setting = (part.strip() for part in rule.partition(":"))
            if _STYLES.fullmatch(key) and _VALUE.fullmatch(setting):
                target.set(key, setting)
    elif name in _PLAIN:
        target.set(name, _NUMBER.sub(lambda match: f"{float(match[0]):.2f}", " ".join(value.split())))
