"""A run, or a stack of runs, as a generator: first its set-up, then epoch by epoch its results.

Knows nothing of files, processes or progress.
"""

from bench.training.loop import run
from bench.training.resources import Diverged, Report, Resources
from bench.training.turns import TurnCost, Turns

__all__ = ["Diverged", "Report", "Resources", "TurnCost", "Turns", "run"]
