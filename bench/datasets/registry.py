"""The known data sets, by name. To add one, decorate one function in a file of ``sources/``.

A file named with ``--plugin`` and a module of an installed package do so in the same way.
"""

from __future__ import annotations

import hashlib
import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bench.datasets.opened import Images
from bench.datasets.roots import data_root_or_default
from bench.errors import DataError
from variants.registry import Registry, UnknownName, caller, suggestion

if TYPE_CHECKING:
    from bench.datasets.points import Points


@dataclass(frozen=True)
class DataSetInfo:
    """What is known about a data set without reading it; None where only its files can tell.

    Attributes:
        name: as a grid writes it; ``NAME:ARGUMENT`` stands for every name starting with ``NAME:``.
        summary: one line, for ``bench list``.
        image_size: native width and height in pixels.
        channels: 1 grey, 3 RGB.
        classes: the number of classes.
        images: the number of images, or of points.
        dimensions: coordinates of a point; None for images.
        task: the name of the task that trains on it, from ``bench.tasks``: "pairs" and "unpaired"
            for translation.
        source_channels: of data for translation, the channels of a source image; None for as many
            as the target images have.
        held_out: where the images come from that nothing is trained on: its "own" test split, a
            "fraction" of its images, or, for one made from another data set, as for the "base".
    """

    name: str
    summary: str
    image_size: int | None
    channels: int | None
    classes: int | None
    images: int | None
    dimensions: int | None = None
    task: str = "images"
    source_channels: int | None = None
    held_out: Literal["own", "fraction", "base"] = "fraction"


@dataclass(frozen=True)
class Source:
    """A data set that was found on disk but not read yet, or one that is generated.

    Attributes:
        location: the folder that holds it; None if it is generated.
        files: every file that images and labels are read from.
        open: reads what is needed to know the labels and the number of images.
        definition: whatever else determines the content, as values that JSON can represent.
        held_out: opens its own test split, if it has one and that was found. ``files`` are then of
            both parts.
        divided: opens the part to train on and the part held out, given the fraction of the
            latter; for data that are made from others, which must be divided before. None where
            the images themselves can be divided. What is held out of an unpaired data set may be
            paired.
    """

    location: Path | None
    files: tuple[Path, ...]
    open: Callable[[], Images | Points]
    definition: tuple[object, ...] = ()
    held_out: Callable[[], Images] | None = None
    divided: Callable[[float], tuple[Images, Images]] | None = None


class MissingData(DataError):
    """The files of a data set were not found; fetching may help."""


Locate = Callable[[str, Path], Source]


@dataclass(frozen=True)
class Entry:
    """A registered data set.

    Attributes:
        locate: finds it, given what follows the colon of its name ("" without a colon) and the
            data root.
        download: stores its files under a data root; None where there is nothing to fetch.
        content_identity: given what follows the colon and the data root, the identity of the
            content; for names that do not determine it.
        base: given what follows the colon, the name of the data set that this one is made from;
            raises DataError where that is impossible.
        class_names: of its classes, where they are known without reading it.
        absolute: given what follows the colon, what to write in its place in a grid that is read
            in another folder; for names with a path.
        has_split: given what follows the colon, whether there is a test split of its own; for names
            with a path, where others have none. Raises DataError where the path cannot be read.
    """

    info: DataSetInfo
    locate: Locate
    download: Callable[[Path], None] | None
    content_identity: Callable[[str, Path], str] | None
    base: Callable[[str], str] | None
    class_names: tuple[str, ...] | None
    absolute: Callable[[str], str] | None
    has_split: Callable[[str], bool] | None


# By the part of the name before the colon.
DATASETS: Registry[Entry] = Registry("data set", packages=["bench.datasets.sources"])


def dataset(
    info: DataSetInfo,
    *,
    download: Callable[[Path], None] | None = None,
    content_identity: Callable[[str, Path], str] | None = None,
    base: Callable[[str], str] | None = None,
    class_names: tuple[str, ...] | None = None,
    absolute: Callable[[str], str] | None = None,
    has_split: Callable[[str], bool] | None = None,
) -> Callable[[Locate], Locate]:
    """Registers the decorated ``locate`` function as ``info.name``; see :class:`Entry`.

    Raises:
        DuplicateName: another data set has that name, or that part before the colon.
        ValueError: the name is not made of lower-case letters, digits and dashes.
    """
    place = caller()

    def register(locate: Locate) -> Locate:
        entry = Entry(
            info, locate, download, content_identity, base, class_names, absolute, has_split
        )
        DATASETS.add(info.name.partition(":")[0], entry, place)
        return locate

    return register


def lookup(name: str) -> tuple[Entry, str]:
    """The entry of a data set, and what follows the colon of its name ("" without a colon).

    Raises:
        DataError: no data set has that name, or it cannot be made from the one it names.
    """
    head, colon, argument = name.partition(":")
    try:
        entry = DATASETS.get(head)
    except UnknownName as error:
        raise DataError(_unknown(name)) from error
    if bool(colon) != (":" in entry.info.name):
        raise DataError(_unknown(name))
    if entry.base is not None:
        entry.base(argument)
    return entry, argument


def _unknown(name: str) -> str:
    if _is_folder(name):
        hint = f"did you mean {f'folder:{name}'!r}?"
    else:
        hint = suggestion(name.lower(), [info.name for info in listing()])
    return f"There is no data set {name!r}; {hint}"


def _is_folder(name: str) -> bool:
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # no path, or of nobody known
        return False


def source_channels(name: str) -> int | None:
    """Channels of a source image of data for translation; None for as many as a target has.

    Raises:
        DataError: no data set has that name.
    """
    return lookup(name)[0].info.source_channels


def describe(name: str) -> DataSetInfo:
    """What is known about a data set without reading it.

    What one that is made from another does not say is as of that.

    Raises:
        DataError: no data set has that name, or its folder cannot be looked at.
    """
    entry, argument = lookup(name)
    info = replace(entry.info, name=name)
    if entry.has_split is not None and entry.has_split(argument):
        info = replace(info, held_out="own")
    if info.held_out == "base" and entry.base is not None:
        base = describe(entry.base(argument))
        info = replace(info, held_out=base.held_out)
        for fact in ("image_size", "channels", "classes", "images"):
            if getattr(info, fact) is None:
                info = replace(info, **{fact: getattr(base, fact)})
    return info


def listing() -> list[DataSetInfo]:
    """All data sets, sorted by name."""
    return sorted((entry.info for entry in DATASETS.values()), key=lambda info: info.name)


def identity(name: str, data_root: Path | None = None) -> str:
    """What identifies the data set in a run's id: its name, or else its content.

    The content counts where the name does not determine it: for a folder, and where other files
    than the published ones are in the data root.

    Raises:
        DataError: no data set has that name, or its folder cannot be read.
    """
    entry, argument = lookup(name)
    if entry.content_identity is None:
        return name
    return entry.content_identity(argument, data_root_or_default(data_root))


def absolute(name: str) -> str:
    """The name as a grid can have it that is read in another folder.

    Raises:
        DataError: no data set has that name, or its path cannot be understood.
    """
    entry, argument = lookup(name)
    if entry.absolute is None:
        return name
    return f"{name.partition(':')[0]}:{entry.absolute(argument)}"


def class_names(name: str, data_root: Path | None = None) -> tuple[str, ...]:
    """The names of a data set's classes; empty without classes. A folder must be looked at.

    Raises:
        DataError: no data set has that name, or its files cannot be read.
    """
    entry, argument = lookup(name)
    if entry.class_names is not None:
        return entry.class_names
    return entry.locate(argument, data_root_or_default(data_root)).open().class_names


def plugin_digests(name: str) -> list[str]:
    """Digests of the plug-in files that define a data set and those it is made from.

    Empty for built-in data sets, whose readers have versions of their own.
    """
    entry, argument = lookup(name)
    digests = plugin_digests(entry.base(argument)) if entry.base is not None else []
    if not entry.locate.__module__.startswith("bench.datasets.sources."):
        # linecache has the text of a plug-in that was sent here without its file, too.
        lines = linecache.getlines(inspect.getfile(entry.locate))
        digests.append(hashlib.blake2b("".join(lines).encode(), digest_size=8).hexdigest())
    return digests
