"""Results of earlier versions and with fewer columns, kept as the code of their time wrote them.

``tests/fixtures/results-v1`` was written by version 1: a run that completed, one that was killed
after its first epoch, one that was never started. ``results-v2`` was written by version 2 before
columns were declared: ``mixtures`` (two configurations, two seeds), ``images`` (two seeds, gathered
by ``bench compact``) and ``longer`` (a run that kept its checkpoint).
"""

from __future__ import annotations

import json
import shutil
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import report, store
from bench.errors import ResultsError
from bench.measures import RunOutcome, RunPlan
from bench.status import read_status
from bench.store.gathered import restore
from tests.store.one_run import epoch, plan, setup
from tests.store.sweeps import NOW, everything, own_files, same

FIXTURES = Path(__file__).parents[1] / "fixtures"
DONE, KILLED, NEVER = (plan(seed).run_id for seed in range(3))


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The results of version 1, to be written to."""
    return Path(shutil.copytree(FIXTURES / "results-v1", tmp_path / "old"))


def test_version_1_reads_with_the_columns_of_today(first: Path) -> None:
    assert pq.read_schema(first / "runs" / DONE / "run.parquet").get_field_index("attempt") == -1
    results = store.read_sweep(first)
    assert list(results.runs) == store.schema.runs().names
    assert list(results.epochs) == store.schema.epochs().names
    assert (results.name, results.question) == ("old", "Is it still read?")
    assert results.planned["run_id"].tolist() == [DONE, KILLED, NEVER]
    assert results.runs["status"].tolist() == ["completed", "interrupted"]
    for frame in (results.runs, results.epochs, results.steps()):
        assert set(frame["schema_version"]) == {2}
    runs, epochs = results.runs, results.epochs
    assert runs["resumed_epochs"].tolist() == [0, 0]
    assert runs["checkpoint_seconds"].fillna(0).tolist() == [0, 0]
    assert runs["elapsed_seconds"].isna().all()
    assert (runs["train_seconds"][0], runs["attempts"][0]) == (4.0, 1)
    assert epochs[["run_id", "epoch"]].to_numpy().tolist() == [[DONE, 1], [DONE, 2], [KILLED, 1]]
    assert epochs["attempt"].isna().all()
    assert epochs["elapsed_seconds"].isna().all()
    assert epochs["checkpoint_seconds"].tolist() == [0.0, 0.0, 0.0]
    assert epochs["train_seconds"].tolist() == [2.0, 2.0, 2.0]
    assert results.steps([DONE])["step"].tolist() == [1, 2, 3, 4, 5, 6]
    assert results.steps([KILLED])["critic_loss"].tolist() == [0.0, 1.0, 2.0]


def test_types_are_those_of_today(first: Path, tmp_path: Path) -> None:
    results = store.read_sweep(first)
    store.open_sweep(tmp_path / "new", store.SweepPlan("new", None, None, "x", (plan(),)))
    writer = store.RunWriter(tmp_path / "new", plan(), started_at=NOW)
    writer.begin()
    writer.set_up(setup(gpu=False))
    writer.append(epoch(1))
    today = store.read_sweep(tmp_path / "new")
    pd.testing.assert_series_equal(results.runs.dtypes, today.runs.dtypes)
    pd.testing.assert_series_equal(results.epochs.dtypes, today.epochs.dtypes)
    pd.testing.assert_series_equal(results.steps().dtypes, today.steps().dtypes)


def test_status_of_version_1(first: Path) -> None:
    status = read_status(first)
    assert [run.state for run in status.runs] == ["completed", "interrupted", "not_started"]
    assert [run.epochs for run in status.runs] == [2, 1, 0]
    # The plan did not say how many epochs a run is to have, but the runs do.
    assert [run.epochs_planned for run in status.runs] == [2, 2, None]
    assert status.seconds_left == pytest.approx(3 * (2 * 2.0 + 0.5 + 2 * 0.25) / 2)


def test_report_of_version_1(first: Path, tmp_path: Path) -> None:
    paths = report.write(first, tmp_path / "out")
    page = paths.page.read_text()
    assert "Is it still read?" in page
    assert "1 of 3 runs completed" in page
    table = pd.read_csv(tmp_path / "out" / "tables" / "summary.csv")
    assert table["seconds_per_epoch_mean"].tolist() == [2.0]
    # Its two epochs of 128 images and 3 steps, timed in 2 s each, say what they did not store.
    assert store.read_sweep(first).runs["seconds_per_1000_images"].isna().all()
    assert table["seconds_per_1000_images_mean"].tolist() == [pytest.approx(2000 / 128)]
    assert table["seconds_per_generator_update_mean"].tolist() == [pytest.approx(2 / 3)]
    assert table["train_flops_per_generator_update"].tolist() == [pytest.approx(2000 / 6)]


def test_compacting_version_1(first: Path) -> None:
    before = everything(first)
    assert store.compact(first) == store.Compaction(1, 1, (), 3)
    assert same(everything(first), before)
    for path in (first / "compact").iterdir():
        assert set(pq.read_table(path)["schema_version"].to_pylist()) == {2}
    # A program of version 1 says that it is too old, and not that there are no runs.
    assert json.loads((first / "sweep.json").read_text())["schema_version"] == 2
    assert len(own_files(first)) == 3
    assert read_status(first).counts["completed"] == 1


def test_resuming_a_run_of_version_1(first: Path) -> None:
    """It made no checkpoints, so the run is repeated beside its epoch."""
    run = plan(1)
    store.open_sweep(first, store.SweepPlan("old", None, None, "x", (run,)))
    writer = store.RunWriter(first, run, started_at=NOW)
    assert (writer.resumed_epochs, writer.attempt) == (0, 2)
    writer.begin()
    writer.set_up(replace(setup(gpu=False), resumed_epochs=0))
    assert store.read_sweep(first).epochs["attempt"].isna().all(), "the earlier one"
    for number in (1, 2):
        writer.append(epoch(number))
    writer.finish(RunOutcome(status="completed", started_at=NOW, ended_at=NOW))
    results = store.read_sweep(first)
    assert results.epochs["attempt"].tolist() == [2, 2]
    assert results.runs["attempts"].tolist() == [2]
    assert set(
        pq.read_table(first / "runs" / KILLED / "run.parquet")["schema_version"].to_pylist()
    ) == {2}


# ------------------------------------------------------------- version 2, fewer columns


def raw(path: Path, kind: str) -> pd.DataFrame:
    """The rows in the files, as any program reads them."""
    files = [*path.glob(f"runs/*/{kind}.parquet"), *path.glob(f"compact/{kind}*.parquet")]
    frame = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    return frame.sort_values(["run_id", *([] if kind == "run" else ["epoch"])], kind="stable")


@pytest.mark.parametrize("name", ["mixtures", "images", "longer"])
def test_version_2_reads_as_it_was_written(name: str) -> None:
    path = FIXTURES / "results-v2" / name
    results = store.read_sweep(path)
    frames = {"run": results.runs, "epochs": results.epochs, "steps": results.steps()}
    for kind, frame in frames.items():
        written = raw(path, kind)
        added = [name for name in frame if name not in written]
        # Labels are those of the plan, in every file.
        assert frame[[name for name in added if name != "label"]].isna().all(axis=None)
        assert frame["label"].notna().all()
        order = ["run_id"] if kind == "run" else ["run_id", "epoch"]
        read = frame.drop(columns=added).sort_values(order, kind="stable")
        pd.testing.assert_frame_equal(
            read.reset_index(drop=True), written.reset_index(drop=True), check_exact=True
        )
    assert set(results.runs["status"]) == {"completed"}


def test_the_columns_of_version_2_keep_order_types_and_metadata() -> None:
    (folder,) = (FIXTURES / "results-v2" / "longer" / "runs").iterdir()
    declared = {
        "run": store.schema.runs(),
        "epochs": store.schema.epochs(),
        "steps": store.schema.steps(),
    }
    for name, schema in declared.items():
        written = pq.read_schema(folder / f"{name}.parquet")
        kept = [field for field in schema if field.name in written.names]
        assert written.equals(pa.schema(kept)), name
        here = store.schema.described(kept).metadata
        for key in (b"pandas", b"gan_bench_schema_version"):
            assert written.metadata[key] == here[key]


def test_status_and_report_of_version_2(tmp_path: Path) -> None:
    path = FIXTURES / "results-v2" / "mixtures"
    status = read_status(path)
    assert [(run.state, run.epochs) for run in status.runs] == [("completed", 2)] * 4
    paths = report.write(path, tmp_path / "out")
    assert "Are results of version 2 still read?" in paths.page.read_text()
    table = pd.read_csv(tmp_path / "out" / "tables" / "mode-coverage.csv")
    final = raw(path, "epochs").groupby("run_id")["reverse_kl"].last()
    labels = raw(path, "run").set_index("run_id")["label"]
    assert table["reverse_kl_final_mean"].tolist() == pytest.approx(
        final.groupby(labels).mean()[table["configuration"]].tolist()
    )


def test_more_epochs_of_a_run_of_version_2(tmp_path: Path) -> None:
    path = Path(shutil.copytree(FIXTURES / "results-v2" / "longer", tmp_path / "longer"))
    run_id = store.read_plan(path)["runs"][0]["run_id"]
    row = store.read_run(path / "runs" / run_id)
    names = [f.name for f in fields(RunPlan) if f.name not in ("task", "plugins")]
    run = RunPlan(**{name: row[name] for name in names} | {"epochs_planned": 3, "task": "mixtures"})
    writer = store.RunWriter(path, run, started_at=NOW)
    assert (writer.resumed_epochs, writer.attempt, writer.has_all) == (2, 2, False)
    writer.begin()
    writer.set_up(replace(setup(gpu=False), resumed_epochs=2))
    writer.append(epoch(3))
    writer.finish(RunOutcome(status="completed", started_at=NOW, ended_at=NOW))
    results = store.read_sweep(path)
    assert results.epochs["attempt"].tolist() == [1, 1, 2]
    assert results.runs["task"].tolist() == ["mixtures"]


def test_compacting_and_restoring_version_2(tmp_path: Path) -> None:
    for name in ("mixtures", "images"):
        path = Path(shutil.copytree(FIXTURES / "results-v2" / name, tmp_path / name))
        before = everything(path)
        store.compact(path)
        assert same(everything(path), before)
        for run in store.read_plan(path)["runs"]:
            restore(path, run["run_id"])
        assert same(everything(path), before)
        shutil.rmtree(path / "compact")
        assert same(everything(path), before)


def test_the_reference_results_are_read() -> None:
    for path in sorted((Path(__file__).parents[2] / "results" / "reference").glob("*/sweep.json")):
        results = store.read_sweep(path.parent)
        assert set(results.runs["status"]) == {"completed"}
        assert read_status(path.parent).seconds_left == 0


def test_what_a_later_version_wrote_is_refused(first: Path) -> None:
    path = first / "runs" / DONE / "run.parquet"
    table = pq.read_table(path)
    later = {**table.schema.metadata, b"gan_bench_schema_version": b"3"}
    pq.write_table(table.replace_schema_metadata(later), path)
    for read in (store.read_sweep, read_status):
        with pytest.raises(ResultsError, match=r"run\.parquet has schema version 3 .* up to 2"):
            read(first)
