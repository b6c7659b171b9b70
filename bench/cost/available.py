"""What processes may use on this machine, or in this container: cores, and how much more memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")


def allowed_cores() -> int | None:
    """Logical cores that this process may use; None if the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def available_bytes(cgroup: Path = _CGROUP) -> int:
    """Of the host, within a container's limit: free, or what the system would give back."""
    available = int(psutil.virtual_memory().available)
    try:
        limit = int((cgroup / "memory.max").read_text())
        used = int((cgroup / "memory.current").read_text())
        statistics = dict(
            line.split() for line in (cgroup / "memory.stat").read_text().splitlines()
        )
    except (OSError, ValueError):  # no container, no limit ("max"), or another kind of system
        return available
    # Pages of files that nobody has used lately are given back when memory is short.
    return min(available, max(0, limit - used + int(statistics.get("inactive_file", 0))))


def gpu_free_bytes(devices: Sequence[str]) -> list[int]:
    """Of each GPU. Opens a context there, so it is called in a process of its own."""
    import torch

    return [int(torch.cuda.mem_get_info(torch.device(device))[0]) for device in devices]
