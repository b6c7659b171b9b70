"""A grid's YAML: read with the line of every key, and written.

YAML 1.2 reads 1e-4 as a number, as every paper does. From 1.1 stay ``yes``, ``no``, ``on`` and
``off`` as booleans.
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
from ruamel.yaml.resolver import Resolver

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
    RecursionError,
)

_DEEPEST = 20


class _Resolver(Resolver):
    """Which plain scalars are numbers, booleans, … whatever version a document says it has."""

    def __init__(self, version: object = None, loader: object = None) -> None:
        super().__init__(loader)

    @property
    def processing_version(self) -> tuple[int, int]:
        return (1, 2)


_Resolver.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile("^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$"),
    list("yYnNoO"),
)


class _Representer(SafeRepresenter):
    """How values are written."""

    def represent_float(self, data: float) -> Any:
        """``5.0e-05``, which YAML 1.1 reads as a number too, rather than ``5e-05``."""
        node = super().represent_float(data)
        node.value = re.sub("^(-?[0-9]+)e", r"\1.0e", node.value)
        return node


_Representer.add_representer(float, _Representer.represent_float)


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
        GridError: it is not YAML, not a mapping, empty, or has a key twice.
    """
    yaml = _yaml()
    try:
        node = yaml.compose(text)
        if node is None:
            raise GridError(f"{source} is empty: list at least one variant under 'variants:'.")
        document = Document(source, {})
        _note_places(node, (), document)
        content = yaml.constructor.construct_document(node)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = " ".join(str(p) for p in (error.context, error.problem) if p)
        raise GridError(f"{source}, line {line}: not YAML ({_one_line(problem)}).") from error
    except YAML_FAILURES as error:
        raise GridError(f"{source}: not YAML ({first_line(error)}).") from error
    if not isinstance(content, dict):
        raise GridError(f"{source}, line 1: a grid is a mapping of keys such as 'variants:'.")
    document.content = content
    return document


def _one_line(text: str) -> str:
    return " ".join(text.split())


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


def read_value(text: str) -> Any:
    """A single YAML value, as ``--set`` gives it.

    Raises:
        One of ``YAML_FAILURES``: the text is not YAML.
    """
    return _yaml().load(text)


def write(content: Mapping[str, Any]) -> str:
    """A mapping as YAML."""
    stream = io.StringIO()
    _yaml().dump(dict(content), stream)
    return stream.getvalue()
