"""Where two sweeps were measured, as far as that differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from bench.measures import RUN_MEASURES
from bench.report.data.frames import distinct
from bench.report.text import ABSENT, byte_unit, listing, significant
from bench.store import Results
from bench.texts import say

_HARDWARE = ("device", "gpu_name", "cpu_model", "cpu_threads", "host", "threads")
_OTHERS = (
    "cpu_cores",
    "ram_bytes",
    "precision",
    "execution",
    "tf32",
    "os",
    "gpu_driver",
    "cuda_version",
    "cudnn_version",
    "python_version",
    "torch_version",
    "numpy_version",
    "bench_version",
    "git_commit",
    "git_dirty",
    "plugins",
    "data_hash",
)
_SHORTENED = frozenset({"git_commit", "data_hash"})


class Difference(NamedTuple):
    """One thing that differs between the surroundings of two sweeps."""

    what: str
    old: str
    new: str


def differences(old: Results, new: Results) -> list[Difference]:
    """What differs: hardware and threads first, then how steps are computed, then versions."""
    found = []
    for column in (*_HARDWARE, *_OTHERS):
        one, other = _values(old, column), _values(new, column)
        if set(one) != set(other):
            found.append(Difference(_called(column), _text(column, one), _text(column, other)))
    return found


def _called(column: str) -> str:
    return say("surroundings", column=column)


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
        return ", ".join(say("yes-no", answer="yes" if value else "no") for value in values)
    return ", ".join(str(v)[:12] if column in _SHORTENED else str(v) for v in values)


def machine(frame: pd.DataFrame) -> Mapping[str, tuple[str, ...]]:
    """What times of one machine have in common: by name, the distinct values."""
    return {
        _called(column): tuple(sorted(map(str, distinct(frame[column]))))
        for column in _HARDWARE
        if column in frame
    }


def apart(old: pd.DataFrame, new: pd.DataFrame) -> str:
    """Why times of two frames cannot be compared: how their machines differ; "" if they can."""
    one, other = machine(old), machine(new)
    parts = [
        f"{what}: {listing(', '.join(values) or ABSENT for values in (one[what], other[what]))}"
        for what in one
        if one[what] != other[what] or len(one[what]) > 1
    ]
    return "; ".join(parts)
