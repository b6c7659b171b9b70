"""What was measured of a configuration in both sweeps, and what of it can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from bench.measures import EPOCH_MEASURES, RETRY, RUN_MEASURES
from bench.measures.unit_costs import ENERGIES
from bench.report.change.sides import Configured, Pair
from bench.report.change.surroundings import apart
from bench.report.data import SweepData, units
from bench.report.data.scales import MeasuredAs
from bench.report.statistics import Estimate
from bench.report.tables.columns import memory_columns
from bench.report.text import ABSENT, byte_unit, estimate_text, si_prefix, time_unit

# "score": of independent seeds. "cost": of rounds or seeds of one session each, between which the
# machine itself may have changed. "counted": exact, from the architecture.
Kind = Literal["score", "cost", "counted"]
_COUNTED = {
    "train_flops_per_image": ("FLOPs", "per real {sample}"),
    "generator_parameters": ("Generator", "parameters"),
    "critic_parameters": ("Critic", "parameters"),
}
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


@dataclass(frozen=True)
class Measured:
    """One measure of one configuration in both sweeps.

    Attributes:
        label: of the configuration.
        name: of the measure; those of one name are compared together.
        what: the measure, with the unit in which this configuration's values are shown.
        old, new: values by seed, or by round.
        old_text, new_text: their means with intervals.
        scale: what a difference is divided by to be shown.
        lost: why the newer sweep has no value though its runs have ended; "" if it has.
        contended: others used the machine while one of them was timed.
    """

    label: str
    name: str
    what: str
    kind: Kind
    measured_as: MeasuredAs
    margin: float
    old: Mapping[Any, float]
    new: Mapping[Any, float]
    old_text: str
    new_text: str
    scale: float = 1.0
    lost: str = ""
    contended: bool = False


@dataclass(frozen=True)
class Apart:
    """Something of a configuration that is not compared, and why."""

    label: str
    what: str
    reason: str


def measured(pair: Pair) -> Iterator[Measured | Apart]:
    """Everything of a configuration that both sweeps have, and what is not of equal things."""
    yield from _completed(pair)
    yield from _scores(pair)
    yield from _costs(pair)
    yield from _counted(pair)


# ------------------------------------------------------------------------ how runs ended


def _completed(pair: Pair) -> Iterator[Measured]:
    """The share of runs that completed, where any did not: of those that have ended."""
    old, new = _ends(pair.old), _ends(pair.new)
    if not old or not new or (all(old.values()) and all(new.values())):
        return
    lost = ""
    if any(old.values()) and not any(new.values()):
        lost = "none completed"
    yield Measured(
        pair.label,
        "completed",
        "Completed runs",
        "score",
        MeasuredAs("bounded", "higher", (0.0, 1.0)),
        pair.old.data.margin,
        old,
        new,
        _ended_text(pair.old, old),
        _ended_text(pair.new, new),
        lost=lost,
    )


def _ends(side: Configured) -> dict[Any, float]:
    """By seed, 1 for a run that completed and 0 for one that failed; none of those in progress."""
    rows = side.data.started(side.own)
    ended = rows[rows["status"].isin(["completed", *RETRY])]
    return {
        int(seed): float(status == "completed")
        for seed, status in zip(ended["seed"], ended["status"], strict=True)
    }


def _ended_text(side: Configured, ends: Mapping[Any, float]) -> str:
    statuses = side.data.started(side.own)["status"]
    failed = Counter(str(s).replace("_", " ") for s in statuses if s in RETRY)
    text = f"{sum(map(int, ends.values()))} of {len(ends)}"
    more = ", ".join(f"{count} {status}" for status, count in failed.items())
    return f"{text} ({more})" if more else text


# ------------------------------------------------------------------------------- scores


def _scores(pair: Pair) -> Iterator[Measured | Apart]:
    """Final values, of one protocol of quality and after equally many epochs."""
    old, new = _judged(pair.old), _judged(pair.new)
    if not old or not new:
        return
    common = [key for key in old if key in new]
    if not common:
        yield Apart(pair.label, "quality", f"its protocols differ ({_differing(old, new)})")
        return
    if len({*old, *new}) > 1:
        yield Apart(
            pair.label, "quality of some runs", "its protocol differs from that of the others"
        )
    before, after = old[common[0]], new[common[0]]
    epochs = [set(rows["quality_final_epoch"].dropna()) for rows in (before, after)]
    if epochs[0] != epochs[1] or len(epochs[0]) != 1:
        lengths = " and ".join(_epochs(each) for each in epochs)
        yield Apart(pair.label, "quality", f"it was last measured after other epochs ({lengths})")
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
        f"{name.replace('_', ' ')}: {str(a)[:10]} and {str(b)[:10]}"
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
        heading = " ".join(measure.title)
        scale = 0.01 if measure.unit == "%" else 1.0
        heading += f" ({measure.unit})" if measure.unit else ""
    values = [side.data.by_seed(side.own, column, protocol) for side, protocol in sides]
    if not values[0]:
        return None
    lost = ""
    if not values[1]:
        if not pair.new.data.not_finite(pair.new.own, column, protocols[1]):
            return None
        lost = "not finite in any run"
    texts = [
        estimate_text(side.data.estimate(side.own, column, protocol), scale)
        for side, protocol in sides
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


# -------------------------------------------------------------------------------- costs


def _costs(pair: Pair) -> Iterator[Measured | Apart]:
    """Times, energy and memory, of one machine only."""
    old, new = pair.old, pair.new
    columns = _cost_columns(old.data)
    if not any(_cost_values(side, column) for side in (old, new) for column in columns):
        return
    reason = _not_equal(old, new)
    if reason:
        yield Apart(pair.label, "times, energy and memory", reason)
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
    found = {
        name: " ".join(RUN_MEASURES.get(name).title).replace("images", samples) for name in names
    }
    return found | {key: " ".join(heading) for key, heading in memory_columns(data)}


def _cost_values(side: Configured, column: str) -> Mapping[Any, float]:
    if side.data.rounds is not None:
        return side.data.rounds.values(side.own, column)
    return side.data.by_seed(side.own, column)


def _not_equal(old: Configured, new: Configured) -> str:
    """Why the costs of two sweeps are not of equal things; "" if they are."""
    if (old.data.rounds is None) != (new.data.rounds is None):
        return "only one of the sweeps was timed apart from training (bench run does unless told)"
    frames = [
        side.data.of(side.own) if side.data.rounds is None else side.data.rounds.of(side.own)
        for side in (old, new)
    ]
    if any(frame.empty for frame in frames):
        return "they were not measured in both"
    if old.data.rounds is None:
        packed = [set(frame["packed_runs"].fillna(1)) for frame in frames]
        if packed[0] != packed[1] or len(packed[0]) > 1:
            return "unequally many runs trained side by side, and none was timed apart"
    differing = apart(*frames)
    return f"measured on different machines ({differing})" if differing else ""


def _unit(column: str, means: list[Estimate | None]) -> tuple[float, str]:
    numbers = [None if mean is None else mean.mean for mean in means]
    if column.startswith("seconds"):
        return time_unit(numbers)
    if column.endswith("_bytes"):
        return byte_unit(numbers)
    scale, letter = si_prefix(numbers)
    return scale, f"{letter}J"


# --------------------------------------------------------------------------- arithmetic


def _counted(pair: Pair) -> Iterator[Measured]:
    """What the architecture determines."""
    sample = units.sample(pair.new.data)
    for column, heading in _COUNTED.items():
        old, new = (side.data.architecture(side.own, column) for side in (pair.old, pair.new))
        if old is None or new is None:
            continue
        scale, letter = si_prefix([old, new])
        what = " ".join(heading).format(sample=sample)
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
