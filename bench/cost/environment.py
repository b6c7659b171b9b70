"""The machine, the versions and the state of the code, recorded with every run."""

from __future__ import annotations

import platform
import re
import socket
import subprocess
from pathlib import Path

import numpy as np
import psutil
import torch

import bench
from bench.cost.nvml import Gpu
from bench.measures import Environment
from bench.run_keys import Execution, Precision


def describe(
    device: torch.device,
    gpu: Gpu,
    *,
    threads: int,
    precision: Precision = "fp32",
    execution: Execution = "eager",
) -> Environment:
    """Reads the environment; what this machine does not report is None."""
    cuda = device.type == "cuda"
    commit, dirty = _git()
    return Environment(
        device=device.type,
        gpu_name=torch.cuda.get_device_name(device) if cuda else None,
        gpu_driver=gpu.driver(),
        cuda_version=torch.version.cuda if cuda else None,
        cudnn_version=_cudnn() if cuda else None,
        cpu_model=_cpu_model(),
        cpu_cores=psutil.cpu_count(logical=False),
        cpu_threads=psutil.cpu_count(),
        ram_bytes=psutil.virtual_memory().total,
        host=socket.gethostname() or None,
        os=f"{platform.system()} {platform.release()}",
        python_version=platform.python_version(),
        torch_version=torch.__version__,
        numpy_version=np.__version__,
        bench_version=bench.__version__,
        git_commit=commit,
        git_dirty=dirty,
        precision=precision,
        execution=execution,
        tf32=precision == "tf32",
        threads=threads,
    )


def _cpu_model() -> str | None:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or None
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1].strip() if match else platform.processor() or None


def _cudnn() -> str | None:
    """The version of cuDNN: 91002 becomes "9.10.2"."""
    version = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    if version is None:
        return None
    return f"{version // 10000}.{version // 100 % 100}.{version % 100}"


def _git() -> tuple[str | None, bool | None]:
    """Commit of the checkout this code runs from, and whether it has changes; None outside one."""

    def git(*arguments: str) -> str:
        folder = Path(__file__).parent
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        return done.stdout.strip()

    try:
        # An untracked file (site-packages inside some checkout) is not part of that checkout.
        git("ls-files", "--error-unmatch", Path(__file__).name)
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain", "-uno"))
    except (OSError, subprocess.SubprocessError):
        return None, None
