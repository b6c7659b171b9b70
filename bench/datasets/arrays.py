"""The files of a prepared data set: written once, then memory-mapped.

images.npy         uint8 (N, C, H, W), or points float32 (N, 2)
labels.npy         int64 (N,), if there are classes
sources.npy        uint8 (M, C', H, W), of data for translation; M = N where they are paired
source_labels.npy  int64 (M,), of sources that are not paired, if their classes are known
meta.json          shapes, class names, counts, content hash
held-out/          the same files of the images that nothing is trained on, if there are any
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bench.datasets.spec import ImageData
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

HELD_OUT = "held-out"
_BLOCK_IMAGES = 1024
_TYPES = {2: "<f4", 4: "|u1"}  # of points and of images, by the number of axes


@dataclass(frozen=True)
class Items:
    """Images, points or sources to write.

    Attributes:
        take: reads those at the given indices.
        shape: of one of them.
        chosen: the indices of those to write, int64 (n,).
        labels: of all of them, int64; None without classes.
    """

    take: Callable[[np.ndarray], np.ndarray]
    shape: tuple[int, ...]
    chosen: np.ndarray
    labels: np.ndarray | None


@dataclass(frozen=True)
class Part:
    """What to write of an opened data set.

    Attributes:
        class_names: one per class of the whole data set.
        images: its images or points, at least one.
        sources: of data for translation. The labels of paired ones are those of the images.
        paired: the sources belong to the images, index by index.
    """

    class_names: tuple[str, ...]
    images: Items
    sources: Items | None = None
    paired: bool = True


def open_prepared(folder: Path) -> ImageData:
    """The prepared data in ``folder``, memory-mapped, with what is held out.

    The maps are private: writing to an array does not change the file.

    Raises:
        DataError: the folder is missing or damaged.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        shape, class_names = tuple(meta["shape"]), tuple(meta["class_names"])
        sources = source_labels = None
        if "sources_shape" in meta:
            sources = _mapped(folder / "sources.npy", tuple(meta["sources_shape"]))
            if "source_labels" in meta:
                source_labels = _labels(folder / "source_labels.npy", len(sources))
        return ImageData(
            images=_mapped(folder / "images.npy", shape),
            labels=_labels(folder / "labels.npy", shape[0]) if class_names else None,
            class_names=class_names,
            content_hash=meta["content_hash"],
            sources=sources,
            held_out=open_prepared(folder / HELD_OUT) if "held_out" in meta else None,
            paired="unpaired" not in meta,
            source_labels=source_labels,
        )
    except (OSError, ValueError, EOFError, KeyError, TypeError) as error:
        whole = folder.parent if folder.name == HELD_OUT else folder
        raise DataError(
            f"The prepared data set {whole} is missing or damaged: "
            "delete that folder and run again to rebuild it."
        ) from error


def _mapped(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    array: np.ndarray = np.load(path, mmap_mode="c")
    if array.shape != shape or array.dtype != np.dtype(_TYPES[len(shape)]):
        raise ValueError(f"{path.name} is not {_TYPES[len(shape)]} of shape {shape}")
    return array


def _labels(path: Path, count: int) -> np.ndarray:
    labels: np.ndarray = np.load(path)
    if labels.shape != (count,) or labels.dtype != np.int64:
        raise ValueError(f"{path.name} is not int64 ({count},)")
    return labels


def write(folder: Path, part: Part, held_out: Part | None = None) -> None:
    """Writes all files of a prepared data set."""
    images, sources, class_names = part.images, part.sources, part.class_names
    if held_out is not None:
        (folder / HELD_OUT).mkdir()
        write(folder / HELD_OUT, held_out)
    digest = hashlib.blake2b(digest_size=8)
    shape = _write_array(folder / "images.npy", images, digest)
    images_per_class = None
    if images.labels is not None:
        labels = _write_labels(folder / "labels.npy", images, digest)
        images_per_class = np.bincount(labels, minlength=len(class_names)).tolist()
    digest.update(json.dumps(class_names).encode())
    meta = {"shape": shape, "class_names": class_names, "images_per_class": images_per_class}
    if held_out is not None:
        meta["held_out"] = True
    if sources is not None:
        meta["sources_shape"] = _write_array(folder / "sources.npy", sources, digest)
    if not part.paired:
        meta["unpaired"] = True
        digest.update(b"unpaired")
        if sources is not None and sources.labels is not None:
            _write_labels(folder / "source_labels.npy", sources, digest)
            meta["source_labels"] = True
    meta["content_hash"] = digest.hexdigest()
    with _durable(folder / "meta.json") as file:
        file.write(json.dumps(meta).encode())


def _write_labels(path: Path, items: Items, digest: hashlib.blake2b) -> np.ndarray:
    assert items.labels is not None
    labels: np.ndarray = items.labels[items.chosen]
    digest.update(labels.astype("<i8").tobytes())
    with _durable(path) as file:
        np.save(file, labels)
    return labels


def _write_array(path: Path, items: Items, digest: hashlib.blake2b) -> tuple[int, ...]:
    """Writes and hashes in blocks, because a folder of photographs may not fit in memory.

    Returns:
        The shape of the array.

    Raises:
        DataError: the data set gives an array of another type or shape than asked for.
    """
    chosen = items.chosen
    shape = (len(chosen), *items.shape)
    kind = np.dtype(_TYPES[len(shape)])
    digest.update(repr(shape).encode())
    with _durable(path) as file:
        header = {"descr": _TYPES[len(shape)], "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(chosen), _BLOCK_IMAGES):
            indices = chosen[start : start + _BLOCK_IMAGES]
            block = items.take(indices)
            expected = (len(indices), *items.shape)
            if block.shape != expected or block.dtype != kind:
                raise DataError(
                    f"The data set's reader gave {block.dtype} {block.shape} for {path.stem}, "
                    f"not {kind} {expected}: correct the code that registers the data set."
                )
            content = block.tobytes()
            digest.update(content)
            file.write(content)
    return shape


@contextmanager
def _durable(path: Path) -> Iterator[BinaryIO]:
    """A file to write; its content is on the disk when it is closed."""
    with path.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
