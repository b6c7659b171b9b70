"""A report's page as data: its tables, its texts, and the sheets' captions.

Read by Python's own parser. Figures are left out: their numbers are in their CSV files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "br", "img", "input", "link", "hr", "wbr"}
_BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "dt", "dd", "figcaption", "summary"}
_BLOCKS |= {"label", "option", "output", "pre", "title", "footer", "button", "a", "b"}


@dataclass
class Node:
    """An element; ``children`` are elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str) -> list[Node]:
        return [node for node in self.walk() if node.tag == tag]

    @property
    def text(self) -> str:
        """All text below, with single spaces."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        between = " " if self.tag in ("br", "tr", "thead") else ""
        return re.sub(r"\s+", " ", between.join(parts) + " " * (self.tag == "br"))

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        headings: in one line each, by the column's key.
        essential: the keys of the columns that are shown first.
        rows: by label, or by place, the text and the value to sort by of each column.
        notes: below it.
    """

    headings: dict[str, str]
    essential: list[str]
    rows: dict[str, dict[str, tuple[str, str]]]
    notes: list[str]
    title: str

    def unit(self, key: str) -> str:
        """What its heading has in brackets at the end."""
        found = re.search(r"\(([^()]*)\)$", self.headings[key])
        return found[1] if found else ""


@dataclass(frozen=True)
class Page:
    root: Node

    @property
    def tables(self) -> dict[str, Table]:
        """By the name of their files."""
        return {
            node.attributes["id"].removeprefix("table-"): _table(node)
            for node in self.root.all("section")
            if "table" in node.classes
        }

    def section(self, name: str) -> Node:
        (found,) = (node for node in self.root.walk() if node.attributes.get("id") == name)
        return found

    def script(self) -> Iterator[str]:
        """The JSON of the page's scripts."""
        for node in self.root.all("script"):
            if node.attributes.get("type") == "application/json":
                yield "".join(child for child in node.children if isinstance(child, str))


def read(path: Path) -> Page:
    builder = _Builder()
    builder.feed(path.read_text(encoding="utf-8"))
    return Page(builder.root)


def _table(section: Node) -> Table:
    head, *body = section.all("tr")
    columns = head.all("th")
    keys = [th.attributes["data-key"] for th in columns]
    rows: dict[str, dict[str, tuple[str, str]]] = {}
    for place, row in enumerate(body):
        cells = [node for node in row.children if isinstance(node, Node)]
        shown = [(cell.text.strip(), cell.attributes["data-sort"]) for cell in cells]
        label = row.attributes.get("data-label", str(place))
        assert len(shown) == len(keys)
        assert label not in rows or label == ""
        rows[label if label not in rows else str(place)] = dict(zip(keys, shown, strict=True))
    return Table(
        {key: th.text.strip() for key, th in zip(keys, columns, strict=True)},
        [key for key, th in zip(keys, columns, strict=True) if "extra" not in th.classes],
        rows,
        [item.text.strip() for item in section.all("li")],
        section.all("h3")[0].text.strip(),
    )
