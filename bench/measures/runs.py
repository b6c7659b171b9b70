"""What is recorded of a run as a whole: its plan, set-up and outcome, columns of ``run.parquet``.

``None`` means *could not be measured*; it is never written as 0. All FLOPs count a multiply and
an add as two operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bench.measures.environment import Environment
from bench.measures.keys import KEYS
from bench.measures.measure import Measure, column, declare, of_record

Status = Literal["completed", "diverged", "out_of_memory", "timed_out", "failed", "interrupted"]

# The names that `bench run --retry` gives to the ways in which a run can be unsuccessful.
RETRY: Mapping[str, str] = {
    "failed": "failed",
    "diverged": "diverged",
    "out_of_memory": "oom",
    "timed_out": "timed_out",
}


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """What is known of a run before its first step."""

    run_id: str  # these five are declared with the keys of every row
    sweep: str
    label: str
    variant: str
    seed: int
    dataset: str = column("what it is trained on; a folder of images is named by its content")
    dataset_given: str | None = column(
        "the same as the grid names it, such as `folder:photographs`; null in earlier results",
        default=None,
    )
    baseline: bool = column("whether this label is the one that the sweep compares others with")
    spec: str = column("JSON of everything that determines the outcome")
    revision: int | None = column(
        "of the variant, its objective and the harness; it is raised when a default or the "
        "mathematics changes, and is part of the run id; null in earlier results, which are 1",
        default=None,
    )
    epochs_planned: int = column("epochs asked for")
    image_size: int | None = column("in pixels; null for points")
    channels: int | None = column("of an image; null for points")
    batch_size: int = column("real samples per critic update")
    pack: int = column("samples that the critic judges together; 1 without packing")
    packs_per_step: int = column("real packs of all critic updates of a step")
    samples_per_step: int = column("real samples of all critic updates of a step")
    steps_planned: int | None = column("steps asked for; null where the length was given in epochs")
    task: str | None = column(
        "name of the task, see `bench list`; null in earlier results", default=None
    )
    plugins: str | None = column(
        "files given with `--plugin`, each with the start of its SHA-256, as in "
        "`mygans.py:0123456789abcdef`; null without any",
        default=None,
    )


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Sizes and arithmetic of a recipe, per image; None where a counter does not apply."""

    generator_parameters: int = column("trainable ones", heading=("Generator", "parameters"))
    critic_parameters: int = column("trainable ones", heading=("Critic", "parameters"))
    generator_macs: int | None = column(
        "forward multiply–accumulates for one image, by ptflops; a bias is no MAC"
    )
    critic_macs: int | None = column("the same of the critic")
    generator_activation_bytes: int | None = column(
        "outputs of all layers for one image; memory that is shared in place is counted once",
        unit="B",
    )
    critic_activation_bytes: int | None = column("the same of the critic", unit="B")
    critic_flops_per_image: int | None = column("of one critic update, per real image")
    generator_flops_per_image: int | None = column("of one generator update, per generated image")
    train_flops_per_image: int | None = column(
        "of a step, per real image: the critic's, and the generator's over the critic updates "
        "of a step"
    )


@dataclass(frozen=True, kw_only=True)
class RunSetup(Counts):
    """What a run learns while it is set up, before its first step."""

    environment: Environment
    train_images: int = column("size of the training data")
    data_hash: str = column("content of the training data")
    quality_features: str | None = column(
        "`inception`, `classifier`, `targets` where translations without either are compared with "
        "their targets, or null where nothing like that judges the samples; with the next four "
        "the protocol of the quality columns: distances of different protocols are never put in "
        "one table"
    )
    quality_weights_hash: str | None = column("weights of that network")
    quality_reference_hash: str | None = column("statistics of the real images")
    quality_samples: int | None = column("generated samples scored at each evaluation")
    quality_reference: str | None = column(
        "`training` or `held-out`: which real images generated ones are compared with; null in "
        "earlier results, which compared with the training images",
        default=None,
    )
    quality_reference_images: int | None = column("how many these are", default=None)
    quality_noise_floor: float | None = column(
        "Fréchet distance that a perfect generator would score: of as many other real images from "
        "the reference; in earlier results of one half of the real images from the other"
    )
    quality_noise_floor_origin: str | None = column(
        "`measured` with as many real images as generated ones are scored; `extrapolated` in 1/N "
        "from fewer; null in earlier results",
        default=None,
    )
    quality_classifier_accuracy: float | None = column(
        "share of held-out real images that the classifier assigns to their class, the ceiling of "
        "`conditional_accuracy`; without such images, of those that it was not trained on",
        default=None,
    )
    quality_back_weights_hash: str | None = column(
        "weights of the network that judges sources made from targets; with the next one the "
        "protocol of the way back, null for games one way",
        default=None,
    )
    quality_back_reference_hash: str | None = column("statistics of the real sources", default=None)
    setup_seconds: float = column(
        "from the start of the run's process to its first step: data, networks, extractor",
        unit="s",
        direction="lower",
        shared=True,
    )
    stacked_runs: int = column(
        "runs trained together as one stack, this one included; above 1 they share all times, "
        "memory and energy, which no report compares",
        default=1,
    )
    packed_runs: int | None = column(
        "runs of the sweep that trained side by side, at most; 1 for a run that was alone. Above 1 "
        "its times are those of a shared machine. Null in earlier results, and on Ray",
        default=None,
    )
    host_baseline_bytes: int | None = column(
        "private memory of the run's process with all imports, the quality network and its "
        "reference, before the run's own networks: what `peak_host_added_bytes` starts from",
        unit="B",
        shared=True,
        default=None,
    )
    gpu_evaluation_bytes: int | None = column(
        "GPU memory of tensors that evaluation keeps on the device during training, such as the "
        "quality network's weights; not in `peak_gpu_*`",
        unit="B",
        shared=True,
        default=None,
    )
    resumed_epochs: int = column(
        "epochs of earlier attempts, from whose checkpoint the last one resumed; 0 if it started "
        "from the beginning",
        default=0,
    )


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, kw_only=True)
class RunOutcome:
    """How a run ended."""

    status: Status = column(
        "`completed`, `diverged`, `out_of_memory`, `timed_out`, `failed` or `interrupted`"
    )
    error: str | None = column("one line; the traceback is in `log.txt`", default=None)
    started_at: datetime = column("when the last attempt started, in UTC", default_factory=_now)
    ended_at: datetime | None = column("when the last attempt ended, in UTC", default=None)
    attempts: int = column("how many attempts there were", default=1)


PLAN = tuple(of_record(RunPlan, "run"))
OUTCOME = tuple(of_record(RunOutcome, "run"))
SETUP = tuple(of_record(RunSetup, "run"))
EPOCHS = Measure(
    name="epochs", type=int, level="run", nullable=False, doc="epochs that have been committed"
)

assert {m.name for m in KEYS} == {"schema_version"} | {
    name for name in RunPlan.__dataclass_fields__ if name not in {m.name for m in PLAN}
}
for _measure in (*PLAN, *OUTCOME, EPOCHS, *SETUP):
    declare(_measure)
