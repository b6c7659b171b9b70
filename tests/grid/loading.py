"""Loading a grid from its text, as most tests of grids do."""

from __future__ import annotations

from collections.abc import Callable

from bench import grid

WriteGrid = Callable[..., str]


def load(write_grid: WriteGrid, text: str, **overrides: object) -> grid.Grid:
    return grid.load(write_grid(text), overrides)
