"""Whether a run that is spelled correctly can be trained as it asks."""

from __future__ import annotations

from bench.datasets import DataSetInfo
from bench.errors import GridError
from bench.grid.document import Places
from bench.spec import RunSpec

# ---------------------------------------------------------------------------- task


def task_of(info: DataSetInfo) -> str:
    """The name of the task that a data set belongs to."""
    # task: return info.task
    if info.dimensions is not None:
        otherwise = "mixtures"
    else:
        otherwise = "stacked-digits" if info.name.startswith("stacked:") else "images"
    return str(getattr(info, "task", otherwise))


def task_keys(task: str) -> frozenset[str]:
    """Which of the run keys image_size and channels mean something to a task."""
    # task: return tasks.get(task).keys
    return frozenset() if task == "mixtures" else frozenset({"image_size", "channels"})


def check_task(spec: RunSpec, places: Places) -> None:
    """A recipe suits the data, and the precision suits the task.

    Raises:
        GridError: they do not.
    """
    # task: tasks.get(spec.task).refusal(spec.recipe, spec.precision) replaces the second check
    refusal = spec.recipe.refusal(spec.shape)
    if refusal is not None:
        raise places.error(
            refusal.key, f"the variant {spec.variant} {refusal.reason}; change {refusal.key}."
        )
    if spec.precision == "bf16" and spec.task == "mixtures":
        raise places.error(
            "precision",
            f"bf16 has three digits, too few for the points of {spec.data.name}, whose modes are "
            "narrower; choose fp32.",
        )


# -------------------------------------------------------------------------- others


def check_engine(spec: RunSpec, places: Places) -> None:
    """The steps of a run can be executed as it asks.

    Raises:
        GridError: they cannot.
    """
    # penalties: true of every penalty that differentiates the critic's gradient
    if spec.execution == "compile" and spec.recipe.gradient_penalty:
        raise places.error(
            "execution",
            "torch.compile cannot differentiate twice, as the gradient penalty of "
            f"{spec.label!r} requires; choose eager.",
        )


def check_batches(spec: RunSpec, images: int, place: str) -> None:
    """A data set of so many images makes batches that can be trained on.

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
            f"({images} images of {spec.data.name}); lower batch_size."
        )
    smallest = spec.recipe.least_batch
    needs = f"and {spec.variant} trains on batches of at least {smallest}"
    if batch_size < smallest:
        raise GridError(
            f"{place}: batch_size is {batch_size} for {spec.label!r}, {needs}; raise batch_size."
        )
    last = images % batch_size
    last -= last % spec.recipe.pack  # an incomplete pack is left out
    if 0 < last < smallest and not spec.recipe.drop_last_batch:
        raise GridError(
            f"{place}: {images} images in batches of {batch_size} for {spec.label!r} leave a last "
            f"batch of {last}, {needs}; set drop_last_batch: true or another batch_size."
        )
