"""What timing apart from training records: the columns of ``timing.parquet``."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime

from bench.measures.environment import ENVIRONMENT, Environment
from bench.measures.keys import KEYS
from bench.measures.measure import Measure, column, of_record


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A configuration's turn in one round of timing; or, with ``error``, why it has none.

    A turn executes a fixed number of training steps, without evaluation, checkpoints or warm-up.
    Nothing else of the sweep runs meanwhile.

    Attributes:
        environment: where it was timed; None if the process did not get that far.
    """

    session: int = column(
        "from 1; the configurations of a session took turns, round after round, so only times of "
        "one session and round are compared"
    )
    round: int | None = column("from 1; null where the configuration could not be timed")
    configuration: str = column("a run's id with seed 0: what all seeds of a configuration share")
    label: str = column("of the configuration when it was timed")
    seconds: float | None = column(
        "wall time of the turn's steps; the GPU is synchronised at both ends", default=None
    )
    real_images: int | None = column("real samples shown to the critic in them", default=None)
    generator_updates: int | None = column("steps; each has one generator update", default=None)
    energy_joules: float | None = column(
        "of the GPU's whole board; null below half a second, and unless the GPU is known not to "
        "have been shared with other programs",
        default=None,
    )
    cpu_energy_joules: float | None = column(
        "of the machine's processor packages by RAPL; null below half a second, and unless the "
        "machine is known not to have been shared",
        default=None,
    )
    peak_gpu_allocated_bytes: int | None = column("GPU memory in torch's tensors", default=None)
    peak_gpu_reserved_bytes: int | None = column(
        "the same with what torch's allocator keeps in reserve", default=None
    )
    peak_gpu_process_bytes: int | None = column(
        "the same with what the driver counts for the process besides", default=None
    )
    peak_host_bytes: int | None = column(
        "peak resident memory of the process, with its libraries", default=None
    )
    peak_host_added_bytes: int | None = column(
        "of it, what training adds: networks, optimisers, data and workspace", default=None
    )
    process_cpu_seconds: float | None = column(
        "processor time of the turn, all threads", default=None
    )
    foreign_load_cores: float | None = column(
        "cores that other processes kept busy meanwhile; null below half a second", default=None
    )
    steal_share: float | None = column(
        "of the machine's processor time, what the hypervisor gave to other machines", default=None
    )
    contended: bool | None = column(
        "whether others took more than a quarter of a core; null where unknown", default=None
    )
    error: str | None = column(
        "why the configuration could not be timed, in one line", default=None
    )
    timed_at: datetime = column(
        "when the turn ended, in UTC", default_factory=lambda: datetime.now().astimezone()
    )
    environment: Environment | None = field(default=None)


TURN = tuple(of_record(Turn, "run"))


def timings() -> list[Measure]:
    """The columns of ``timing.parquet``."""
    keys = [measure for measure in KEYS if measure.name in ("schema_version", "sweep")]
    environment = [dataclasses.replace(measure, nullable=True) for measure in ENVIRONMENT]
    return [*keys, *TURN, *environment]
