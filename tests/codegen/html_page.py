"""Reads a page strictly: what is not balanced, escaped or unique is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

_VOID = {"meta", "input", "wbr", "col", "br", "hr", "img", "link"}
_INLINE = {"wbr", "a", "b", "abbr"}
"""What does not part the words around it."""


@dataclass
class Element:
    """An element, or the page itself."""

    tag: str
    attributes: Mapping[str, str]
    parent: "Element | None"
    content: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", **attributes: str) -> Iterator["Element"]:
        """The elements within, in their order, that have the tag and the attributes.

        An attribute is written as Python has names: `class_`, `data_abi`.
        """
        wanted = {name.rstrip("_").replace("_", "-"): text for name, text in attributes.items()}
        for one in self.content:
            if isinstance(one, Element):
                if tag in ("", one.tag) and wanted.items() <= one.attributes.items():
                    yield one
                yield from one.all(tag, **attributes)

    def one(self, tag: str = "", **attributes: str) -> "Element":
        """The only such element."""
        found = list(self.all(tag, **attributes))
        if len(found) != 1:
            raise AssertionError(f"{len(found)} of {tag} {attributes}")
        return found[0]

    @property
    def text(self) -> str:
        """What is read, with single spaces."""
        return " ".join(_words(self).split())

    def grid(self) -> list[list["Element"]]:
        """The cells of a table, each in all the places that it spans."""
        places: dict[tuple[int, int], Element] = {}
        rows = list(self.all("tr"))
        for row, line in enumerate(rows):
            column = 0
            for cell in line.content:
                if not isinstance(cell, Element):
                    continue
                while (row, column) in places:
                    column += 1
                wide = int(cell.attributes.get("colspan", "1"))
                for below in range(int(cell.attributes.get("rowspan", "1"))):
                    for right in range(wide):
                        place = (row + below, column + right)
                        if place in places:
                            raise AssertionError(f"two cells are at {place}")
                        places[place] = cell
                column += wide
        width = 1 + max(column for _, column in places)
        if len(places) != width * len(rows):
            raise AssertionError(f"{len(places)} cells in {len(rows)} rows of {width}")
        return [[places[row, column] for column in range(width)] for row in range(len(rows))]


def _words(content: Element | str) -> str:
    if isinstance(content, str):
        return content
    around = "" if content.tag in _INLINE else " "
    return around + "".join(_words(one) for one in content.content) + around


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.page = Element("page", {}, None)
        self.open = self.page
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) != len(attrs):
            raise AssertionError(f"line {self.getpos()[0]}: <{tag}> has an attribute twice")
        if attributes.get("id") in self.ids:
            raise AssertionError(f"line {self.getpos()[0]}: id {attributes['id']} is there twice")
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        element = Element(tag, attributes, self.open)
        self.open.content.append(element)
        if tag not in _VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != self.open.tag or self.open.parent is None:
            raise AssertionError(f"line {self.getpos()[0]}: </{tag}> within <{self.open.tag}>")
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        if set("<&") & set(data) and self.open.tag not in ("style", "script"):
            raise AssertionError(f"line {self.getpos()[0]}: not escaped: {data!r}")
        self.open.content.append(data)

    def handle_entityref(self, name: str) -> None:
        self.open.content.append(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.open.content.append(unescape(f"&#{name};"))


def parse_page(text: str) -> Element:
    """The page. Raises AssertionError where it is not as it should be."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    if parser.open is not parser.page:
        raise AssertionError(f"<{parser.open.tag}> is not closed")
    return parser.page
