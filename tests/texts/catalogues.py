"""What catalogues and code say about texts, for the tests: keys, values, selections."""

from __future__ import annotations

import ast as python
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser, ast, visitor

import bench
from bench import texts

SOURCE = Path(bench.__file__).parent
FOLDER = Path(texts.__file__).parent
PLURALS = {"zero", "one", "two", "few", "many", "other"}

_OF_TEMPLATE = re.compile(r"""\bsay\(\s*["']([^"']+)["']\s*((?:,\s*\w+\s*=)?)""")


@dataclass(frozen=True)
class Use:
    """A place in the code or a template that says something.

    Attributes:
        key: or what the key begins with.
        values: the names of what is passed; None where that cannot be read.
    """

    place: str
    key: str
    is_prefix: bool
    values: frozenset[str] | None
    declared: bool  # whether its English is in the code


class _Found(visitor.Visitor):
    def __init__(self) -> None:
        self.values: set[str] = set()
        self.shown: set[str] = set()
        self.others: set[str] = set()
        self.kinds: dict[str, set[str]] = {}
        self.said: list[str] = []

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.values.add(node.id.name)

    def visit_Placeable(self, node: ast.Placeable) -> None:
        if isinstance(node.expression, ast.VariableReference):
            self.shown.add(node.expression.id.name)
        self.generic_visit(node)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:
        self.others.add(node.id.name)

    def visit_TextElement(self, node: ast.TextElement) -> None:
        self.said.append(" ".join(node.value.split()))

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:
        if isinstance(node.selector, ast.VariableReference):
            keys = {
                variant.key.name if isinstance(variant.key, ast.Identifier) else variant.key.value
                for variant in node.variants
            }
            self.kinds.setdefault(node.selector.id.name, set()).update(keys)
        self.generic_visit(node)


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language."""

    messages: Mapping[str, ast.Message]
    repeated: list[str]
    junk: list[str]

    def _found(self, key: str) -> _Found:
        found = _Found()
        found.visit(self.messages[key])
        return found

    def references(self, key: str) -> set[str]:
        """The messages that one is made with."""
        return self._found(key).others

    def values(self, key: str) -> set[str]:
        """The values that a message needs, those of the messages it is made with too."""
        found = self._found(key)
        return found.values.union(*(self.values(other) for other in found.others))

    def shown(self, key: str) -> set[str]:
        """Those that it shows, rather than only selecting by them."""
        found = self._found(key)
        return found.shown.union(*(self.shown(other) for other in found.others))

    def kinds(self, key: str) -> dict[str, set[str]]:
        """By value, the kinds it is selected by, but for plural forms."""
        found = self._found(key).kinds
        return {name: keys for name, keys in found.items() if not keys <= PLURALS}

    def said(self, key: str) -> list[str]:
        """The pieces of text between values."""
        return self._found(key).said


def catalogue(code: str, folder: Path = FOLDER) -> Catalogue:
    """The catalogue of a language, as it is written."""
    resource = FluentParser().parse((folder / f"{code}.ftl").read_text("utf-8"))
    junk = [each.content for each in resource.body if isinstance(each, ast.Junk)]
    every = [each for each in resource.body if isinstance(each, ast.Message)]
    names = [each.id.name for each in every]
    return Catalogue(
        {each.id.name: each for each in every},
        sorted({name for name in names if names.count(name) > 1}),
        junk,
    )


def missing(code: str, folder: Path = FOLDER) -> list[str]:
    """The keys of English that a language lacks."""
    return sorted(catalogue("en").messages.keys() - catalogue(code, folder).messages.keys())


@cache
def uses() -> list[Use]:
    """Everything that the code and the templates say."""
    found = [use for path in sorted(SOURCE.rglob("*.py")) for use in _of_code(path)]
    for path in sorted((SOURCE / "report" / "templates").iterdir()):
        for key in _OF_TEMPLATE.finditer(path.read_text("utf-8")):
            values = None if key[2] else frozenset[str]()
            found.append(Use(path.name, key[1], False, values, False))
    return found


def _of_code(path: Path) -> Iterator[Use]:
    if path.parent == FOLDER:
        return
    nodes = list(python.walk(python.parse(path.read_text("utf-8"))))
    imports = [n for n in nodes if isinstance(n, python.ImportFrom) and n.module == "bench.texts"]
    functions = {alias.name for node in imports for alias in node.names} & {"say", "translated"}
    for node in nodes:
        if not isinstance(node, python.Call):
            continue
        if (function := python.unparse(node.func)) not in functions:
            continue
        place = f"{path.relative_to(SOURCE)}:{node.lineno}"
        given = [keyword.arg for keyword in node.keywords]
        values = None if None in given else frozenset(filter(None, given))
        declared = function == "translated"
        keys = [node.args[0]]
        if isinstance(keys[0], python.IfExp):
            keys = [keys[0].body, keys[0].orelse]
        for key in keys:
            if isinstance(key, python.Constant) and isinstance(key.value, str):
                yield Use(place, key.value, False, values, declared)
            elif isinstance(key, python.JoinedStr) and isinstance(key.values[0], python.Constant):
                yield Use(place, str(key.values[0].value), True, values, declared)
            else:
                raise AssertionError(f"{place}: the key is neither a literal nor begins with one")
