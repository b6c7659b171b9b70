"""``cifar10``: read by torchvision, which knows the checksum of every file."""

from __future__ import annotations

import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.download import by_torchvision
from bench.datasets.pixels import ArrayImages
from bench.datasets.registry import DataSetInfo, MissingData, Source, dataset
from bench.errors import DataError
from variants.lazy import LazyModule
from variants.references import Reference, cites

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_FOLDER, _ARCHIVE = "cifar-10-batches-py", "cifar-10-python.tar.gz"
_FILES = (*(f"data_batch_{part}" for part in range(1, 6)), "test_batch", "batches.meta")
_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)

KRIZHEVSKY = Reference(
    key="krizhevsky2009learning",
    authors="Alex Krizhevsky",
    title="Learning Multiple Layers of Features from Tiny Images",
    institution="University of Toronto",
    year=2009,
)


@dataset(
    DataSetInfo(
        "cifar10",
        "small photographs in ten classes (Krizhevsky 2009)",
        32,
        3,
        10,
        50_000,
        held_out="own",
    ),
    download=by_torchvision("CIFAR10"),
    class_names=_CLASSES,
)
@cites(KRIZHEVSKY)
def cifar10(argument: str, data_root: Path) -> Source:
    """CIFAR-10's training and test images, unpacked under the data root or its folder ``cifar10``.

    Raises:
        MissingData: they are in neither, or have not been unpacked.
    """
    places = (data_root / "cifar10", data_root)
    for place in places:
        if (place / _FOLDER).is_dir():
            files = tuple(place / _FOLDER / name for name in _FILES)
            test = partial(_read, place, train=False)
            return Source(place, files, partial(_read, place, train=True), held_out=test)
    if (data_root / _ARCHIVE).is_file():
        raise MissingData(
            f"{data_root / _ARCHIVE} has not been unpacked: "
            "bench fetch cifar10 checks and unpacks it without downloading it again."
        )
    looked = " or ".join(str(place / _FOLDER) for place in places)
    raise MissingData(
        f"cifar10 was not found in {looked}: get it with bench fetch cifar10 or --download, "
        "or pass the folder that has it as --data-root."
    )


def _read(place: Path, *, train: bool) -> ArrayImages:
    from torchvision.datasets import CIFAR10

    try:
        with warnings.catch_warnings():
            # NumPy 2.4.0 to 2.4.4 warn about integer flags in pickles as old as these.
            warnings.simplefilter("ignore", np.exceptions.VisibleDeprecationWarning)
            read = CIFAR10(place, train=train, download=False)
    except RuntimeError as error:
        raise DataError(
            f"{place / _FOLDER} differs from the published CIFAR-10 ({_first_damaged(place)}): "
            "delete that folder and get it again with bench fetch cifar10."
        ) from error
    return ArrayImages(read.data, np.array(read.targets, dtype=np.int64), tuple(read.classes))


def _first_damaged(place: Path) -> str:
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    listed = [*CIFAR10.train_list, *CIFAR10.test_list]
    for name, checksum in [*listed, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])]:
        file = place / _FOLDER / name
        if not check_integrity(file, checksum):
            return f"{name} has a wrong checksum" if file.exists() else f"{name} is missing"
    return "torchvision rejects it"
