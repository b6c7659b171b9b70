"""The real commands as a user types them: outcomes, exit statuses, sentences."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

Bench = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Runs ``bench`` in a folder of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bench", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        )

    return run


def test_a_busy_machine_is_noticed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(
        "{variants: [dcgan], epochs: 1, subset: 1280, quality: {features: off}}"
    )
    busy = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(busy) for _ in range(2)]
    try:
        done = bench("run", "--grid", "one.yaml", "--device", "cpu")
    finally:
        for other in others:
            other.kill()
            other.wait()
    assert done.returncode == 0, done.stderr
    assert re.search(r"Other programs keep \d\.\d cores busy: times are upper bounds", done.stderr)
    (run,) = (tmp_path / "results/one/runs").iterdir()
    epochs = pd.read_parquet(run / "epochs.parquet")
    assert epochs["contended"].tolist() == [True]
    assert epochs["foreign_load_cores"][0] > 0.25


TINY = """
question: Is it tiny?
epochs: 2
subset: 64
batch_size: 16
samples_every: 1
quality: {samples: 64}
variants:
  - {name: dcgan, width_factor: 0.125}
  - {name: dcgan, label: lighter, width_factor: 0.0625}
"""


def refused(done: subprocess.CompletedProcess[str], *said: str) -> str:
    """Asserts one sentence on standard error and status 2; returns the sentence."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("bench: "), done.stderr
    for part in said:
        assert part in last
    return last


def test_run_then_report(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = bench("run", "--grid", "tiny.yaml", "--seeds", "0-1")
    assert done.returncode == 0, done.stderr
    assert "Is it tiny?" in done.stdout
    assert "lighter" in done.stdout
    assert "4 completed." in done.stdout
    assert "Results: results/tiny" in done.stdout
    runs = sorted((tmp_path / "results" / "tiny" / "runs").iterdir())
    assert len(runs) == 4
    epochs = pd.concat(pd.read_parquet(run / "epochs.parquet") for run in runs)
    assert epochs["fcd"].notna().all()
    assert epochs["kid_mean"].notna().all()
    for run in runs:
        names = {p.name for p in run.iterdir()}
        assert names == {
            "run.parquet",
            "epochs.parquet",
            "steps.parquet",
            "samples",
            "samples.gif",
            "log.txt",
        }
        with Image.open(run / "samples.gif") as animation:
            assert animation.n_frames == 2
        assert (run / "log.txt").read_text() == ""

    done = bench("report", "results/tiny")
    assert done.returncode == 0, done.stderr
    page = tmp_path / done.stdout.strip()
    assert page.name == "index.html"
    assert "Is it tiny?" in page.read_text()
    assert (tmp_path / "reports" / "tiny").is_dir()

    done = bench("run", "--grid", "tiny.yaml", "--seeds", "0-1")
    assert done.returncode == 0
    assert "Done already: 4 runs; to go: 0." in done.stderr
    done = bench("run", "--grid", "results/tiny/grid.yaml", "--out", "results/tiny")
    assert "Done already: 4 runs" in done.stderr, "the resolved grid is the same grid"
    done = bench("run", "--grid", "tiny.yaml", "--seeds", "0")
    assert "also holds runs of an earlier grid (2)" in done.stderr


def test_the_table_keeps_its_numbers_whole_on_a_narrow_terminal(tmp_path: Path) -> None:
    from io import StringIO

    from rich.console import Console

    from bench.cli.display import table

    rows = [
        {
            "Configuration": f"half {name}",
            "Critic parameters (k)": "36.5",
            "Time per epoch (s)": "3.6 ± 2.1†",
            "Speed-up (×)": "1.35 (1.07–1.73)†",
            "Peak host memory (MiB)": "532.1 ± 2.5",
            "Final FCD ↓": "4.7 ± 0.7",
        }
        for name in ("generator", "critic")
    ]
    for width in (80, 200):
        console = Console(file=StringIO(), width=width)
        droppable = ["Peak host memory (MiB)", "Critic parameters (k)"]
        console.print(table("What?", rows, console, droppable))
        text = console.file.getvalue()
        for shown in ("half generator", "3.6 ± 2.1†", "1.35 (1.07–1.73)†", "4.7 ± 0.7"):
            assert shown in text
        assert ("532.1 ± 2.5" in text) == (width == 200)


def test_two_sweeps_of_one_grid_give_identical_losses(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    for out in ("a", "b"):
        assert bench("run", "-q", "--grid", "tiny.yaml", "--out", out).returncode == 0
    for run in (tmp_path / "a" / "runs").iterdir():
        first = pd.read_parquet(run / "steps.parquet")
        second = pd.read_parquet(tmp_path / "b" / "runs" / run.name / "steps.parquet")
        pd.testing.assert_frame_equal(first, second, check_exact=True)
        columns = ["fcd", "kid_mean", "precision", "recall"]
        pd.testing.assert_frame_equal(
            pd.read_parquet(run / "epochs.parquet")[columns],
            pd.read_parquet(tmp_path / "b" / "runs" / run.name / "epochs.parquet")[columns],
            check_exact=True,
        )


def test_dry_run_shows_the_runs_and_writes_nothing(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = bench("run", "--grid", "tiny.yaml", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"dcgan-s0-[0-9a-f]{10}", done.stdout)) == 2
    assert "2 runs" in done.stdout
    assert "FLOPs of training" in done.stdout
    assert not (tmp_path / "results").exists()


def test_smoke_goes_to_a_folder_of_its_own(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    done = bench("run", "--grid", "tiny.yaml", "--smoke", "-q")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "results/tiny-smoke"
    assert [p.name for p in (tmp_path / "results").iterdir()] == ["tiny-smoke"]


def test_a_folder_of_mixed_pictures_trains_and_reports(bench: Bench, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for index in range(48):
        folder = tmp_path / "pictures" / ("cats" if index % 2 else "dogs")
        folder.mkdir(parents=True, exist_ok=True)
        shape = (30 + index % 7, 40 + index % 5)
        mode = ["RGB", "L", "RGBA", "P"][index % 4]
        pixels = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        Image.fromarray(pixels).convert(mode).save(folder / f"{index}.png")
    (tmp_path / "folder.yaml").write_text(
        TINY.replace("subset: 64", "dataset: folder:pictures\nimage_size: 32\nchannels: 3")
    )
    done = bench("run", "--grid", "folder.yaml")
    assert done.returncode == 0, done.stderr
    assert bench("report", "results/folder").returncode == 0
    row = pd.read_parquet(next((tmp_path / "results/folder/runs").iterdir()) / "run.parquet").iloc[
        0
    ]
    assert row["train_images"] == 48
    assert re.fullmatch(r"folder:[0-9a-f]{12}", row["dataset"])
    assert str(tmp_path) not in row["spec"]
    done = bench("run", "--grid", "folder.yaml", "--smoke", "-q")
    assert done.returncode == 0, done.stderr


def _idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    path.write_bytes(gzip.compress(header + array.tobytes()))


def test_fashion_mnist_from_gz_idx_files(bench: Bench, tmp_path: Path) -> None:
    """The layout of Debian's package, with few images; the real files where they are."""
    root = Path("/usr/share/datasets/fashion-mnist")
    if not root.exists():
        root = tmp_path / "fashion-mnist"
        root.mkdir()
        rng = np.random.default_rng(0)
        _idx(root / "train-images-idx3-ubyte.gz", rng.integers(0, 256, (200, 28, 28), np.uint8))
        _idx(root / "train-labels-idx1-ubyte.gz", (np.arange(200) % 10).astype(np.uint8))
    (tmp_path / "tiny.yaml").write_text(TINY)
    arguments = ["--dataset", "fashion-mnist", "--data-root", str(root)]
    done = bench("run", "--grid", "tiny.yaml", *arguments, "--set", "subset=100")
    assert done.returncode == 0, done.stderr
    assert bench("report", "results/tiny").returncode == 0


# ------------------------------------------------------------------------- mistakes


def test_mistakes_in_a_grid(bench: Bench, tmp_path: Path) -> None:
    refused(bench("run", "--grid", "nowhere.yaml"), "There is no grid nowhere.yaml")
    (tmp_path / "bad.yaml").write_text("variants: [dcgan]\nepoch: 3")
    refused(bench("run", "--grid", "bad.yaml"), "bad.yaml, line 2", "did you mean 'epochs'")
    refused(bench("run", "-g", "smoke.yaml", "--seeds", "x"), "--seeds x")
    refused(bench("run", "-g", "smoke.yaml", "--set", "latent_dim"), "--set latent_dim")
    assert [p.name for p in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "batch_size=9000"], "larger than the data"),
        (["--set", "subset=6000"], "5,000"),
        (["--set", "classes=[12]"], "mnist-5k"),
        (["--dataset", "mnist", "--data-root", "."], "bench fetch mnist"),
        (["--dataset", "folder:nowhere"], "nowhere"),
        (["--device", "cuda"], "--device cuda"),
        (["--set", "quality.features=inception"], "bench fetch inception"),
        (["--set", "quality.samples=2"], "samples"),
        (["--set", "generator_width=100000000"], "memory"),
    ],
)
def test_requests_that_cannot_be_met_write_nothing(
    bench: Bench, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "one.yaml").write_text("{variants: [dcgan-lite], quality: {samples: 64}}")
    environment = {"TORCH_HOME": str(tmp_path / "torch"), "CUDA_VISIBLE_DEVICES": ""}
    refused(bench("run", "--grid", "one.yaml", *arguments, **environment), said)
    assert not (tmp_path / "results").exists()


def test_damaged_images(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "half.png").write_bytes(b"\x89PNG\r\n\x1a\n123")
    arguments = ["--dataset", "folder:pictures", "--set", "image_size=32"]
    refused(bench("run", "-g", "lightweight.yaml", *arguments), "half.png")
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x03\0\0"))
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"\0\0\x08\x01\0\0"))
    arguments = ["--dataset", "fashion-mnist", "--data-root", "."]
    refused(bench("run", "-g", "lightweight.yaml", *arguments), "idx")


def test_results_that_cannot_be_written(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    refused(bench("run", "-g", "smoke.yaml", "--out", "taken"), "taken is a file")
    refused(bench("run", "-g", "smoke.yaml", "--out", "/proc/x"), "/proc", "--out")


def test_results_that_cannot_be_read(bench: Bench, tmp_path: Path) -> None:
    refused(bench("report", "nowhere"), "nowhere")
    (tmp_path / "empty").mkdir()
    refused(bench("report", "empty"), "sweep.json")
    assert not (tmp_path / "reports").exists()


def test_a_full_disk_keeps_what_was_committed(bench: Bench, tmp_path: Path) -> None:
    """A limit on file sizes stands in for a full disk: the first run's steps do not fit."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    code = (
        "import resource, signal, sys; from bench.cli import main;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "sys.argv = ['bench', 'run', '--grid', 'tiny.yaml', '--set', 'quality.features=\"off\"'];"
        "main()"
    )
    assert bench("run", "-g", "tiny.yaml", "--dry-run").returncode == 0  # fills the cache
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    refused(done, "No space left to write", "--out")


def test_one_bad_run_does_not_stop_the_sweep(bench: Bench, tmp_path: Path) -> None:
    """A learning rate that diverges: its status says so, the other run completes, exit 1."""
    (tmp_path / "bad.yaml").write_text(
        TINY.replace("label: lighter", "label: wild, generator_lr: 1.0e38, critic_lr: 1.0e38")
    )
    done = bench("run", "--grid", "bad.yaml")
    assert done.returncode == 1
    assert "1 completed, 1 diverged" in done.stdout
    rows = [
        pd.read_parquet(run / "run.parquet").iloc[0]
        for run in (tmp_path / "results" / "bad" / "runs").iterdir()
    ]
    status = {row["label"]: (row["status"], row["error"]) for row in rows}
    assert status["dcgan"][0] == "completed"
    assert status["wild"][0] == "diverged"
    assert "not finite at step" in status["wild"][1]
    assert bench("report", "results/bad").returncode == 0


def test_runs_that_ctrl_c_prevented_are_reported_and_counted(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(TINY.replace("epochs: 2", "epochs: 1"))
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--grid", "many.yaml", "--seeds", "0-7"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            if "run 3 of 16" in line:
                process.send_signal(signal.SIGINT)
                break
        process.stderr.read()
        said = process.stdout.read()
    assert process.returncode == 1
    done = len(list((tmp_path / "results" / "many" / "runs").iterdir()))
    assert f"{done} completed, {16 - done} not run." in said


def test_ctrl_c_once_finishes_the_epoch(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(TINY.replace("epochs: 2", "epochs: 5000"))
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--grid", "long.yaml"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "epoch 2 of" in line:
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everyone
                break
        rest = process.stderr.read()
    assert "Finishing the epoch" in rest
    assert process.returncode == 1
    (run,) = (tmp_path / "results" / "long" / "runs").iterdir()
    row = pd.read_parquet(run / "run.parquet").iloc[0]
    assert row["status"] == "interrupted"
    assert row["epochs"] >= 2
    assert len(pd.read_parquet(run / "epochs.parquet")) == row["epochs"]


# ------------------------------------------------------------------ small commands


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["run", "--help"], ["--version"]])
def test_small_commands_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['bench', *{arguments!r}]\n"
        "from bench.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: status = end.code\n"
        "heavy = {'torch', 'pandas', 'matplotlib', 'scipy', 'torchvision'} & set(sys.modules)\n"
        "print(sorted(heavy), status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[] 0") or done.stdout.strip().endswith("[] None")


def test_lists_as_json(bench: Bench) -> None:
    listings = json.loads(bench("list", "--json").stdout)
    assert "dcgan" in [row["name"] for row in listings["variants"]]
    assert "mnist-5k" in [row["name"] for row in listings["datasets"]]
    assert "lightweight.yaml" in [row["name"] for row in listings["grids"]]
    assert json.loads(bench("list", "grids", "--json").stdout) == listings["grids"]


def test_describe_explains_the_differences(bench: Bench) -> None:
    done = bench("describe", "dcgan-lite", "--against", "dcgan")
    assert done.returncode == 0, done.stderr
    assert "Changed: generator_width 64 → 32; critic_width 64 → 32." in done.stdout
    assert "dcgan-lite is cheaper: 0.26 × the training FLOPs per image of dcgan" in done.stdout
    assert "2.02 M" in done.stdout
    assert "7.25 M" in done.stdout
    done = bench("describe", "dcgan-deep", "--against", "dcgan")
    assert "costlier" in done.stdout
    done = bench("describe", "dcgan", "--image-size", "64", "--channels", "3")
    assert "105 M" in done.stdout
    assert "critic_width" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["describe", "dcgn"], "did you mean 'dcgan'"),
        (["describe", "dcgan", "--image-size", "48"], "28, 32 or 64 px"),
        (["describe", "dcgan", "--set", "widht=3"], "widht"),
        (["fetch", "mnst"], "mnist"),
    ],
)
def test_small_commands_refuse_kindly(bench: Bench, arguments: list[str], said: str) -> None:
    refused(bench(*arguments), said)


def test_usage_errors_have_status_2(bench: Bench) -> None:
    assert bench("run").returncode == 2
    assert bench("run", "-g", "smoke.yaml", "--jobs", "0").returncode == 2
    assert bench("fly").returncode == 2


def test_interrupted_runs_resume(bench: Bench, tmp_path: Path) -> None:
    """After a kill, a second call does what is left; nothing is done twice."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    with subprocess.Popen(
        [sys.executable, "-m", "bench", "run", "--grid", "tiny.yaml", "--epochs", "40"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "run 2 of 2" in line:
                process.kill()
                break
    time.sleep(0.2)
    results = tmp_path / "results" / "tiny"
    assert bench("report", "results/tiny").returncode == 0, "a torn sweep can be reported"
    done = bench("run", "--grid", "tiny.yaml", "--epochs", "40")
    assert done.returncode == 0
    assert "Done already: 1 run; to go: 1." in done.stderr
    for run in (results / "runs").iterdir():
        assert pd.read_parquet(run / "epochs.parquet")["epoch"].tolist() == list(range(1, 41))
