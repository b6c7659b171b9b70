"""The real commands, as in ``tests/cli``, and reports without pictures."""

from __future__ import annotations

from tests.cli.conftest import bench
from tests.report.conftest import unpainted

__all__ = ["bench", "unpainted"]
