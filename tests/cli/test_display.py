"""The table in the terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from bench.cli.display import table


def test_columns_go_before_words_are_broken() -> None:
    rows = [{"Configuration": "dcgan", "Seeds": "3", "Verdict": "undecided: 4 more seeds needed"}]
    for width, kept in ((36, False), (60, True)):
        console = Console(file=StringIO(), width=width)
        console.print(table("", rows, console, ["Seeds"]))
        text = console.file.getvalue()
        assert "undecided:" in text
        assert ("Seeds" in text) == kept


def test_the_table_keeps_its_numbers_whole_on_a_narrow_terminal(tmp_path: Path) -> None:
    rows = [
        {
            "Configuration": f"half {name}",
            "Critic parameters (k)": "36.5",
            "Time per 1,000 real images (s)": "3.6 ± 2.1†",
            "Speed-up per 1,000 real images (×)": "1.35 (1.07–1.73)†",
            "Peak host memory (MiB)": "532.1 ± 2.5",
            "Final FCD ↓": "4.7 ± 0.7",
        }
        for name in ("generator", "critic")
    ]
    for width in (80, 200):
        console = Console(file=StringIO(), width=width)
        droppable = ["Peak host memory (MiB)", "Critic parameters (k)"]
        console.print(table("What?", rows, console, droppable))
        text = console.file.getvalue()
        for shown in ("half generator", "3.6 ± 2.1†", "1.35 (1.07–1.73)†", "4.7 ± 0.7"):
            assert shown in text
        assert ("532.1 ± 2.5" in text) == (width == 200)
