"""``mnist`` and ``fashion-mnist``: two IDX files each, in any of the usual folders.

Files other than the published ones are trained on too, under a name with the content's digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.download import by_torchvision
from bench.datasets.idx import content_md5, read_idx
from bench.datasets.notices import notice
from bench.datasets.pixels import ArrayImages
from bench.datasets.registry import DataSetInfo, MissingData, Source, dataset
from bench.errors import DataError
from variants.lazy import LazyModule
from variants.references import Reference, cites

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

SYSTEM_DATASETS = Path("/usr/share/datasets")  # where Debian's dataset-* packages install

_IMAGES_FILE, _LABELS_FILE = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
_TEST_IMAGES_FILE, _TEST_LABELS_FILE = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
# MD5 of the published files, unpacked: images and labels to train on, then those of the test split.
_PUBLISHED = {
    "mnist": (
        "6bbc9ace898e44ae57da46a324031adb",
        "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea",
        "27ae3e4e09519cfbb04c329615203637",
    ),
    "fashion-mnist": (
        "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "9018921c3c673c538a1fc5bad174d6f9",
        "8181f5470baa50b63fa0f6fddb340f0a",
        "15d484375f8d13e6eb1aabb0c3f46965",
    ),
}
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

LECUN = Reference(
    key="lecun1998gradient",
    authors="Yann LeCun and Léon Bottou and Yoshua Bengio and Patrick Haffner",
    title="Gradient-Based Learning Applied to Document Recognition",
    journal="Proceedings of the IEEE",
    volume="86",
    number="11",
    pages="2278-2324",
    year=1998,
)
XIAO = Reference(
    key="xiao2017fashion",
    authors="Han Xiao and Kashif Rasul and Roland Vollgraf",
    title="Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms",
    arxiv="1708.07747",
    year=2017,
)


def _mnist_identity(argument: str, data_root: Path) -> str:
    return _identity("mnist", partial(mnist, argument, data_root))


def _fashion_identity(argument: str, data_root: Path) -> str:
    return _identity("fashion-mnist", partial(fashion_mnist, argument, data_root))


@dataset(
    DataSetInfo(
        "mnist", "handwritten digits (LeCun et al. 1998)", _SIDE, 1, 10, 60_000, held_out="own"
    ),
    download=by_torchvision("MNIST"),
    content_identity=_mnist_identity,
    class_names=_DIGITS,
)
@cites(LECUN)
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
    content_identity=_fashion_identity,
    class_names=_CLOTHES,
)
@cites(XIAO)
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
    """The file, also if compressed, with a dot in its name, or in a folder of its name."""
    names = [f"{kind}{end}" for kind in (name, name.replace("-idx", ".idx")) for end in ("", ".gz")]
    files = [folder / file for folder in (place, place / name) for file in names]
    files += [place / file / name for file in names]
    return next((file for file in files if file.is_file()), None)


def _identity(name: str, locate: Callable[[], Source]) -> str:
    """The name of published files; of others, with 12 digits of their content's digest.

    Raises:
        DataError: a file cannot be read.
    """
    try:
        source = locate()
    except MissingData:
        return name  # what is fetched is what is published
    sums = [content_md5(file, remedy=_remedy(name)) for file in source.files]
    if sums == list(_PUBLISHED[name][: len(sums)]):
        return name
    digest = hashlib.blake2b("".join(sums).encode(), digest_size=6).hexdigest()
    notice(
        f"other {source.location} {name}",
        f"The files of {name} in {source.location} are not the published ones: results call what "
        f"they hold {name}:{digest}.",
    )
    return f"{name}:{digest}"


def _remedy(name: str) -> str:
    return f"delete it and get it again with bench fetch {name}"


def _check_kind(name: str, file: Path) -> None:
    """MNIST and Fashion-MNIST differ in nothing but their images."""
    found = content_md5(file, remedy=_remedy(name))
    for other, sums in _PUBLISHED.items():
        if other != name and found in sums:
            raise DataError(
                f"{file} is a file of {other}, not of {name}: ask for the data set {other}, or "
                f"pass the folder that has {name} as --data-root."
            )


def _read(
    name: str, class_names: tuple[str, ...], images_file: Path, labels_file: Path
) -> ArrayImages:
    remedy = _remedy(name)
    for file in (images_file, labels_file):
        _check_kind(name, file)
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
