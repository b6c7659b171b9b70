"""The facets of a sweep: runs on the same data, which alone can be compared.

A grid with several data sets, image sizes, numbers of channels or choices of classes is as many
comparisons, and so are sweeps of several machines in one report. A configuration has a counterpart
in each facet: the one whose label is the same but for what says the facet, so ``dcgan
dataset=mnist-5k`` is ``dcgan`` in the facet of mnist-5k.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from bench.labels import FACET_KEYS, without
from bench.report.data.sweep import SweepData
from bench.store import Results
from bench.texts import ENGLISH, say, speaking

KEYS = (*FACET_KEYS, "machine")


class Point(NamedTuple):
    """What tells one facet from another. Sizes and channels are None for points."""

    dataset: str  # its identity
    image_size: int | None
    channels: int | None
    classes: tuple[int, ...] | None  # None for all
    machine: str | None = None  # None where all were measured on the same


@dataclass(frozen=True)
class Facet:
    """One of the facets of a sweep.

    Attributes:
        title: what tells it from the others; "" where it is the only one.
        anchor: the title in lower-case letters, digits and dashes, different for each facet; ""
            where it is the only one.
        results: of its runs, whose labels and baseline are those within the facet.
        whole: the label in the sweep of each label within the facet.
    """

    title: str
    anchor: str
    results: Results
    whole: Mapping[str, str]

    @property
    def started(self) -> bool:
        """Whether any of its runs has been started."""
        return not self.results.runs.empty

    @cached_property
    def data(self) -> SweepData:
        """Its runs as numbers. Requires that one has been started."""
        return SweepData(self.results)


@dataclass(frozen=True)
class Facets:
    """The facets of a sweep, in the order of the grid.

    Attributes:
        called: what they are together: "data sets", "image sizes", "machines" or "facets".
        baseline: the label of the baseline in each facet that has it; None where there is none.
    """

    each: tuple[Facet, ...]
    called: str
    baseline: str | None

    @property
    def kind(self) -> str:
        """What they are together, as texts tell it apart: ``data-sets``, ``image-sizes``, …"""
        return self.called.replace(" ", "-")

    @property
    def several(self) -> bool:
        """Whether there are several comparisons rather than one."""
        return len(self.each) > 1

    @property
    def labels(self) -> list[str]:
        """The labels of all facets, in the order of the grid."""
        return list(dict.fromkeys(label for facet in self.each for label in facet.whole))


def split(results: Results) -> Facets:
    """The facets of a sweep: one, with all its runs, where all are on the same data."""
    labels = list(results.planned["label"].unique())
    places, given = points(results)
    found = list(dict.fromkeys(places[label] for label in labels if label in places))
    if len(found) < 2:
        whole = {label: label for label in labels}
        return Facets((Facet("", "", results, whole),), "facets", results.baseline)
    titles = _titles(found, given)
    with speaking(ENGLISH):  # files are called alike in every language
        anchors = _anchors(_titles(found, given))
    baseline = None if results.baseline is None else without(results.baseline, KEYS)
    facets = []
    for point, title, anchor in zip(found, titles, anchors, strict=True):
        own = [label for label in labels if places.get(label) == point]
        called = _called(own)
        part = _part(results, called, baseline)
        facets.append(Facet(title, anchor, part, {called[label]: label for label in own}))
    return Facets(tuple(facets), _together(found), baseline)


def points(results: Results) -> tuple[dict[str, Point], dict[Any, str]]:
    """What each configuration is trained on, and what the grid calls data sets and classes.

    That is in the plan; of earlier versions' plans it is known once a run has started.
    """
    found: dict[str, Point] = {}
    given: dict[Any, str] = {}
    started = results.runs.drop_duplicates("label").to_dict("records")
    rows = {str(row["label"]): _of_run(row) for row in started} | dict(results.facets)
    for label, row in rows.items():
        classes = row.get("classes")
        found[label] = Point(
            str(row["dataset"]),
            _whole(row["image_size"]),
            _whole(row["channels"]),
            None if classes is None else tuple(classes),
            results.machines.get(label),
        )
        name = row.get("dataset_given")
        given.setdefault(found[label].dataset, name if isinstance(name, str) else row["dataset"])
        names = row.get("classes_given") or classes or ()
        given.setdefault(found[label].classes, "+".join(map(str, names)))
    return found, given


def _of_run(row: Mapping[Any, Any]) -> dict[str, Any]:
    """What a run was trained on, from its row in run.parquet."""
    spec = json.loads(row["spec"]) if isinstance(row["spec"], str) else {}
    data = spec.get("dataset")
    classes = data.get("classes") if isinstance(data, dict) else None
    keys = ("dataset", "dataset_given", "image_size", "channels")
    return {key: row.get(key) for key in keys} | {"classes": classes}


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _titles(points: Sequence[Point], given: Mapping[Any, str]) -> list[str]:
    """For each facet what varies: data set, size, channels and classes as far as needed."""
    by_name = Counter(given[dataset] for dataset in {point.dataset for point in points})
    several = len({point.dataset for point in points}) > 1
    titles = []
    for point in points:
        same = [other for other in points if other.dataset == point.dataset]
        words = []
        if several:
            name = given[point.dataset]
            content = point.dataset.rpartition(":")[2]
            known = say("heading-content", name=name, content=content)
            words.append(name if by_name[name] == 1 else known)
        if len({other.image_size for other in same}) > 1:
            words.append(f"{point.image_size} px")
        if len({other.channels for other in same}) > 1:
            words.append(say("facet-channels", count=int(point.channels or 0)))
        if len({other.classes for other in same}) > 1:
            chosen = point.classes
            known = "all" if chosen is None else given[chosen]
            words.append(say("facet-classes", classes=known))
        if len({other.machine for other in same}) > 1:
            words.append(str(point.machine))
        titles.append(", ".join(words))
    return titles


def _together(points: Sequence[Point]) -> str:
    """What the facets are, where they differ in one thing only."""
    datasets, sizes, channels, choices, machines = (
        len(set(each)) for each in zip(*points, strict=True)
    )
    if datasets == len(points):  # which have sizes and channels of their own
        return "data sets"
    if not datasets == channels == choices == 1:
        return "facets"
    if machines == 1:
        return "image sizes"
    return "machines" if sizes == 1 else "facets"


def _anchors(titles: Iterable[str]) -> list[str]:
    found: list[str] = []
    for title in titles:
        words = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")[-40:].strip("-") or "facet"
        numbered = (f"{words}-{number}" for number in itertools.count(2))
        found.append(next(name for name in itertools.chain([words], numbered) if name not in found))
    return found


def _called(labels: Sequence[str]) -> dict[str, str]:
    """Labels within a facet, which need not say which facet it is unless they would be alike."""
    short = {label: without(label, KEYS) for label in labels}
    counts = Counter(short.values())
    return {label: name if counts[name] == 1 else label for label, name in short.items()}


def _known(frame: pd.DataFrame) -> pd.DataFrame | None:
    return None if frame.empty else frame


def _part(results: Results, called: Mapping[str, str], baseline: str | None) -> Results:
    """The results of some configurations, by their labels within a facet."""

    def own(frame: pd.DataFrame) -> pd.DataFrame:
        part = frame[frame["label"].isin(list(called))].reset_index(drop=True)
        return part.assign(label=part["label"].map(called).astype(frame["label"].dtype))

    runs, planned = own(results.runs), own(results.planned)
    return replace(
        results,
        looks=results.looks_at(planned["run_id"]),
        baseline=baseline if baseline in called.values() else None,
        planned=planned,
        runs=runs.assign(baseline=runs["label"] == baseline),
        epochs=own(results.epochs),
        unplanned=(),
        timing=None if results.timing is None else _known(own(results.timing)),
        facets={},
        machines={},
        remarks=(),
    )
