"""Targets and facets in the plan of a results folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import store
from tests.store.sweeps import run_plan

FACETS = {
    "dcgan 0": {"dataset": "mnist-5k", "image_size": 28, "channels": 1, "classes": None},
    "dcgan 1": {"dataset": "mnist-5k", "image_size": 32, "channels": 1, "classes": None},
}


def plan(*runs: tuple[int, int], **more: Any) -> store.SweepPlan:
    """A plan of runs, given as seed and configuration."""
    plans = tuple(run_plan(seed, configuration) for seed, configuration in runs)
    labels = {planned.label for planned in plans}
    facets = {label: facet for label, facet in FACETS.items() if label in labels}
    return store.SweepPlan("sweep", None, "dcgan 0", "x", plans, facets=facets, **more)


def found(*runs: tuple[int, int], value: float) -> dict[str, Any]:
    ids = [run_plan(*run).run_id for run in runs]
    return {"runs": ids, "measure": "fcd", "value": value}


def test_a_fixed_target_does_not_move(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, plan((0, 0), (1, 0), target="baseline"))
    store.fix_targets(tmp_path, [found((0, 0), (1, 0), value=8.5)])
    store.open_sweep(tmp_path, plan((0, 0), (1, 0), (2, 0), target="baseline"))
    store.fix_targets(tmp_path, [found((0, 0), (1, 0), (2, 0), value=7.0)])
    document = store.read_plan(tmp_path)
    assert document["target"] == "baseline"
    assert document["fixed_targets"] == [found((0, 0), (1, 0), value=8.5)]


def test_each_facet_has_its_own_fixed_target(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, plan((0, 0), (0, 1), target="baseline"))
    store.fix_targets(tmp_path, [found((0, 0), value=8.5)])
    store.fix_targets(tmp_path, [found((0, 0), value=1.0), found((0, 1), value=20.0)])
    fixed = store.read_plan(tmp_path)["fixed_targets"]
    assert [each["value"] for each in fixed] == [8.5, 20.0]


def test_the_target_asked_for_last_counts(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, plan((0, 0), target={"fcd": 8.0}))
    store.open_sweep(tmp_path, plan((0, 0), target={"fcd": 6.0}))
    assert store.read_plan(tmp_path)["target"] == {"fcd": 6.0}


def test_facets_of_earlier_parts_stay(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, plan((0, 0)))
    store.open_sweep(tmp_path, plan((0, 1)))
    assert store.read_plan(tmp_path)["facets"] == FACETS


def test_plans_of_before_have_neither(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, plan((0, 0), target="baseline"))
    file = tmp_path / "sweep.json"
    document = json.loads(file.read_text())
    later = ("target", "fixed_targets", "facets")
    file.write_text(json.dumps({k: v for k, v in document.items() if k not in later}))
    read = store.read_plan(tmp_path)
    assert [read[key] for key in later] == [None, [], {}]
    store.open_sweep(tmp_path, replace(plan((0, 1)), target={"fcd": 2.0}))
    assert store.read_plan(tmp_path)["facets"] == {"dcgan 1": FACETS["dcgan 1"]}
