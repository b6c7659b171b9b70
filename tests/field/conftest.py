"""The real commands, each test in a folder of its own."""

from __future__ import annotations

from tests.cli.conftest import bench

__all__ = ["bench"]
