"""How much of an n × n matrix of pairs to hold at once."""

from __future__ import annotations

_BLOCK_ENTRIES = 2**21  # 8 MiB of float32, for any n


def block_rows(columns: int) -> int:
    """How many rows of a matrix with so many columns make a block."""
    return max(1, _BLOCK_ENTRIES // columns)
