"""Runs that were trained together have no costs of their own, wherever costs are shown."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from bench import report
from bench.measures import shared
from bench.report import figures
from bench.report.data import SweepData
from bench.report.findings.quality import on_the_front
from bench.report.findings.speed import fastest
from bench.report.heading import banners
from bench.report.notes import shared_note
from bench.report.tables import all_tables
from bench.report.tables.against_baseline import against_baseline
from bench.report.tables.equal_cost import equal_cost
from bench.report.tables.summary import summary
from bench.store import read_sweep, schema

TIME = "Time per 1,000 real images (s)"


def stacked(config, size: int = 3, **setup):
    metered = {
        "peak_gpu_allocated_bytes": 2**30,
        "peak_gpu_reserved_bytes": 2**30,
        "peak_gpu_process_bytes": 2**30,
        "energy_joules": 5e3,
        "contended": True,
    }
    return replace(config, setup={"stacked_runs": size, **setup}, epoch=metered)


def texts(table, heading: str) -> list[str]:
    titles = [column.title for column in table.columns]
    return [row[titles.index(heading)] for row in table.rows]


def titles(tables) -> str:
    return " | ".join(column.title for table in tables for column in table.columns)


@pytest.fixture
def wholly(synthetic) -> SweepData:
    return synthetic.data([stacked(synthetic.BASELINE), stacked(synthetic.SMALL_CRITIC)])


@pytest.fixture
def partly(synthetic) -> SweepData:
    configs = [synthetic.BASELINE, stacked(synthetic.SMALL_CRITIC), synthetic.SMALL_GENERATOR]
    return synthetic.data(configs)


def test_every_shared_column_exists_and_is_null_for_stacks_only(partly: SweepData) -> None:
    assert set(shared()) <= {*schema.runs().names, *schema.epochs().names}
    derived = ["seconds_per_1000_images", "training_seconds", "energy_joules_per_1000_images"]
    for frame in (partly.runs, partly.epochs):
        of_stack = frame["label"] == "half critic"
        for name in [*shared(), *derived, "only_peak_host_bytes", "only_peak_host_added_bytes"]:
            if name in frame and name != "contended":
                assert frame.loc[of_stack, name].isna().all(), name
    own = partly.runs[partly.runs["label"] != "half critic"]
    assert (
        own[["train_seconds", "seconds_per_1000_images", "peak_host_bytes"]].notna().all(axis=None)
    )
    assert partly.runs["training_flops"].notna().all()
    assert not partly.runs["contended"].any()


def test_every_time_memory_and_energy_column_of_the_store_is_declared_as_shared() -> None:
    costs = {
        name
        for name in (*schema.runs().names, *schema.epochs().names)
        if name.endswith(("_seconds", "_joules", "_per_second"))
        or name.startswith(("seconds_per_", "energy_joules_per_", "cpu_energy_joules_per_"))
        or (name.startswith("peak_") and name.endswith("_bytes"))
    }
    assert costs <= set(shared())


def test_a_sweep_is_left_as_it_was_read(synthetic) -> None:
    results = read_sweep(synthetic.write([stacked(synthetic.BASELINE)]))
    before = results.runs.copy(), results.epochs.copy()
    SweepData(results)
    pd.testing.assert_frame_equal(results.runs, before[0])
    pd.testing.assert_frame_equal(results.epochs, before[1])


def test_tables_of_a_sweep_with_some_stacks_have_dashes_and_say_why(partly: SweepData) -> None:
    table = summary(partly)
    assert [text == "–" for text in texts(table, TIME)] == [False, True, False]
    assert [text == "–" for text in texts(table, "Speed-up per 1,000 real images (×)")] == [
        False,
        True,
        False,
    ]
    assert texts(table, "Training FLOPs per real image (M)")[1] == "60.0"
    assert not any("†" in cell for row in table.rows for cell in row)
    note = (
        "3 runs were trained together as one stack: their times, memory and energy are shared "
        "and therefore left out."
    )
    assert note in table.notes
    assert note in against_baseline(partly).notes
    equal = equal_cost(partly)
    assert note in equal.notes
    assert texts(equal, "Difference at equal time")[0] == "–"
    assert texts(equal, "Difference at equal FLOPs")[0] != "–"


def test_a_sweep_of_stacks_only_has_no_cost_columns(wholly: SweepData) -> None:
    tables, _ = all_tables(wholly)
    shown = titles(tables)
    for word in ("Time", "Speed-up", "memory", "Energy", "at equal time", "(s)"):
        assert word not in shown
    assert "at equal FLOPs" in shown
    assert "Training FLOPs per real image (×)" in shown
    for table in tables:
        assert any("in stacks of 3: their times" in note for note in table.notes), table.name
    assert not any("Seconds" in note or "Speed-up" in note for note in tables[0].notes)


def test_figures_and_findings_of_stacks_have_no_seconds(wholly: SweepData) -> None:
    found, omissions = figures.all_figures(wholly)
    names = {figure.name for figure in found}
    assert {"quality-epoch", "quality-flops", "pareto-flops"} <= names
    assert not {"quality-seconds", "pareto-seconds"} & names
    assert any(sentence.endswith("nothing is drawn against time.") for sentence in omissions)
    assert fastest(wholly) is None
    assert on_the_front(wholly) is not None


def test_a_stack_is_never_the_fastest(synthetic) -> None:
    quick = stacked(replace(synthetic.SMALL_CRITIC, seconds=(0.1, 0.1, 0.1)))
    data = synthetic.data([synthetic.BASELINE, quick, synthetic.SMALL_GENERATOR])
    assert fastest(data).evidence["label"] == "half generator"


def test_machines_of_stacks_need_no_warning(synthetic) -> None:
    elsewhere = replace(stacked(synthetic.SMALL_CRITIC), environment={"host": "laptop"})
    data = synthetic.data([synthetic.BASELINE, elsewhere])
    assert data.machines == []
    assert banners(data) == ()


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((1, 3, 1), "3 runs were trained together as one stack:"),
        ((3, 3, 3), "9 runs were trained together in stacks of 3:"),
        ((3, 2, 3), "9 runs were trained together in stacks of 2 to 3:"),
    ],
)
def test_the_note_counts_runs_and_stacks(synthetic, sizes, words: str) -> None:
    trio = (synthetic.BASELINE, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC)
    configs = [stacked(config, size) for config, size in zip(trio, sizes, strict=True)]
    assert shared_note(synthetic.data(configs, epochs=2)).startswith(words)


def test_runs_alone_need_no_note(synthetic) -> None:
    assert shared_note(synthetic.data(epochs=2)) is None


def test_the_page_of_a_sweep_of_stacks_only(synthetic, tmp_path) -> None:
    paths = report.write(synthetic.write([stacked(synthetic.BASELINE)], epochs=2), tmp_path / "o")
    assert "as one stack" in paths.markdown.read_text()
