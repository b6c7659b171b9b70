"""One language's catalogue, by Mozilla's Fluent, which chooses the words; values are put in after.

Fluent would show numbers as the Unicode consortium's tables have it (12.345 in Spanish, beside our
decimal points), and refuses values of 2,500 characters, which a list of many labels has. So what is
a value in a catalogue's text is a mark in Fluent's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast, visitor

from bench.texts import catalogue_file, grouped

_MARK = re.compile("\ue000(.*?)\ue001")  # of Unicode's private use


class _Prepared(visitor.Transformer):
    """Joins the lines of a message by spaces, and makes values marks."""

    def visit_TextElement(self, node: ast.TextElement) -> ast.TextElement:
        return ast.TextElement(node.value.replace("\n", " "))

    def visit_Placeable(self, node: ast.Placeable) -> Any:
        if isinstance(node.expression, ast.VariableReference):
            return ast.TextElement(f"\ue000{node.expression.id.name}\ue001")
        return self.generic_visit(node)


@cache
def bundle(language: str) -> FluentBundle:
    """The messages of a language that has a catalogue."""
    found = FluentBundle([language], use_isolating=False)  # whose marks LaTeX would not know
    found.add_resource(
        _Prepared().visit(FluentResource(catalogue_file(language).read_text("utf-8")))
    )
    return found


def said(language: str, key: str, values: Mapping[str, str | int]) -> str | None:
    """The text of a key; None where the catalogue lacks it or asks for values that are missing."""
    catalogue = bundle(language)
    if not catalogue.has_message(key) or (pattern := catalogue.get_message(key).value) is None:
        return None
    text, errors = catalogue.format_pattern(pattern, dict(values))
    marked = set(_MARK.findall(str(text)))
    if errors or not marked <= values.keys():
        return None
    shown = {name: _shown(values[name]) for name in marked}
    return _MARK.sub(lambda mark: shown[mark[1]], str(text))


def _shown(value: str | int) -> str:
    return value if isinstance(value, str) else grouped(value)
