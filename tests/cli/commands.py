"""A tiny grid, and what to expect of a refused command."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

Bench = Callable[..., subprocess.CompletedProcess[str]]

TINY = """
question: Is it tiny?
epochs: 2
subset: 64
batch_size: 16
samples_every: 1
quality: {samples: 64}
variants:
  - {name: dcgan, width_factor: 0.125}
  - {name: dcgan, label: lighter, width_factor: 0.0625}
"""


def refused(done: subprocess.CompletedProcess[str], *expected: str) -> str:
    """Asserts one sentence on standard error and status 2; returns the sentence."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("bench: "), done.stderr
    for part in expected:
        assert part in last
    return last
