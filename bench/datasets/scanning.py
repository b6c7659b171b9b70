"""The image files in a folder and the folders below it."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.datasets.classes import natural
from bench.datasets.content import file_digest, unreadable
from bench.datasets.notices import notice
from bench.errors import DataError
from bench.files import from_home

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

Parts = tuple[str, ...]  # the name of a file, relative to a folder


def absolute_path(given: str) -> Path:
    """The path that a user gave, as it is from everywhere.

    Raises:
        DataError: it names a home folder that is not known.
    """
    return from_home(given, "give the path of a folder of images", DataError).resolve()


def check_folder(root: Path, name: str) -> None:
    """A folder of images is there.

    Args:
        name: of the data set as it was written, for messages.

    Raises:
        DataError: it is not.
    """
    try:
        is_folder, exists = root.is_dir(), root.exists()
    except OSError as error:  # a name that is too long, a folder that nobody may enter
        raise unreadable(root, error) from error
    if not is_folder:
        what = "is a file" if exists else "does not exist"
        raise DataError(
            f"{name} is the folder {root}, which {what}: give the path of a folder of images."
        )


def images_in(root: Path) -> list[Parts]:
    """The sorted names of the images in a folder and below it, relative to it.

    Raises:
        DataError: there is none, or a folder cannot be read.
    """
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
    return images


def _walk(folder: Path, parts: Parts, above: frozenset[str], unread: Counter[str]) -> list[Parts]:
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


def class_names_of(images: Iterable[Parts]) -> tuple[str, ...]:
    """Of images in sub-folders: the names of these, as people count."""
    names = {parts[0] for parts in images if len(parts) > 1}
    return tuple(sorted(names, key=lambda name: (natural(name), name)))


def content_digest(root: Path, images: Iterable[Parts]) -> hashlib.blake2b:
    """Of the images' relative names and bytes, 6 bytes.

    Raises:
        DataError: a file is not readable.
    """
    digest = hashlib.blake2b(digest_size=6)
    for parts in images:
        content = file_digest(root.joinpath(*parts))
        digest.update(os.fsencode("/".join(parts)) + b"\0" + content)
    return digest
