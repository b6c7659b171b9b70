"""What can be measured, and the records that training yields.

Every column of the results is declared once, by a :class:`Measure`: the fields of the records
here with :func:`column`, numbers that a game reports at every step in ``variants.scalars``, and
scores beside the scorer that computes them. ``python -m bench.measures`` brings the lists of
columns in docs/results.md up to date.
"""

from bench.measures.columns import epochs, runs, scalars, scores, shared, steps, totals
from bench.measures.environment import Environment
from bench.measures.epochs import EpochRecord, EpochResult, of_scalar
from bench.measures.looks import FIRST_SEEDS, MOST_SEEDS, Looks
from bench.measures.margin import MARGIN
from bench.measures.measure import (
    EPOCH_MEASURES,
    FLOORS,
    RUN_MEASURES,
    Direction,
    Floor,
    Measure,
    Scale,
    Value,
    averaged,
    averaged_name,
    column,
    declare,
    floor_name,
    of_floor,
    of_record,
)
from bench.measures.runs import RETRY, Counts, RunOutcome, RunPlan, RunSetup, Status
from bench.measures.timing import Turn, timings
from bench.measures.unit_costs import UNIT_COSTS

__all__ = [
    "EPOCH_MEASURES",
    "FIRST_SEEDS",
    "FLOORS",
    "MARGIN",
    "MOST_SEEDS",
    "RETRY",
    "RUN_MEASURES",
    "UNIT_COSTS",
    "Counts",
    "Direction",
    "Environment",
    "EpochRecord",
    "EpochResult",
    "Floor",
    "Looks",
    "Measure",
    "RunOutcome",
    "RunPlan",
    "RunSetup",
    "Scale",
    "Status",
    "Turn",
    "Value",
    "averaged",
    "averaged_name",
    "column",
    "declare",
    "epochs",
    "floor_name",
    "of_floor",
    "of_record",
    "of_scalar",
    "runs",
    "scalars",
    "scores",
    "shared",
    "steps",
    "timings",
    "totals",
]
