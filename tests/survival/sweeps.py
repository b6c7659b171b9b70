"""Small sweeps through the real command, and what must be equal of two of them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from bench import measures, store

# Two games with everything a resumed run must get right: order of the data in the middle of a
# pass, dropout, labels, a penalty's ε, packs; quality by the classifier.
GRID = """
name: small
epochs: 4
seeds: [0, 1]
batch_size: 16
subset: 320
samples_every: 2
quality: {features: classifier, samples: 64, every: 2}
variants:
  - {name: conditional-wgan-gp, width_factor: 0.125}
  - {name: dcgan-tutorial, label: packed, width_factor: 0.1, pack: 2}
"""

# What may differ between two sweeps of one grid: time, memory, load, and attempts.
_INCIDENTAL = measures.shared() | {
    *("attempt", "attempts", "resumed_epochs", "started_at", "ended_at"),
    *("git_commit", "git_dirty", "packed_runs"),
}


def command(grid: str, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "bench", "run", "-g", grid, "--out", str(out), "-q", *options]


def bench_run(grid: str, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """One ``bench run`` to its end."""
    return subprocess.run(
        command(grid, out, *options),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | {"NO_COLOR": "1"},
    )


def check_readable(out: Path) -> None:
    """Every Parquet file that has appeared opens."""
    for folder, _, names in os.walk(out):  # which does not mind folders that vanish
        for name in names:
            if name.endswith(".parquet") and not name.startswith("."):
                path = Path(folder, name)
                try:
                    # At once, since pyarrow opens a path twice and may meet two files there.
                    pq.read_table(io.BytesIO(path.read_bytes()))
                except FileNotFoundError:  # its epochs have been put into one file meanwhile
                    assert not path.exists()


def essence(out: Path) -> dict[str, pd.DataFrame]:
    """Runs, epochs and steps without what may differ between two sweeps of one grid."""
    results = store.read_sweep(out)
    frames = {"runs": results.runs, "epochs": results.epochs, "steps": results.steps()}
    for name, keys in (("epochs", ["run_id", "epoch"]), ("steps", ["run_id", "step"])):
        assert not frames[name].duplicated(keys).any(), f"{name} twice"
    return {
        name: frame.drop(columns=[c for c in frame if c in _INCIDENTAL])
        for name, frame in frames.items()
    }


def check_equal(out: Path, reference: Path) -> None:
    """Two sweeps gave the same results, bit for bit, pictures included."""
    mine, theirs = essence(out), essence(reference)
    for name, frame in theirs.items():
        pd.testing.assert_frame_equal(mine[name], frame, check_exact=True)
    for picture in (reference / "runs").glob("*/samples/*.png"):
        other = out / picture.relative_to(reference)
        assert other.read_bytes() == picture.read_bytes(), picture
    litter = [p for p in (out / "runs").rglob("*") if p.name.startswith(".") or "torn" in p.name]
    assert litter == []
    assert not list((out / "locks").glob("*"))
