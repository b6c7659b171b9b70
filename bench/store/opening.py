"""Parquet files whose paths are not text: Arrow opens paths of Unicode characters only."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO


def openable(path: Path) -> Path | BinaryIO:
    """What Arrow can open: the path, or the file's content where the path is not text.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: its content cannot be read.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return io.BytesIO(path.read_bytes())
    return path
