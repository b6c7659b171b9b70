"""The columns that say which run, epoch or step a row is about."""

from __future__ import annotations

from dataclasses import dataclass

from bench.measures.measure import EPOCH_MEASURES, Measure, column, declare, of_record


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The columns that every row starts with."""

    schema_version: int = column("2; files of earlier versions can be read as well")
    sweep: str = column("the sweep's name")
    run_id: str = column("the run's name, which depends on everything that determines its outcome")
    label: str = column("the configuration; runs of one label differ in their seeds only")
    variant: str = column("as in the grid")
    seed: int = column("as in the grid")


KEYS = tuple(of_record(Keys, "run"))
ATTEMPT = Measure(
    name="attempt",
    type=int,
    doc="which attempt at the run made the epoch, from 1; null in results of version 1",
)
STEP = Measure(
    name="step",
    type=int,
    nullable=False,
    doc="from 1, counted over the whole run; a step is a round of critic and generator updates",
)

for _key in KEYS:
    declare(_key)
    EPOCH_MEASURES.add(_key.name, _key)  # so that no other column can take the name
for _key in (ATTEMPT, STEP):
    declare(_key)
