"""Timing apart from training, and what follows from it: how many runs may train side by side.

Each configuration has a process of its own. They take turns, round after round, and the others
wait, so that a drift of the machine's speed affects all of them alike. Training need not run alone
then: with one thread each, as many runs as the machine has cores do more work together.
"""

from bench.timing.before import before_runs, is_asked
from bench.timing.session import expected_seconds

__all__ = ["before_runs", "expected_seconds", "is_asked"]
