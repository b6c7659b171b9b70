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
from functools import partial
from pathlib import Path

from bench.cache import cache_root, unwritable_cache
from bench.datasets.arrays import Items, Part, write
from bench.datasets.content import file_digest
from bench.datasets.download import fetch
from bench.datasets.points import Points
from bench.datasets.registry import (
    Images,
    MissingData,
    Pairs,
    Source,
    describe,
    lookup,
    plugin_digests,
)
from bench.datasets.roots import data_root_or_default
from bench.datasets.selection import divided, select, select_held_out
from bench.datasets.spec import DataSpec
from bench.errors import DataError

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
    training = held_out = None
    if spec.holdout and source.divided is not None:
        opened, other = source.divided(spec.holdout)
    elif spec.holdout:
        opened = other = source.open()
        training, held_out = divided(opened, spec.holdout)
    else:
        opened = source.open()
        if source.held_out is not None and describe(spec.name).held_out == "own":
            other = source.held_out()
    part = Part(opened, *_items(opened, spec, shape), select(opened, spec, training))
    if other is None or len(kept := select_held_out(other, spec, held_out)) == 0:
        return part, None
    return part, Part(other, *_items(other, spec, shape), kept)


def _items(
    opened: Images | Points, spec: DataSpec, shape: tuple[int, ...]
) -> tuple[Items, Items | None]:
    """What to write to images.npy and, for paired data, to sources.npy."""
    if isinstance(opened, Points):
        return Items(opened.coordinates.__getitem__, shape), None
    channels, size, _ = shape
    images = Items(partial(opened.take, image_size=size, channels=channels), shape)
    if not isinstance(opened, Pairs):
        return images, None
    channels = describe(spec.name).source_channels or channels
    take_sources = partial(opened.take_sources, image_size=size, channels=channels)
    return images, Items(take_sources, (channels, size, size))


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
