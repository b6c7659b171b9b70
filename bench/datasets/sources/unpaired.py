"""``unpaired:PATH_A,PATH_B``: two folders of images of which no pair is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.datasets.scanning import absolute_path, check_folder
from bench.datasets.sides import Side, Sides, sides_below
from bench.datasets.sources.folder import FolderImages
from bench.errors import DataError


def content_identity(argument: str, data_root: Path) -> str:
    """``unpaired:`` and 12 hexadecimal digits, a digest of the images' names and bytes.

    Raises:
        DataError: as for :func:`unpaired`, or a file is not readable.
    """
    return f"unpaired:{_sides(argument).identity()}"


def absolute(argument: str) -> str:
    """The paths as they are from everywhere."""
    return ",".join(map(str, _roots(argument)))


def has_split(argument: str) -> bool:
    """Whether one path has ``valA`` and ``valB``, or ``testA`` and ``testB``."""
    return bool(_sides(argument).held_out)


@dataset(
    DataSetInfo(
        "unpaired:PATH_A,PATH_B",
        "two folders of images, sources and targets; or one with trainA and trainB",
        None,
        3,
        None,
        None,
        task="unpaired",
    ),
    content_identity=content_identity,
    absolute=absolute,
    has_split=has_split,
)
def unpaired(argument: str, data_root: Path) -> Source:
    """The images of two folders; relative paths start at the current directory.

    Raises:
        DataError: a folder is missing, or has no image.
    """
    sides = _sides(argument)
    files, held_out = sides.files, sides.held_out
    return Source(
        sides.training[0].root,
        files,
        lambda: _opened(sides.training),
        definition=tuple(str(side.root) for side in (*sides.training, *held_out)),
        held_out=(lambda: _opened(held_out)) if held_out else None,
    )


@dataclass(frozen=True)
class FolderSets(FolderImages):
    """The images of a folder, the targets, and beside them those of another.

    Attributes:
        sources: the other folder's.
    """

    sources: FolderImages


def _opened(sides: Sequence[Side]) -> FolderSets:
    sources, targets = sides
    others = FolderImages(sources.root, sources.files, None, ())
    return FolderSets(targets.root, targets.files, None, (), others)


def _sides(argument: str) -> Sides:
    roots = _roots(argument)
    for root in roots:
        check_folder(root, f"unpaired:{argument}")
    if len(roots) == 2:
        return Sides(tuple(map(Side, roots)))
    (root,) = roots
    sides = sides_below(root)
    if any(len(part) == 1 for part in (sides.training, sides.held_out)):
        raise DataError(
            f"{root} has no folders trainA and trainB: add them, or write "
            "unpaired:PATH_A,PATH_B with a folder of sources and one of targets."
        )
    return sides


def _roots(argument: str) -> list[Path]:
    """The paths: two, or one of a folder that has both."""
    if not argument:
        raise DataError(
            "unpaired: has no paths: write unpaired:PATH_A,PATH_B, for example "
            "unpaired:summer,winter."
        )
    whole = absolute_path(argument)
    if "," not in argument or whole.is_dir():
        return [whole]
    places = [place for place, letter in enumerate(argument) if letter == ","]
    divided = [[argument[:place], argument[place + 1 :]] for place in places]
    found = [[absolute_path(path) for path in paths] for paths in divided if all(paths)]
    if not found:
        raise DataError(f"unpaired:{argument} names one folder only: write unpaired:PATH_A,PATH_B.")
    # A name may have a comma, too.
    return next((paths for paths in found if all(path.is_dir() for path in paths)), found[0])
