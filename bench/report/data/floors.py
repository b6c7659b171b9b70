"""What translations score that learn nothing, beside which those of a sweep are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.measures import FLOORS, Floor, floor_name
from bench.report.data.frames import numbers
from bench.report.data.protocol import SSIM_DISTANCE
from bench.texts import translated

if TYPE_CHECKING:
    import pandas as pd

    from bench.report.data.sweep import SweepData


class FloorScores(NamedTuple):
    """The scores of one floor on one data set.

    Attributes:
        floor: which one.
        name: in words, with the data set where a sweep has several.
        data_hash: of what the runs were trained on.
        scores: by measure.
    """

    floor: Floor
    name: str
    data_hash: str
    scores: Mapping[str, float]


def floors(data: SweepData, protocol: int | None = None) -> list[FloorScores]:
    """The floors of the sweep's translations, none where there are no translations.

    All runs on the same data share them, since they translate the same sources.

    Args:
        protocol: of the runs to look at; None for all.
    """
    measured = {measure.name for measure in data.finals if measure.floor is not None}
    runs = data.runs if protocol is None else data.runs[data.runs["protocol"] == protocol]
    found = []
    for floor, words in FLOORS.items():
        called = translated(f"floor-{floor}", words)
        names = {
            measure.name: f"{own}_final"
            for measure in data.finals
            if (own := floor_name(measure.name, floor)) in measured
        }
        for data_hash, of_data in runs.groupby("data_hash", sort=False):
            scores = _first_known(of_data, names)
            if scores:
                found.append(FloorScores(floor, called, str(data_hash), scores))
    hashes = list(dict.fromkeys(each.data_hash for each in found))
    if len(hashes) < 2:
        return found
    datasets = {each: _dataset(runs, each) for each in hashes}
    return [each._replace(name=f"{each.name}, {datasets[each.data_hash]}") for each in found]


def floors_of(data: SweepData, label: str, protocol: int | None = None) -> list[FloorScores]:
    """The floors of the data that a configuration was trained on."""
    own = data.common(label, "data_hash")
    return [each for each in floors(data, protocol) if each.data_hash == own]


def _first_known(runs: pd.DataFrame, names: Mapping[str, str]) -> dict[str, float]:
    scores = {}
    for name, column in names.items():
        values = numbers(runs[column])
        known = values[np.isfinite(values)]
        if len(known):
            scores[name] = float(known[0])
    if "ssim" in scores:
        scores[SSIM_DISTANCE] = 1 - scores["ssim"]
    return scores


def _dataset(runs: pd.DataFrame, data_hash: str) -> str:
    """The name of a data set, with its size where others of that name differ in it."""
    own = runs[runs["data_hash"] == data_hash].iloc[0]
    name = str(own["dataset"])
    alike = runs.loc[runs["dataset"] == name, "data_hash"].dropna()
    return name if set(alike) == {data_hash} else f"{name} {own['image_size']:.0f} px"
