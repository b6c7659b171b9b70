"""The same few trials for every configuration, before its runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import grid, store
from bench.errors import GridError
from bench.grid import trials
from bench.report.data import SweepData
from bench.report.tables.tuning import tuning
from tests.grid.loading import WriteGrid, load

GRID = """
name: t
dataset: mnist-5k
seeds: [0, 1]
epochs: 1
subset: 128
batch_size: 32
timing: off
quality: {samples: 64}
tune: {generator_lr: [1e-4, 1e-2], seed: 100}
variants:
  - {name: dcgan, width_factor: 0.1}
  - {name: gan, width_factor: 0.1}
"""


def test_every_configuration_has_the_same_trials(write_grid: WriteGrid) -> None:
    text = GRID.replace("seed: 100", "critic_lr: [1e-4, 2e-4, 4e-4], seed: 7")
    found = load(write_grid, text)
    assert found.tune is not None
    tried = trials(found.configurations, found.tune)
    assert list(tried) == ["dcgan", "gan"]
    for label, of_label in tried.items():
        rates = [(run.recipe.generator_lr, run.recipe.critic_lr) for run in of_label]
        assert rates == [(g, c) for g in (1e-4, 1e-2) for c in (1e-4, 2e-4, 4e-4)]
        assert {run.seed for run in of_label} == {7}
        assert of_label[1].label == f"{label} generator_lr=0.0001 critic_lr=0.0002"
    assert load(write_grid, found.to_yaml()).tune == found.tune, "also of a grid as resolved"


MISTAKES = {
    "{generator_lr: [1e-4, 1e-2]}": "tune is a mapping such as {generator_lr:",
    "{seed: 100}": "tune is a mapping such as {generator_lr:",
    "[1, 2]": "tune is a mapping such as {generator_lr:",
    "{generator_lr: 1e-4, seed: 100}": "tune should give generator_lr a list of values",
    "{generator_lr: [1e-4, 1e-4], seed: 100}": "lists 0.0001 more than once",
    "{generator_lr: [1e-4], seed: 1}": "tune has the seed 1, which is one of the runs'; take",
    "{generator_lr: [1e-4], seed: x}": "the seed of tune is 'x'; it should be a whole number",
    "{critic_norm: [none], seed: 100}": "the variant gan has no field 'critic_norm' to tune.",
    "{generator_lr: [0], seed: 100}": "'dcgan': generator_lr is 0",
}


@pytest.mark.parametrize("given", MISTAKES)
def test_a_mistake_is_one_sentence_with_its_place(write_grid: WriteGrid, given: str) -> None:
    text = GRID.replace("{generator_lr: [1e-4, 1e-2], seed: 100}", given)
    with pytest.raises(GridError) as caught:
        load(write_grid, text)
    assert MISTAKES[given] in str(caught.value)
    assert ", line 10" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_growing_seeds_never_come_to_that_of_the_trials(write_grid: WriteGrid) -> None:
    growing = GRID.replace("seeds: [0, 1]", "seeds: {until: decided, at_most: 12}")
    with pytest.raises(GridError, match="tune has the seed 11"):
        load(write_grid, growing.replace("seed: 100", "seed: 11"))
    assert load(write_grid, growing).tune is not None


@pytest.mark.slow
def test_a_sweep_trains_with_what_its_trials_chose(
    tmp_path: Path, write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored, shown, resumed without new trials, and never with their seed."""
    import bench

    monkeypatch.chdir(tmp_path)
    path = write_grid(GRID)
    out = tmp_path / "t"
    bench.run(path, out, quiet=True)
    plan = json.loads((out / "sweep.json").read_text())
    assert {run["seed"] for run in plan["runs"]} == {0, 1}
    ids = {run["label"]: run["configuration"] for run in plan["runs"]}
    stored = grid.load(str(out / "grid.yaml"))
    assert stored.tune is None
    assert [run.run_id for run in stored.runs] == [run["run_id"] for run in plan["runs"]]
    trained = json.loads((tmp_path / "t-tuning" / "sweep.json").read_text())
    assert {run["seed"] for run in trained["runs"]} == {100}
    assert len(trained["runs"]) == 4
    for run in stored.configurations:
        record = plan["tuned"][ids[run.label]]
        assert [each["fields"]["generator_lr"] for each in record["tried"]] == [1e-4, 1e-2]
        best = min(record["tried"], key=lambda each: each["value"])
        assert record["chosen"] == best["fields"]
        assert run.recipe.generator_lr == record["chosen"]["generator_lr"]
    written = {p: p.stat().st_mtime_ns for p in out.parent.glob("t*/runs/*/*.parquet")}
    bench.run(path, out, quiet=True)
    assert {p: p.stat().st_mtime_ns for p in written} == written, "nothing is trained again"
    assert json.loads((out / "sweep.json").read_text())["tuned"] == plan["tuned"]
    table = tuning(SweepData(store.read_sweep(out)))
    assert table is not None
    names, tried, _, chosen = zip(*table.rows, strict=True)
    assert names == ("dcgan", "dcgan", "gan", "gan")
    assert tried[:2] == ("generator_lr 0.0001", "generator_lr 0.01")
    assert sorted(chosen[:2]) == sorted(chosen[2:]) == ["no", "yes"]
    assert "seed 100, which no run of this report has" in table.notes[0]
    trial_sweep = SweepData(store.read_sweep(tmp_path / "t-tuning"))
    assert tuning(trial_sweep) is None
