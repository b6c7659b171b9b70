"""A grid's YAML: read with the line of every key, and written, by the same rules.

Plain words mean what YAML 1.2 says: 1e-4 is a number, as in every paper, 010 is ten, and a date is
text. From 1.1 stay ``yes``, ``no``, ``on`` and ``off`` as booleans, and 10_000 as a number, though
not 1_0, which is more likely a slip.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML, nodes
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.representer import SafeRepresenter
from ruamel.yaml.resolver import BaseResolver

from bench.errors import GridError, first_line

# The place of a key: the keys and indices that lead to it.
KeyPath = tuple[str | int, ...]

# The constructors of scalars raise whatever conversion raises: a date of month 13, !!bool maybe, …
YAML_FAILURES = (
    YAMLError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    RecursionError,
)

_DEEPEST = 20
_MOST_REPEATED = 10_000  # values that aliases stand for
_BREAKS = re.compile("[\n\r\x85\u2028\u2029]")

# Which plain words are what; the first that matches counts. Any other is text.
_PLAIN = {
    "null": "~|null|Null|NULL|",
    "bool": "true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF",
    "int": "[-+]?(?:[0-9]+|[0-9]{1,3}(?:_[0-9]{3})+)|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(?:\.[0-9]+|(?:[0-9]+|[0-9]{1,3}(?:_[0-9]{3})+)(?:\.[0-9]*)?)"
    r"(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "merge": "<<",
}


class _Resolver(BaseResolver):
    """Reader and writer ask it what a plain word is, whatever version a document says it has."""

    def __init__(self, version: object = None, loader: object = None) -> None:
        super().__init__(loader)

    @property
    def processing_version(self) -> tuple[int, int]:
        return (1, 2)


for _kind, _pattern in _PLAIN.items():
    _Resolver.add_implicit_resolver_base(
        f"tag:yaml.org,2002:{_kind}", re.compile(f"^(?:{_pattern})$"), None
    )


class _Representer(SafeRepresenter):
    """How values are written."""

    def represent_float(self, data: float) -> Any:
        """``5.0e-05``, which YAML 1.1 reads as a number too, rather than ``5e-05``."""
        node = super().represent_float(data)
        node.value = re.sub("^(-?[0-9]+)e", r"\1.0e", node.value)
        return node

    def represent_str(self, data: str) -> Any:
        """Text with line breaks in double quotes, which escape them; others fold some away."""
        style = '"' if _BREAKS.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(float, _Representer.represent_float)
_Representer.add_representer(str, _Representer.represent_str)


def _yaml() -> YAML:
    """A reader and writer of plain values; reading executes nothing."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = _Resolver
    yaml.Representer = _Representer
    yaml.composer.warn_double_anchors = False  # YAML allows to define an anchor again
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 10**9  # no line is wrapped
    yaml.representer.sort_base_mapping_type_on_output = False
    return yaml


@dataclass
class Document:
    """A parsed grid that remembers the line of each of its keys.

    Attributes:
        source: the file, as messages call it.
        content: the grid's keys.
        places: where each key is: a line of the file, or the flag that has set it.
    """

    source: str
    content: dict[str, Any]
    places: dict[KeyPath, str] = field(default_factory=dict)

    def at(self, *path: str | int) -> str:
        """The place of a key, or of the nearest enclosing one."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.source)

    def error(self, path: KeyPath, problem: str) -> GridError:
        """What is wrong, and where."""
        return GridError(f"{self.at(*path)}: {problem}")


@dataclass(frozen=True)
class Places:
    """Where the keys of one configuration are; a key that it leaves to its default: its name.

    Attributes:
        where: the path of each key in the document, "name" among them.
    """

    document: Document
    where: Mapping[str, KeyPath]

    def at(self, key: str) -> str:
        """The place of a key."""
        return self.document.at(*self._path(key))

    def error(self, key: str, problem: str) -> GridError:
        """What is wrong with a key, and where."""
        return self.document.error(self._path(key), problem)

    def _path(self, key: str) -> KeyPath:
        return self.where.get(key, self.where["name"])


def parse(text: str, source: str) -> Document:
    """Reads a grid's text.

    Raises:
        GridError: it is not YAML, not a mapping, empty, has a key twice, or has aliases that stand
            for more than any grid needs.
    """
    yaml = _yaml()
    try:
        node = yaml.compose(text)
        if node is None:
            raise GridError(f"{source} is empty: list at least one variant under 'variants:'.")
        document = Document(source, {})
        _check_aliases(node, source)
        _note_places(node, (), document)
        content = yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = " ".join(str(p) for p in (error.context, error.problem) if p)
        raise GridError(f"{source}, line {line}: not YAML ({_one_line(problem)}).") from error
    except RecursionError as error:
        raise GridError(
            f"{source}: its lists and mappings are too deep; a grid has a few levels."
        ) from error
    except YAML_FAILURES as error:
        raise GridError(f"{source}: not YAML ({first_line(error)}).") from error
    if not isinstance(content, dict):
        raise GridError(f"{source}, line 1: a grid is a mapping of keys such as 'variants:'.")
    document.content = content
    return document


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check_aliases(root: nodes.Node, source: str) -> None:
    """Aliases of aliases stand for billions of values in a few lines of text.

    Raises:
        GridError: they stand for more than 10,000 values.
    """
    sizes: dict[int, int] = {}

    def size(node: nodes.Node) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = 1  # what an alias to an enclosing node finds
            if isinstance(node, nodes.MappingNode):
                sizes[id(node)] += sum(size(key) + size(value) for key, value in node.value)
            elif isinstance(node, nodes.SequenceNode):
                sizes[id(node)] += sum(map(size, node.value))
        return sizes[id(node)]

    if size(root) - len(sizes) > _MOST_REPEATED:
        raise GridError(
            f"{source}: its aliases (*name) stand for more than {_MOST_REPEATED:,} values; write "
            "out what the grid needs."
        )


def _note_places(node: nodes.Node, path: KeyPath, document: Document) -> None:
    """Notes the line of every key; the first of two equal ones is already there."""
    document.places.setdefault(path, f"{document.source}, line {node.start_mark.line + 1}")
    if len(path) > _DEEPEST:
        raise GridError(f"{document.source}: nested too deeply for a grid.")
    if isinstance(node, nodes.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            place = f"{document.source}, line {line}"
            if not isinstance(key, nodes.ScalarNode):
                raise GridError(
                    f"{place}: a key is a list or a mapping itself; write a plain word, and "
                    "quotes around a value with braces or brackets."
                )
            if key.value in lines:
                raise GridError(
                    f"{place}: duplicate key {key.value!r} (first on line {lines[key.value]}); "
                    "keep one of them."
                )
            lines[key.value] = line
            document.places[(*path, key.value)] = place
            _note_places(value, (*path, key.value), document)
    elif isinstance(node, nodes.SequenceNode):
        for index, value in enumerate(node.value):
            _note_places(value, (*path, index), document)


def read_value(text: str, source: str = "the value") -> Any:
    """A single YAML value, as ``--set`` gives it.

    Raises:
        One of ``YAML_FAILURES``: the text is not YAML.
        GridError: it has aliases that stand for too much.
    """
    yaml = _yaml()
    node = yaml.compose(text)
    if node is None:
        return None
    _check_aliases(node, source)
    return yaml.constructor.construct_document(node)


def write(content: Mapping[str, Any]) -> str:
    """A mapping as YAML."""
    stream = io.StringIO()
    _yaml().dump(dict(content), stream)
    return stream.getvalue()
