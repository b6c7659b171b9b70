"""How much of an n × n matrix of pairs to compute at once."""

from __future__ import annotations

_BLOCK_ENTRIES = 2**21  # 8 MiB of float32, for any n


def block_rows(columns: int) -> int:
    """The number of rows in a block of a matrix with this many columns."""
    return max(1, _BLOCK_ENTRIES // columns)
