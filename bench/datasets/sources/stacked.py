"""``stacked:NAME``: Stacked MNIST, three digits as one RGB image, 1,000 modes.

Introduced with unrolled GANs (Metz et al., arXiv 1611.02163). Size and sampling follow VEEGAN
(arXiv 1705.07761) and PacGAN (arXiv 1712.04086): 128,000 images, each of three digits drawn
uniformly from the data set. The stacks that are held out consist of digits that are held out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.derived import identity_of
from bench.datasets.opened import Images
from bench.datasets.pixels import fitted
from bench.datasets.points import Points
from bench.datasets.registry import DataSetInfo, Source, dataset, lookup
from bench.datasets.selection import divided
from bench.errors import DataError
from variants.lazy import LazyModule
from variants.packs import LIN
from variants.references import cites

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_VERSION = 1  # increase it if the same digits give different images
_SEED = 1705
_IMAGES, _SIDE, _DIGITS = 128_000, 28, 10
_NAMES = tuple(f"{label:03}" for label in range(_DIGITS**3))
_HELD_OUT_SEED, _HELD_OUT_IMAGES = 1712, 26_000  # as many as the papers generate to be judged


def base(argument: str) -> str:
    """The data set that the digits come from: ``argument``, after a check.

    Raises:
        DataError: no such data set, or it does not have 28-px grey images in 10 classes.
    """
    if not argument:
        raise DataError(
            "stacked: has no data set name: write stacked:NAME, for example stacked:mnist-5k."
        )
    info = lookup(argument)[0].info
    if (info.image_size, info.channels, info.classes) != (_SIDE, 1, _DIGITS):
        raise DataError(
            f"stacked:{argument} needs grey images of {_SIDE} px in {_DIGITS} classes, which "
            f"{argument} is not known to have: choose another data set, such as stacked:mnist-5k."
        )
    return argument


@dataset(
    DataSetInfo(
        "stacked:NAME",
        "three digits of the data set NAME as red, green and blue (Stacked MNIST)",
        _SIDE,
        3,
        _DIGITS**3,
        _IMAGES,
        task="stacked-digits",
        held_out="base",
    ),
    base=base,
    content_identity=partial(identity_of, "stacked"),
    class_names=_NAMES,
)
@cites(LIN)
def stacked(argument: str, data_root: Path) -> Source:
    """Digits of the data set ``argument``, wherever that is found.

    Raises:
        MissingData: it is not found.
    """
    entry, its_argument = lookup(argument)
    digits = entry.locate(its_argument, data_root)
    return Source(
        digits.location,
        digits.files,
        lambda: _stack(_digits(digits.open)),
        definition=(argument, _VERSION, _SEED, _IMAGES, *digits.definition),
        held_out=None if digits.held_out is None else partial(_held_out, digits.held_out),
        divided=partial(_divided, digits.open),
    )


@dataclass(frozen=True)
class StackedImages:
    """Images composed of three grey images each when they are taken.

    Attributes:
        digits: the grey images, and possibly others that are in no stack.
        triples: int64 (N, 3) indices into ``digits``: red, green, blue.
        labels: int64 (N,); their decimal digits are the three classes.
        class_names: "000" to "999".
    """

    digits: Images
    triples: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.triples)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""
        planes = self.digits.take(self.triples[indices].ravel(), image_size=_SIDE, channels=1)
        rgb = planes.reshape(len(indices), 3, _SIDE, _SIDE).transpose(0, 2, 3, 1)
        return fitted(rgb, image_size=image_size, channels=channels)


def _digits(open_digits: Callable[[], Images | Points]) -> Images:
    digits = open_digits()
    assert not isinstance(digits, Points)  # base() has checked it
    return digits


def _held_out(open_digits: Callable[[], Images]) -> StackedImages:
    return _stack(open_digits(), count=_HELD_OUT_IMAGES, seed=_HELD_OUT_SEED)


def _divided(
    open_digits: Callable[[], Images | Points], fraction: float
) -> tuple[StackedImages, StackedImages]:
    digits = _digits(open_digits)
    training, held_out = divided(digits, fraction)
    if len(held_out) == 0:  # no stack can be made
        held_out, count = training, 0
    else:
        count = _HELD_OUT_IMAGES
    return _stack(digits, training), _stack(digits, held_out, count=count, seed=_HELD_OUT_SEED)


def _stack(
    digits: Images, among: np.ndarray | None = None, *, count: int = _IMAGES, seed: int = _SEED
) -> StackedImages:
    """Always the same triples: NumPy keeps the raw stream of a bit generator stable."""
    assert digits.labels is not None  # base() has checked it
    raw = np.random.PCG64(seed).random_raw(3 * count)
    places = (raw % (len(digits) if among is None else len(among))).astype(np.int64)
    triples = (places if among is None else among[places]).reshape(count, 3)
    labels = digits.labels[triples] @ np.array([100, 10, 1])
    return StackedImages(digits, triples, labels, _NAMES)
