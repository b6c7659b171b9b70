"""What a page tells its reader to do, block by block, as a reader would do it.

A page has three kinds of code blocks. What follows "Save this as `NAME`:" is a file. What is marked
``bash`` is typed. A comment ``<!-- not run: REASON -->`` before it in the page's source says that
the tests do not run it, and ``<!-- not run without a GPU: REASON -->`` that they do where there is
a GPU.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
# The pages whose blocks make sense from the first to the last, in an empty folder.
PAGES = ("docs/tutorial.md", *sorted(f"docs/howto/{p.name}" for p in ROOT.glob("docs/howto/*.md")))

_SAVE = re.compile(r"Save (?:this|it) as `([\w.-]+)`.*:", re.DOTALL)
_MARK = re.compile(r"<!-- not run(?P<gpu> without a GPU)?: (?P<reason>\S.*?) -->", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One code block of a page.

    Attributes:
        line: of the page, for messages.
        saved_as: the name of the file; None of commands.
        not_run: why the tests do not run it; None where they do.
        needs_gpu: they do where there is a GPU.
    """

    page: str
    line: int
    text: str
    saved_as: str | None = None
    not_run: str | None = None
    needs_gpu: bool = False

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order.

    Raises:
        ValueError: a block is none of the three kinds.
    """
    tokens = MarkdownIt("commonmark").enable("table").parse((ROOT / page).read_text("utf-8"))
    return list(_blocks(page, tokens))


def _blocks(page: str, tokens: list[Token]) -> Iterator[Block]:
    before = mark = ""  # the paragraph and the comment just before a block
    for token in tokens:
        if token.type == "inline":
            before, mark = token.content, ""
        elif token.type == "html_block":
            mark = token.content
        elif token.type in ("fence", "code_block"):
            yield _block(page, token, before, mark)
            before = mark = ""


def _block(page: str, token: Token, before: str, mark: str) -> Block:
    line = token.map[0] + 1 if token.map else 0
    place = f"{page}:{line}"
    saved, marked = _SAVE.search(before), _MARK.fullmatch(mark.strip())
    if mark and marked is None:
        raise ValueError(f"{place}: the comment {mark.strip()!r} says neither what nor why")
    if token.info == "bash":
        if marked is None:
            return Block(page, line, token.content)
        reason, gpu = marked["reason"], marked["gpu"] is not None
        return Block(page, line, token.content, not_run=reason, needs_gpu=gpu)
    if saved is None or marked is not None:
        raise ValueError(f"{place}: say before it 'Save this as `NAME`:', or mark it as bash")
    return Block(page, line, token.content, saved_as=saved[1])


def commands(page: str) -> list[tuple[int, str]]:
    """Every command of ``bench`` in the code blocks of any page, with its line."""
    found = []
    for token in MarkdownIt("commonmark").parse((ROOT / page).read_text("utf-8")):
        if token.type in ("fence", "code_block") and token.info in ("", "bash"):
            first = token.map[0] + 2 if token.map else 0
            text = token.content.replace("\\\n", "  ")
            for offset, line in enumerate(text.splitlines()):
                found += [
                    (first + offset, part.strip())
                    for part in re.split(r"&&|\|\||[;|]", line.partition(" #")[0])
                    if re.match(r"\s*bench\s+(-|[a-z])", part)
                ]
    return found
