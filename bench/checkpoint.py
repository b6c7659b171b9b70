"""A run's state as bytes that are safe to load, and how often a checkpoint may be made.

The content is what ``torch.save`` writes for tensors, numbers, text, lists and mappings only,
and is read with ``weights_only=True``: nothing in it is ever executed.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch

from bench.cost.clock import Clock
from bench.errors import first_line

VERSION = 1  # raise it when the format of the same state changes
# Of the time an attempt has trained, at most this share goes into checkpoints between its first
# and its last.
SHARE = 0.05

_FAILURES = (
    pickle.UnpicklingError,
    RuntimeError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    EOFError,
)


class CheckpointError(ValueError):
    """Training cannot resume from a checkpoint."""


def dumped(state: Mapping[str, Any]) -> bytes:
    """A state as the content of a checkpoint file."""
    buffer = io.BytesIO()
    torch.save({"version": VERSION, **state}, buffer)
    return buffer.getvalue()


def loaded(content: bytes, device: torch.device) -> dict[str, Any]:
    """The state in a checkpoint, its tensors on the device.

    Raises:
        CheckpointError: it is damaged, or of another version of the format.
    """
    with unusable_otherwise():
        state = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
        if not isinstance(state, dict) or state.get("version") != VERSION:
            raise CheckpointError("another version of gan-bench made the checkpoint")
        return state


@contextmanager
def unusable_otherwise() -> Iterator[None]:
    """Any error while a state is loaded means that the checkpoint cannot be used.

    Raises:
        CheckpointError: instead of what was raised, unless memory ran out.
    """
    try:
        yield
    except (CheckpointError, torch.OutOfMemoryError):
        raise
    except _FAILURES as e:
        raise CheckpointError(f"the checkpoint cannot be used: {first_line(e)}") from e


class Budget:
    """Limits checkpoints to a small share of the time an attempt trains.

    The first is always allowed, since a run that was never saved has most to lose. An
    interruption then costs at most the epoch in progress, or twenty times what a checkpoint
    takes (forty, before the second one), whichever is longer.
    """

    def __init__(self) -> None:
        self._trained = self._spent = self._reported = 0.0
        self._made = 0

    def trained(self, seconds: float) -> None:
        """Adds seconds that the attempt has trained."""
        self._trained += seconds

    def allows(self) -> bool:
        """Whether another checkpoint fits."""
        if self._made == 0:
            return True
        return self._spent * (1 + 1 / self._made) <= SHARE * self._trained

    def made(self) -> None:
        """Another checkpoint was made."""
        self._made += 1

    @contextmanager
    def spending(self, clock: Clock) -> Iterator[None]:
        """The time within is spent on a checkpoint: making it, or sending it to its writer."""
        start = clock.seconds()
        try:
            yield
        finally:
            self._spent += clock.seconds() - start

    def since_last(self) -> float:
        """Seconds spent since this was last asked."""
        seconds, self._reported = self._spent - self._reported, self._spent
        return seconds
