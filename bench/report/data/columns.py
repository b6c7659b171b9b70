"""What the columns of the results mean to the report, derived from the declared measures.

A column that is declared nowhere, as when the plug-in that added it is not loaded, is still
shown: a float column of steps.parquet as a trajectory among the losses, any other float column
of epochs.parquet as a final value. Its name is its heading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import pandas as pd
from pandas.api.types import is_float_dtype

from bench.measures import EPOCH_MEASURES, Measure, averaged_name, scores
from bench.quality.scorers.base import SCORERS
from variants.scalars import SCALARS, Scalar

CONTROLLED = ("authenticity", "copying", "density", "coverage")  # beside held-out images


def control_of(name: str) -> str:
    """The measure of held-out real images that is the control of another."""
    return f"{name}_held_out"


# Final values to which the report gives columns of its own: quality by protocol.
_PLACED = (
    *("fid", "fcd", "kid_mean", "kid_std", "precision", "recall", "quality_samples"),
    *CONTROLLED,
)
PLACED = frozenset(
    {
        *_PLACED,
        *map(averaged_name, _PLACED),
        *map(control_of, CONTROLLED),
        *("conditional_accuracy", "conditional_accuracy_floor"),
        *("content_accuracy", "content_accuracy_chance"),
    }
)
_STEP_KEYS = frozenset({"schema_version", "run_id", "seed", "epoch", "step"})


def of_features() -> frozenset[str]:
    """The measures that depend on an extractor, and so on the protocol of quality."""
    return frozenset(
        name
        for scorer in SCORERS.values()
        if scorer.needs & {"features", "classes", "reversed_features"}
        for measure in scorer.measures
        for name in (measure.name, averaged_name(measure.name))
    )


def shown_apart(finals: Iterable[Measure], without: Collection[str] = ()) -> list[Measure]:
    """Final values that have columns in a table of quality, but for those of ``without``.

    Floors have rows instead.
    """
    return [m for m in finals if m.floor is None and m.name not in PLACED | set(without)]


def final_measures(
    epochs: pd.DataFrame, of_steps: Callable[[], Collection[str]]
) -> tuple[Measure, ...]:
    """The numbers of which a run's last known value counts, declared ones first.

    Args:
        epochs: a row per epoch, as stored.
        of_steps: the columns of steps.parquet; called only if ``epochs`` has columns that are
            declared nowhere.
    """
    declared = [
        measure
        for measure in scores()
        if measure.over_epochs == "final"
        and measure.type in (int, float, bool)
        and measure.name in epochs
    ]
    unknown = [
        str(name)
        for name, dtype in epochs.dtypes.items()
        if is_float_dtype(dtype) and name not in EPOCH_MEASURES and name not in SCALARS
    ]
    if unknown:
        means = of_steps()
        declared += [
            Measure(name=name, doc="", over_epochs="final", heading=(name,))
            for name in unknown
            if name not in means
        ]
    return tuple(declared)


def scalar_columns(steps: pd.DataFrame) -> list[str]:
    """The columns of a run's steps that hold what its game reports."""
    return [
        str(name)
        for name, dtype in steps.dtypes.items()
        if is_float_dtype(dtype) and name not in _STEP_KEYS
    ]


def scalar(name: str) -> Scalar:
    """Figure and legend of a column of the steps; an unknown one is drawn among the losses."""
    known = SCALARS.get(name) if name in SCALARS else None
    if known is None and name in EPOCH_MEASURES:
        measure = EPOCH_MEASURES.get(name)
        known = Scalar(name, measure.doc, measure.figure or "losses", " ".join(measure.heading))
    known = known or Scalar(name, "")
    return known._replace(heading=known.heading or name.replace("_", " "))
