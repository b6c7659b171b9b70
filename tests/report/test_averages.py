"""Scores of averaged generators: columns and a curve of their own, never mixed with the others."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest

from bench.report.data import SweepData
from bench.report.figures import all_figures
from bench.report.findings.quality import against_baseline
from bench.report.tables.summary import summary


def averaged(config: Any, better_by: float, lost: frozenset[int] = frozenset()) -> Any:
    """A configuration whose averaged generator's scores differ from the raw ones."""

    def measured(index: int, epoch: int) -> dict[str, Any]:
        raw = config.final[index] + 100 * (1 - (epoch - 1) / 4) ** 2
        gone = index in lost and epoch == 5
        return {
            "quality_evaluated": True,
            "fcd_averaged": None if gone else raw - better_by,
            "kid_mean_averaged": None if gone else raw / 2000,
            "conditional_accuracy_averaged": None if gone else 0.25,
        }

    return replace(config, measured=measured)


def row(data: SweepData, place: int) -> dict[str, str]:
    return list(csv.DictReader(io.StringIO(summary(data).csv())))[place]


def test_averaged_generators_have_columns_of_their_own(synthetic) -> None:
    plain = synthetic.data()
    titles = [column.title for column in summary(plain).columns]
    assert not any("Averaged" in title for title in titles)
    assert not any("Averaged" in note for note in summary(plain).notes)
    before = row(plain, 1), against_baseline(plain).text

    synthetic.folder.rename(synthetic.folder.with_name("plain"))
    configs = [synthetic.BASELINE, averaged(synthetic.SMALL_GENERATOR, 4), synthetic.SMALL_CRITIC]
    data = synthetic.data(configs)
    after = row(data, 1)
    geometric = (20.0 * 20.5 * 19.0) ** (1 / 3)
    assert float(after["fcd_averaged_final_mean"]) == pytest.approx(geometric)
    assert float(after["conditional_accuracy_averaged_final_mean"]) == 0.25
    assert row(data, 0)["fcd_averaged_final_mean"] == ""
    # What is of the trained generator is as it was: numbers, and what findings say.
    assert {name: after[name] for name in before[0]} == before[0]
    assert against_baseline(data).text == before[1]
    shown = {column.title: column for column in summary(data).columns}
    assert shown["Averaged generator: FCD ↓"].cell(1) == "19.8 (18.0–21.8)"
    assert shown["Averaged generator: Conditional accuracy ↑ (%)"].cell(1) == "25.0 ± 0"
    assert "Averaged generator: KID ↓ (×10⁻³)" in shown
    assert any(note.startswith("Averaged generator:") for note in summary(data).notes)


def test_an_averaged_generator_that_broke_says_so(synthetic) -> None:
    data = synthetic.data([averaged(synthetic.BASELINE, 4, frozenset({1}))])
    assert data.not_finite("dcgan", "quality_averaged_final") == [1]
    assert data.not_finite("dcgan", "quality_final") == []
    assert row(data, 0)["fcd_averaged_final_not_finite"] == "1"


def test_averaged_generators_have_a_curve_of_their_own(synthetic) -> None:
    names = ["quality-epoch", "quality-epoch-averaged"]
    data = synthetic.data([averaged(synthetic.BASELINE, 4), synthetic.SMALL_CRITIC])
    found, _ = all_figures(data, names)
    assert [figure.name for figure in found] == names
    assert "averaged" not in found[0].caption
    assert b"half critic" in found[0].svg
    assert b"half critic" not in found[1].svg
