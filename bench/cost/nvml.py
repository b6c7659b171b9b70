"""One GPU as seen by NVIDIA's management library (NVML), or a null object.

The null object follows zeus (github.com/ml-energy/zeus): callers need not check whether
there is a GPU, since every reading of a missing one is None.
"""

from __future__ import annotations

from typing import Any, Protocol

import torch


class Gpu(Protocol):
    """Readings of one GPU; each is None where it is not available."""

    def name(self) -> str | None: ...
    def driver(self) -> str | None: ...
    def energy_joules(self) -> float | None:
        """Energy of the whole board since the driver was loaded."""
        ...

    def process_bytes(self, pid: int) -> int | None: ...
    def processes(self) -> int | None:
        """How many processes are running on it."""
        ...

    def shared(self) -> bool | None:
        """Whether another process is running on it."""
        ...


class NoGpu:
    """A machine, or a run, without a GPU."""

    def name(self) -> None:
        return None

    def driver(self) -> None:
        return None

    def energy_joules(self) -> None:
        return None

    def process_bytes(self, pid: int) -> None:
        return None

    def processes(self) -> None:
        return None

    def shared(self) -> None:
        return None


class NvmlGpu:
    """A GPU read through NVML, with NVML's ``handle`` of it."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle

    def _read(self, function: str) -> Any:
        try:
            return getattr(self._nvml, function)(self._handle)
        except self._nvml.NVMLError:
            return None

    def name(self) -> str | None:
        value = self._read("nvmlDeviceGetName")
        return None if value is None else str(value)

    def driver(self) -> str | None:
        try:
            return str(self._nvml.nvmlSystemGetDriverVersion())
        except self._nvml.NVMLError:
            return None

    def energy_joules(self) -> float | None:
        millijoules = self._read("nvmlDeviceGetTotalEnergyConsumption")
        return None if millijoules is None else float(millijoules) / 1000

    def process_bytes(self, pid: int) -> int | None:
        for process in self._read("nvmlDeviceGetComputeRunningProcesses") or ():
            if process.pid == pid and process.usedGpuMemory is not None:
                return int(process.usedGpuMemory)
        return None

    def processes(self) -> int | None:
        # In a container NVML may list ids of another namespace, so only the count is reliable.
        found = self._read("nvmlDeviceGetComputeRunningProcesses")
        return None if found is None else len(found)

    def shared(self) -> bool | None:
        processes = self.processes()
        return None if processes is None else processes > 1


def open_gpu(device: torch.device) -> Gpu:
    """The GPU that torch uses, or the null object."""
    if device.type != "cuda":
        return NoGpu()
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # no driver, library or permission: no readings
        return NoGpu()
    try:
        # CUDA_VISIBLE_DEVICES renumbers torch's devices, so devices are matched by UUID.
        uuid = f"GPU-{torch.cuda.get_device_properties(device).uuid}"
        return NvmlGpu(pynvml, pynvml.nvmlDeviceGetHandleByUUID(uuid))
    except (pynvml.NVMLError, AttributeError):
        return NoGpu()
