"""A killed sweep of translations ends as one that was never interrupted, on Ray too."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import store
from tests.survival.sweeps import bench_run, check_equal, command

cluster_utils = pytest.importorskip("ray.cluster_utils")

pytestmark = pytest.mark.slow

# CycleGAN's pool of six is full within the first epoch, and changes in every step.
GRID = """
name: small
dataset: unpaired-fonts
image_size: 32
subset: 24
epochs: 8
quality: {features: off}
variants:
  - {name: cyclegan, width_factor: 0.1, pool: 6}
  - {name: fastcut, width_factor: 0.1, nce_patches: 32}
"""


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of a cluster of one node with two cores."""
    found = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
    )
    try:
        yield found.address
    finally:
        found.shutdown()


@pytest.mark.parametrize("where", ["here", "on Ray"])
def test_a_killed_sweep_resumes_bit_identically(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    grid = tmp_path / "small.yaml"
    grid.write_text(GRID)
    whole, out = tmp_path / "whole", tmp_path / "small"
    done = bench_run(str(grid), whole, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    options = ("--jobs", "2")
    if where == "on Ray":
        options = ("--executor", "ray", "--address", request.getfixturevalue("cluster"))
    with subprocess.Popen(command(str(grid), out, *options)) as driver:
        deadline = time.monotonic() + 120
        while len(list(out.glob("runs/*/parts/epochs-*.parquet"))) < 3:
            assert driver.poll() is None, "ended too soon"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        driver.kill()
    done = bench_run(str(grid), out, *options)
    assert done.returncode == 0, done.stderr
    check_equal(out, whole)
    assert store.read_sweep(out).runs["resumed_epochs"].max() > 0, "nothing was resumed"
