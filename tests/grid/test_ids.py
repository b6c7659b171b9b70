"""Run ids: what changes them and what does not."""

from __future__ import annotations

import json
import pickle
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import grid
from bench.bundled import bundled_folder, bundled_questions
from bench.grid.document import read_value, write
from bench.run_keys import plain, run_keys
from tests.grid.loading import WriteGrid, load


def _shuffled(value: object, shuffle: random.Random) -> object:
    """A mapping with its keys in another order; other values as they are."""
    if not isinstance(value, dict):
        return value
    return dict(shuffle.sample(list(value.items()), len(value)))


@settings(deadline=None)  # a busy machine is no failure
@given(st.randoms(use_true_random=False))
def test_reordering_a_grid_leaves_every_run_id_unchanged(shuffle: random.Random) -> None:
    document = read_value((bundled_folder() / "lightweight.yaml").read_text())
    original = {run.run_id for run in grid.load("lightweight").runs}
    for key in ("variants", "seeds"):
        shuffle.shuffle(document[key])
    items = list(document.items())
    shuffle.shuffle(items)
    document = {
        key: [_shuffled(v, shuffle) for v in value] if key == "variants" else value
        for key, value in items
    }
    parsed = grid.parse(write(document), "shuffled.yaml")
    assert {run.run_id for run in grid.expand(parsed).runs} == original


def test_writing_out_a_default_leaves_the_id_unchanged(write_grid: WriteGrid) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    (explicit,) = load(
        write_grid,
        """
        dataset: mnist-5k
        image_size: 28
        channels: 1
        quality: {features: auto, samples: 5000}
        variants: [{name: dcgan, label: other, generator_width: 64, beta1: 0.5, width_factor: 1}]
        """,
    ).runs
    assert explicit.run_id == plain.run_id


def test_more_epochs_are_the_same_run(write_grid: WriteGrid) -> None:
    (short,) = load(write_grid, "{variants: [dcgan], epochs: 2}").runs
    (long,) = load(write_grid, "{variants: [dcgan], epochs: 20}").runs
    assert short.run_id == long.run_id


@pytest.mark.parametrize(
    "change",
    [
        "latent_dim: 64",
        "seeds: [1]",
        "subset: 100",
        "classes: [3]",
        "image_size: 32",
        "channels: 3",
    ],
)
def test_what_changes_the_outcome_changes_the_id(write_grid: WriteGrid, change: str) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    (changed,) = load(write_grid, f"variants: [dcgan]\n{change}").runs
    assert changed.run_id != plain.run_id


def test_replicates_share_a_configuration(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan, dcgan-lite], seeds: [0, 1]}")
    shared = {run.configuration for run in found.runs}
    assert {configuration.id for configuration in shared} == {
        run.run_id for run in found.runs if run.seed == 0
    }
    renamed = load(write_grid, "{variants: [{name: dcgan, label: x}], seeds: [7]}")
    assert renamed.runs[0].configuration in shared


def test_a_run_can_be_pickled_and_hashed(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], quality: {samples: 64}}").runs
    again = pickle.loads(pickle.dumps(run))
    assert again == run
    assert len({again, run}) == 1
    assert again.run_id == run.run_id


def test_every_run_key_reaches_the_resolved_grid_and_the_stored_spec(
    write_grid: WriteGrid,
) -> None:
    """Declaring a key in RunKeys is enough."""
    (run,) = load(
        write_grid, "{variants: [dcgan], steps: 3, timeout: 1h, max_host_memory: 1GB}"
    ).runs
    entry = read_value(load(write_grid, "{variants: [dcgan], timeout: 1h}").to_yaml())["variants"][
        0
    ]
    for declared in run_keys():
        if declared.key.stored:
            assert declared.field in json.loads(run.as_json())
        if getattr(run, declared.field) == declared.default is not None:
            assert entry[declared.name] == plain(declared.default)
    assert entry["timeout"] == 3600


def test_ids_are_safe_as_folder_names_and_stable(write_grid: WriteGrid) -> None:
    """The literal id is a guard: if ids changed, all stored results would be orphaned."""
    (run,) = load(write_grid, "variants: [dcgan]").runs
    assert run.run_id == "dcgan-s0-34d55d7132"
    for name in bundled_questions():
        for run in grid.load(name).runs:
            assert re.fullmatch(r"[a-z0-9-]+", run.run_id)


def test_the_resolved_grid_is_a_grid_with_the_same_runs(write_grid: WriteGrid) -> None:
    for name in bundled_questions():
        first = grid.load(name)
        second = grid.load(write_grid(first.to_yaml()))
        assert [r.run_id for r in second.runs] == [r.run_id for r in first.runs]
        assert [r.label for r in second.runs] == [r.label for r in first.runs]
        assert second.baseline == first.baseline
        assert second.to_yaml() == first.to_yaml()
