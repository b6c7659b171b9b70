"""Why one recipe costs more or less than another: causes whose parts add up to the difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from bench.describe.cost import Cost, Counted, counted
from bench.describe.description import Description
from bench.describe.moves import Change, Move, Stop, path, plain
from bench.describe.swap import Part, parts
from bench.errors import RequestError
from variants.effect import effect
from variants.recipe import Recipe
from variants.shapes import SampleShape

_MODIFIED = "how a step is computed differs beyond the fields and layers"


@dataclass(frozen=True)
class Cause:
    """One change, and what it does to the cost.

    Attributes:
        subject: a field's name, or a part of a network.
        before, after: of the subject; None where one side does not have it.
        why: why that changes a cost, true in either direction.
        cost: what the change adds.
        field: whether the subject is a field.
        part: the part of a network that the subject is.
        by_layer: whether the field changed with the networks, so that its cost is that of layers.
    """

    subject: str
    before: str | None
    after: str | None
    why: str
    cost: Cost
    field: bool
    by_layer: bool = False
    part: Part | None = None

    def __str__(self) -> str:
        colon = " " if self.field else ": "
        if self.before is None:
            return f"{self.subject}{colon}with {self.after}"
        if self.after is None:
            return f"{self.subject}{colon}without {self.before}"
        return f"{self.subject}{colon}{self.before} → {self.after}"

    def reversed(self) -> Cause:
        """The change back."""
        return replace(self, before=self.after, after=self.before, cost=-self.cost)


@dataclass(frozen=True)
class Comparison:
    """How the costs of two recipes differ, and by what causes.

    Attributes:
        name, other_name: of the variants.
        cost, other_cost: of training each.
        causes: in the order in which ``other`` is changed into this recipe. Their costs add up to
            ``cost`` − ``other_cost``. The order from this recipe to ``other`` is the reverse, so
            that both comparisons of two recipes give a cause the same part.
        without_effect: changed fields that change neither FLOPs nor parameters, or only as layers
            that ``causes`` has.
        same: whether the recipes differ in neither fields nor layers.
    """

    name: str
    other_name: str
    cost: Cost
    other_cost: Cost
    causes: tuple[Cause, ...]
    without_effect: tuple[Cause, ...]
    same: bool


def compare(this: Description, other: Description) -> Comparison:
    """Changes one thing at a time and counts.

    Raises:
        RequestError: the recipes are for different samples, whose costs are not comparable.
    """
    if this.recipe.task != other.recipe.task or this.shape != other.shape:
        raise RequestError(
            f"{this.name} is for the task {this.recipe.task} and {other.name} for "
            f"{other.recipe.task}, so their costs per sample cannot be compared; "
            "choose two variants of one task"
        )
    mine, its = plain(this.recipe), plain(other.recipe)
    cost, other_cost = (counted(recipe, this.shape).cost for recipe in (mine, its))
    # One order for both directions, chosen by what the recipes are and not by who asks.
    forwards = (other_cost, other.name) <= (cost, this.name)
    stops = path(its, mine, this.shape) if forwards else path(mine, its, this.shape)
    causes = list(_causes(stops, this.shape))
    if not forwards:
        causes = [cause.reversed() for cause in reversed(causes)]
    return Comparison(
        name=this.name,
        other_name=other.name,
        cost=cost,
        other_cost=other_cost,
        causes=tuple(cause for cause in causes if cause.cost),
        without_effect=tuple(cause for cause in causes if not cause.cost),
        same=not causes and this.networks == other.networks,
    )


def _causes(stops: list[Stop], shape: SampleShape) -> Iterator[Cause]:
    before = counted(stops[0].recipe, shape)
    for stop in stops[1:]:
        after = counted(stop.recipe, shape)
        if any(move.role == "networks" for move in stop.moves):
            yield from _of_networks(before, after, stop.moves)
        else:
            changes = [change for move in stop.moves for change in move.changes]
            yield _of_fields(before, after, changes)
        before = after


def _of_fields(before: Counted, after: Counted, changes: list[Change]) -> Cause:
    """Fields that are changed at once, usually one."""
    reasons = [_reason(before.recipe, after.recipe, change) for change in changes]
    return Cause(
        subject=" with ".join(change.field for change in changes),
        before=", ".join(_text(change.before) for change in changes),
        after=", ".join(_text(change.after) for change in changes),
        why="; ".join(filter(None, reasons)),
        cost=after.cost - before.cost,
        field=True,
    )


def _reason(before: Recipe, after: Recipe, change: Change) -> str:
    """What the field declares, else what it is."""
    for kind in (type(before), type(after)):
        if change.field in kind.model_fields:
            declared = effect(kind, change.field).reason(change.before, change.after)
            return declared or kind.model_fields[change.field].description or ""
    return ""


def _of_networks(before: Counted, after: Counted, moves: tuple[Move, ...]) -> Iterator[Cause]:
    """Other networks, part by part, and what is left over."""
    rest = after.cost - before.cost
    for part in parts(before, after):
        rest = rest - part.cost
        yield Cause(
            part.subject,
            part.before,
            part.after,
            part.topic.why,
            part.cost,
            field=False,
            part=part,
        )
    changes = [change for move in moves for change in move.changes]
    # The layers are what these fields do; named here, they are not counted twice.
    for change in changes:
        yield replace(_of_fields(before, after, [change]), cost=Cost(), by_layer=True)
    if rest:
        yield Cause("the step", "one", "the other", _MODIFIED, rest, field=False)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{key}: {_text(of_key)}" for key, of_key in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    return f"{value:g}" if isinstance(value, float) else str(value)
