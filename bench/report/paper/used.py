"""The publications of what a sweep used: variants with their parts, measures, data sets."""

from __future__ import annotations

from collections.abc import Iterator

from bench.datasets import registry as datasets
from bench.errors import DataError
from bench.quality.scorers.base import SCORERS
from bench.report.data import SweepData
from variants import registry
from variants.references import Reference, references_of


def references(data: SweepData) -> list[Reference]:
    """Of what any run was started with, and of what was measured; some may be there twice."""
    found: list[Reference] = []
    for label in data.labels:
        found += _of_variant(data, label)
    for scorer in SCORERS.values():
        names = [measure.name for measure in scorer.measures if measure.name in data.epochs]
        if data.epochs[names].notna().any(axis=None):
            found += references_of(scorer)
    for name in data.distinct("dataset"):
        found += _of_data_set(str(name))
    return found


def _of_variant(data: SweepData, label: str) -> tuple[Reference, ...]:
    """Of a configuration's recipe; none where the plug-in of its variant is not loaded."""
    name = data.common(label, "variant")
    if name is None or name not in registry.VARIANTS:
        return ()
    kind = registry.get(str(name))
    try:
        return kind(**data.recipe(label)).cited
    except ValueError:  # settings of an earlier version
        return references_of(kind)


def _of_data_set(name: str) -> Iterator[Reference]:
    """Of a data set, and of the one that it is made from; none where it is not known."""
    try:
        entry, argument = datasets.lookup(name)
        base = entry.base(argument) if entry.base else None
    except DataError:
        return
    yield from references_of(entry.locate)
    if base is not None:
        yield from _of_data_set(base)
