"""Selecting the images or points of a data set that a spec describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.datasets.registry import Labelled
from bench.datasets.spec import DataSpec
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_SHUFFLE_SEED = 2014
_NAMED_CLASSES = 20  # more would hide the rest of the message


def shuffled(count: int) -> np.ndarray:
    """A fixed permutation of ``range(count)``, int64 (count,), the same in every NumPy version.

    NumPy keeps the raw stream of a bit generator stable between versions;
    ``Generator.permutation`` may change.
    """
    return np.argsort(np.random.PCG64(_SHUFFLE_SEED).random_raw(count), kind="stable")


def select(images: Labelled, spec: DataSpec) -> np.ndarray:
    """Indices of the images or points that ``spec`` describes, int64 (n,).

    ``classes`` filters first and keeps the data set's order. ``subset`` then takes the first
    images of a fixed shuffle, so a smaller subset is the beginning of a larger one.

    Raises:
        DataError: the data set does not have such a class, or not that many images.
    """
    chosen: np.ndarray = np.arange(len(images))
    of_classes = ""
    if spec.classes is not None:
        chosen = np.flatnonzero(np.isin(_checked_labels(images, spec), spec.classes))
        wanted = sorted(set(spec.classes))
        of_classes = f" of class {wanted[0]}" if len(wanted) == 1 else f" of classes {wanted}"
    if len(chosen) == 0:
        raise DataError(f"{spec.name} has no image{of_classes}: choose other classes.")
    if spec.subset is None:
        return chosen
    kind = "points" if spec.image_size is None else "images"
    if not 1 <= spec.subset <= len(chosen):
        raise DataError(
            f"{spec.name} has {len(chosen):,} {kind}{of_classes}, so subset: {spec.subset} is "
            f"impossible: choose a number from 1 to {len(chosen)}."
        )
    beginning: np.ndarray = chosen[shuffled(len(chosen))[: spec.subset]]
    return beginning


def _checked_labels(images: Labelled, spec: DataSpec) -> np.ndarray:
    if images.labels is None:
        raise DataError(
            f"{spec.name} has no classes: leave out classes, "
            "or sort the images into one sub-folder per class."
        )
    known = range(len(images.class_names))
    unknown = [index for index in spec.classes or () if index not in known]
    if unknown or not spec.classes:
        fault = f"has no class {unknown[0]}" if unknown else "needs at least one class"
        named = ", ".join(
            name if name == str(index) else f"{index} ({name})"
            for index, name in enumerate(images.class_names[:_NAMED_CLASSES])
        )
        more = ", …" if len(known) > _NAMED_CLASSES else ""
        raise DataError(f"{spec.name} {fault}: choose from {named}{more}.")
    return images.labels
