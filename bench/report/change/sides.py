"""The configurations of two sweeps, matched by what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report.data import SweepData
from bench.report.data.facets import split
from bench.store import Results, read_sweep
from bench.texts import say


@dataclass(frozen=True)
class Configured:
    """A configuration of one sweep.

    Attributes:
        label: in its sweep.
        own: its label in ``data``.
        data: the results of its facet.
        id: a run's id with seed 0; None in plans of earlier versions.
        runs: the ids of its runs.
        spec: of one of its runs; empty before the first has started.
    """

    label: str
    own: str
    data: SweepData
    id: str | None
    runs: frozenset[str]
    spec: Mapping[str, Any]

    @property
    def revision(self) -> int:
        """Of all that its runs are made of."""
        return int(self.spec.get("revision") or 1)


@dataclass(frozen=True)
class Side:
    """One of the sweeps.

    Attributes:
        name: the path that the user gave.
        each: its configurations, in the order of its grid.
    """

    name: str
    results: Results
    each: tuple[Configured, ...]


@dataclass(frozen=True)
class Pair:
    """The same configuration in both sweeps."""

    old: Configured
    new: Configured

    @property
    def label(self) -> str:
        """What the newer sweep calls it, and what the older one did if that differs."""
        if self.old.label == self.new.label:
            return self.new.label
        return say("change-label", new=self.new.label, old=self.old.label)


@dataclass(frozen=True)
class Matched:
    """What two sweeps have in common, and the labels of what only one has."""

    pairs: tuple[Pair, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


def side(path: Path) -> Side:
    """Reads a results folder.

    Raises:
        ResultsError: it cannot be read.
    """
    results = read_sweep(path)
    planned = results.planned
    found = []
    for facet in split(results).each:
        if not facet.started:
            continue
        for own, label in facet.whole.items():
            rows = planned[planned["label"] == label]
            ids = rows["configuration"].dropna()
            specs = facet.data.started(own)["spec"].dropna()
            found.append(
                Configured(
                    label,
                    own,
                    facet.data,
                    None if ids.empty else str(ids.iloc[0]),
                    frozenset(rows["run_id"]),
                    json.loads(specs.iloc[0]) if len(specs) else {},
                )
            )
    order = {label: place for place, label in enumerate(planned["label"].unique())}
    return Side(str(path), results, tuple(sorted(found, key=lambda each: order[each.label])))


def match(old: Side, new: Side) -> Matched:
    """Matches configurations by id, else by their runs, else by what is known of both.

    The last matches configurations of another revision or another protocol of quality.
    """
    left, waiting = list(old.each), list(new.each)
    found: dict[int, Pair] = {}
    for alike in (_same_id, _same_runs, _same_settings):
        for one in list(waiting):
            other = next((each for each in left if alike(each, one)), None)
            if other is not None:
                found[new.each.index(one)] = Pair(other, one)
                left.remove(other)
                waiting.remove(one)
    return Matched(
        tuple(found[place] for place in sorted(found)),
        tuple(each.label for each in left),
        tuple(each.label for each in waiting),
    )


def _same_id(old: Configured, new: Configured) -> bool:
    return old.id is not None and old.id == new.id


def _same_runs(old: Configured, new: Configured) -> bool:
    return bool(old.runs & new.runs)


def _same_settings(old: Configured, new: Configured) -> bool:
    """Whether they have one label, and all that is known of both is equal.

    A later version's recipe has fields that an earlier one lacks, which change nothing at their
    default.
    """
    if old.label != new.label or not (old.spec and new.spec):
        return False
    keys = ("variant", "recipe", "dataset", "steps_per_epoch", "precision")
    return all(_agree(old.spec.get(key), new.spec.get(key)) for key in keys)


def _agree(old: Any, new: Any) -> bool:
    if isinstance(old, dict) and isinstance(new, dict):
        return all(_agree(old[key], new[key]) for key in old.keys() & new.keys())
    return bool(old == new)
