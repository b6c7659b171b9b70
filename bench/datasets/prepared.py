"""Preparing a data set: it is read once, into a folder of arrays that every run maps.

The folder is ``<cache>/datasets/<name>-<key>``; :mod:`bench.datasets.arrays` describes its files.
The key covers the spec, the path and content of every file, the definition of generated data,
the plug-in file that defines the data set, and ``READER_VERSION``. A folder appears complete, by
one rename. If two processes prepare the same data, the second to finish discards its copy.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cache import cache_root, unwritable_cache
from bench.datasets.arrays import Items, Part, write
from bench.datasets.content import file_digest
from bench.datasets.download import fetch
from bench.datasets.opened import Images, Labelled, Pairs, Unpaired
from bench.datasets.points import Points
from bench.datasets.registry import (
    MissingData,
    Source,
    describe,
    lookup,
    plugin_digests,
    source_channels,
)
from bench.datasets.roots import data_root_or_default
from bench.datasets.selection import divided, select, select_held_out, select_sources
from bench.datasets.spec import DataSpec
from bench.errors import DataError

if TYPE_CHECKING:
    import numpy as np

READER_VERSION = 3  # increase it if the same files give different arrays


def prepare(
    spec: DataSpec,
    *,
    data_root: Path | None = None,
    download: bool = False,
    cache: Path | None = None,
) -> Path:
    """Writes the arrays that ``spec`` describes, unless they exist; returns their folder.

    Args:
        spec: the data set, its size and channels, and which of its images or points.
        data_root: the folder of fetched data sets; None for the default one.
        download: fetch the data set if it is missing.
        cache: root of the cache; None for :func:`bench.cache.cache_root`.

    Raises:
        DataError: the data is missing, corrupt or does not fit the spec.
        RequestError: the cache cannot be written, or is full.
    """
    shape = _checked_shape(spec)
    source = _located(spec.name, data_root_or_default(data_root), download=download)
    key = _key(spec, source)
    slug = re.sub(r"[^a-z0-9]+", "-", spec.name.partition(":")[0].lower())
    folder = (cache or cache_root()) / "datasets" / f"{slug}-{key}"
    if folder.is_dir():
        return folder
    training, held_out = _parts(source, spec, shape)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            write(temporary, training, held_out)
            if _key(spec, source) != key:
                raise DataError(
                    f"{source.location} changed while {spec.name} was being read: run again."
                )
            _publish(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise unwritable_cache(folder, error) from error
    return folder


def _checked_shape(spec: DataSpec) -> tuple[int, ...]:
    """The shape of one image, (C, H, W), or of one point, (2,).

    Raises:
        DataError: no data set has that name, or it cannot have that size or those channels.
    """
    dimensions = describe(spec.name).dimensions
    if dimensions is not None:
        if spec.image_size is not None or spec.channels is not None:
            raise DataError(
                f"{spec.name} holds points, not images: leave out image_size and channels."
            )
        return (dimensions,)
    if spec.channels not in (1, 3):
        raise DataError(f"{spec.name} with channels: {spec.channels}: choose 1 (grey) or 3 (RGB).")
    if spec.image_size is None or spec.image_size < 1:
        raise DataError(f"{spec.name} with image_size: {spec.image_size}: choose at least 1 pixel.")
    return spec.channels, spec.image_size, spec.image_size


def _parts(source: Source, spec: DataSpec, shape: tuple[int, ...]) -> tuple[Part, Part | None]:
    """What is trained on, and what is held out; None where the latter has no image."""
    opened: Images | Points
    other: Images | Points | None = None
    share: float | None = None  # of the images of one opened data set that is held out
    if spec.holdout and source.divided is not None:
        opened, other = source.divided(spec.holdout)
    elif spec.holdout:
        opened = other = source.open()
        share = spec.holdout
    else:
        opened = source.open()
        if source.held_out is not None and describe(spec.name).held_out == "own":
            other = source.held_out()
    training = _part(opened, spec, shape, select, select_sources, _among(share, 0))
    if other is None:
        return training, None
    held_out = _part(other, spec, shape, select_held_out, select_held_out, _among(share, 1))
    sides = [held_out.images] if held_out.sources is None else [held_out.images, held_out.sources]
    return training, held_out if all(len(side.chosen) for side in sides) else None


_Among = Callable[[Labelled], "np.ndarray | None"]
_Select = Callable[[Labelled, DataSpec, "np.ndarray | None"], "np.ndarray"]


def _among(share: float | None, part: int) -> _Among:
    """Which images of a set belong to a part of its division; None for all of them."""

    def indices(images: Labelled) -> np.ndarray | None:
        return None if share is None else divided(images, share)[part]

    return indices


def _part(
    opened: Images | Points,
    spec: DataSpec,
    shape: tuple[int, ...],
    choose: _Select,
    choose_sources: _Select,
    among: _Among,
) -> Part:
    """What to write of an opened data set: some of its images or points, and their sources."""
    names, chosen = opened.class_names, choose(opened, spec, among(opened))
    if isinstance(opened, Points):
        return Part(names, Items(opened.coordinates.__getitem__, shape, chosen, opened.labels))
    channels, size, _ = shape
    images = Items(
        partial(opened.take, image_size=size, channels=channels), shape, chosen, opened.labels
    )
    channels = source_channels(spec.name) or channels
    of_source = (channels, size, size)
    if isinstance(opened, Pairs):
        take_sources = partial(opened.take_sources, image_size=size, channels=channels)
        return Part(names, images, Items(take_sources, of_source, chosen, None))
    if not isinstance(opened, Unpaired):
        return Part(names, images)
    others = opened.sources
    if others.labels is not None and others.class_names != names:
        raise DataError(
            f"{spec.name} has sources of other classes than its targets: correct the code that "
            "registers the data set."
        )
    take = partial(others.take, image_size=size, channels=channels)
    sources = Items(take, of_source, choose_sources(others, spec, among(others)), others.labels)
    return Part(names, images, sources, paired=False)


def _located(name: str, data_root: Path, *, download: bool) -> Source:
    entry, argument = lookup(name)
    try:
        return entry.locate(argument, data_root)
    except MissingData:
        if not download:
            raise
    fetch(name, data_root=data_root)
    return entry.locate(argument, data_root)


def _key(spec: DataSpec, source: Source) -> str:
    """Hexadecimal digest of everything that determines the arrays."""
    files = [(str(path), file_digest(path).hex()[:32]) for path in source.files]
    parts = (
        READER_VERSION,
        spec.name.partition(":")[0],
        spec.image_size,
        spec.channels,
        None if spec.classes is None else sorted(set(spec.classes)),
        spec.subset,
        spec.holdout or None,
        str(source.location),
        files,
        *source.definition,
        *plugin_digests(spec.name),
    )
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()


def _publish(temporary: Path, folder: Path) -> None:
    """Gives the complete folder its name, unless another process was first."""
    temporary.chmod(0o755)
    try:
        temporary.rename(folder)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise
