"""Clocks, memory, energy and load: correct where they can be read, else None."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import torch

from bench.cost import environment
from bench.cost.energy import EnergyMeter
from bench.cost.load import LoadMeter
from bench.cost.memory import open_memory
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
    meter.shared(False)
    assert meter.joules() is None, "six seconds are too short for the counter"
    nvml.millijoules += 50_000  # an evaluation, between spans
    meter.start()
    nvml.millijoules += 800_000
    meter.stop(6.0)
    meter.shared(False)
    assert meter.joules() == pytest.approx(1500)


@pytest.mark.parametrize(
    ("nvml", "exclusive"),
    [
        (FakeNvml(lacks=("nvmlDeviceGetTotalEnergyConsumption",)), True),
        (FakeNvml(processes=2), True),
        (FakeNvml(lacks=("nvmlDeviceGetComputeRunningProcesses",)), True),
        (FakeNvml(), False),
    ],
)
def test_energy_is_unknown_without_a_counter_or_on_a_shared_board(
    nvml: FakeNvml, exclusive: bool
) -> None:
    gpu = NvmlGpu(nvml, None)
    meter = EnergyMeter(gpu, exclusive=exclusive)
    meter.start()
    meter.stop(60.0)
    meter.shared(gpu.shared())
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
    memory = open_memory(CPU).gpu
    with memory.apart():
        pass
    memory.reset()
    readings = [gpu.name(), gpu.driver(), gpu.energy_joules(), gpu.shared(), gpu.process_bytes(1)]
    readings += [*memory.peaks(), memory.kept_bytes]
    assert readings == [None] * 9
    assert not memory.take_refill(), "no cache, no step to fill it again"


def test_the_load_of_another_process_is_noticed() -> None:
    spin = "import time\nend = time.time() + 30\nwhile time.time() < end: pass"
    other = subprocess.Popen([sys.executable, "-c", spin])
    try:
        import time

        time.sleep(0.3)
        load = LoadMeter()
        time.sleep(1.0)
        found = load.stop()
    finally:
        other.kill()
        other.wait()
    assert found.own_seconds < 0.3
    assert found.foreign_cores is not None
    assert found.foreign_cores > 0.3
    assert found.contended


def test_of_a_very_short_span_the_load_is_unknown() -> None:
    assert LoadMeter().stop()[1:] == (None, None, None)


class Times(NamedTuple):
    """What psutil returns on Linux; seconds of all cores since the start."""

    user: float
    system: float
    idle: float
    steal: float


class TimesWithoutSteal(NamedTuple):
    """The same of macOS and Windows."""

    user: float
    system: float
    idle: float


@pytest.mark.parametrize(
    ("before", "after", "foreign", "share", "contended"),
    [
        # Two cores for ten seconds: the hypervisor took three, other processes one.
        (Times(50, 5, 100, 7), Times(51, 5, 116, 10), 0.1, 0.15, True),
        (Times(50, 5, 100, 7), Times(51, 5, 119, 7), 0.1, 0.0, False),
        (Times(50, 5, 100, 0), Times(55, 5, 115, 0), 0.5, 0.0, True),
        (TimesWithoutSteal(50, 5, 100), TimesWithoutSteal(51, 5, 119), 0.1, None, False),
    ],
)
def test_stolen_time_is_told_from_other_processes(
    monkeypatch: pytest.MonkeyPatch,
    before: Times,
    after: Times,
    foreign: float,
    share: float | None,
    contended: bool,
) -> None:
    now = [before]
    clock = [100.0]
    monkeypatch.setattr("bench.cost.load.psutil.cpu_times", lambda: now[0])
    monkeypatch.setattr("bench.cost.load.time.perf_counter", lambda: clock[0])
    monkeypatch.setattr(LoadMeter, "_own_seconds", lambda _: 0.0)
    load = LoadMeter()
    now[0], clock[0] = after, 110.0
    found = load.stop()
    assert found.foreign_cores == pytest.approx(foreign)
    assert found.steal_share == (None if share is None else pytest.approx(share))
    assert found.contended is contended


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
