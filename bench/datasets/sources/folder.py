"""``folder:PATH``: any folder of images; immediate sub-folders are classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.decoding import Half, read_image
from bench.datasets.notices import notice
from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.datasets.scanning import (
    Parts,
    absolute_path,
    check_folder,
    class_names_of,
    content_digest,
    images_in,
)
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")


def content_identity(argument: str, data_root: Path) -> str:
    """``folder:`` and 12 hexadecimal digits, a digest of the images' relative names and bytes.

    Raises:
        DataError: as for :func:`folder`, or a file is not readable.
    """
    root, images = _scan(argument)
    digest = content_digest(root, images)
    names = class_names_of(images)
    if list(names) != sorted(names):
        digest.update(b"\0classes as people count")  # before, they were in the order of text
    return f"folder:{digest.hexdigest()}"


def absolute(argument: str) -> str:
    """The path as it is from everywhere."""
    return str(_root(argument))


@dataset(
    DataSetInfo(
        "folder:PATH",
        "any folder of images of any size; its sub-folders are the classes",
        None,
        3,
        None,
        None,
    ),
    content_identity=content_identity,
    absolute=absolute,
)
def folder(argument: str, data_root: Path) -> Source:
    """The images in a folder, sorted by their relative names.

    Immediate sub-folders that contain an image, at any depth, are the classes, sorted by name as
    people count: 2 before 10. Without sub-folders there are no labels. A relative PATH starts at
    the current directory, not at the data root.

    Raises:
        DataError: no such folder, no image in it, or images next to sub-folders of images.
    """
    root, images = _scan(argument)
    files = tuple(root.joinpath(*parts) for parts in images)
    class_names = class_names_of(images)
    loose = next((parts[0] for parts in images if len(parts) == 1), None)
    if class_names and loose is not None:
        raise DataError(
            f"{root} contains images such as {loose} next to sub-folders of images such as "
            f"{class_names[0]}/: move them to a sub-folder, which becomes their class."
        )
    labels = None
    if class_names:
        index = {name: number for number, name in enumerate(class_names)}
        labels = np.array([index[parts[0]] for parts in images], dtype=np.int64)
    return Source(root, files, partial(FolderImages, root, files, labels, class_names))


@dataclass(frozen=True)
class FolderImages:
    """Image files, decoded when they are taken."""

    root: Path
    files: tuple[Path, ...]
    labels: np.ndarray | None
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.files)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size).

        Raises:
            DataError: a file is not an image, or is truncated or corrupt.
        """
        files = [self.files[index] for index in indices]
        return read_all(self.root, files, image_size=image_size, channels=channels)


def read_all(
    root: Path, files: Iterable[Path], *, image_size: int, channels: int, half: Half | None = None
) -> np.ndarray:
    """Image files, or a half of each: uint8 (n, channels, image_size, image_size).

    Args:
        root: the folder that they are in.

    Raises:
        DataError: a file is not an image, is truncated or corrupt, or cannot be halved.
    """
    taken = []
    for file in files:
        image = read_image(file, image_size=image_size, channels=channels, half=half)
        if image.faint is not None:
            notice(
                f"faint {root}",
                f"{file} has 16 bits and no value above {image.faint:,} of "
                "65,535, so it is nearly black, as others of its folder may be: if its values "
                "have 12 bits, multiply them by 16.",
            )
        taken.append(image.pixels)
    return np.stack(taken)


def _root(argument: str) -> Path:
    if not argument:
        raise DataError("folder: has no path: write folder:PATH, for example folder:photographs.")
    return absolute_path(argument)


def _scan(argument: str) -> tuple[Path, list[Parts]]:
    """The folder, and the sorted names of its images, relative to it."""
    root = _root(argument)
    check_folder(root, f"folder:{argument}")
    return root, images_in(root)
