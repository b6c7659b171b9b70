"""Final values of both sweeps, of one protocol of quality and after equally many epochs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from bench.measures import EPOCH_MEASURES
from bench.report.change.sides import Configured, Pair
from bench.report.change.values import Apart, Measured
from bench.report.statistics import mean_interval
from bench.report.text import ABSENT, estimate_text, listing
from bench.report.titles import title
from bench.texts import say

_DISTANCES = frozenset({"fid", "fcd"})  # of which one is the quality
_PROTOCOL = (
    "quality_features",
    "quality_weights_hash",
    "quality_samples",
    "quality_reference_hash",
    "quality_reference",
    "quality_back_weights_hash",
    "quality_back_reference_hash",
)


def scores(pair: Pair) -> Iterator[Measured | Apart]:
    """Final values, of one protocol of quality and after equally many epochs."""
    old, new = _judged(pair.old), _judged(pair.new)
    if not old or not new:
        return
    common = [key for key in old if key in new]
    if not common:
        reason = say("change-protocols", differing=_differing(old, new))
        yield Apart(pair.label, say("change-quality"), reason)
        return
    if len({*old, *new}) > 1:
        yield Apart(pair.label, say("change-quality-of-some"), say("change-protocol-of-some"))
    before, after = old[common[0]], new[common[0]]
    epochs = [set(rows["quality_final_epoch"].dropna()) for rows in (before, after)]
    if epochs[0] != epochs[1] or len(epochs[0]) != 1:
        reason = say("change-epochs", epochs=listing(_epochs(each) for each in epochs))
        yield Apart(pair.label, say("change-quality"), reason)
        return
    protocols = int(before["protocol"].iloc[0]), int(after["protocol"].iloc[0])
    known = {m.name for m in pair.new.data.finals}
    names = ["quality", *(m.name for m in pair.old.data.finals if m.name in known)]
    for name in names:
        one = _score(pair, name, protocols)
        if one is not None:
            yield one


def _judged(side: Configured) -> dict[tuple[Any, ...], pd.DataFrame]:
    """The completed runs that were judged, by protocol."""
    rows = side.data.of(side.own)
    found: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows.reindex(columns=list(_PROTOCOL)).itertuples(index=False)):
        key = tuple(None if pd.isna(value) else value for value in row)
        if key[0] is not None and key[4] is None:
            key = (*key[:4], "training", *key[5:])  # of earlier results
        if key[2] is not None:
            found.setdefault(key, []).append(place)
    return {key: rows.iloc[places] for key, places in found.items()}


def _differing(old: Mapping[tuple[Any, ...], object], new: Mapping[tuple[Any, ...], object]) -> str:
    """``quality samples: 64 and 5000``."""
    one, other = next(iter(old)), next(iter(new))
    return "; ".join(
        f"{name.replace('_', ' ')}: {listing([str(a)[:10], str(b)[:10]])}"
        for name, a, b in zip(_PROTOCOL, one, other, strict=True)
        if a != b
    )


def _epochs(found: set[float]) -> str:
    return ", ".join(f"{epoch:.0f}" for epoch in sorted(found)) or ABSENT


def _score(pair: Pair, name: str, protocols: tuple[int, int]) -> Measured | None:
    """One final value of both; None of what the older lacks or of which neither side is better."""
    column = f"{name}_final"
    sides = list(zip((pair.old, pair.new), protocols, strict=True))
    how = pair.new.data.measured_as(column)
    if how.direction is None or name in _DISTANCES:
        return None
    scale, heading = 1.0, ""
    if name == "quality":
        if protocols[1] < 0:
            return None
        heading = pair.new.data.protocols[protocols[1]].metric
    elif name in EPOCH_MEASURES:
        measure = EPOCH_MEASURES.get(name)
        if measure.averaged or measure.control or measure.floor:
            return None
        heading = " ".join(title(measure))
        scale = 0.01 if measure.unit == "%" else 1.0
        heading += f" ({measure.unit})" if measure.unit else ""
    values = [_values(side, column, protocol) for side, protocol in sides]
    if not values[0]:
        return None
    lost = ""
    if not values[1]:
        if not pair.new.data.not_finite(pair.new.own, column, protocols[1]):
            return None
        lost = say("change-not-finite")
    texts = [
        estimate_text(mean_interval(list(v.values()), scale=how.scale, bounds=how.bounds), scale)
        for v in values
    ]
    return Measured(
        pair.label,
        column,
        heading or name,
        "score",
        how,
        pair.old.data.margin,
        values[0],
        values[1],
        texts[0],
        texts[1],
        scale=scale,
        lost=lost,
    )


def _values(side: Configured, column: str, protocol: int) -> Mapping[int, float]:
    """Final values by seed; of a sweep that adds seeds, those that it has in any case.

    Whether there are more depends on what the first gave, so with them intervals would not hold.
    """
    found = side.data.by_seed(side.own, column, protocol)
    looks = side.data.results.looks
    if looks is None:
        return found
    return {seed: value for seed, value in found.items() if seed in looks.first}
