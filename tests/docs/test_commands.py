"""Every command of the documentation works: all are parsed, those of tutorial and how-tos run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import typer

from bench.bundled import bundled_name
from bench.cli import app
from tests.docs.blocks import PAGES, ROOT, Block, blocks, commands

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "results/reference/README.md")
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)

# The blocks that nothing runs, by their first words: a new one is a decision.
NOT_RUN = {
    ("docs/tutorial.md", "python3 -m venv"),
    ("docs/howto/cluster.md", "pip install"),
    ("docs/howto/cluster.md", "ray start"),
    ("docs/howto/gpu.md", "bench run"),
    ("docs/howto/gpu.md", "bench fetch"),
}

# What takes a second or two; the rest is run by tox -e docs-commands.
SHORT = ("bench list",)


def type_in(text: str, folder: Path) -> None:
    """Types commands into a shell in ``folder``, as the reader does, until one fails."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        "COLUMNS": "120",
    }
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", text],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    assert "Traceback" not in done.stderr


def runs(block: Block) -> bool:
    return block.not_run is None or (block.needs_gpu and torch.cuda.is_available())


def follow(page: str, folder: Path, *, only: tuple[str, ...] = ("",)) -> int:
    """Does what a page says in an empty folder; the number of commands that were run.

    Args:
        only: how the lines to run begin, of those of one line each.
    """
    count = 0
    for block in blocks(page):
        if block.saved_as is not None:
            (folder / block.saved_as).write_text(block.text, encoding="utf-8")
        elif runs(block):
            lines = [line for line in block.text.splitlines() if line.startswith(only)]
            count += len(lines)
            if lines:
                type_in("\n".join(lines), folder)
    return count


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_to_do_with_it(page: str) -> None:
    found = blocks(page)
    assert found
    for block in found:
        if block.saved_as is None:
            subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)
        elif block.saved_as.endswith(".py"):
            compile(block.text, str(block), "exec")


def test_what_is_not_run_is_known() -> None:
    marked = {
        (page, " ".join(block.text.split()[: 3 if "venv" in block.text else 2]))
        for page in PAGES
        for block in blocks(page)
        if block.not_run is not None
    }
    assert marked == NOT_RUN


def test_each_command_is_one_that_bench_has() -> None:
    """Its name, its options and what they take; where a bundled grid is meant, it exists."""
    group = typer.main.get_command(app)
    parsed = set()
    for document in DOCUMENTS:
        saved = {block.saved_as for block in (blocks(document) if document in PAGES else [])}
        for line, text in commands(document):
            words = shlex.split(text.partition(" > ")[0].rstrip("& "))
            try:
                with group.make_context("bench", words[1:]) as context:
                    name, command, rest = group.resolve_command(context, words[1:])
                    made = command.make_context(name, rest, parent=context)
            except Exception as error:
                raise AssertionError(f"{document}:{line}: {text}: {error!r}") from error
            grid = made.params.get("grid")
            if document in PAGES and grid is not None:
                assert grid in saved or bundled_name(grid), f"{document}:{line}: no {grid}"
            parsed.add(name)
    assert parsed == set(group.commands), "every command is shown somewhere"


def test_the_short_commands_of_the_how_tos(tmp_path: Path) -> None:
    assert follow("docs/howto/variant.md", tmp_path, only=SHORT) == 1


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_all_commands_of_a_page(page: str, tmp_path: Path) -> None:
    assert follow(page, tmp_path) > 0
