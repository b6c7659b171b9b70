"""What commands say: a printed command can be pasted, a bundled grid printed, a label read."""

from __future__ import annotations

import json
import shlex
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from bench import grid
from bench.bundled import bundled_text
from bench.cli.display import table
from bench.cli.listing import KINDS
from bench.errors import GridError, ResultsError
from bench.markup import escape_latex, escape_markdown, one_line
from bench.store import read_sweep
from tests.cli.commands import Bench, refused
from tests.store.sweeps import open_sweep, run_plan

TWO_LABELS = """
epochs: 1
subset: 64
batch_size: 16
quality: off
variants:
  - {name: dcgan, label: a b, width_factor: 0.0625}
  - {name: dcgan, label: a  b, width_factor: 0.125}
"""


@pytest.mark.slow
def test_printed_commands_can_be_pasted_and_labels_stay_two(
    bench: Bench,
    tmp_path: Path,
) -> None:
    (tmp_path / "two.yaml").write_text(TWO_LABELS)
    done = bench("run", "--grid", "two.yaml", "--out", "my results; x")
    assert done.returncode == 0, done.stderr
    (printed,) = (line for line in done.stdout.splitlines() if line.startswith("Report:"))
    words = shlex.split(printed)[1:]
    assert words == ["bench", "report", "my results; x"]
    done = bench(*words[1:], "--out", "the report")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "the report" / "report.md").read_text()
    assert "a b" in text
    assert "a \u00a0b" in text


def test_the_command_that_starts_a_sweep_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "it's here"
    open_sweep(path, [run_plan(0)])
    with pytest.raises(ResultsError, match="holds no run yet") as caught:
        read_sweep(path)
    words = shlex.split(str(caught.value).partition(":  ")[2])
    assert words == ["bench", "run", "--grid", str(path / "grid.yaml")]


def test_labels_that_differ_in_their_spaces_stay_different_wherever_they_are_shown() -> None:
    labels = ["a b", "a  b", "a   b", " a b", "a b "]
    for shown in (one_line, escape_markdown, escape_latex):
        # A renderer makes one space of several and none of those at the ends.
        rendered = [" ".join(filter(None, shown(label).split(" "))) for label in labels]
        assert len(set(rendered)) == len(labels), shown
    assert one_line("of two\n    lines\n") == "of two lines"
    assert one_line("") == ""


# -------------------------------------------------------------------------------- bench list


def test_a_bundled_grid_can_be_printed(bench: Bench, tmp_path: Path) -> None:
    for name in ("lightweight", "lightweight.yaml"):
        assert bench("list", "grids", name).stdout == bundled_text("lightweight.yaml")
    listing = bench("list", "grids").stdout
    assert "bench list grids NAME" in listing
    refused(bench("list", "grids", "lightwait"), "did you mean 'lightweight.yaml'?")
    (row,) = json.loads(bench("list", "variants", "dcgan-lite", "--json").stdout)
    assert row["name"] == "dcgan-lite"


@pytest.mark.parametrize("name", ["lightweight", "lightweight.yaml"])
def test_a_folder_does_not_hide_a_bundled_grid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).mkdir()
    assert grid.load(name).name == "lightweight"
    Path("mine").mkdir()
    with pytest.raises(GridError, match="mine is a folder, not a grid"):
        grid.load("mine")


# ------------------------------------------------------------------------------------ labels


@pytest.mark.parametrize("width", [30, 40, 50, 80])
def test_no_word_is_broken_into_letters_on_a_narrow_terminal(width: int) -> None:
    rows = [
        {"run": "dcgan-s0-34d55d7132", "label": "half both", "seed": "0", "time": "1 h 31 min"},
        {"run": "dcgan-s0-34d55d7133", "label": "separable", "seed": "0", "time": "12 min"},
    ]
    console = Console(file=StringIO(), width=width)
    console.print(table("", rows, console, droppable=("seed",)))
    text = console.file.getvalue()
    for word in ("label", "half", "both", "separable", "1 h 31 min", "dcgan-s0-34d55d7133"):
        assert word in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("kind", ["variants", "datasets", "measures"])
def test_a_narrow_terminal_shows_every_column_of_a_list(kind: str, width: int) -> None:
    rows = list(KINDS[kind]())
    console = Console(file=StringIO(), width=width)
    console.print(table(kind, rows, console))
    text = "".join(console.file.getvalue().split())  # a long name may be on two lines
    for heading in rows[0]:
        assert heading.split("_")[0] in text
    for row in rows:
        assert str(row["name"]) in text
        assert not isinstance(row.get("images"), int) or f"{row['images']:,}" in text


@pytest.mark.parametrize(
    ("attribute", "remedy"),
    [
        ('needs = "features"', "write needs = frozenset({'features'}), with braces"),
        ('needs = frozenset("labels")', "write needs = frozenset({'features'}), with braces"),
        ('tasks = "images"', "write tasks = ('images',)"),
    ],
)
def test_names_that_a_plug_in_gives_as_a_text_are_not_its_letters(
    bench: Bench,
    tmp_path: Path,
    attribute: str,
    remedy: str,
) -> None:
    (tmp_path / "mine.py").write_text(
        "from bench.measures import Measure\n"
        "from bench.quality.scorers.base import Scorer, scorer\n"
        '@scorer("mine")\n'
        "class Mine(Scorer):\n"
        '    measures = (Measure(name="mine", doc="mine", over_epochs="final"),)\n'
        f"    {attribute}\n"
        "    def score(self, scored): return {}\n"
    )
    refused(bench("list", "scorers", "--plugin", "mine.py"), "mine.py", remedy)


def test_the_first_heading_is_not_broken_where_its_cells_are_shorter() -> None:
    console = Console(width=120, file=StringIO())
    rows = [{"label": name, "completed": "1 of 1"} for name in "AB"]
    console.print(table("sweep", rows, console))
    assert "label" in console.file.getvalue()
