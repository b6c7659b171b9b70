"""Escaping for Markdown and LaTeX."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.markup import escape_latex, escape_markdown


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_latex_has_no_bare_special_character(text: str) -> None:
    escaped = escape_latex(text)
    for command in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}"):
        escaped = escaped.replace(command, "")
    escaped = re.sub(r"\\[{}$&#_%]", "", escaped)
    escaped = re.sub(
        r"\$\\frac\{1\}\{2\}\$|"
        r"\$\\[a-z]+\$|\$\^\{[-23⁻³]\}\$|\$-\$|\\text[a-z]+\{\}|\\ldots\{\}|\\S\{\}",
        "",
        escaped,
    )
    escaped = escaped.replace("{[}", "").replace("{*}", "")
    assert not re.search(r"[\\{}$&#_%~^<>|*\[\n]", escaped)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_markdown_has_no_bare_special_character(text: str) -> None:
    escaped = re.sub(r"\\[\\`*_\[\]|~$]", "", escape_markdown(text))
    assert not re.search(r"[\\`*_\[\]|~$<>\n]", escaped)
    assert not re.search(r"&(?!amp;|lt;|gt;)", escaped)
