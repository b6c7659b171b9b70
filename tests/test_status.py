"""bench status: what it reads from a results folder while a sweep is running and afterwards."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import store
from bench.errors import ResultsError
from bench.measures import RunPlan
from bench.status import STATES, SweepStatus, read_status
from bench.store.rows import beside
from tests.store.sweeps import open_sweep, run_plan, write_run

SECONDS = 2.5  # of an epoch, everything included


@pytest.fixture(autouse=True)
def _no_syncs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durability is tested elsewhere."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@contextmanager
def working(path: Path, *runs: RunPlan) -> Iterator[int]:
    """Another process that has claimed the runs; its number."""
    code = (
        "import pathlib, sys, time\n"
        "from bench import store\n"
        "claims = store.Claims(pathlib.Path(sys.argv[1]))\n"
        "print([claims.claim(name) for name in sys.argv[2:]], flush=True)\n"
        "time.sleep(600)\n"
    )
    names = [run.run_id for run in runs] or [".compact"]
    command = [sys.executable, "-c", code, str(path), *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def states(status: SweepStatus) -> list[str]:
    return [run.state for run in status.runs]


def bench(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "120"},
    )


@pytest.fixture
def mixed(tmp_path: Path) -> tuple[Path, list[RunPlan]]:
    """A run in each state; the last two are for other processes to run or to leave."""
    runs = [run_plan(seed) for seed in range(8)]
    path = tmp_path / "mixed"
    open_sweep(path, runs)
    write_run(path, runs[0], "completed", 4)
    write_run(path, runs[1], "failed", 2)
    write_run(path, runs[2], "diverged", 1)
    write_run(path, runs[3], "out_of_memory", 0)
    write_run(path, runs[4], "timed_out", 1)
    write_run(path, runs[5], None, 3)
    write_run(path, runs[6], None, 1)
    return path, runs


# ----------------------------------------------------------------------------- states


def test_each_run_has_its_state(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, runs = mixed
    with working(path, runs[6]) as pid:
        status = read_status(path)
    assert states(status) == [
        "completed",
        "failed",
        "diverged",
        "out_of_memory",
        "timed_out",
        "interrupted",
        "running",
        "not_started",
    ]
    assert status.due == 3
    running = status.runs[6]
    assert (running.epochs, running.epochs_planned) == (1, 4)
    assert running.process.startswith(f"process {pid} on ")
    failed = status.runs[1]
    assert (failed.error, failed.attempts, failed.epochs) == ("boom", 1, 2)
    assert failed.log == path / "runs" / runs[1].run_id / "log.txt"
    assert (status.runs[5].epochs, status.runs[5].error) == (3, None)
    assert status.runs[7].epochs == 0
    # The process that was running it is dead now.
    assert read_status(path).runs[6].state == "interrupted"


def test_a_gathered_sweep_has_the_same_status(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, _ = mixed
    before = read_status(path)
    assert store.compact(path).gathered == 5
    assert read_status(path) == before


def test_gathering_a_run_is_not_running_it(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, runs = mixed
    with working(path):  # a compaction, which claims the runs that it will gather
        other = json.loads((path / "locks" / ".compact.json").read_text())
        (path / "locks" / f"{runs[1].run_id}.json").write_text(json.dumps(other))
        assert store.holders(path)
        assert states(read_status(path))[1] == "failed"


def test_a_failed_run_that_is_retried_shows_the_new_attempt(
    mixed: tuple[Path, list[RunPlan]],
) -> None:
    path, runs = mixed
    write_run(path, runs[1], None, 1)
    folder = beside(path / "runs" / runs[1].run_id)[0]
    with working(path, runs[1]):
        run = read_status(path).runs[1]
    assert (run.state, run.epochs, run.error, run.log) == ("running", 1, None, folder / "log.txt")
    run = read_status(path).runs[1]
    assert (run.state, run.epochs, run.attempts) == ("failed", 2, 2)


def test_a_run_with_more_epochs_planned_is_interrupted(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, runs = mixed
    open_sweep(path, [run_plan(run.seed, epochs=6) for run in runs])
    run = read_status(path).runs[0]
    assert (run.state, run.epochs, run.epochs_planned) == ("interrupted", 4, 6)


def test_torn_files_of_one_run_leave_the_others_readable(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, runs = mixed
    torn = path / "runs" / runs[0].run_id / "run.parquet"
    torn.write_bytes(torn.read_bytes()[:5000])
    status = read_status(path)
    assert status.runs[0].state == "damaged"
    assert status.runs[0].damaged == torn
    assert states(status)[1:3] == ["failed", "diverged"]


def test_no_file_of_epochs_or_steps_is_opened(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, _ = mixed
    before = read_status(path)
    for file in path.rglob("*.parquet"):
        if file.name != "run.parquet":
            file.write_bytes(b"nothing that could be read")
    assert read_status(path) == before


# -------------------------------------------------------------------------- time left


def test_time_left_is_from_finished_epochs_of_the_configuration(tmp_path: Path) -> None:
    runs = [run_plan(seed) for seed in range(3)]
    open_sweep(tmp_path, runs)
    assert read_status(tmp_path).seconds_left is None
    write_run(tmp_path, runs[0], "completed", 4)
    assert read_status(tmp_path).seconds_left == pytest.approx(8 * SECONDS)
    write_run(tmp_path, runs[1], None, 3)
    assert read_status(tmp_path).seconds_left == pytest.approx(5 * SECONDS)
    with working(tmp_path, *runs[1:]):
        parts = tmp_path / "runs" / runs[1].run_id / "parts"
        for number in (1, 2, 3):  # a commit every 2.5 s
            os.utime(parts / f"epochs-{number:06d}.parquet", (0, 100 + SECONDS * number))
        assert read_status(tmp_path).seconds_left == pytest.approx(5 * SECONDS / 2), "two at once"
    for run in runs[1:]:
        write_run(tmp_path, run, "completed", 4)
    assert read_status(tmp_path).seconds_left == 0


def test_a_running_run_has_its_own_pace(tmp_path: Path) -> None:
    open_sweep(tmp_path, [run_plan(0)])
    write_run(tmp_path, run_plan(0), None, 2)
    parts = tmp_path / "runs" / run_plan(0).run_id / "parts"
    for number, moment in ((1, 1000.0), (2, 1007.0)):
        os.utime(parts / f"epochs-{number:06d}.parquet", (0, moment))
    assert read_status(tmp_path).seconds_left is None, "an interrupted one may have paused there"
    with working(tmp_path, run_plan(0)):
        assert read_status(tmp_path).seconds_left == pytest.approx(14)


def test_a_configuration_not_yet_timed_is_estimated_by_its_flops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from tests.store import sweeps

    runs = [run_plan(0, 0), run_plan(0, 1), run_plan(0, 2)]
    open_sweep(tmp_path, runs)
    write_run(tmp_path, runs[0], "completed", 4)
    double = replace(sweeps.SETUP, train_flops_per_image=2 * sweeps.SETUP.train_flops_per_image)
    monkeypatch.setattr(sweeps, "SETUP", double)
    write_run(tmp_path, runs[1], None, 0)  # set up, and no epoch yet
    # The third was never started: the mean of the others is assumed.
    assert read_status(tmp_path).seconds_left == pytest.approx(4 * SECONDS * (2 + 1.5))
    # An earlier version's plan says no more; today's has the FLOPs that were counted for it.
    epoch = sweeps.IMAGES * double.train_flops_per_image
    plan = store.SweepPlan("sweep", None, None, "x", tuple(runs), {runs[2].run_id: epoch * 3 / 2})
    store.open_sweep(tmp_path, plan)
    assert read_status(tmp_path).seconds_left == pytest.approx(4 * SECONDS * (2 + 3))


def test_epochs_in_steps_cost_what_their_batches_do(tmp_path: Path) -> None:
    """Four times the images in as many steps are four times the FLOPs, whatever the data's size."""
    from dataclasses import replace

    runs = [
        replace(run_plan(0, index), steps_planned=40, samples_per_step=64 * pack)
        for index, pack in enumerate((1, 4))
    ]
    open_sweep(tmp_path, runs)
    write_run(tmp_path, runs[0], "completed", 4)
    write_run(tmp_path, runs[1], None, 0)  # set up, and no epoch yet
    assert read_status(tmp_path).seconds_left == pytest.approx(4 * SECONDS * 4)


# ------------------------------------------------------------------------ the command


def test_the_text_for_people(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, runs = mixed
    with working(path, runs[6]) as pid:
        done = bench("status", "mixed", cwd=path.parent)
    assert done.returncode == 0, done.stderr
    table, _, rest = done.stdout.partition("dcgan 0, seed 1")
    assert "1 of 8" in table
    assert "interrupted" in table
    lines = [line for line in ("dcgan 0, seed 1" + rest).splitlines() if line]
    log = f"mixed/runs/{runs[1].run_id}/log.txt"
    assert lines[0] == f"dcgan 0, seed 1: failed (boom); see {log}"
    assert lines[4].startswith(f"dcgan 0, seed 6: epoch 1 of 4, process {pid} on ")
    assert lines[5].startswith(
        "1 of 8 runs completed, 1 running, 1 interrupted, 1 not started, 1 failed, 1 diverged, "
        "1 out of memory, 1 timed out; about "
    )
    assert lines[6] == (
        "Retry unsuccessful runs with:  bench run --grid mixed/grid.yaml --out mixed "
        "--retry failed --retry diverged --retry oom --retry timed_out"
    )
    done = bench("status", "mixed", cwd=path.parent)
    assert "Not running. Resume with:  bench run --grid mixed/grid.yaml" in done.stdout


def test_the_command_names_out_only_where_it_must(tmp_path: Path) -> None:
    path = tmp_path / "results" / "sweep"
    open_sweep(path, [run_plan(0)])
    done = bench("status", "results/sweep", cwd=tmp_path)
    assert done.stdout.rstrip().endswith("bench run --grid results/sweep/grid.yaml")


def test_the_json_for_programs(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, runs = mixed
    done = bench("status", "mixed", "--json", cwd=path.parent)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert set(document) == {
        "sweep",
        "path",
        "planned",
        "counts",
        "seconds_left",
        "timing",
        "unplanned",
        "configurations",
        "runs",
    }
    assert (document["sweep"], document["path"], document["planned"]) == ("sweep", "mixed", 8)
    assert set(document["counts"]) == set(STATES)
    assert document["counts"]["interrupted"] == 2
    assert document["configurations"] == [
        {"label": "dcgan 0", "planned": 8, "counts": document["counts"]}
    ]
    assert document["seconds_left"] > 0
    assert document["unplanned"] == []
    assert document["runs"][1] == {
        "run_id": runs[1].run_id,
        "label": "dcgan 0",
        "seed": 1,
        "state": "failed",
        "epochs": 2,
        "epochs_planned": 4,
        "attempts": 1,
        "error": "boom",
        "process": None,
        "log": f"mixed/runs/{runs[1].run_id}/log.txt",
        "damaged": None,
    }
    text = (Path(__file__).parents[1] / "docs" / "results.md").read_text()
    for name in (*document, *document["runs"][0], *STATES):
        assert f"`{name}`" in text, name


def test_a_folder_that_is_not_a_sweep_is_refused(tmp_path: Path) -> None:
    for command in ("status", "compact"):
        done = bench(command, "nowhere", cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("bench: There is no results folder nowhere")
    (tmp_path / "sweep.json").write_text("{")
    with pytest.raises(ResultsError, match=r"sweep\.json is damaged"):
        read_status(tmp_path)


def test_a_finished_sweep_has_only_its_summary(tmp_path: Path) -> None:
    open_sweep(tmp_path / "sweep", [run_plan(0)])
    write_run(tmp_path / "sweep", run_plan(0), "completed", 4)
    done = bench("status", "sweep", cwd=tmp_path)
    assert done.stdout.strip().splitlines()[-1] == "1 of 1 run completed."
    done = bench("compact", "sweep", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Gathered 1 run. sweep/compact holds 3 files.\n"
    assert bench("status", "sweep", cwd=tmp_path).stdout.strip().endswith("1 of 1 run completed.")


def test_a_sweep_that_is_being_timed_says_so(mixed: tuple[Path, list[RunPlan]]) -> None:
    path, _ = mixed
    assert read_status(path).timing is None
    claims = store.Claims(path)
    claims.claim(store.TIMING)
    found = read_status(path)
    claims.release(store.TIMING)
    assert found.timing == f"process {os.getpid()} on {socket.gethostname()}"
    assert found.counts["running"] == 0, "no run is claimed by that"
