"""Every number that a figure draws, as its CSV file has it, is what the Parquet files give."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping

import pytest

from tests.report.recompute import curves
from tests.report.recompute.conftest import Case
from tests.report.recompute.curves import Row
from tests.report.recompute.model import UNITS

_COSTS = {"epoch": "epoch", "seconds": "training_seconds", "flops": "training_flops"}
_STEPS = {
    "losses": ("critic_loss", "generator_loss"),
    "critic-accuracy": ("critic_accuracy_real", "critic_accuracy_fake"),
    "critic-scores": ("critic_score_real", "critic_score_fake"),
}


def _expected(case: Case, name: str, axes: Mapping[str, str]) -> list[Row]:
    """All rows of a figure's file, in any order."""
    if name in _STEPS:
        unit = _unit(axes["y_axis"])
        return [row for each in _STEPS[name] for row in curves.steps(case.sweep, each, unit)]
    kind, _, cost = name.partition("-")
    draw = {"quality": curves.quality, "pareto": curves.pareto}[kind]
    return list(draw(case.sweep, _COSTS[cost], _unit(axes["x_axis"])))


def _unit(axis: str) -> float:
    found = re.search(r"\(([^ ]+)\)$", axis)  # (lower is better) is none
    return UNITS[found[1] if found else ""]


def test_every_figure(case: Case) -> None:
    files = sorted((case.folder / "figures").glob("*.csv"))
    assert len(files) >= 5
    for path in files:
        with path.open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        shown = [
            (
                row["configuration"],
                row["drawn"],
                *(float(row[key]) if row[key] else None for key in ("x", "y", "y_low", "y_high")),
            )
            for row in rows
        ]
        expected = _sorted(_expected(case, path.stem, rows[0]))
        assert len(shown) == len(expected), path.stem
        for own, known in zip(_sorted(shown), expected, strict=True):
            assert own[:2] == known[:2], path.stem
            numbers = zip(own[2:], known[2:], strict=True)
            assert all(_same(*pair) for pair in numbers), (path.stem, own, known)


def _same(shown: float | None, known: float | None) -> bool:
    return shown == known if None in (shown, known) else shown == pytest.approx(known, rel=1e-6)


def _sorted(rows: Iterable[Row]) -> list[Row]:
    """By all they have; rounded, since rows of the same place may differ in the last bits."""
    return sorted(rows, key=lambda row: (*row[:2], *(round(v or 0, 7) for v in row[2:])))
