"""A strict reader of MNIST's IDX format.

Two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
32-bit integer, then the values: https://yann.lecun.com/exdb/mnist/ .
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.content import file_digest
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_UNSIGNED_BYTE = 0x08
_known: dict[tuple[bytes, str], str] = {}  # MD5 of what files hold, by their digest and suffix


def read_idx(path: Path, *, dimensions: int, remedy: str) -> np.ndarray:
    """The uint8 array in an IDX file, which is gzip-compressed if its name ends in ``.gz``.

    Args:
        path: the file.
        dimensions: the number the array must have: 3 for images, 1 for labels.
        remedy: what to do about a faulty file, as the end of the error message.

    Raises:
        DataError: the file is unreadable, not gzip or not IDX of unsigned bytes, has another
            number of dimensions, or its length does not match its header.
    """
    fault = partial(_fault, path, remedy)
    content = _unpacked(path, remedy)
    header = 4 + 4 * dimensions
    magic = bytes((0, 0, _UNSIGNED_BYTE, dimensions))
    if content[:4] != magic[: len(content)]:
        raise fault(f"starts with {content[:4].hex()}, not with {magic.hex()} as IDX does")
    if len(content) < header:
        raise fault(f"is truncated: {len(content):,} bytes, but the header alone has {header}")
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    expected = header + math.prod(shape)
    if len(content) < expected:
        raise fault(f"is truncated: {len(content):,} bytes, but its header says {expected:,}")
    if len(content) > expected:
        raise fault(f"is too long: {len(content):,} bytes, but its header says {expected:,}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def content_md5(path: Path, *, remedy: str) -> str:
    """MD5 of an IDX file's content in hexadecimal, the same whether it is compressed or not.

    Args:
        remedy: what to do about a faulty file, as the end of the error message.

    Raises:
        DataError: the file is unreadable or not gzip.
    """
    version = file_digest(path), path.suffix
    if version not in _known:
        _known[version] = hashlib.md5(_unpacked(path, remedy), usedforsecurity=False).hexdigest()
    return _known[version]


def _fault(path: Path, remedy: str, what: str) -> DataError:
    return DataError(f"{path} {what}: {remedy}.")


def _unpacked(path: Path, remedy: str) -> bytes:
    fault = partial(_fault, path, remedy)
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except gzip.BadGzipFile as error:
        raise fault("is not gzip, or is damaged") from error
    except EOFError as error:
        raise fault("is truncated: its gzip stream ends early") from error
    except zlib.error as error:
        raise fault("has damaged gzip data") from error
    except OSError as error:
        raise fault(f"cannot be read ({error.strerror})") from error
