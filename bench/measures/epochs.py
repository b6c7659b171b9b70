"""What an epoch yields: its record, the values of its steps, samples and a checkpoint."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.measures.keys import ATTEMPT, KEYS, STEP
from bench.measures.measure import Measure, Value, column, declare, of_record
from variants.scalars import BUILT_IN, LOSSES, Scalar

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """Everything measured in one epoch. Peaks and energy exclude warm-up.

    Attributes:
        scalars: means over the epoch's steps of the numbers that the game reports, by column;
            "critic_loss" and "generator_loss" are always there. None where not measured.
        scores: what scorers computed, by column; empty where nothing was scored.

    Raises:
        ValueError: a scalar or score has the name of another column.
    """

    epoch: int = column("from 1")
    samples_seen: int = column(
        "real samples shown to the critic, cumulative; one counts each time it is in a batch",
        over_epochs="last",
    )
    steps: int = column(
        "rounds of one or more critic updates and one generator update, cumulative",
        over_epochs="last",
    )
    train_seconds: float = column(
        "wall time of this epoch's training without warm-up; the GPU is synchronised at both ends",
        unit="s",
        over_epochs="sum",
        direction="lower",
        shared=True,
    )
    warmup_seconds: float = column(
        "wall time of the first steps of an attempt at a run (3 on a CPU, 10 on a GPU) and of the "
        "first one after the GPU's cache was emptied, which train but are slower than the others",
        unit="s",
        over_epochs="sum",
        shared=True,
    )
    evaluation_seconds: float = column(
        "quality and sample grids; not part of `train_seconds`",
        unit="s",
        over_epochs="sum",
        shared=True,
    )
    checkpoint_seconds: float | None = column(
        "making this epoch's checkpoint and sending the previous one to the process that writes "
        "it; not part of `train_seconds`",
        unit="s",
        over_epochs="sum",
        shared=True,
    )
    elapsed_seconds: float | None = column(
        "everything since the run's process started, set-up included; cumulative over attempts, "
        "without the work that an interruption lost",
        unit="s",
        over_epochs="last",
        direction="lower",
        shared=True,
    )
    images_per_second: float | None = column(
        "real samples of the timed steps over `train_seconds`",
        unit="images/s",
        direction="higher",
        shared=True,
    )
    train_flops: int | None = column(
        "cumulative; counted on a real step, both players, forward and backward",
        unit="FLOPs",
        over_epochs="last",
        direction="lower",
    )
    peak_gpu_allocated_bytes: int | None = column(
        "GPU memory in torch's tensors; during training, warm-up and evaluation excluded, with "
        "all that evaluation keeps on the GPU (`gpu_evaluation_bytes`)",
        unit="B",
        over_epochs="max",
        direction="lower",
        shared=True,
    )
    peak_gpu_reserved_bytes: int | None = column(
        "the same with what torch's allocator keeps in reserve, which is emptied after evaluation",
        unit="B",
        over_epochs="max",
        direction="lower",
        shared=True,
    )
    peak_gpu_process_bytes: int | None = column(
        "the same with what the driver counts for the process besides, such as its context and "
        "all kernels that it has loaded, read after the timed steps",
        unit="B",
        over_epochs="max",
        direction="lower",
        shared=True,
    )
    peak_host_bytes: int | None = column(
        "peak resident memory of the run's process during training, with its libraries and all "
        "that evaluation keeps",
        unit="B",
        over_epochs="max",
        direction="lower",
        shared=True,
    )
    peak_host_added_bytes: int | None = column(
        "peak of what the run adds to its process: networks, optimisers, data and workspace; "
        "private memory over `host_baseline_bytes` and what evaluations keep, plus the size of "
        "the mapped data set",
        unit="B",
        over_epochs="max",
        direction="lower",
        shared=True,
        default=None,
    )
    process_cpu_seconds: float | None = column(
        "processor time of the training, all threads", unit="s", direction="lower", shared=True
    )
    foreign_load_cores: float | None = column(
        "cores that other processes kept busy meanwhile; null for training under half a second",
        unit="cores",
        shared=True,
    )
    steal_share: float | None = column(
        "of the machine's processor time, what the hypervisor gave to other machines meanwhile, "
        "as far as it tells; null like `foreign_load_cores`, and where the system does not count "
        "it",
        unit="%",
        direction="lower",
        shared=True,
        default=None,
    )
    contended: bool | None = column(
        "another run of the sweep shared the machine, or other processes and machines took more "
        "than a quarter of a core: the epoch's times are upper bounds; null where unknown",
        shared=True,
    )
    calibration_before_flops_per_second: float | None = column(
        "speed of a fixed convolution, forward and backward, just before the timed steps; null "
        "where none was due: there is at most one pair in ten seconds of training",
        unit="FLOP/s",
        direction="higher",
        shared=True,
        default=None,
    )
    calibration_after_flops_per_second: float | None = column(
        "the same just after the timed steps",
        unit="FLOP/s",
        direction="higher",
        shared=True,
        default=None,
    )
    calibration_seconds: float | None = column(
        "wall time of both calibrations; not part of `train_seconds`",
        unit="s",
        over_epochs="sum",
        shared=True,
        default=None,
    )
    energy_joules: float | None = column(
        "the GPU's whole board, training only, cumulative; null below 10 metered seconds, and "
        "unless the GPU is known not to have been shared",
        unit="J",
        over_epochs="last",
        direction="lower",
        shared=True,
    )
    cpu_energy_joules: float | None = column(
        "processor packages of the whole machine by RAPL, training only, cumulative; null below "
        "10 metered seconds, where it cannot be read, and unless the machine is known not to have "
        "been shared",
        unit="J",
        over_epochs="last",
        direction="lower",
        shared=True,
        default=None,
    )
    scalars: Mapping[str, float | None]
    scores: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.scalars, *self.scores):
            if name in _RESERVED:
                raise ValueError(
                    f"{name!r} is a column that gan-bench fills itself: choose another name for "
                    "what the game or the scorer reports"
                )
        for name in self.scalars.keys() & self.scores.keys():
            raise ValueError(
                f"the game and a scorer both report {name!r}: rename the game's scalar or the "
                "scorer's measure"
            )

    def columns(self) -> dict[str, Value]:
        """Every column's value by its name: the record's own, scalars, scores."""
        return {**{m.name: getattr(self, m.name) for m in EPOCH}, **self.scalars, **self.scores}

    def value(self, name: str) -> Value:
        """The value of a column; None where the epoch does not have it."""
        if name in _OWN:
            own: Value = getattr(self, name)
            return own
        return self.scalars.get(name, self.scores.get(name))


@dataclass(frozen=True, kw_only=True)
class EpochResult:
    """One epoch as training yields it.

    Attributes:
        record: what was measured.
        steps: float32 (steps,) by column: one value per step (a round of critic and generator
            updates) of each number the game reports. The critic's are means over the critic
            updates of the step, its scores raw outputs (logits).
        samples_png: a grid or scatter plot of samples, if one was due.
        averaged_png: the same of the averaged generator, if there is one.
        checkpoint: the state from which training can resume after this epoch, if one was due.
        weights: the generator's, after the run's last epoch.
    """

    record: EpochRecord
    steps: Mapping[str, np.ndarray]
    samples_png: bytes | None = None
    averaged_png: bytes | None = None
    checkpoint: bytes | None = None
    weights: bytes | None = None


def of_scalar(scalar: Scalar) -> Measure:
    """The measure of a number that a game reports at every step: its column and epoch mean."""
    return Measure(
        name=scalar.name,
        doc=scalar.meaning,
        level="step",
        nullable=scalar not in LOSSES,
        heading=(scalar.heading,) if scalar.heading else (),
        figure=scalar.figure,
    )


EPOCH = tuple(of_record(EpochRecord, "epoch"))
SCALARS = tuple(map(of_scalar, BUILT_IN))
_OWN = frozenset(measure.name for measure in EPOCH)
_RESERVED = _OWN | {measure.name for measure in (*KEYS, ATTEMPT, STEP)}

assert {f.name for f in dataclasses.fields(EpochRecord)} - {"scalars", "scores"} == _OWN
for _measure in (*EPOCH, *SCALARS):
    declare(_measure)
