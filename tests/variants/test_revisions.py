"""What runs are does not change without a new revision, and a revision changes run ids."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from bench import spec as specs
from tests.grid.loading import WriteGrid, load
from tests.variants.revisions import (
    COMMAND,
    changed_silently,
    committed,
    present,
    without_rounding,
)
from variants import revisions
from variants.objectives import Objective
from variants.penalties.gradient import GradientPenalty
from variants.recipe import Recipe
from variants.zoo.dcgan import Dcgan, DcganTutorial


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    return json.loads(json.dumps(present()))


def test_nothing_changed_without_a_new_revision(now: dict[str, Any]) -> None:
    assert changed_silently(committed(), now) == []


def test_the_file_is_what_there_is_now(now: dict[str, Any]) -> None:
    assert without_rounding(committed()) == without_rounding(now), f"write it anew: {COMMAND}"


@pytest.mark.parametrize(
    ("entry", "part", "value", "said"),
    [
        ("variant dcgan-lite", "defaults", {"beta1": 0.9}, "beta1 from 0.9 to 0.5"),
        ("variant wgan-gp", "values", [0.1, 0.2, 0.3, 0.4], "computes something else"),
        ("objective hinge", "values", [1.0], "computes something else"),
        ("training", "defaults", {"precision": "bf16"}, "precision from 'bf16' to 'fp32'"),
        ("variant dcgan-tutorial", "revision", 3, "revision went down"),
    ],
)
def test_a_change_without_a_revision_is_found(
    now: dict[str, Any], entry: str, part: str, value: Any, said: str
) -> None:
    before = copy.deepcopy(now)
    if isinstance(value, dict):
        before[entry][part].update(value)
    else:
        before[entry][part] = value
    (sentence,) = changed_silently(before, now)
    assert sentence.startswith(f"{entry}: ")
    assert said in sentence
    if part != "revision":
        raised = copy.deepcopy(now)
        raised[entry]["revision"] += 1
        assert changed_silently(before, raised) == []


def test_a_new_field_is_no_change(now: dict[str, Any]) -> None:
    before = copy.deepcopy(now)
    del before["variant dcgan"]["defaults"]["penalties"]
    assert changed_silently(before, now) == []


# -------------------------------------------------------------------------- what it changes


def test_revisions_of_bases_and_parts_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Dcgan().whole_revision == 1
    assert DcganTutorial().whole_revision == 2
    monkeypatch.setattr(Recipe, "revision", 2)
    assert DcganTutorial().whole_revision == 3
    assert Dcgan().whole_revision == 2
    penalised = Dcgan(gradient_penalty=1.0, critic_norm="none")
    assert penalised.whole_revision == 2
    monkeypatch.setattr(GradientPenalty, "revision", 4)
    assert penalised.whole_revision == 5
    assert Dcgan().whole_revision == 2, "it has no penalty"

    class Changed(Objective):
        revision = 3

    class Derived(Changed):
        revision = 2

    assert (revisions.of(Changed), revisions.of(Derived)) == (3, 4)


def test_a_revision_changes_the_ids_of_the_runs_it_is_about(
    write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = "variants: [dcgan, dcgan-lite, gan]"

    def ids() -> dict[str, str]:
        return {run.label: run.run_id for run in load(write_grid, grid).runs}

    before = ids()
    monkeypatch.setattr(Dcgan, "revision", 2)
    changed = {label for label, run_id in ids().items() if run_id != before[label]}
    assert changed == {"dcgan", "dcgan-lite"}, "dcgan-lite derives from it"
    stored = [json.loads(run.as_json())["revision"] for run in load(write_grid, grid).runs]
    assert stored == [2, 2, 1]
    monkeypatch.setattr(specs, "TRAINING_REVISION", 2)
    assert ids()["gan"] != before["gan"]
