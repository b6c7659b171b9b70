"""The columns of each file, in order: those declared here first, then those of plug-ins.

All lists are made when they are asked for, since a plug-in may declare measures at any time.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.measures.environment import ENVIRONMENT
from bench.measures.epochs import EPOCH, SCALARS
from bench.measures.keys import ATTEMPT, KEYS, STEP
from bench.measures.measure import (
    EPOCH_MEASURES,
    FLOORS,
    RUN_MEASURES,
    Measure,
    Value,
    averaged_name,
    floor_name,
)
from bench.measures.runs import EPOCHS, OUTCOME, PLAN, SETUP
from bench.measures.unit_costs import UNIT_COSTS, of_epochs

_STEP_KEYS = ("schema_version", "run_id", "seed")
_STEPS_LABEL = Measure(name="label", type=str, doc="the configuration; null in earlier files")
# Columns keep their places in files, which some readers rely on, wherever they are declared.
_FIRST_SCORES = (
    "fid",
    "fcd",
    "kid_mean",
    "kid_std",
    "precision",
    "recall",
    "quality_samples",
    "conditional_accuracy",
    "modes_captured",
    "high_quality_fraction",
    "reverse_kl",
    "quality_evaluated",
    "authenticity",
    "authenticity_held_out",
    "conditional_accuracy_floor",
    "copying",
    "copying_held_out",
    "density",
    "coverage",
    "density_held_out",
    "coverage_held_out",
    "l1",
    "psnr",
    "ssim",
    "content_accuracy",
    "content_accuracy_chance",
    "cycle_error",
    "fid_back",
    "fcd_back",
)
_TOTALS: Mapping[str | None, str] = {
    "sum": "sum over the run's epochs",
    "max": "largest of the run's epochs",
    "last": "as of the run's last epoch",
}
_FIXED = frozenset(m.name for m in (*KEYS, ATTEMPT, STEP, *EPOCH))


def scalars() -> list[Measure]:
    """Numbers that games report at every step, whose means over an epoch are its columns."""
    return [*SCALARS, *(m for m in _further(SCALARS) if m.level == "step")]


def scores() -> list[Measure]:
    """What scorers compute after an epoch."""
    found = [m for m in _further(SCALARS) if m.level == "epoch"]
    floors = (floor_name(name, floor) for floor in FLOORS for name in _FIRST_SCORES)
    first = [*_FIRST_SCORES, *map(averaged_name, _FIRST_SCORES), *floors]
    places = {name: place for place, name in enumerate(first)}
    return sorted(found, key=lambda measure: places.get(measure.name, len(first)))


def steps() -> list[Measure]:
    """The columns of ``steps.parquet``."""
    keys = [m for m in (*KEYS, *EPOCH) if m.name in (*_STEP_KEYS, "epoch")]
    later = (_STEPS_LABEL, *scalars())
    return [*keys, STEP, *(dataclasses.replace(m, nullable=True) for m in later)]


def epochs() -> list[Measure]:
    """The columns of ``epochs.parquet``."""
    return [*KEYS, ATTEMPT, *EPOCH, *scalars(), *scores()]


def runs() -> list[Measure]:
    """The columns of ``run.parquet``; what set-up finds out is null until then."""
    first = [*KEYS, *PLAN, *OUTCOME, EPOCHS, *_totals(EPOCH)]
    declared = {m.name for m in (*first, *SETUP, *ENVIRONMENT, *UNIT_COSTS)}
    others = [m for m in RUN_MEASURES.values() if m.name not in declared]
    later = [*SETUP, *ENVIRONMENT, *UNIT_COSTS, *_further_totals(), *others]
    return [*first, *(dataclasses.replace(m, nullable=True) for m in later)]


def totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """A run's totals over its epochs and its unit costs, by column of ``run.parquet``.

    Args:
        rows: of ``epochs.parquet``, in order.
    """
    found: dict[str, Value] = {"epochs": rows[-1]["epoch"] if rows else 0}
    for measure in (*_totals(EPOCH), *_further_totals()):
        found[measure.name] = _total(measure, [row.get(measure.name) for row in rows])
    return found | of_epochs(rows)


def shared() -> frozenset[str]:
    """The columns, of any file, whose values runs trained as one stack share."""
    measures = (*EPOCH_MEASURES.values(), *RUN_MEASURES.values())
    return frozenset(measure.name for measure in measures if measure.shared)


def _further(known: Iterable[Measure]) -> list[Measure]:
    """Declared columns of epochs beside the known ones; nullable, since earlier files lack them."""
    names = _FIXED | {m.name for m in known}
    further = [m for m in EPOCH_MEASURES.values() if m.name not in names]
    return [m if m.nullable else dataclasses.replace(m, nullable=True) for m in further]


def _totals(measures: Iterable[Measure]) -> list[Measure]:
    """The totals that are stored with a run, largest values last."""
    stored = [
        dataclasses.replace(m, level="run", doc=_TOTALS[m.over_epochs])
        for m in measures
        if m.over_epochs in _TOTALS
    ]
    return sorted(stored, key=lambda measure: measure.over_epochs == "max")


def _further_totals() -> list[Measure]:
    """Totals of scalars and scores; none of a column whose name a run's own column has."""
    own = RUN_MEASURES.names()
    return [m for m in _totals([*scalars(), *scores()]) if m.name not in own]


def _total(measure: Measure, values: Sequence[Any]) -> Value:
    total: Value = None
    known = [value for value in values if value is not None]
    if measure.over_epochs == "last" and values:
        total = values[-1]
    elif measure.over_epochs == "sum" and known:
        total = sum(known)
    elif measure.over_epochs == "max":
        total = max(known, default=None)
    if total is None and not measure.nullable:
        zero: Value = measure.type()
        return zero
    return total
