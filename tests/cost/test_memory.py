"""Memory: peaks of training alone, and the same however a process was started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.cost.gpu_memory import CudaMemory, GpuPeaks
from bench.cost.host_memory import HostMemory, mapped_bytes
from bench.cost.nvml import NoGpu

MIB = 2**20
linux = pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")


# ------------------------------------------------------------------------------ the GPU


class FakeAllocator:
    """Keeps what is freed, as torch's does, until the cache is emptied. All in MiB."""

    def __init__(self) -> None:
        self.live = self.cached = 0
        self.reset_peaks()

    def take(self, size: int) -> None:
        self.live += size
        self.cached = max(self.cached, self.live)
        self._live_peak = max(self._live_peak, self.live)
        self._cached_peak = max(self._cached_peak, self.cached)

    def free(self, size: int) -> None:
        self.live -= size

    def allocated(self) -> int:
        return self.live * MIB

    def reserved(self) -> int:
        return self.cached * MIB

    def peak_allocated(self) -> int:
        return self._live_peak * MIB

    def peak_reserved(self) -> int:
        return self._cached_peak * MIB

    def reset_peaks(self) -> None:
        self._live_peak, self._cached_peak = self.live, self.cached

    def empty_cache(self) -> None:
        self.cached = self.live


class FakeGpu(NoGpu):
    """The driver counts the allocator's reserve and a context for this process."""

    def __init__(self, allocator: FakeAllocator, context: int = 500) -> None:
        self._allocator, self._context = allocator, context

    def process_bytes(self, pid: int) -> int:  # type: ignore[override]
        assert pid == os.getpid()
        return self._allocator.reserved() + self._context * MIB


def in_mib(peaks: GpuPeaks) -> tuple[int, ...]:
    return tuple(value // MIB for value in peaks if value is not None)


def test_every_epochs_peaks_are_those_of_its_training() -> None:
    allocator = FakeAllocator()
    memory = CudaMemory(allocator, FakeGpu(allocator))
    with memory.apart():
        allocator.take(90)  # Inception's weights
    allocator.take(30)  # the run's networks and optimisers
    seen = []
    for epoch in range(3):
        memory.reset()
        allocator.take(200)  # a step
        allocator.free(200)
        seen.append(in_mib(memory.peaks()))
        with memory.apart():  # an evaluation
            allocator.take(3000)
            allocator.free(3000 - (20 if epoch == 0 else 0))  # keeps the reference's features
    assert seen == [(230, 230, 730)] * 3
    assert memory.kept_bytes == 110 * MIB


def test_the_process_is_counted_at_its_peak_not_as_it_is_read() -> None:
    allocator = FakeAllocator()
    memory = CudaMemory(allocator, FakeGpu(allocator))
    memory.reset()
    allocator.take(400)
    allocator.free(350)
    allocator.empty_cache()  # as torch does before it gives up for want of memory
    assert in_mib(memory.peaks()) == (400, 400, 900)


def test_what_the_driver_does_not_tell_is_none() -> None:
    assert CudaMemory(FakeAllocator(), NoGpu()).peaks() == GpuPeaks(0, 0, None)


def test_an_emptied_cache_asks_for_one_step_to_fill_it() -> None:
    memory = CudaMemory(FakeAllocator(), NoGpu())
    assert not memory.take_refill()
    with memory.apart():
        pass
    assert [memory.take_refill(), memory.take_refill()] == [True, False]


def test_an_evaluation_that_fails_empties_the_cache_too() -> None:
    allocator = FakeAllocator()
    memory = CudaMemory(allocator, NoGpu())
    allocator.take(100)
    allocator.free(100)
    with pytest.raises(ZeroDivisionError), memory.apart():
        1 / 0  # noqa: B018
    assert allocator.cached == 0


# ----------------------------------------------------------------------------- the host


@linux
def test_host_memory_peaks_are_per_phase() -> None:
    memory = HostMemory()
    block = np.ones(40_000_000)  # 320 MB
    high = memory.peak_bytes()
    del block
    assert memory.reset()
    low = memory.peak_bytes()
    assert high is not None
    assert low is not None
    assert high - low > 200_000_000


@linux
def test_what_is_added_is_the_peak_without_what_was_there_or_kept_apart(tmp_path: Path) -> None:
    there = np.ones(10_000_000)  # 80 MB
    memory = HostMemory()
    with memory.apart():
        kept = np.ones(20_000_000)  # 160 MB
        for_now = np.ones(5_000_000)
        del for_now
    assert memory.reset()
    network = np.ones(6_000_000)  # 48 MB
    workspace = np.ones(9_000_000)  # 72 MB
    del workspace
    np.save(tmp_path / "images.npy", np.ones(4_000_000, np.uint8))
    data = np.load(tmp_path / "images.npy", mmap_mode="c")
    total = float(data.sum()) + kept[0] + there[0] + network[0]
    assert total == 4_000_003
    added = memory.added_bytes(mapped_bytes(data, None))
    assert added is not None
    assert added == pytest.approx(48e6 + 72e6 + 4e6, abs=6e6)
    assert mapped_bytes(network) == 0


_MEASURED = """
import os
import torch
from bench.cost.host_memory import HostMemory

def run():
    memory = HostMemory()
    memory.reset()
    torch.set_num_threads(1)
    layer = torch.nn.Conv2d(64, 64, 3)  # makes the process map pages of torch's libraries
    layer(torch.ones(64, 64, 32, 32)).sum().backward()
    print(memory.peak_bytes(), memory.added_bytes(0), flush=True)

if os.fork() == 0:
    run()
    os._exit(0)
os.wait()
run()
"""


@linux
def test_a_forked_process_adds_what_one_that_has_imported_torch_itself_adds() -> None:
    command = [sys.executable, "-c", _MEASURED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    forked_peak, forked_added, peak, added = map(int, done.stdout.split())
    assert peak - forked_peak > 100e6, "the totals differ by the pages of libraries"
    assert forked_added == pytest.approx(added, abs=4e6)
    assert added > 30e6, "the images and their convolution"
