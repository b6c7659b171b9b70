"""Columns are declared once: names, order, totals and documentation derive from that."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench import measures
from bench.measures import EPOCH_MEASURES, Measure, declare, documentation
from tests.store.sweeps import record
from variants.registry import DuplicateName, Registry

DOCUMENT = Path(__file__).parents[2] / "docs" / "results.md"
FINAL_VALUES = {
    "kid_mean",
    "precision",
    "recall",
    "conditional_accuracy",
    "modes_captured",
    "high_quality_fraction",
    "reverse_kl",
}
OF_TRANSLATIONS = {
    *("l1", "psnr", "ssim", "content_accuracy"),
    *("cycle_error", "fid_back", "fcd_back"),
}


@pytest.fixture
def undo() -> Iterator[None]:
    """Forgets what the test declares."""
    len(EPOCH_MEASURES)
    registries: tuple[Registry[Measure], ...] = (EPOCH_MEASURES, measures.RUN_MEASURES)
    entries = [(registry, dict(registry.items())) for registry in registries]
    yield
    for registry, before in entries:
        registry._entries = before


def test_the_documentation_lists_the_declared_columns() -> None:
    text = DOCUMENT.read_text()
    assert documentation.updated(text) == text, "run python -m bench.measures"
    for name in ("`reverse_kl`", "`task`", "`step`", "`schema_version`"):
        assert text.count(f"| {name} |") == 1


def test_declaring_costs_no_torch() -> None:
    code = "import sys, bench.measures as m; m.runs(); m.epochs(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_measure_is_documented_in_a_line() -> None:
    for measure in (*measures.runs(), *measures.epochs(), *measures.steps()):
        assert measure.doc.strip()
        assert "\n" not in measure.doc
        assert "|" not in measure.doc


def test_one_line_names_both_places_of_a_name_used_twice(undo: None) -> None:
    for taken in ("fid", "critic_loss", "seed", "step", "attempt", "peak_host_bytes"):
        with pytest.raises(DuplicateName, match=rf"test_declarations.py, line \d+: .*{taken}"):
            declare(Measure(name=taken, doc="again"))
    declare(Measure(name="mine", doc="first"))
    with pytest.raises(DuplicateName, match=r"'mine' is already registered .*test_declarations"):
        declare(Measure(name="mine", doc="second"))


def test_declared_measures_follow_the_built_in_ones(undo: None) -> None:
    built_in = [m.name for m in measures.epochs()], [m.name for m in measures.runs()]
    declare(Measure(name="aaa", doc="a score", over_epochs="max"))
    declare(Measure(name="bbb", doc="a number of every step", level="step"))
    assert [m.name for m in measures.steps()][-1] == "bbb"
    names = [m.name for m in measures.epochs()]
    assert [name for name in names if name not in ("aaa", "bbb")] == built_in[0]
    assert names.index("bbb") == names.index("nce_term") + 1
    assert names[-1] == "aaa"
    assert [m.name for m in measures.runs()] == [*built_in[1], "aaa"]


def test_stacked_runs_share_times_peaks_energy_and_load() -> None:
    unit_costs = [measure.name for measure in measures.UNIT_COSTS]
    assert measures.shared() == {
        "train_seconds",
        "warmup_seconds",
        "evaluation_seconds",
        "checkpoint_seconds",
        "elapsed_seconds",
        "setup_seconds",
        "images_per_second",
        "process_cpu_seconds",
        "foreign_load_cores",
        "contended",
        "peak_gpu_allocated_bytes",
        "peak_gpu_reserved_bytes",
        "peak_gpu_process_bytes",
        "peak_host_bytes",
        "energy_joules",
        "peak_host_added_bytes",
        "host_baseline_bytes",
        "gpu_evaluation_bytes",
        "steal_share",
        "calibration_before_flops_per_second",
        "calibration_after_flops_per_second",
        "calibration_seconds",
        "cpu_energy_joules",
        *(name for name in unit_costs if not name.startswith("train_flops")),
    }


def test_what_is_final() -> None:
    scores = [m for m in measures.scores() if m.floor is None]
    final = {m.name for m in scores if m.over_epochs == "final" and not m.averaged}
    controlled = ("authenticity", "copying", "density", "coverage")
    beside = {*controlled, *(f"{name}_held_out" for name in controlled)}
    others = {"fid", "fcd", "kid_std", "quality_samples", "conditional_accuracy_floor"}
    assert final == {*FINAL_VALUES, *others, *beside, *OF_TRANSLATIONS, "content_accuracy_chance"}
    controls = {m.name for m in scores if m.control}
    least = {"conditional_accuracy_floor", "content_accuracy_chance"}
    assert controls == {*(f"{name}_held_out" for name in controlled), *least}
    assert not controls & {
        m.name.removesuffix("_averaged") for m in measures.scores() if m.averaged
    }
    assert [m.name for m in measures.scores() if m.headline] == ["fid", "fcd", "ssim"]


def test_which_scores_have_floors() -> None:
    with_floors = {m.name for m in measures.scores() if m.floor is not None}
    of = {name.removesuffix("_identity") for name in with_floors if name.endswith("_identity")}
    assert with_floors == {f"{name}_{floor}" for name in of for floor in measures.FLOORS}
    of_features = {"fid", "fcd", "kid_mean", "kid_std", "precision", "recall"}
    assert of == {
        *(*OF_TRANSLATIONS, *of_features),
        *("authenticity", "copying", "density", "coverage"),
    }


# ---------------------------------------------------------------------------- totals


def test_totals_of_a_run(undo: None) -> None:
    declare(Measure(name="largest", doc="", over_epochs="max"))
    rows = [{**record(number, 3).columns(), "largest": 5.0 - number} for number in (1, 2)]
    rows[1]["elapsed_seconds"] = None
    rows[0]["checkpoint_seconds"] = None
    totals = measures.totals(rows)
    assert (totals["epochs"], totals["samples_seen"], totals["steps"]) == (2, 256, 6)
    assert (totals["train_seconds"], totals["warmup_seconds"]) == (4.0, 0.5)
    assert totals["checkpoint_seconds"] == 0.0
    assert totals["elapsed_seconds"] is None, "of the last epoch"
    assert totals["peak_host_bytes"] == 1002
    assert totals["peak_gpu_allocated_bytes"] is None
    assert totals["largest"] == 4.0
    assert "fcd" not in totals, "the report takes its last value"


def test_totals_before_the_first_epoch() -> None:
    totals = measures.totals([])
    assert (totals["epochs"], totals["samples_seen"], totals["train_seconds"]) == (0, 0, 0.0)
    assert totals["checkpoint_seconds"] is None
    assert totals["energy_joules"] is None


def test_a_total_never_replaces_a_column_of_the_run(undo: None) -> None:
    declare(Measure(name="status", doc="", over_epochs="last"))
    assert "status" not in measures.totals([{**record(1, 3).columns(), "status": 1.0}])
    assert [m.type for m in measures.runs() if m.name == "status"] == [str]


# --------------------------------------------------------------------------- records


def test_a_record_finds_a_column_wherever_it_is() -> None:
    found = record(2, 3, fcd=7.5)
    assert (found.value("epoch"), found.value("critic_loss"), found.value("fcd")) == (2, 1.0, 7.5)
    assert found.value("fid") is None
    assert found.value("nothing") is None
    assert found.columns()["generator_loss"] == 2.0


@pytest.mark.parametrize("name", ["steps", "seed", "step", "attempt"])
def test_a_game_cannot_name_a_scalar_like_another_column(name: str) -> None:
    plain = record(1, 3)
    with pytest.raises(ValueError, match=rf"'{name}' is a column .*choose another name"):
        replace(plain, scalars={**plain.scalars, name: 1.0})
