"""The data sets there are. One more is one decorated function in a file of ``sources/``."""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from bench.datasets.points import Points


@dataclass(frozen=True)
class DataSetInfo:
    """What is known of a data set without touching it; None where only the data can tell."""

    name: str
    summary: str  # one line
    image_size: int | None  # native size in pixels, square
    channels: int | None  # 1 grey, 3 RGB
    classes: int | None
    images: int | None  # or points
    dimensions: int | None = None  # coordinates of a point; None for images


class Labelled(Protocol):
    """A data set opened for reading: labels and count at hand."""

    @property
    def labels(self) -> np.ndarray | None:
        """int64 (N,) indices into ``class_names``, or None where there are no classes."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name per class, empty where there are no classes."""

    def __len__(self) -> int:
        """How many images or points there are."""


class Images(Labelled, Protocol):
    """A data set of images opened for reading, each decoded as it is asked for."""

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""


@dataclass(frozen=True)
class Source:
    """A data set found on disk, not yet read, or one to be generated.

    Attributes:
        location: the folder it was found in; None for one that is generated.
        files: every file the images and labels come from.
        open: reads what is needed to know labels and count.
        definition: what else decides the content, as values that JSON can hold.
    """

    location: Path | None
    files: tuple[Path, ...]
    open: Callable[[], Images | Points]
    definition: tuple[object, ...] = ()


class MissingData(DataError):
    """A data set whose files are not where they were looked for; fetching may help."""


Locate = Callable[[str, Path], Source]


@dataclass(frozen=True)
class Entry:
    """A registered data set.

    Attributes:
        locate: from what follows the colon of the name ("" without one) and the data root.
        download: puts the files under a data root; None where there is nothing to fetch.
        content_identity: from what follows the colon, for names that say nothing of the content.
        base: from what follows the colon, the data set that this one is made from; raises
            DataError where that cannot be.
    """

    info: DataSetInfo
    locate: Locate
    download: Callable[[Path], None] | None
    content_identity: Callable[[str], str] | None
    base: Callable[[str], str] | None


_entries: dict[str, Entry] = {}


def dataset(
    info: DataSetInfo,
    *,
    download: Callable[[Path], None] | None = None,
    content_identity: Callable[[str], str] | None = None,
    base: Callable[[str], str] | None = None,
) -> Callable[[Locate], Locate]:
    """Registers the decorated ``locate`` function under ``info.name``.

    A name with a colon, such as ``folder:PATH``, stands for every name with that beginning.

    Raises:
        ValueError: the name is taken.
    """

    def register(locate: Locate) -> Locate:
        head = info.name.partition(":")[0]
        if head in _entries:
            raise ValueError(f"a data set {head!r} is already registered")
        _entries[head] = Entry(info, locate, download, content_identity, base)
        return locate

    return register


@functools.cache
def _registered() -> dict[str, Entry]:
    """The entries, after every file of ``sources/`` has been imported once."""
    from bench.datasets import sources

    for module in pkgutil.iter_modules(sources.__path__, f"{sources.__name__}."):
        importlib.import_module(module.name)
    return _entries


def lookup(name: str) -> tuple[Entry, str]:
    """The entry of a data set and what follows the colon of its name ("" without one).

    Raises:
        DataError: no data set has that name, or it cannot be made from the one it names.
    """
    head, colon, argument = name.partition(":")
    entry = _registered().get(head)
    if entry is None or bool(colon) != (":" in entry.info.name):
        raise DataError(_unknown(name))
    if entry.base is not None:
        entry.base(argument)
    return entry, argument


def _unknown(name: str) -> str:
    names = [entry.info.name for entry in _registered().values()]
    if Path(name).expanduser().is_dir():
        near = [f"folder:{name}"]
    else:
        near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(names))}."
    return f"There is no data set {name!r}: {hint}"


def describe(name: str) -> DataSetInfo:
    """What is known of one data set without touching it.

    Raises:
        DataError: no data set has that name.
    """
    return replace(lookup(name)[0].info, name=name)


def listing() -> list[DataSetInfo]:
    """Every data set, by name."""
    return sorted((entry.info for entry in _registered().values()), key=lambda info: info.name)


def identity(name: str) -> str:
    """What stands for the data set in a run's id: its name, or for a folder its content.

    Raises:
        DataError: no data set has that name, or its folder cannot be read.
    """
    entry, argument = lookup(name)
    return entry.content_identity(argument) if entry.content_identity else name


def class_names(name: str, data_root: Path) -> tuple[str, ...]:
    """The classes of a data set that only its files can tell, such as a folder of images.

    Raises:
        DataError: no data set has that name, or its files cannot be read.
    """
    entry, argument = lookup(name)
    return entry.locate(argument, data_root).open().class_names
