"""``pairs:PATH``: pairs of image files, side by side in one or of equal names in two folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.decoding import Half, size_of
from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.datasets.scanning import absolute_path, check_folder
from bench.datasets.sides import Side, Sides, partners, sides_below
from bench.datasets.sources.folder import read_all
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")


def content_identity(argument: str, data_root: Path) -> str:
    """``pairs:`` and 12 hexadecimal digits, a digest of the images' names and bytes.

    Raises:
        DataError: as for :func:`pairs`, or a file is not readable.
    """
    return f"pairs:{_sides(argument).identity()}"


def absolute(argument: str) -> str:
    """The path as it is from everywhere."""
    return str(_root(argument))


def has_split(argument: str) -> bool:
    """Whether there is a folder ``val`` or ``test`` beside ``train``."""
    return bool(_sides(argument).held_out)


@dataset(
    DataSetInfo(
        "pairs:PATH",
        "pairs of images: source and target side by side, or of equal names in A and B",
        None,
        3,
        None,
        None,
        task="pairs",
    ),
    content_identity=content_identity,
    absolute=absolute,
    has_split=has_split,
)
def pairs(argument: str, data_root: Path) -> Source:
    """The pairs in a folder; see ``bench.datasets.sides`` for its layouts.

    A relative PATH starts at the current directory, not at the data root.

    Raises:
        DataError: no such folder, no image in it, or an image without partner.
    """
    sides = _sides(argument)
    root = _root(argument)
    held_out = _opened(root, sides.held_out) if sides.held_out else None
    opened = _opened(root, sides.training)
    return Source(
        root,
        sides.files,
        lambda: opened,
        held_out=None if held_out is None else lambda: held_out,
    )


@dataclass(frozen=True)
class FilePairs:
    """Pairs of image files, decoded when they are taken.

    Attributes:
        root: the folder that they are in.
        files: of each pair, the source and the target; twice the same where they are side by side
            in it, the source on the left.
        halves: which part of these is the source and which the target; None for the whole.
    """

    root: Path
    files: tuple[tuple[Path, Path], ...]
    halves: tuple[Half | None, Half | None]
    labels: None = None
    class_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.files)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The targets at ``indices``: uint8 (len(indices), channels, image_size, image_size).

        Raises:
            DataError: a file is not an image, is damaged, or cannot be halved.
        """
        return self._taken(1, indices, image_size, channels)

    def take_sources(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The sources at ``indices``: uint8 (len(indices), channels, image_size, image_size).

        Raises:
            DataError: as above, or a source has another size than its target.
        """
        taken = self._taken(0, indices, image_size, channels)
        for index in indices:
            _check_sizes(*self.files[index])
        return taken

    def _taken(self, side: int, indices: np.ndarray, size: int, channels: int) -> np.ndarray:
        files, half = [self.files[index][side] for index in indices], self.halves[side]
        return read_all(self.root, files, image_size=size, channels=channels, half=half)


def _check_sizes(source: Path, target: Path) -> None:
    if source == target:
        return
    one, other = size_of(source), size_of(target)
    if one != other:
        raise DataError(
            f"{source} has {one[0]:,} × {one[1]:,} px and its partner {target} has "
            f"{other[0]:,} × {other[1]:,} px: give both the same size."
        )


def _opened(root: Path, sides: Sequence[Side]) -> FilePairs:
    if len(sides) == 1:
        return FilePairs(root, tuple((file, file) for file in sides[0].files), ("left", "right"))
    return FilePairs(root, tuple(partners(*sides)), (None, None))


def _root(argument: str) -> Path:
    if not argument:
        raise DataError("pairs: has no path: write pairs:PATH, for example pairs:facades.")
    return absolute_path(argument)


def _sides(argument: str) -> Sides:
    root = _root(argument)
    check_folder(root, f"pairs:{argument}")
    return sides_below(root)
