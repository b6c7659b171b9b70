"""How many runs train side by side, and on how many threads."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cost.available import available_bytes
from bench.timing import packing

GIB = 2**30


@pytest.mark.parametrize(
    ("asked", "clean", "threads"),
    [(None, True, 1), (None, False, 16), (1, True, 16), (4, True, 4), (4, False, 4), (99, True, 1)],
)
def test_threads_of_a_new_sweep(asked: int | None, clean: bool, threads: int) -> None:
    assert packing.threads_per_run(16, asked, clean=clean) == threads


@pytest.mark.parametrize(
    ("cores", "threads", "fitting", "runs"),
    [(16, 1, 99, 16), (16, 1, 5, 5), (16, 4, 99, 4), (2, 16, 99, 1), (2, 1, 0, 1)],
)
def test_runs_side_by_side(cores: int, threads: int, fitting: int, runs: int) -> None:
    assert packing.side_by_side(cores, threads, fitting) == runs


def test_as_many_as_the_largest_process_leaves_room_for() -> None:
    turns = [{"peak_host_bytes": GIB}, {"peak_host_bytes": 3 * GIB}, {"peak_host_bytes": None}]
    assert packing.fitting_on_host(turns, 16 * GIB) == 3  # of 3 GiB and one for evaluation
    on_gpu = [{"peak_gpu_process_bytes": None, "peak_gpu_reserved_bytes": 4 * GIB}]
    assert packing.fitting_on_gpus(on_gpu, [80 * GIB, 7 * GIB]) == 12 + 1


def test_a_container_s_limit_counts(tmp_path: Path) -> None:
    whole = available_bytes(tmp_path)
    (tmp_path / "memory.max").write_text(f"{2**26}\n")
    (tmp_path / "memory.current").write_text(f"{2**25}\n")
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 1048576\n")
    assert available_bytes(tmp_path) == 2**25 + 2**20 < whole
    (tmp_path / "memory.max").write_text("max\n")
    assert available_bytes(tmp_path) == pytest.approx(whole, rel=0.2)
