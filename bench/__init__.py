"""gan-bench: which GAN generator and critic give the most quality for the least compute.

``bench.load`` and ``bench.run`` are for notebooks and other programs; see ``bench.interface``.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Imports the interface when it is used, since that takes a second."""
    if name in ("Sweep", "load", "run"):
        return getattr(import_module("bench.interface"), name)
    raise AttributeError(f"module 'bench' has no attribute {name!r}")
