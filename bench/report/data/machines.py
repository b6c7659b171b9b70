"""On which machines sweeps were measured, and what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from bench.report.data.frames import distinct
from bench.store import Results

_MACHINE = {
    "host": "host",
    "gpu_name": "GPU",
    "cpu_model": "processor",
    "device": "device",
    "threads": "threads",
}
Machine = tuple[tuple[str, ...], ...]  # the values of each of _MACHINE


def machines_of(sweeps: Sequence[Results]) -> list[str | None]:
    """What the machine of each sweep is called; None where all were measured on the same."""
    found = [_machine(each) for each in sweeps]
    several = list(dict.fromkeys(found))
    if len(several) == 1:
        return [None] * len(sweeps)
    chosen: list[int] = []
    for column in range(len(_MACHINE)):
        chosen.append(column)
        if len({each[column] for each in several}) == len(several):
            chosen = [column]
        if len({tuple(each[i] for i in chosen) for each in several}) == len(several):
            break
    titles = list(_MACHINE.values())
    return [
        ", ".join(
            f"{each[i][0]} {titles[i]}" if titles[i] == "threads" else "/".join(each[i]) or "CPU"
            for i in chosen
            if len({other[i] for other in several}) > 1 and (each[i] or titles[i] == "GPU")
        )
        for each in found
    ]


def _machine(results: Results) -> Machine:
    frames = [results.runs, *([] if results.timing is None else [results.timing])]
    return tuple(
        tuple(sorted({str(value) for frame in frames for value in distinct(frame[column])}))
        for column in _MACHINE
    )
