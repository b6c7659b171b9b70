"""``folder:PATH``: any folder of images; immediate sub-folders are classes."""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.pixels import eight_bit, square
from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
    import PIL
    from PIL import Image, ImageOps
else:
    np = LazyModule("numpy")
    PIL = LazyModule("PIL")
    Image = LazyModule("PIL.Image")
    ImageOps = LazyModule("PIL.ImageOps")

# Other files (README, .DS_Store, …) are ignored, and so are hidden files and folders.
_COMMON = (".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_NETPBM = (".pbm", ".pgm", ".pnm", ".ppm")
SUFFIXES = frozenset((*_COMMON, *_NETPBM))

_Parts = tuple[str, ...]


def content_identity(argument: str) -> str:
    """``folder:`` and 12 hexadecimal digits, a digest of the images' relative names and bytes.

    Raises:
        DataError: as for :func:`folder`, or a file is not readable.
    """
    root, images = _scan(argument)
    digest = hashlib.blake2b(digest_size=6)
    for parts in images:
        path = root.joinpath(*parts)
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "blake2b").digest()
        except OSError as error:
            raise _unreadable(path, error) from error
        digest.update(os.fsencode("/".join(parts)) + b"\0" + content)
    return f"folder:{digest.hexdigest()}"


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
)
def folder(argument: str, data_root: Path) -> Source:
    """The images in a folder, sorted by their relative names.

    Immediate sub-folders that contain an image, at any depth, are the classes, sorted by name.
    Without sub-folders there are no labels. A relative PATH starts at the current directory, not
    at the data root.

    Raises:
        DataError: no such folder, no image in it, or images next to sub-folders of images.
    """
    root, images = _scan(argument)
    files = tuple(root.joinpath(*parts) for parts in images)
    class_names = tuple(sorted({parts[0] for parts in images if len(parts) > 1}))
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
    return Source(root, files, partial(FolderImages, files, labels, class_names))


@dataclass(frozen=True)
class FolderImages:
    """Image files, decoded when they are taken."""

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
        return np.stack(
            [
                read_image(self.files[index], image_size=image_size, channels=channels)
                for index in indices
            ]
        )


def read_image(path: Path, *, image_size: int, channels: int) -> np.ndarray:
    """One image file as uint8 (channels, image_size, image_size), rotated as its EXIF data says.

    Raises:
        DataError: the file is not readable, not an image, or is truncated or corrupt.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        with Image.open(io.BytesIO(content)) as image:
            # A large JPEG is decoded at 4 times the final size only, without visible loss.
            image.draft(image.mode, (4 * image_size, 4 * image_size))
            upright = ImageOps.exif_transpose(image)
            return square(eight_bit(upright), image_size=image_size, channels=channels)
    except PIL.UnidentifiedImageError as error:
        raise _not_an_image(path, "no known image format") from error
    except Exception as error:  # decoders raise many types on damaged files
        raise _not_an_image(path, str(error) or repr(error)) from error


def _scan(argument: str) -> tuple[Path, list[_Parts]]:
    """The folder, and the sorted names of its images, relative to it."""
    if not argument:
        raise DataError("folder: has no path: write folder:PATH, for example folder:photographs.")
    root = Path(argument).expanduser().resolve()
    if not root.is_dir():
        what = "is a file" if root.exists() else "does not exist"
        raise DataError(
            f"folder:{argument} is the folder {root}, which {what}: give the path of a folder "
            "of images."
        )
    images = sorted(_walk(root, (), frozenset()))
    if not images:
        raise DataError(
            f"{root} contains no image: add files ending in {' '.join(sorted(SUFFIXES))}."
        )
    return root, images


def _walk(folder: Path, parts: _Parts, above: frozenset[str]) -> list[_Parts]:
    """Images in ``folder``; follows links, except to a folder that contains the link."""
    real = os.path.realpath(folder)
    if real in above:
        return []
    try:
        entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except OSError as error:
        raise _unreadable(folder, error) from error
    found = []
    for entry in entries:
        if entry.is_dir():
            found += _walk(Path(entry.path), (*parts, entry.name), above | {real})
        elif Path(entry.name).suffix.lower() in SUFFIXES:
            found.append((*parts, entry.name))
    return found


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path} cannot be read ({error.strerror}): make it readable or remove it.")


def _not_an_image(path: Path, reason: str) -> DataError:
    return DataError(f"{path} is not an image or is damaged ({reason}): replace or remove it.")
