"""Where two sweeps were measured, as far as that differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from bench.measures import RUN_MEASURES
from bench.report.data.frames import distinct
from bench.report.text import ABSENT, byte_unit, significant
from bench.store import Results

_HARDWARE = {
    "device": "device",
    "gpu_name": "GPU",
    "cpu_model": "processor",
    "cpu_threads": "logical cores",
    "host": "host",
    "threads": "threads per run",
}
_OTHERS = {
    "cpu_cores": "physical cores",
    "ram_bytes": "memory",
    "precision": "precision",
    "execution": "execution",
    "tf32": "TF32",
    "os": "operating system",
    "gpu_driver": "GPU driver",
    "cuda_version": "CUDA",
    "cudnn_version": "cuDNN",
    "python_version": "Python",
    "torch_version": "torch",
    "numpy_version": "NumPy",
    "bench_version": "gan-bench",
    "git_commit": "commit",
    "git_dirty": "uncommitted changes",
    "plugins": "plug-ins",
    "data_hash": "content of the data",
}
_SHORTENED = frozenset({"git_commit", "data_hash"})


class Difference(NamedTuple):
    """One thing that differs between the surroundings of two sweeps."""

    what: str
    old: str
    new: str


def differences(old: Results, new: Results) -> list[Difference]:
    """What differs: hardware and threads first, then how steps are computed, then versions."""
    found = []
    for column, what in (_HARDWARE | _OTHERS).items():
        one, other = _values(old, column), _values(new, column)
        if set(one) != set(other):
            found.append(Difference(what, _text(column, one), _text(column, other)))
    return found


def _values(results: Results, column: str) -> list[Any]:
    """The distinct values of a column, of the runs and of their timing."""
    frames = [results.runs, *([] if results.timing is None else [results.timing])]
    found = [value for frame in frames if column in frame for value in distinct(frame[column])]
    return list(dict.fromkeys(found))


def _text(column: str, values: list[Any]) -> str:
    if not values:
        return ABSENT
    if RUN_MEASURES.get(column).unit == "B":
        scale, unit = byte_unit(values)
        return ", ".join(f"{significant(value / scale)} {unit}" for value in values)
    if RUN_MEASURES.get(column).type is bool:
        return ", ".join("yes" if value else "no" for value in values)
    return ", ".join(str(v)[:12] if column in _SHORTENED else str(v) for v in values)


def machine(frame: pd.DataFrame) -> Mapping[str, tuple[str, ...]]:
    """What times of one machine have in common: by name, the distinct values."""
    return {
        what: tuple(sorted(map(str, distinct(frame[column]))))
        for column, what in _HARDWARE.items()
        if column in frame
    }


def apart(old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Why times of two frames cannot be compared: how their machines differ; "" if they can."""
    one, other = machine(old), machine(new)
    parts = [
        f"{what}: {', '.join(one[what]) or ABSENT} and {', '.join(other[what]) or ABSENT}"
        for what in one
        if one[what] != other[what] or len(one[what]) > 1
    ]
    return "; ".join(parts)
