"""Sweeps on a Ray cluster that lose a node or the driver, and with a plug-in."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import store
from tests.survival.sweeps import GRID, bench_run, check_equal, command

cluster_utils = pytest.importorskip("ray.cluster_utils")

ROOT = Path(__file__).parents[2]

# Long enough for a fault in the middle.
LONGER = GRID.replace("epochs: 4", "epochs: 8")


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("grid") / "small.yaml"
    path.write_text(LONGER)
    return str(path)


@pytest.fixture(scope="module")
def local(grid: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sweep on this machine alone, one thread a run as on the cluster."""
    out = tmp_path_factory.mktemp("local") / "small"
    done = bench_run(grid, out, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[cluster_utils.Cluster]:
    """A head that takes no runs; tests add nodes that do."""
    found = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
    )
    try:
        yield found
    finally:
        found.shutdown()


def on(cluster: cluster_utils.Cluster, *options: str) -> tuple[str, ...]:
    return ("--executor", "ray", "--address", cluster.address, *options)


def wait_for_epochs(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until runs in progress have committed so many epochs."""
    deadline = time.monotonic() + 120
    while len(list(out.glob("runs/*/parts/epochs-*.parquet"))) < count:
        assert process.poll() is None, "ended too soon"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_for_the_run_in_progress(out: Path, process: subprocess.Popen[bytes]) -> None:
    """Waits until the only run in progress has some epochs committed and most to go.

    A run that is lost before its first epoch leaves no trace, and one that is done is not lost.
    """
    deadline = time.monotonic() + 120
    while True:
        # The folder is removed when the run has ended.
        committed = [
            len(list(parts.glob("epochs-*.parquet"))) for parts in out.glob("runs/*/parts")
        ]
        if any(1 <= epochs <= 4 for epochs in committed):
            return
        assert process.poll() is None, "ended too soon"
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.slow
def test_a_node_lost_in_mid_sweep_costs_nothing(
    cluster: cluster_utils.Cluster, grid: str, local: Path, tmp_path: Path
) -> None:
    # One node that takes one run, so that it is this run that is lost with it.
    node = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    out = tmp_path / "small"
    with subprocess.Popen(command(grid, out, *on(cluster))) as driver:
        wait_for_the_run_in_progress(out, driver)
        cluster.remove_node(node, allow_graceful=False)
        for _ in range(2):
            cluster.add_node(num_cpus=1)
        assert driver.wait(timeout=300) == 0
    check_equal(out, local)
    runs = store.read_sweep(out).runs
    assert runs["status"].eq("completed").all()
    assert runs["attempts"].max() > 1, "no run was lost with the node"


@pytest.mark.slow
def test_a_killed_driver_started_again_resumes(
    cluster: cluster_utils.Cluster, grid: str, local: Path, tmp_path: Path
) -> None:
    cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    out = tmp_path / "small"
    with subprocess.Popen(command(grid, out, *on(cluster))) as driver:
        wait_for_epochs(out, 3, driver)
        driver.kill()
    done = bench_run(grid, out, *on(cluster))
    assert done.returncode == 0, done.stderr
    check_equal(out, local)
    runs = store.read_sweep(out).runs
    assert runs["resumed_epochs"].max() > 0, "no run resumed from its checkpoint"


@pytest.mark.slow
def test_ctrl_c_finishes_the_epochs_in_progress(
    cluster: cluster_utils.Cluster, grid: str, local: Path, tmp_path: Path
) -> None:
    cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    out = tmp_path / "small"
    with subprocess.Popen(command(grid, out, *on(cluster))) as driver:
        wait_for_epochs(out, 1, driver)
        driver.send_signal(signal.SIGINT)
        assert driver.wait(timeout=60) == 1
    statuses = store.read_sweep(out).runs["status"]
    assert set(statuses) <= {"interrupted", "completed"}
    done = bench_run(grid, out, *on(cluster))
    assert done.returncode == 0, done.stderr
    check_equal(out, local)


PLUGIN = """
from variants.registry import register
from variants.zoo.dcgan import Dcgan

@register("mine")
class Mine(Dcgan):
    '''DCGAN with few filters.'''
    generator_width: int = 8
    critic_width: int = 8
"""


@pytest.mark.slow
def test_nodes_receive_plug_ins_as_text(cluster: cluster_utils.Cluster, tmp_path: Path) -> None:
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    plugin, grid = tmp_path / "mine.py", tmp_path / "mine.yaml"
    plugin.write_text(PLUGIN)
    grid.write_text("{variants: [mine], epochs: 1, subset: 64, batch_size: 16, seeds: [0, 1]}")
    out = tmp_path / "mine"
    done = bench_run(str(grid), out, *on(cluster, "--plugin", str(plugin)))
    assert done.returncode == 0, done.stderr
    assert store.read_sweep(out).runs["status"].tolist() == ["completed"] * 2


@pytest.mark.slow
def test_nodes_execute_nothing_that_lies_in_the_drivers_folder(
    cluster: cluster_utils.Cluster, tmp_path: Path
) -> None:
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    for name in ("torch", "numpy", "psutil"):
        trap = "import os\nos.close(os.open(__file__ + '.ran', os.O_CREAT))\n"
        (tmp_path / f"{name}.py").write_text(trap)
    grid = tmp_path / "g.yaml"
    grid.write_text("{variants: [dcgan-lite], epochs: 1, subset: 64, batch_size: 16}")
    done = subprocess.run(
        command(str(grid), tmp_path / "out", *on(cluster)),
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("*.ran"))


@pytest.mark.parametrize(
    ("options", "place"), [(("--address", "127.0.0.1:1"), "127.0.0.1:1"), ((), "this machine")]
)
def test_a_cluster_that_is_not_there_is_one_sentence(
    grid: str, tmp_path: Path, options: tuple[str, ...], place: str
) -> None:
    done = bench_run(grid, tmp_path / "small", "--executor", "ray", *options)
    assert done.returncode == 2
    assert f"no Ray cluster answers at {place}" in done.stderr
    assert "Traceback" not in done.stderr


def test_shares_that_no_node_has_are_one_sentence(
    cluster: cluster_utils.Cluster, grid: str, tmp_path: Path
) -> None:
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    done = bench_run(grid, tmp_path / "small", *on(cluster, "--cpus-per-run", "64"))
    assert done.returncode == 2
    assert "no node of the cluster has 64 CPUs" in done.stderr
    if not os.environ.get("CUDA_VISIBLE_DEVICES"):
        done = bench_run(grid, tmp_path / "small", *on(cluster, "--device", "cuda"))
        assert done.returncode == 2
        assert "no node of the Ray cluster has a GPU" in done.stderr
