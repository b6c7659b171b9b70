"""Times, energy and memory of both sweeps, of one machine only; and what is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bench.measures import RUN_MEASURES
from bench.measures.unit_costs import ENERGIES
from bench.report.change.sides import Configured, Pair
from bench.report.change.surroundings import apart
from bench.report.change.values import Apart, Measured
from bench.report.data import SweepData, units
from bench.report.data.scales import MeasuredAs
from bench.report.statistics import Estimate
from bench.report.tables.columns import memory_columns
from bench.report.text import byte_unit, estimate_text, si_prefix, time_unit
from bench.report.titles import title
from bench.texts import say

_COUNTED = ("train_flops_per_image", "generator_parameters", "critic_parameters")


def costs(pair: Pair) -> Iterator[Measured | Apart]:
    """Times, energy and memory, of one machine only."""
    old, new = pair.old, pair.new
    columns = _cost_columns(old.data)
    if not any(_cost_values(side, column) for side in (old, new) for column in columns):
        return
    reason = _not_equal(old, new)
    if reason:
        yield Apart(pair.label, say("change-costs"), reason)
        return
    contended = old.data.contended(old.own) or new.data.contended(new.own)
    for column, what in columns.items():
        values = [_cost_values(side, column) for side in (old, new)]
        if not values[0] or not values[1]:
            continue
        means = [side.data.cost(side.own, column) for side in (old, new)]
        scale, unit = _unit(column, means)
        yield Measured(
            pair.label,
            column,
            f"{what} ({unit})",
            "cost",
            new.data.measured_as(column),
            old.data.margin,
            values[0],
            values[1],
            estimate_text(means[0], scale),
            estimate_text(means[1], scale),
            contended=contended and "bytes" not in column,
        )


def _cost_columns(data: SweepData) -> dict[str, str]:
    names = ["seconds_per_1000_images", *(f"{name}_per_1000_images" for name in ENERGIES)]
    samples = units.samples(data)
    found = {name: " ".join(title(RUN_MEASURES.get(name), samples)) for name in names}
    return found | {key: " ".join(heading) for key, heading in memory_columns(data)}


def _cost_values(side: Configured, column: str) -> Mapping[Any, float]:
    if side.data.rounds is not None:
        return side.data.rounds.values(side.own, column)
    return side.data.by_seed(side.own, column)


def _not_equal(old: Configured, new: Configured) -> str:
    """Why the costs of two sweeps are not of equal things; "" if they are."""
    if (old.data.rounds is None) != (new.data.rounds is None):
        return say("change-timed-once")
    frames = [
        side.data.of(side.own) if side.data.rounds is None else side.data.rounds.of(side.own)
        for side in (old, new)
    ]
    if any(frame.empty for frame in frames):
        return say("change-not-measured")
    if old.data.rounds is None:
        packed = [set(frame["packed_runs"].fillna(1)) for frame in frames]
        if packed[0] != packed[1] or len(packed[0]) > 1:
            return say("change-packed")
    differing = apart(*frames)
    return say("change-machines", differing=differing) if differing else ""


def _unit(column: str, means: list[Estimate | None]) -> tuple[float, str]:
    numbers = [None if mean is None else mean.mean for mean in means]
    if column.startswith("seconds"):
        return time_unit(numbers)
    if column.endswith("_bytes"):
        return byte_unit(numbers)
    scale, letter = si_prefix(numbers)
    return scale, f"{letter}J"


def counted(pair: Pair) -> Iterator[Measured]:
    """What the architecture determines."""
    sample = units.sample(pair.new.data)
    for column in _COUNTED:
        old, new = (side.data.architecture(side.own, column) for side in (pair.old, pair.new))
        if old is None or new is None:
            continue
        scale, letter = si_prefix([old, new])
        what = say("change-counted", what=column.replace("_", "-"), sample=sample)
        texts = [estimate_text(Estimate(1, value, None), scale) for value in (old, new)]
        yield Measured(
            pair.label,
            column,
            f"{what} ({letter})" if letter else what,
            "counted",
            MeasuredAs("log", "lower"),
            pair.old.data.margin,
            {0: old},
            {0: new},
            texts[0],
            texts[1],
        )
