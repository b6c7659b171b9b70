"""Prepared data sets: read once, then memory-mapped by every run.

    <cache>/datasets/<name>-<key>/images.npy   uint8 (N, C, H, W), or points float32 (N, 2)
                                  labels.npy   int64 (N,), where there are classes
                                  meta.json    shape, class names, counts, content hash

The key covers the spec, the place, size and time of every file, the definition of what is
generated, and ``READER_VERSION``.
A folder appears whole by one rename; of two processes preparing the same data the
second to finish drops its copy.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bench.cache import cache_root, unwritable_cache
from bench.datasets.download import fetch
from bench.datasets.points import Points
from bench.datasets.registry import Labelled, MissingData, Source, describe, lookup
from bench.datasets.roots import default_data_root
from bench.datasets.selection import select
from bench.datasets.spec import DataSpec, ImageData
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

READER_VERSION = 1  # raise it when the same files come to give other arrays

_BLOCK_IMAGES = 1024
_TYPES = {2: "<f4", 4: "|u1"}  # of points and of images, by the array's number of axes


def prepare(
    spec: DataSpec,
    *,
    data_root: Path | None = None,
    download: bool = False,
    cache: Path | None = None,
) -> Path:
    """Makes the arrays ``spec`` asks for, or finds them made; returns their folder.

    Args:
        spec: the data set, its size and channels, and which of its images or points.
        data_root: where fetched data sets lie; None for :func:`default_data_root`.
        download: fetch the data set if it is not there.
        cache: root of the cache; None for :func:`bench.cache.cache_root`.

    Raises:
        DataError: data that is missing, corrupt or unsuited to the spec.
        RequestError: the cache cannot be written, or is full.
    """
    shape = _checked_shape(spec)
    source = _located(spec.name, data_root or default_data_root(), download=download)
    key = _key(spec, source)
    slug = re.sub(r"[^a-z0-9]+", "-", spec.name.partition(":")[0].lower())
    folder = (cache or cache_root()) / "datasets" / f"{slug}-{key}"
    if folder.is_dir():
        return folder
    opened = source.open()
    if isinstance(opened, Points):
        take = opened.coordinates.__getitem__
    else:
        take = partial(opened.take, image_size=shape[1], channels=shape[0])
    chosen = select(opened, spec)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            _write(temporary, opened, take, chosen, shape)
            if _key(spec, source) != key:
                raise DataError(
                    f"{source.location} changed while {spec.name} was read from it: run again."
                )
            _publish(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise unwritable_cache(folder, error) from error
    return folder


def open_prepared(folder: Path) -> ImageData:
    """The prepared data in ``folder``, its images memory-mapped.

    The map is private: writing into the array never reaches the file.

    Raises:
        DataError: the folder is missing or damaged.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text())
        shape, class_names = tuple(meta["shape"]), tuple(meta["class_names"])
        images = np.load(folder / "images.npy", mmap_mode="c")
        labels = np.load(folder / "labels.npy") if class_names else None
        if images.shape != shape or images.dtype != np.dtype(_TYPES[len(shape)]):
            raise ValueError(f"images.npy is not {_TYPES[len(shape)]} of shape {shape}")
        if labels is not None and (labels.shape != shape[:1] or labels.dtype != np.int64):
            raise ValueError("labels.npy does not go with images.npy")
        return ImageData(images, labels, class_names, meta["content_hash"])
    except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
        raise DataError(
            f"The prepared data set {folder} is missing or damaged: "
            "delete that folder and run again, which makes it anew."
        ) from error


def _checked_shape(spec: DataSpec) -> tuple[int, ...]:
    """The shape of one image, (C, H, W), or of one point, (2,).

    Raises:
        DataError: no data set has that name, or none of that size or with those channels.
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


def _located(name: str, data_root: Path, *, download: bool) -> Source:
    entry, argument = lookup(name)
    data_root = data_root.expanduser().resolve()
    try:
        return entry.locate(argument, data_root)
    except MissingData:
        if not download:
            raise
    fetch(name, data_root=data_root)
    return entry.locate(argument, data_root)


def _key(spec: DataSpec, source: Source) -> str:
    """Hexadecimal digest of all that decides what the arrays hold."""
    files = []
    for path in source.files:
        try:
            stat = path.stat()
        except OSError as error:
            raise DataError(
                f"{path} cannot be read ({error.strerror}): restore or remove it."
            ) from error
        # The inode tells of a link turned to another file of the same size and time.
        files.append((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino))
    parts = (
        READER_VERSION,
        spec.name.partition(":")[0],
        spec.image_size,
        spec.channels,
        None if spec.classes is None else sorted(set(spec.classes)),
        spec.subset,
        str(source.location),
        files,
        *source.definition,
    )
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()


def _write(
    folder: Path,
    opened: Labelled,
    take: Callable[[np.ndarray], np.ndarray],
    chosen: np.ndarray,
    item_shape: tuple[int, ...],
) -> None:
    """Writes the three files, images in blocks: a folder of photographs may outgrow the memory."""
    shape = (len(chosen), *item_shape)
    class_names = opened.class_names
    digest = hashlib.blake2b(repr(shape).encode(), digest_size=8)
    with _durable(folder / "images.npy") as file:
        header = {"descr": _TYPES[len(shape)], "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(chosen), _BLOCK_IMAGES):
            content = take(chosen[start : start + _BLOCK_IMAGES]).tobytes()
            digest.update(content)
            file.write(content)
    images_per_class = None
    if opened.labels is not None:
        labels = opened.labels[chosen]
        images_per_class = np.bincount(labels, minlength=len(class_names)).tolist()
        digest.update(labels.astype("<i8").tobytes())
        with _durable(folder / "labels.npy") as file:
            np.save(file, labels)
    digest.update(json.dumps(class_names).encode())
    meta = {
        "shape": shape,
        "class_names": class_names,
        "images_per_class": images_per_class,
        "content_hash": digest.hexdigest(),
    }
    with _durable(folder / "meta.json") as file:
        file.write(json.dumps(meta).encode())


@contextmanager
def _durable(path: Path) -> Iterator[BinaryIO]:
    """A file to write, on the disk by the time it is closed."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _publish(temporary: Path, folder: Path) -> None:
    """Gives the finished folder its name, unless another process was first."""
    temporary.chmod(0o755)
    try:
        temporary.rename(folder)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise
