"""A table: how long each configuration trained in all."""

from bench.report.data import SweepData
from bench.report.tables import Column, Table, table


@table("training-time")
def training_time(data: SweepData) -> Table:
    """The training time of each configuration."""
    seconds = tuple(data.estimate(label, "training_seconds") for label in data.labels)
    return Table(
        "Training time of a run",
        (
            Column("configuration", ("Configuration",), "text", tuple(data.labels)),
            Column("training_seconds", ("Training", "time", "(s)"), "estimate", seconds),
        ),
    )
