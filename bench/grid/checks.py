"""Whether a run that is spelled correctly can be trained as it asks."""

from __future__ import annotations

from bench import tasks
from bench.errors import GridError
from bench.grid.document import Places
from bench.spec import RunSpec
from bench.units import counted


def check_task(spec: RunSpec, places: Places) -> None:
    """A recipe suits the data, and the precision and the pictures suit the task.

    Raises:
        GridError: they do not.
    """
    try:
        refusal = spec.recipe.refusal(spec.shape)
    except Exception:
        refusal = None
    if refusal is not None:
        raise places.error(
            refusal.key, f"the variant {spec.variant} {refusal.reason}; change {refusal.key}."
        )
    if spec.quality.reference == "held-out" and spec.data.holdout == 0:
        raise places.error(
            "quality", "the quality reference is held-out, and holdout is 0; change one of them."
        )
    if spec.quality.reference == "held-out" and "holdout" not in tasks.get(spec.task).keys:
        samples = tasks.get(spec.task).samples
        raise places.error(
            "quality",
            f"{spec.data.name} holds {samples}, of which none are held out; leave out reference.",
        )
    refusal = tasks.get(spec.task).refusal(spec.recipe, spec.precision)
    if refusal is not None:
        raise places.error(refusal.key, f"{spec.data.name}: {refusal.reason}.")
    kind = tasks.get(spec.task)
    if (spec.samples_shown or 0) > kind.most_shown:
        raise places.error(
            "samples_shown",
            f"samples_shown is {spec.samples_shown:,}; a picture has room for {kind.most_shown:,} "
            f"{kind.samples}, and so has the column of a class. Lower it.",
        )


def check_engine(spec: RunSpec, places: Places) -> None:
    """The steps of a run can be executed as it asks.

    Raises:
        GridError: they cannot.
    """
    if spec.execution == "compile" and spec.recipe.differentiates_twice:
        raise places.error(
            "execution",
            "torch.compile cannot differentiate twice, as the gradient penalty of "
            f"{spec.label!r} requires; choose eager.",
        )
    if spec.execution == "compile" and spec.recipe.simultaneous:
        raise places.error(
            "execution",
            "torch.compile cannot run two backward passes through one graph, as the simultaneous "
            f"updates of {spec.label!r} require; choose eager.",
        )
    if spec.execution == "cuda-graph" and not spec.recipe.capturable:
        fields = f" ({', '.join(spec.recipe.varying)})" if spec.recipe.varying else ""
        raise places.error(
            "execution",
            f"the steps of {spec.label!r} differ{fields}, and a CUDA graph repeats one step; "
            "choose eager.",
        )


def check_batches(spec: RunSpec, images: int, place: str) -> None:
    """A data set with ``images`` images makes batches that can be trained on.

    Args:
        place: where the batch size is, for messages.

    Raises:
        GridError: the batch is larger than the data, or one holds fewer images than the
            variant trains on.
    """
    batch_size = spec.recipe.batch_size
    if batch_size > images:
        raise GridError(
            f"{place}: the batch of {batch_size} for {spec.label!r} is larger than the data "
            f"({counted(images, 'image')} of {spec.data.name}); lower batch_size."
        )
    smallest = spec.recipe.least_batch
    needs = f"and {spec.variant} trains on batches of at least {smallest}"
    if batch_size < smallest:
        raise GridError(
            f"{place}: batch_size is {batch_size} for {spec.label!r}, {needs}; raise batch_size."
        )
    last = images % batch_size
    last -= last % spec.recipe.judged_together  # an incomplete pack is left out
    if 0 < last < smallest and not spec.recipe.drop_last_batch:
        raise GridError(
            f"{place}: {images} images in batches of {batch_size} for {spec.label!r} leave a last "
            f"batch of {last}, {needs}; set drop_last_batch: true or another batch_size."
        )
