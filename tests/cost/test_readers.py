"""Clocks, memory, energy and load: correct where they can be read, else None."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from bench.cost import environment
from bench.cost.energy import EnergyMeter
from bench.cost.load import LoadMeter
from bench.cost.memory import GpuMemory, HostMemory
from bench.cost.nvml import NoGpu, NvmlGpu, open_gpu

CPU = torch.device("cpu")


class FakeNvml:
    """The parts of NVML that are called; ``lacks`` names functions the board does not support."""

    class NVMLError(Exception):
        pass

    def __init__(self, lacks: tuple[str, ...] = (), processes: int = 1) -> None:
        self.millijoules = 1_000_000
        self._lacks = lacks
        self._processes = [
            SimpleNamespace(pid=100 + i, usedGpuMemory=(i + 1) * 2**20) for i in range(processes)
        ]

    def __getattr__(self, name: str):
        if not name.startswith("nvml"):
            raise AttributeError(name)

        def read(*_: object) -> object:
            if name in self._lacks:
                raise self.NVMLError("not supported")
            return {
                "nvmlDeviceGetName": "NVIDIA H200",
                "nvmlSystemGetDriverVersion": "580.1",
                "nvmlDeviceGetTotalEnergyConsumption": self.millijoules,
                "nvmlDeviceGetComputeRunningProcesses": self._processes,
            }[name]

        return read


def test_energy_is_summed_over_training_spans_only() -> None:
    nvml = FakeNvml()
    meter = EnergyMeter(NvmlGpu(nvml, None), exclusive=True)
    meter.start()
    nvml.millijoules += 700_000
    meter.stop(6.0)
    assert meter.joules() is None, "six seconds are too short for the counter"
    nvml.millijoules += 50_000  # an evaluation, between spans
    meter.start()
    nvml.millijoules += 800_000
    meter.stop(6.0)
    assert meter.joules() == pytest.approx(1500)


@pytest.mark.parametrize(
    ("nvml", "exclusive"),
    [
        (FakeNvml(lacks=("nvmlDeviceGetTotalEnergyConsumption",)), True),
        (FakeNvml(processes=2), True),
        (FakeNvml(), False),
    ],
)
def test_energy_is_unknown_without_a_counter_or_on_a_shared_board(
    nvml: FakeNvml, exclusive: bool
) -> None:
    meter = EnergyMeter(NvmlGpu(nvml, None), exclusive=exclusive)
    meter.start()
    meter.stop(60.0)
    assert meter.joules() is None


def test_a_gpu_through_nvml() -> None:
    gpu = NvmlGpu(FakeNvml(), None)
    assert gpu.name() == "NVIDIA H200"
    assert gpu.driver() == "580.1"
    assert gpu.process_bytes(100) == 2**20
    assert gpu.process_bytes(7) is None
    assert gpu.shared() is False


def test_without_a_gpu_every_reading_is_none() -> None:
    gpu = open_gpu(CPU)
    assert isinstance(gpu, NoGpu)
    memory = GpuMemory(CPU, gpu)
    memory.reset()
    readings = [gpu.name(), gpu.driver(), gpu.energy_joules(), gpu.shared(), gpu.process_bytes(1)]
    readings += [memory.allocated_bytes(), memory.reserved_bytes(), memory.process_bytes()]
    assert readings == [None] * 8


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux only")
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


def test_the_load_of_another_process_is_noticed() -> None:
    spin = "import time\nend = time.time() + 30\nwhile time.time() < end: pass"
    other = subprocess.Popen([sys.executable, "-c", spin])
    try:
        import time

        time.sleep(0.3)
        load = LoadMeter()
        time.sleep(1.0)
        own, foreign = load.stop()
    finally:
        other.kill()
        other.wait()
    assert own < 0.3
    assert foreign is not None
    assert foreign > 0.3


def test_a_very_short_span_has_no_foreign_load() -> None:
    load = LoadMeter()
    assert load.stop()[1] is None


def test_environment_without_git_or_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # git is not found
    found = environment.describe(CPU, NoGpu(), threads=2)
    assert found.git_commit is None
    assert found.git_dirty is None
    assert (found.gpu_name, found.gpu_driver, found.cuda_version, found.cudnn_version) == (
        None,
    ) * 4
    assert found.device == "cpu"
    assert found.threads == 2
    assert found.torch_version == torch.__version__
