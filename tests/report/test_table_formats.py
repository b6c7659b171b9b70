"""Tables as CSV, Markdown and in the terminal, whatever the labels contain."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest

from bench.report.data import SweepData
from bench.report.tables import Table
from bench.report.tables.summary import summary
from bench.store import read_sweep

HOSTILE = ["<script>alert('x')</script>", "a|b", "_under_score_", "100 % & more", r"\back[slash]"]


def rows(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


@pytest.fixture(scope="module")
def of_trio(trio: Path) -> SweepData:
    return SweepData(read_sweep(trio))


def test_csv_keeps_names_and_full_precision(synthetic) -> None:
    for table in synthetic.tables(HOSTILE):
        if table.name != "equal-cost":
            assert {row["configuration"] for row in rows(table)} == set(HOSTILE)
    data = synthetic.data()
    table = pd.read_csv(io.StringIO(summary(data).csv()))
    own = [data.estimate(label, "seconds_per_1000_images") for label in data.labels]
    assert table["seconds_per_1000_images_mean"].tolist() == [e.mean for e in own]
    assert table["seconds_per_1000_images_low_95"].tolist() == [e.low for e in own]
    words = ["configuration", "fcd_final_verdict"]
    assert table.drop(columns=words).dtypes.map(pd.api.types.is_numeric_dtype).all()


def test_markdown_rows_have_as_many_cells_as_headings(synthetic) -> None:
    for table in synthetic.tables(HOSTILE):
        lines = [line for line in table.markdown().splitlines() if line.startswith("|")]
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
        assert cells == {len(table.columns) + 1}
        assert len(lines) == len(table.rows) + 2
        assert "<script>" not in table.markdown()


def test_the_terminal_shows_the_essential_columns(of_trio: SweepData) -> None:
    lines = summary(of_trio).terminal()
    assert lines[0]["Configuration"] == "dcgan (baseline)"
    assert list(lines[2]) == [
        "Configuration",
        "Seeds",
        "Generator parameters (k)",
        "Critic parameters (k)",
        "Training FLOPs per real image (M)",
        "Time per 1,000 real images (s)",
        "Speed-up per 1,000 real images (×)",
        "Peak host memory (MiB)",
        "Final FCD ↓",
        "Verdict on final FCD",
    ]
