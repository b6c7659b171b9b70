"""Final values are those of the last evaluation, finite or not, and say of which epoch they are."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace
from typing import Any

import pytest

from bench.report.data import equal_cost
from bench.report.figures.pareto import against_compute
from bench.report.figures.quality import by_epoch
from bench.report.findings.quality import against_baseline, best_at_equal_compute, on_the_front
from bench.report.paper.tabular import latex
from bench.report.table import Table
from bench.report.tables import all_tables
from bench.report.tables.against_baseline import against_baseline as relative
from bench.report.tables.equal_cost import equal_cost as at_equal_cost
from bench.report.tables.summary import summary

SCORES = ("fcd", "kid_mean", "kid_std", "precision", "recall", "quality_samples")


def lost(config: Any, seeds: set[int], epochs: set[int], *, said: bool = True) -> Any:
    """The configuration with evaluations whose samples were not finite.

    Args:
        said: the results have the column that tells an evaluation from none.
    """

    def measured(index: int, epoch: int) -> dict[str, Any]:
        columns: dict[str, Any] = {"quality_evaluated": True} if said else {}
        broken = index in seeds and epoch in epochs
        return columns | (dict.fromkeys(SCORES) if broken else {})

    return replace(config, measured=measured)


def not_evaluated(config: Any, epochs: set[int]) -> Any:
    """The configuration without evaluations after these epochs."""

    def measured(index: int, epoch: int) -> dict[str, Any]:
        return dict.fromkeys(SCORES) if epoch in epochs else {"quality_evaluated": True}

    return replace(config, measured=measured)


def cells(table: Table, title: str) -> list[str]:
    (column,) = (column for column in table.columns if column.title == title)
    return [column.cell(row) for row in range(len(column.entries))]


def rows(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


@pytest.mark.parametrize("said", [True, False], ids=["recorded", "results of earlier versions"])
def test_a_last_evaluation_that_is_not_finite_is_not_replaced(synthetic, said: bool) -> None:
    data = synthetic.data([lost(synthetic.BASELINE, {1}, {4, 5}, said=said)])
    assert data.by_seed("dcgan", "quality_final") == {0: 20.0, 2: 19.5}
    assert data.by_seed("dcgan", "recall_final").keys() == {0, 2}
    assert data.not_finite("dcgan", "quality_final") == [1]
    assert data.not_finite("dcgan", "recall_final") == [1]
    assert data.not_finite("dcgan", "conditional_accuracy_final") == [], "it does not apply"
    assert set(data.runs["quality_final_epoch"]) == {5.0}
    # The minimum over epochs is still there, under its own name.
    assert data.by_seed("dcgan", "quality_lowest")[1] == pytest.approx(21.0 + 100 / 4)


def test_tables_show_and_count_what_is_not_finite(synthetic) -> None:
    table = summary(synthetic.data([lost(synthetic.BASELINE, {1}, {5})]))
    assert cells(table, "Final FCD ↓") == ["19.7 (16.8–23.2)‡"]
    (row,) = rows(table)
    assert float(row["fcd_final_mean"]) == pytest.approx((20.0 * 19.5) ** 0.5)
    assert row["fcd_final_not_finite"] == "1"
    (note,) = (note for note in table.notes if note.startswith("‡"))
    assert "“dcgan” (seed 1)" in note
    assert r"$\ddagger$" in latex(table)
    assert "‡" in table.markdown()


def test_a_configuration_without_any_finite_value_says_so(synthetic) -> None:
    broken = lost(synthetic.SMALL_CRITIC, {0, 1, 2}, {5})
    data = synthetic.data([synthetic.BASELINE, broken])
    table = summary(data)
    assert cells(table, "Final FCD ↓")[1] == "not finite‡"
    assert rows(table)[1]["fcd_final_mean"] == ""
    (ratio,) = (c for c in relative(data).columns if c.key == "fcd_final_ratio")
    assert [ratio.cell(row) for row in range(2)] == ["–", "not finite‡"]
    assert on_the_front(data) is None
    assert best_at_equal_compute(data) is None
    assert "1 evaluation" not in by_epoch(data)[0].caption
    assert "3 evaluations not finite" in by_epoch(data)[0].caption


def test_findings_and_figures_say_who_is_left_out(synthetic) -> None:
    broken = lost(synthetic.SMALL_CRITIC, {2}, {5})
    data = synthetic.data([synthetic.BASELINE, broken])
    for text in (
        against_baseline(data).text,
        on_the_front(data).text,
        against_compute(data)[0].caption,
    ):
        assert "Left out, as not finite at the last evaluation: “half critic” (seed 2)." in text


def test_a_budget_is_what_a_run_trained_not_what_it_last_survived(synthetic) -> None:
    """The cheaper one breaks in its last epoch: the budget is still that of its last epoch."""
    broken = lost(synthetic.SMALL_CRITIC, {2}, {5})
    data = synthetic.data([synthetic.BASELINE, broken])
    equal = equal_cost(data, ("dcgan", "half critic"), "training_flops", 0)
    assert equal.budget == 5 * synthetic.IMAGES * 60_000_000
    assert equal.not_finite("dcgan", "half critic") == (0, 1, 1)
    assert math.isnan(equal.quality["half critic"][2])
    table = at_equal_cost(data)
    (column,) = (c for c in table.columns if c.key == "fcd_at_equal_training_flops")
    assert column.cell(0).endswith("‡")
    assert column.entries[0].n == 2
    assert any(note.startswith("‡") for note in table.notes)
    assert "“half critic” (seed 2)" in best_at_equal_compute(data).text


def test_an_epoch_without_evaluation_is_none_that_failed(synthetic) -> None:
    """As with every: 2, or where a run ends without an evaluation."""
    data = synthetic.data([not_evaluated(synthetic.BASELINE, {1, 3, 5})])
    assert set(data.runs["quality_final_epoch"]) == {4.0}
    assert data.not_finite("dcgan", "quality_final") == []
    assert "Final: at the last evaluation, after epoch 4." in summary(data).notes


def test_the_epoch_is_shown_where_it_differs(synthetic) -> None:
    data = synthetic.data([synthetic.BASELINE, not_evaluated(synthetic.SMALL_CRITIC, {5})])
    table = summary(data)
    assert cells(table, "Final epoch") == ["5", "4"]
    assert [row["final_epoch"] for row in rows(table)] == ["5", "4"]
    same = summary(synthetic.data([synthetic.BASELINE, synthetic.SMALL_CRITIC]))
    assert "Final epoch" not in [column.title for column in same.columns]


def test_modes_are_not_those_of_an_earlier_epoch(synthetic) -> None:
    config = synthetic.mixture("PacGAN2", 2, [8, 8, 7])
    known = config.measured

    def measured(index: int, epoch: int) -> dict[str, Any]:
        columns = known(index, epoch)
        return dict.fromkeys(columns) if (index, epoch) == (0, 5) else columns

    data = synthetic.data([replace(config, measured=measured)], quality=False, baseline=None)
    assert data.by_seed("PacGAN2", "modes_captured_final") == {1: 8, 2: 7}
    shown = {table.name: table for table in all_tables(data)[0]}["mode-coverage"]
    assert cells(shown, "Modes captured ↑ (± s.e.)") == ["7.5 ± 0.5‡"]
    assert rows(shown)[0]["modes_captured_final_not_finite"] == "1"
