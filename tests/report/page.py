"""Reading a page as a browser does, and what no page may hold."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Walk(HTMLParser):
    """Every element with its attributes; checks that tags nest."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open[-5:])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def poison(value: object, text: str) -> object:
    """The document with the text in place of every string that is free."""
    closed = {"verdict", "expected", "kind", "x_scale", "y_scale", "id", "uses", "weakest", "unexpected"}
    if isinstance(value, dict):
        return {key: item if key in closed or key == "summary" else poison(item, text) for key, item in value.items()}
    if isinstance(value, list):
        return [poison(item, text) for item in value]
    return text if isinstance(value, str) else value


def check_safe(page: str) -> Walk:
    walk = Walk(page)
    tags = {tag for tag, _ in walk.elements}
    assert not tags & {"script", "iframe", "object", "embed", "img", "link", "base", "form", "foreignobject", "image"}
    ids = [attributes["id"] for _, attributes in walk.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in walk.elements:
        for name, setting in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("src", "srcset", "action", "formaction", "data", "xlink:href"), (tag, name)
            if name == "href":
                assert setting is not None
                inside = setting.startswith("#") and setting[1:] in {*ids, ""}
                assert inside or tag == "a" and setting.startswith("https://"), (tag, setting)
            if name == "style":
                assert setting is not None and re.fullmatch(r"flex-grow:\d+", setting), setting
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(styles) == 1 and "url(" not in styles[0] and "@import" not in styles[0]
    for formula in re.findall(r"<math .*?</math>", page, re.DOTALL):
        fromstring(formula)
    for drawing in re.findall(r"<svg .*?</svg>", page, re.DOTALL):
        fromstring(drawing)
    return walk
