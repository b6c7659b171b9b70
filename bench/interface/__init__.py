"""What notebooks and other programs use: ``bench.load``, ``bench.run``, and what they return.

This is stable: names and columns stay as long as the major version does. What a column means is in
docs/results.md; columns that a report computes are in ``bench.report.data.computed``.
"""

from bench.interface.running import load, run
from bench.interface.sweep import Sweep

__all__ = ["Sweep", "load", "run"]
