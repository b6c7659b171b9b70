"""What can be measured: every column of the results, declared once.

The Arrow schema, the run totals, the report's tables and the column lists of docs/results.md
derive from these declarations. ``None`` means *could not be measured*; it is never written as 0.
Units are part of the names.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from variants.registry import Place, Registry, caller

Value = float | int | str | bool | datetime | None
Level = Literal["step", "epoch", "run"]
# How the epochs of a run make one value: "sum", "max" and "last" are stored with the run as its
# totals; "final" is the value at the run's last evaluation, null where that one was not finite,
# which the report takes.
OverEpochs = Literal["sum", "max", "last", "final"]
Direction = Literal["lower", "higher"]
# Where means, spreads and differences are taken: "log" for positive values that vary in proportion
# to their size (distances, times, memory, energy), "share" for 0 to 1, "bounded" for counts and
# others of which nothing but the bounds is known, "linear" for the rest.
Scale = Literal["log", "share", "bounded", "linear"]
# What a translation scores that learns nothing: its output is the source as it is, or for every
# source the mean of the training targets.
Floor = Literal["identity", "mean_target"]
FLOORS: Mapping[Floor, str] = {"identity": "identity mapping", "mean_target": "mean target"}


_DERIVED: Any = "derived"  # a scale that follows from unit and bounds


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One column.

    Attributes:
        name: of the column, with its unit.
        doc: one line of documentation, as in docs/results.md.
        type: float, int, bool, str or datetime; float at level "step".
        level: where the column is: a "step" column in steps.parquet, and its mean over the epoch
            in epochs.parquet; an "epoch" column in epochs.parquet; a "run" column in run.parquet.
        nullable: whether it may be null; scores and plug-ins' columns always may.
        unit: for headings, such as "s", "B" or "nats"; "%" shows a share (0 to 1) in per cent.
        over_epochs: how epochs make a run; None where they do not.
        direction: which values are better; None where neither is.
        shared: runs trained as one stack share it, so it is no single run's own.
        heading: of the report's columns, line by line, without unit and arrow; () makes one from
            the name.
        figure: for steps, the trajectory figure that draws it.
        headline: shown beside an epoch's losses on screen.
        averaged: a score of the averaged generator, made by :func:`averaged`.
        control: not of generated samples, but what others would score, such as held-out images.
        floor: of a translation that learns nothing, which one; made by :func:`of_floor`.
        scale: on which values are compared. If it is not given: "share" with the unit "%",
            "bounded" with ``bounds``, "log" with a unit of time, memory, energy or work, else
            "linear".
        bounds: the least and the largest value there can be.
    """

    name: str
    doc: str
    type: type = float
    level: Level = "epoch"
    nullable: bool = True
    unit: str = ""
    over_epochs: OverEpochs | None = None
    direction: Direction | None = None
    shared: bool = False
    heading: tuple[str, ...] = ()
    figure: str | None = None
    headline: bool = False
    averaged: bool = False
    control: bool = False
    floor: Floor | None = None
    bounds: tuple[float, float] | None = None
    scale: Scale = _DERIVED

    def __post_init__(self) -> None:
        if self.scale == _DERIVED:
            object.__setattr__(self, "scale", _scale(self))

    @property
    def title(self) -> tuple[str, ...]:
        """The heading's lines, or the name in words."""
        return self.heading or (self.name.replace("_", " ").capitalize(),)


_POSITIVE = frozenset({"s", "B", "J", "FLOPs", "MACs", "images/s"})


def _scale(measure: Measure) -> Scale:
    """What follows from unit and bounds."""
    if measure.unit == "%":
        return "share"
    if measure.bounds is not None:
        return "bounded"
    return "log" if measure.unit in _POSITIVE else "linear"


def averaged_name(name: str) -> str:
    """The column of a score of the averaged generator, given that of the generator itself."""
    return f"{name}_averaged"


def averaged(measure: Measure) -> Measure:
    """The same score of the averaged generator, which has a column of its own."""
    return dataclasses.replace(
        measure,
        name=averaged_name(measure.name),
        doc=f"`{measure.name}` of the averaged generator",
        heading=("Averaged", "generator:", *measure.title),
        headline=False,
        averaged=True,
    )


def floor_name(name: str, floor: Floor) -> str:
    """The column of what a translation without learning scores, given that of a generator."""
    return f"{name}_{floor}"


def of_floor(measure: Measure, floor: Floor) -> Measure:
    """The same score of a translation that learns nothing, which has a column of its own."""
    return dataclasses.replace(
        measure,
        name=floor_name(measure.name, floor),
        doc=f"`{measure.name}` of the {FLOORS[floor]}",
        heading=(FLOORS[floor].capitalize(), *measure.title),
        headline=False,
        control=True,
        floor=floor,
    )


_IDENTIFIER = "[a-z][a-z0-9_]*"
_RULE = "lower-case letters, digits and underscores"

# Step and epoch columns share names, as an epoch has the mean of its steps; a run's own columns
# may have the name of an epoch's, of which they are then the total.
EPOCH_MEASURES: Registry[Measure] = Registry(
    "measure", packages=["bench.quality.scorers"], pattern=_IDENTIFIER, rule=_RULE
)
RUN_MEASURES: Registry[Measure] = Registry("run measure", pattern=_IDENTIFIER, rule=_RULE)


def declare(measure: Measure, place: Place | None = None) -> Measure:
    """Registers a column and returns it.

    Args:
        place: where it is declared; None for the caller's line.

    Raises:
        DuplicateName: another column has that name.
        ValueError: the name is no lower-case identifier.
    """
    registry = RUN_MEASURES if measure.level == "run" else EPOCH_MEASURES
    registry.add(measure.name, measure, place or caller())
    return measure


def column(
    doc: str,
    *,
    default: Any = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
    **about: Any,
) -> Any:
    """A field of a record that is a column: its documentation and whatever else a Measure has.

    Name, type and nullability are the field's own. Use :func:`of_record` to get the measures.
    """
    metadata = {"measure": {"doc": doc, **about}}
    if default_factory is not dataclasses.MISSING:
        return field(default_factory=default_factory, metadata=metadata)
    return field(default=default, metadata=metadata)


def of_record(record: type, level: Level) -> Iterator[Measure]:
    """The columns that a record's fields declare with :func:`column`, in order."""
    hints = typing.get_type_hints(record)
    for declared in dataclasses.fields(record):
        about = declared.metadata.get("measure")
        if about is None:
            continue
        kind, nullable = hints[declared.name], False
        if isinstance(kind, types.UnionType):
            nullable = True
            (kind,) = (k for k in typing.get_args(kind) if k is not type(None))
        if typing.get_origin(kind) is Literal:
            kind = str
        yield Measure(name=declared.name, type=kind, nullable=nullable, level=level, **about)
