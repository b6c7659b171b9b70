"""``mnist`` and ``fashion-mnist``: two IDX files each, in any of the usual folders."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.download import by_torchvision
from bench.datasets.idx import read_idx
from bench.datasets.pixels import ArrayImages
from bench.datasets.registry import DataSetInfo, MissingData, Source, dataset
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

SYSTEM_DATASETS = Path("/usr/share/datasets")  # where Debian's dataset-* packages install

_IMAGES_FILE, _LABELS_FILE = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
_TEST_IMAGES_FILE, _TEST_LABELS_FILE = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
_SIDE = 28
_DIGITS = tuple(str(digit) for digit in range(10))
_CLOTHES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@dataset(
    DataSetInfo(
        "mnist", "handwritten digits (LeCun et al. 1998)", _SIDE, 1, 10, 60_000, held_out="own"
    ),
    download=by_torchvision("MNIST"),
)
def mnist(argument: str, data_root: Path) -> Source:
    """MNIST's training and test images."""
    return _located("mnist", "MNIST", _DIGITS, data_root)


@dataset(
    DataSetInfo(
        "fashion-mnist",
        "articles of clothing (Xiao et al. 2017)",
        _SIDE,
        1,
        10,
        60_000,
        held_out="own",
    ),
    download=by_torchvision("FashionMNIST"),
)
def fashion_mnist(argument: str, data_root: Path) -> Source:
    """Fashion-MNIST's training and test images."""
    package = ", apt install dataset-fashion-mnist"
    return _located("fashion-mnist", "FashionMNIST", _CLOTHES, data_root, package)


def _located(
    name: str,
    torchvision_name: str,
    class_names: tuple[str, ...],
    data_root: Path,
    package: str = "",
) -> Source:
    """The first folder with both files; the root comes late, as both data sets could be there.

    Without the test files next to them, nothing is held out.

    Raises:
        MissingData: no folder has both.
    """
    places = (
        data_root / name,
        data_root / torchvision_name / "raw",
        data_root,
        SYSTEM_DATASETS / name,
    )
    remedy = (
        f"get it with bench fetch {name} or --download{package}, "
        "or pass the folder that has it as --data-root"
    )
    for place in places:
        images_file, labels_file = _found(place, _IMAGES_FILE), _found(place, _LABELS_FILE)
        if images_file and labels_file:
            read = partial(_read, name, class_names)
            training = (images_file, labels_file)
            tests = _found(place, _TEST_IMAGES_FILE), _found(place, _TEST_LABELS_FILE)
            if not all(tests):
                return Source(place, training, partial(read, *training))
            test = tuple(file for file in tests if file)
            held_out = partial(read, *test)
            files = (*training, *test)
            return Source(place, files, partial(read, *training), held_out=held_out)
    looked = ", ".join(map(str, places))
    raise MissingData(
        f"{name} was not found: none of {looked} has both {_IMAGES_FILE}[.gz] and "
        f"{_LABELS_FILE}[.gz]: {remedy}."
    )


def _found(place: Path, name: str) -> Path | None:
    return next((f for f in (place / name, place / f"{name}.gz") if f.is_file()), None)


def _read(
    name: str, class_names: tuple[str, ...], images_file: Path, labels_file: Path
) -> ArrayImages:
    remedy = f"delete it and get it again with bench fetch {name}"
    pixels = read_idx(images_file, dimensions=3, remedy=remedy)
    labels = read_idx(labels_file, dimensions=1, remedy=remedy)
    if pixels.shape[1:] != (_SIDE, _SIDE) or len(pixels) == 0:
        count, height, width = pixels.shape
        raise DataError(
            f"{images_file} has {count:,} images of {height}×{width} px, "
            f"but {name} has {_SIDE}×{_SIDE}: {remedy}."
        )
    if len(labels) != len(pixels):
        raise DataError(
            f"{labels_file} has {len(labels):,} labels for the {len(pixels):,} images of "
            f"{images_file.name}: delete both and get them again with bench fetch {name}."
        )
    if labels.max() >= len(class_names):
        raise DataError(
            f"{labels_file} has a label {labels.max()}, but {name} has only "
            f"{len(class_names)} classes: {remedy}."
        )
    return ArrayImages(pixels, labels.astype(np.int64), class_names)
