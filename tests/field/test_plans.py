"""One plan a folder: the union of what was asked for, one call after the other or at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bench import grid as grids
from bench import store
from bench.planning import AskedGrid, plan
from bench.preflight import Preflight
from bench.preparation import Machine, Ready
from tests.store.sweeps import run_plan, write_run

GRID = """
name: parts
epochs: 1
subset: 64
batch_size: 32
quality: {features: off}
variants:
  - {name: dcgan, width_factor: 0.0625}
"""


def prepared(grid: grids.Grid) -> Ready:
    """A grid of which nothing is known but what it asks for."""
    return Ready(
        grid, Machine(), {}, {}, Preflight(device="cpu", threads=1, configurations={}, failures={})
    )


def ask(folder: Path, text: str = GRID, **overrides: Any) -> grids.Grid:
    """Asks for the runs of a grid, as ``bench run`` does before it trains."""
    file = folder.parent / "asked.yaml"
    file.write_text(text)
    grid = grids.load(str(file), overrides)
    store.open_sweep(folder, plan(prepared(grid)), AskedGrid(grid))
    return grid


def planned(folder: Path) -> list[tuple[str, int]]:
    return [(run["label"], run["seed"]) for run in store.read_plan(folder)["runs"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "R"


def test_seeds_add_up_and_the_stored_grid_asks_for_all(folder: Path) -> None:
    ask(folder, seeds=[1])
    ask(folder, seeds=[0, 1])
    assert sorted(planned(folder)) == [("dcgan", 0), ("dcgan", 1)]
    stored = grids.load(str(folder / "grid.yaml"))
    assert {run.run_id for run in stored.runs} == {
        run["run_id"] for run in store.read_plan(folder)["runs"]
    }


def test_configurations_add_up(folder: Path) -> None:
    ask(folder, seeds=[0, 1])
    other = GRID.replace("{name: dcgan,", "{name: dcgan, label: other, latent_dim: 32,")
    ask(folder, other, seeds=[0, 1])
    assert planned(folder) == [("dcgan", 0), ("other", 0), ("dcgan", 1), ("other", 1)]
    assert store.read_plan(folder)["baseline"] == "dcgan", "the second grid chose no other"
    stored = grids.load(str(folder / "grid.yaml"))
    assert stored.baseline == "dcgan"
    assert [run.run_id for run in stored.runs] == [
        run["run_id"] for run in store.read_plan(folder)["runs"]
    ]


def test_earlier_runs_follow_a_new_label(folder: Path) -> None:
    """An axis that gets a second value changes the default label of the first."""
    ask(folder, GRID + "axes: {latent_dim: [64]}\n", seeds=[0])
    ask(folder, GRID + "axes: {latent_dim: [64, 32]}\n", seeds=[1])
    assert planned(folder) == [
        ("dcgan latent_dim=64", 0),
        ("dcgan latent_dim=64", 1),
        ("dcgan latent_dim=32", 1),
    ]


def test_a_label_never_names_two_configurations(folder: Path) -> None:
    ask(folder, seeds=[0, 1])
    grid = ask(folder, latent_dim=32, seeds=[0])
    assert [run["run_id"] for run in store.read_plan(folder)["runs"]] == [grid.runs[0].run_id]


def test_the_length_asked_for_last_counts(folder: Path) -> None:
    ask(folder, seeds=[0, 1])
    ask(folder, seeds=[1], epochs=3)
    assert [run["epochs"] for run in store.read_plan(folder)["runs"]] == [1, 3]


def test_calls_at_once_lose_nothing(folder: Path) -> None:
    def one(seed: int) -> None:
        file = folder.parent / f"{seed}.yaml"
        file.write_text(GRID)
        grid = grids.load(str(file), {"seeds": [seed]})
        store.check_writable(folder, "parts")
        store.open_sweep(folder, plan(prepared(grid)), AskedGrid(grid))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(16)))
    assert sorted(seed for _, seed in planned(folder)) == list(range(16))


def test_a_call_prints_its_own_part_whatever_others_ask_for_meanwhile(folder: Path) -> None:
    mine = store.SweepPlan("sweep", None, "dcgan 0", "x", (run_plan(0),))
    others = store.SweepPlan("sweep", None, "dcgan 1", "x", (run_plan(0, 1), run_plan(1, 1)))
    store.open_sweep(folder, mine)
    write_run(folder, run_plan(0), "completed", 2)
    store.open_sweep(folder, others)
    write_run(folder, run_plan(0, 1), "completed", 2)
    own = store.read_sweep(folder, mine)
    assert own.runs["label"].tolist() == ["dcgan 0"]
    assert own.runs["baseline"].tolist() == [True]
    assert own.unplanned == ()
    assert set(store.read_sweep(folder).runs["label"]) == {"dcgan 0", "dcgan 1"}


@pytest.mark.slow
def test_two_real_calls(bench, tmp_path: Path) -> None:
    (tmp_path / "parts.yaml").write_text(GRID)
    for seed in ("0", "1"):
        done = bench("run", "--grid", "parts.yaml", "--seeds", seed, "--out", "R")
        assert done.returncode == 0, done.stderr
        assert "1 completed." in done.stdout
        assert "earlier grid" not in done.stderr
    status = json.loads(bench("status", "R", "--json").stdout)
    assert [run["seed"] for run in status["runs"]] == [0, 1]
    assert status["counts"]["completed"] == 2
    assert status["unplanned"] == []
