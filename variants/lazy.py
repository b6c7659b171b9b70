"""Modules that are imported at first use, so that listing and checking recipes is instant."""

from __future__ import annotations

import importlib
from typing import Any


class LazyModule:
    """Stands for the module ``name`` and imports it when an attribute is first read.

    importlib.util.LazyLoader does not work here: it imports the parents of a
    dotted name immediately, and torch is a parent.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)
