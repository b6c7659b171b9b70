"""Folders of images for translation: where sources and targets are, and which belong together.

The layouts are those of the published data sets of pix2pix and CycleGAN. Sources are A, targets B.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.datasets.scanning import Parts, content_digest, images_in
from bench.errors import DataError

_HELD_OUT = ("val", "test")


@dataclass(frozen=True)
class Side:
    """A folder of images: sources, targets, or both side by side in each image.

    Raises:
        DataError: it has no image, or cannot be read.
    """

    root: Path

    @cached_property
    def images(self) -> list[Parts]:
        """The sorted names of its images, relative to it; there is one at least."""
        return images_in(self.root)

    @property
    def files(self) -> tuple[Path, ...]:
        """Its images."""
        return tuple(self.root.joinpath(*parts) for parts in self.images)


@dataclass(frozen=True)
class Sides:
    """Where the images of a data set are.

    Attributes:
        training: the folder of sources and that of targets, or one of images side by side.
        held_out: the same of its own test split; empty where it has none.
    """

    training: tuple[Side, ...]
    held_out: tuple[Side, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All their images."""
        return tuple(file for side in (*self.training, *self.held_out) for file in side.files)

    def identity(self) -> str:
        """12 hexadecimal digits, a digest of what the images are for, their names and bytes.

        Raises:
            DataError: a file is not readable.
        """
        digest = hashlib.blake2b(digest_size=6)
        for part in (self.training, self.held_out):
            digest.update(f"{len(part)} ".encode())
            for side in part:
                digest.update(content_digest(side.root, side.images).digest())
        return digest.hexdigest()


def sides_below(root: Path) -> Sides:
    """What is in a folder that has ``train``, and ``val`` or ``test``, or no such parts.

    A part is a folder ``train`` of images side by side, or two folders: ``trainA`` and ``trainB``
    or ``A/train`` and ``B/train``. Without parts they are ``A`` and ``B``, or the folder itself is
    one of images side by side.

    Raises:
        DataError: one of two folders is missing.
    """
    training = _part(root, "train")
    if training is None:
        return Sides(_pair_of(root / "A", root / "B") or (Side(root),))
    found = (_part(root, name) for name in _HELD_OUT)
    return Sides(training, next(filter(None, found), ()))


def _part(root: Path, name: str) -> tuple[Side, ...] | None:
    found = _pair_of(root / f"{name}A", root / f"{name}B")
    found = found or _pair_of(root / "A" / name, root / "B" / name)
    if found is None and (root / name).is_dir():
        return (Side(root / name),)
    return found


def _pair_of(sources: Path, targets: Path) -> tuple[Side, ...] | None:
    if not (sources.is_dir() or targets.is_dir()):
        return None
    for one, other in ((sources, targets), (targets, sources)):
        if not one.is_dir():
            raise DataError(
                f"{one} is missing beside {other}: add that folder, or remove the other one."
            )
    return Side(sources), Side(targets)


def partners(sources: Side, targets: Side) -> list[tuple[Path, Path]]:
    """Each source with the target of the same name, whatever their suffixes, sorted.

    Raises:
        DataError: an image has no partner, or two.
    """
    one, other = _by_name(sources), _by_name(targets)
    for these, those, place in ((one, other, targets.root), (other, one, sources.root)):
        for name in these:
            if name not in those:
                raise DataError(
                    f"{these[name]} has no partner, which would be an image of the same name in "
                    f"{place}: add it there, or remove this one."
                )
    return [(one[name], other[name]) for name in sorted(one)]


def _by_name(side: Side) -> dict[Parts, Path]:
    found: dict[Parts, Path] = {}
    for file in side.files:
        name = file.relative_to(side.root).with_suffix("").parts
        if name in found:
            raise DataError(
                f"{found[name]} and {file} differ in their suffix only, so they have one partner: "
                "rename or remove one of them."
            )
        found[name] = file
    return found
