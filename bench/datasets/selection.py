"""Selecting the images or points of a data set that a spec describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bench.datasets.classes import named, without_classes
from bench.datasets.opened import Labelled
from bench.datasets.spec import DataSpec
from bench.errors import DataError
from bench.units import counted
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_SHUFFLE_SEED = 2014
_HOLDOUT_SEED = 2020


class TooFewImages(DataError):
    """A subset is larger than what there is.

    Attributes:
        available: how many images or points there are to train on.
    """

    def __init__(self, message: str, available: int = 0) -> None:
        super().__init__(message)
        self.available = available


def shuffled(count: int) -> np.ndarray:
    """A fixed permutation of ``range(count)``, int64 (count,), the same in every NumPy version.

    NumPy keeps the raw stream of a bit generator stable between versions;
    ``Generator.permutation`` may change.
    """
    return np.argsort(np.random.PCG64(_SHUFFLE_SEED).random_raw(count), kind="stable")


class Division(NamedTuple):
    """Indices of a data set's images, in order, int64 each: what to train on, what to hold out."""

    training: np.ndarray
    held_out: np.ndarray


def divided(images: Labelled, fraction: float) -> Division:
    """Holds out a fixed, random part that has every class in proportion.

    Every class gives its share to within one image, and all of them the share of the whole, also
    where classes have few images. A class is never held out entirely. Of a data set of one or two
    images, a fifth is none.

    Args:
        fraction: of the images to hold out, 0 ≤ fraction < 1.
    """
    count = len(images)
    classes = np.zeros(count, np.int64) if images.labels is None else images.labels
    order = np.lexsort((np.random.PCG64(_HOLDOUT_SEED).random_raw(count), classes))
    held: np.ndarray = np.diff(np.floor(np.arange(count + 1) * fraction + 0.5)) > 0
    for members in np.split(np.arange(count), np.flatnonzero(np.diff(classes[order])) + 1):
        if len(members) and held[members].all():
            held[members[0]] = False
    return Division(np.sort(order[~held]), np.sort(order[held]))


def select(images: Labelled, spec: DataSpec, among: np.ndarray | None = None) -> np.ndarray:
    """Indices of the images or points to train on that ``spec`` describes, int64 (n,).

    ``classes`` filters first and keeps the data set's order. ``subset`` then takes the first
    images of a fixed shuffle, so a smaller subset is the beginning of a larger one.

    Args:
        among: the indices that are not held out; None for all.

    Raises:
        DataError: the data set does not have such a class, or (TooFewImages) not that many images.
    """
    kind = "point" if spec.image_size is None else "image"
    kept_out = 0 if among is None else len(images) - len(among)
    chosen = _of_classes(images, spec, among)
    of_classes = _named_classes(images, spec)
    if len(chosen) == 0:
        raise DataError(f"{spec.name} has no image{of_classes}: choose other classes.")
    if spec.subset is None:
        return chosen
    if not 1 <= spec.subset <= len(chosen):
        held = f" to train on (holdout: {spec.holdout:g} keeps the others)" if kept_out else ""
        raise TooFewImages(
            f"{spec.name} has {counted(len(chosen), kind)}{of_classes}{held}, so subset: "
            f"{spec.subset} is impossible: choose a number from 1 to {len(chosen)}.",
            len(chosen),
        )
    return _first(chosen, spec.subset)


def select_sources(images: Labelled, spec: DataSpec, among: np.ndarray | None = None) -> np.ndarray:
    """Indices of the sources to train on of unpaired data: int64 (n,), n ≥ 1.

    They are of the same classes as the targets, and at most as many as ``subset``.

    Args:
        images: the sources.
        among: the indices that are not held out; None for all.

    Raises:
        DataError: there is none of those classes.
    """
    chosen = select_held_out(images, spec, among)
    if len(chosen) == 0:
        of_classes = _named_classes(images, spec)
        raise DataError(f"{spec.name} has no source image{of_classes}: choose other classes.")
    return chosen


def select_held_out(
    images: Labelled, spec: DataSpec, among: np.ndarray | None = None
) -> np.ndarray:
    """Indices of the held-out images: of the same classes, and at most as many as ``subset``.

    Args:
        among: the indices that are held out; None for all.

    Returns:
        int64 (n,); n may be 0.
    """
    chosen = _of_classes(images, spec, among)
    return chosen if spec.subset is None else _first(chosen, spec.subset)


def _named_classes(images: Labelled, spec: DataSpec) -> str:
    """The chosen classes, for messages."""
    if spec.classes is None:
        return ""
    wanted = [images.class_names[index] for index in sorted(set(spec.classes))]
    several = f" of classes [{', '.join(wanted)}]"
    return f" of class {wanted[0]}" if len(wanted) == 1 else several


def _of_classes(images: Labelled, spec: DataSpec, among: np.ndarray | None) -> np.ndarray:
    chosen: np.ndarray = np.arange(len(images)) if among is None else among
    if spec.classes is None:
        return chosen
    return chosen[np.isin(_checked_labels(images, spec)[chosen], spec.classes)]


def _first(chosen: np.ndarray, count: int) -> np.ndarray:
    beginning: np.ndarray = chosen[shuffled(len(chosen))[:count]]
    return beginning


def _checked_labels(images: Labelled, spec: DataSpec) -> np.ndarray:
    if images.labels is None:
        raise without_classes(spec.name)
    known = range(len(images.class_names))
    unknown = [index for index in spec.classes or () if index not in known]
    if unknown or not spec.classes:
        fault = f"has no class {unknown[0]}" if unknown else "needs at least one class"
        raise DataError(f"{spec.name} {fault}: choose from {named(images.class_names)}.")
    return images.labels
