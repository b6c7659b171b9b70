"""What this machine can do for a sweep, and what to do about what it cannot."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import torch

from bench import datasets
from bench.cache import CACHE_VARIABLE, cache_root
from bench.cost import environment, powercap
from bench.cost.available import allowed_cores, available_bytes
from bench.cost.load import LoadMeter
from bench.cost.nvml import NoGpu, open_gpu
from bench.datasets.registry import lookup
from bench.datasets.roots import DATA_VARIABLE
from bench.errors import DataError, RequestError
from bench.quality.extractors.inception import WEIGHTS_VARIABLE, inception_weights

_GIB = 2**30
_LEAST_MEMORY = 2 * _GIB  # torch, a data set and a small network
_LEAST_DISK = 1 * _GIB
_LISTEN_SECONDS = 0.6  # to the load of others, which shorter spans do not show
_EXTRAS = {
    "ray": "sweeps on many machines",
    "tensorboard": "bench run --tensorboard",
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        found: what is there, or why it is not.
        remedy: what to do about a "no".
        needed: nothing can be run without it.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = False

    def as_json(self) -> dict[str, Any]:
        """All of it; a remedy only of what is not fine."""
        return asdict(self) | {"remedy": "" if self.ok else self.remedy}


def examine(data_root: Path | None = None) -> Iterator[Check]:
    """Looks at everything, which takes a few seconds.

    Args:
        data_root: where data sets are looked for; None for the usual place.
    """
    checks: tuple[Callable[[], Iterator[Check]], ...] = (
        _software,
        _processor,
        _memory,
        _gpu,
        _energy,
        _load,
        _inception,
        lambda: _data_sets(data_root),
        _cache,
        _disk,
        _font,
        _extras,
    )
    for check in checks:
        yield from check()


def _software() -> Iterator[Check]:
    found = environment.describe(torch.device("cpu"), NoGpu(), threads=1)
    text = f"gan-bench {found.bench_version}, torch {found.torch_version}, Python "
    text += f"{found.python_version}, {found.os}"
    yield Check("software", True, text)


def _processor() -> Iterator[Check]:
    found = environment.describe(torch.device("cpu"), NoGpu(), threads=1)
    allowed = allowed_cores()
    cores = f"{found.cpu_cores or '?'} cores, {found.cpu_threads or '?'} logical"
    if allowed != found.cpu_threads:
        cores += f", {allowed} of them for this process"
    yield Check("processor", True, f"{found.cpu_model or 'unknown'}: {cores}")


def _memory() -> Iterator[Check]:
    free, whole = available_bytes(), psutil.virtual_memory().total
    yield Check(
        "memory",
        free >= _LEAST_MEMORY,
        f"{_gib(free)} available of {_gib(whole)}",
        f"Close other programs, or allow this container more: a run needs {_gib(_LEAST_MEMORY)}.",
        needed=True,
    )


def _gpu() -> Iterator[Check]:
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        each = [torch.cuda.get_device_properties(index) for index in range(count)]
        text = ", ".join(f"{one.name} ({_gib(one.total_memory)})" for one in each)
        yield Check("GPU", True, f"{text}; CUDA {torch.version.cuda}")
        return
    if torch.version.cuda is None:
        found = "torch was built without CUDA"
        remedy = "Install a CUDA build of torch (pytorch.org); all variants also train on the CPU."
    elif shutil.which("nvidia-smi") is None:
        found = "torch sees none, and there is no NVIDIA driver (no nvidia-smi)"
        remedy = (
            "Install the driver, or start the container with --gpus all; all variants also train "
            "on the CPU."
        )
    else:
        found = "torch sees none, though an NVIDIA driver is installed"
        remedy = (
            "Look at nvidia-smi and CUDA_VISIBLE_DEVICES; the driver may be too old for CUDA "
            f"{torch.version.cuda}."
        )
    yield Check("GPU", False, found, remedy)


def _energy() -> Iterator[Check]:
    if torch.cuda.is_available():
        joules = open_gpu(torch.device("cuda", 0)).energy_joules()
        yield Check(
            "GPU energy",
            joules is not None,
            "the board counts it" if joules is not None else "not counted, or not readable",
            "Boards since Volta count it, where NVML may be used; energy_joules is null without.",
        )
    counter = powercap.open_processor_energy(powercap.ROOT)
    if isinstance(counter, powercap.ProcessorEnergy):
        counter.close()
        yield Check("CPU energy", True, f"counted in {powercap.ROOT}")
    elif any(powercap.ROOT.glob("intel-rapl:*/energy_uj")):
        yield Check(
            "CPU energy",
            False,
            f"the counters in {powercap.ROOT} are for root only",
            f"sudo chmod a+r {powercap.ROOT}/intel-rapl:*/energy_uj",
        )
    else:
        yield Check(
            "CPU energy",
            False,
            f"no counter in {powercap.ROOT}",
            "Virtual machines have none, nor has macOS; cpu_energy_joules is null without.",
        )


def _load() -> Iterator[Check]:
    meter = LoadMeter()
    time.sleep(_LISTEN_SECONDS)
    load = meter.stop()
    text = f"other programs use {load.foreign_cores or 0:.1f} cores"
    if load.steal_share:
        text += f", other machines {load.steal_share:.0%} of the processor"
    yield Check(
        "quiet machine",
        not load.contended,
        text,
        "Close other programs while configurations are timed, or times are marked as upper bounds.",
    )


def _inception() -> Iterator[Check]:
    remedy = f"bench fetch inception, or set {WEIGHTS_VARIABLE} to their path; FCD needs none."
    try:
        weights = inception_weights()
    except RequestError as error:
        yield Check("Inception weights", False, str(error), remedy)
        return
    found = f"{weights}" if weights else "none, so FID cannot be measured"
    yield Check("Inception weights", weights is not None, found, remedy)


def _data_sets(data_root: Path | None) -> Iterator[Check]:
    root = datasets.data_root_or_default(data_root)
    for info in datasets.listing():
        if ":" in info.name:  # is made from another, or names a path
            continue
        entry, argument = lookup(info.name)
        name = f"data set {info.name}"
        try:
            source = entry.locate(argument, root)
        except DataError as error:
            fetch = f"bench fetch {info.name}" if entry.download is not None else str(error)
            yield Check(name, False, f"not in {root}", f"{fetch}, or set {DATA_VARIABLE}")
            continue
        yield Check(name, True, str(source.location or "generated when it is needed"))


def _cache() -> Iterator[Check]:
    try:
        root = cache_root()
    except RequestError as error:
        remedy = f"Set {CACHE_VARIABLE} to a folder that you can write."
        yield Check("cache", False, str(error), remedy, needed=True)
        return
    held = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
    yield Check("cache", True, f"{root}: {_gib(held)}, which can be deleted at any time")
    yield _room("disk of the cache", root)


def _disk() -> Iterator[Check]:
    here = Path.cwd()
    if not os.access(here, os.W_OK):
        remedy = "Change to a folder that you can write, or name one with --out."
        yield Check("results", False, f"{here} cannot be written", remedy, needed=True)
        return
    yield _room("disk of the results", here)


def _room(name: str, folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    return Check(
        name,
        free >= _LEAST_DISK,
        f"{_gib(free)} free at {folder}",
        "Free some space, or name a folder elsewhere.",
        needed=True,
    )


def _font() -> Iterator[Check]:
    spec = find_spec("matplotlib")
    folders = [] if spec is None else [Path(p) for p in spec.submodule_search_locations or []]
    own = any((folder / "mpl-data/fonts/ttf/DejaVuSans.ttf").is_file() for folder in folders)
    yield Check(
        "font of pictures",
        own,
        "DejaVu Sans, with matplotlib" if own else "matplotlib lacks DejaVu Sans",
        "Install matplotlib from PyPI, with its fonts: labels and the data set fonts need them.",
    )


def _extras() -> Iterator[Check]:
    for name, purpose in _EXTRAS.items():
        there = find_spec(name) is not None
        yield Check(
            f"optional: {name}",
            there,
            f"installed, for {purpose}" if there else f"not installed; only for {purpose}",
            f"pip install 'gan-bench[{name}]'",
        )


def _gib(count: float) -> str:
    return f"{count / _GIB:.1f} GiB"
