"""``folder:PATH``: any folder of images; immediate sub-folders are classes."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.classes import natural
from bench.datasets.content import file_digest, unreadable
from bench.datasets.decoding import read_image
from bench.datasets.notices import notice
from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.errors import DataError
from bench.files import from_home
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_COMMON = (".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_RARE = (".apng", ".avif", ".dib", ".ico", ".j2k", ".jp2", ".jpx", ".tga")
_NETPBM = (".pbm", ".pgm", ".pnm", ".ppm")
SUFFIXES = frozenset((*_COMMON, *_RARE, *_NETPBM))
# Pictures, but not read: the user is told. Other files (README, .DS_Store, …) are ignored.
_UNREAD = frozenset(
    [
        ".arw",
        ".cr2",
        ".cr3",
        ".dds",
        ".dng",
        ".emf",
        ".eps",
        ".exr",
        ".hdr",
        ".heic",
        ".heif",
        ".jxl",
        ".nef",
        ".orf",
        ".pcx",
        ".pfm",
        ".psd",
        ".qoi",
        ".raw",
        ".rw2",
        ".sgi",
        ".svg",
        ".svgz",
        ".xbm",
        ".xcf",
        ".xpm",
    ]
)
# Folders in which systems keep thumbnails and deleted files. Hidden files and folders are ignored.
_OF_SYSTEMS = frozenset(
    (
        "@eaDir",
        "@Recycle",
        "@tmp",
        "#recycle",
        "#snapshot",
        "$RECYCLE.BIN",
        "System Volume Information",
        "__MACOSX",
        "lost+found",
    )
)

_Parts = tuple[str, ...]


def content_identity(argument: str, data_root: Path) -> str:
    """``folder:`` and 12 hexadecimal digits, a digest of the images' relative names and bytes.

    Raises:
        DataError: as for :func:`folder`, or a file is not readable.
    """
    root, images = _scan(argument)
    digest = hashlib.blake2b(digest_size=6)
    for parts in images:
        content = file_digest(root.joinpath(*parts))
        digest.update(os.fsencode("/".join(parts)) + b"\0" + content)
    names = _class_names(images)
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
    class_names = _class_names(images)
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
        taken = []
        for index in indices:
            image = read_image(self.files[index], image_size=image_size, channels=channels)
            if image.faint is not None:
                notice(
                    f"faint {self.root}",
                    f"{self.files[index]} has 16 bits and no value above {image.faint:,} of "
                    "65,535, so it is nearly black, as others of its folder may be: if its values "
                    "have 12 bits, multiply them by 16.",
                )
            taken.append(image.pixels)
        return np.stack(taken)


def _class_names(images: list[_Parts]) -> tuple[str, ...]:
    names = {parts[0] for parts in images if len(parts) > 1}
    return tuple(sorted(names, key=lambda name: (natural(name), name)))


def _root(argument: str) -> Path:
    if not argument:
        raise DataError("folder: has no path: write folder:PATH, for example folder:photographs.")
    return from_home(argument, "give the path of a folder of images", DataError).resolve()


def _scan(argument: str) -> tuple[Path, list[_Parts]]:
    """The folder, and the sorted names of its images, relative to it."""
    root = _root(argument)
    try:
        is_folder, exists = root.is_dir(), root.exists()
    except OSError as error:  # a name that is too long, a folder that nobody may enter
        raise unreadable(root, error) from error
    if not is_folder:
        what = "is a file" if exists else "does not exist"
        raise DataError(
            f"folder:{argument} is the folder {root}, which {what}: give the path of a folder "
            "of images."
        )
    unread: Counter[str] = Counter()
    images = sorted(_walk(root, (), frozenset(), unread))
    if not images:
        raise DataError(
            f"{root} contains no image: add files ending in {' '.join(sorted(SUFFIXES))}."
        )
    if unread:
        found = ", ".join(f"{count:,} {suffix}" for suffix, count in sorted(unread.items()))
        notice(
            f"unread {root}",
            f"Pictures in {root} are left out, as these formats are not read ({found}): convert "
            "them to PNG to train on them.",
        )
    return root, images


def _walk(folder: Path, parts: _Parts, above: frozenset[str], unread: Counter[str]) -> list[_Parts]:
    """Images in ``folder``; follows links, except to a folder that contains the link.

    Args:
        unread: counts the pictures that are left out, by suffix.
    """
    real = os.path.realpath(folder)
    if real in above:
        return []
    try:
        entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except OSError as error:
        raise unreadable(folder, error) from error
    found = []
    for entry in entries:
        suffix = Path(entry.name).suffix.lower()
        if _is_folder(entry):
            if entry.name not in _OF_SYSTEMS:
                found += _walk(Path(entry.path), (*parts, entry.name), above | {real}, unread)
        elif suffix in SUFFIXES:
            _check_regular(entry)
            found.append((*parts, entry.name))
        elif suffix in _UNREAD:
            unread[suffix] += 1
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:  # links in a circle
        raise unreadable(Path(entry.path), error) from error


def _check_regular(entry: os.DirEntry[str]) -> None:
    """Reading from a pipe, a socket or a device might never end."""
    path = Path(entry.path)
    try:
        regular = entry.is_file() or not path.exists()  # reading says what is missing
    except OSError as error:
        raise unreadable(path, error) from error
    if not regular:
        raise DataError(f"{path} is a pipe, a socket or a device, not a file: remove it.")
