"""How many runs train side by side, and on how many threads each.

The threads are chosen once per sweep: a sum depends on how many threads share it, so a run that is
resumed, or a sweep that is shared, goes on with the threads it began with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# A run evaluates, which timing does not: features of thousands of samples, and what scores them.
EVALUATION_HOST_BYTES = 2**30
EVALUATION_GPU_BYTES = 2 * 2**30
_USABLE = 0.9  # of the free memory


def threads_per_run(cores: int, asked_jobs: int | None, *, clean: bool) -> int:
    """The threads of each run of a new sweep.

    Args:
        asked_jobs: by the user; None for as many as is sensible.
        clean: configurations were timed apart from training, so runs need not be alone.
    """
    if asked_jobs is not None:
        return max(1, cores // asked_jobs)
    return 1 if clean else cores


def side_by_side(cores: int, threads: int, fitting: int) -> int:
    """How many runs train at once where nobody has said: one for ``threads`` of the cores.

    Args:
        fitting: that memory has room for.
    """
    return max(1, min(cores // max(1, threads), fitting))


def fitting_on_host(turns: Iterable[Mapping[str, Any]], free: int) -> int:
    """How many runs fit into the host's memory, each as large as the largest of the timing.

    Args:
        turns: rows of ``timing.parquet``.
        free: bytes.
    """
    peak = max((turn["peak_host_bytes"] or 0 for turn in turns), default=0)
    return int(_USABLE * free // (peak + EVALUATION_HOST_BYTES))


def fitting_on_gpus(turns: Iterable[Mapping[str, Any]], free: Sequence[int]) -> int:
    """How many runs fit into the memory of the GPUs, likewise.

    Args:
        free: bytes of each GPU.
    """
    peaks = [
        turn["peak_gpu_process_bytes"] or turn["peak_gpu_reserved_bytes"] or 0 for turn in turns
    ]
    each = max(peaks, default=0) + EVALUATION_GPU_BYTES
    return sum(int(_USABLE * of_one // each) for of_one in free)
