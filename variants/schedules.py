"""How a number changes over the epochs of a run: plain data, and its share of the way."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Schedule(BaseModel):
    """From what the grid gives to another value, over a part of the run's epochs.

    Attributes:
        kind: constant stays at what the grid gives; linear goes in equal steps; cosine slowly at
            both ends (Loshchilov and Hutter 2017, arXiv 1608.03983, equation 5, without restarts).
        to: the value in the end; for what is scheduled as a share, such as learning rates, the
            share of what the grid gives.
        start, end: the part of the run, from 0, its first epoch, to 1, its last. Before and after
            it, the number stays.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    kind: Literal["constant", "linear", "cosine"] = "linear"
    to: float = Field(1.0, ge=0)
    start: float = Field(0.0, ge=0, lt=1)
    end: float = Field(1.0, gt=0, le=1)

    @model_validator(mode="after")
    def _check_span(self) -> Self:
        if self.start >= self.end:
            raise ValueError(
                f"schedules has a start of {self.start:g} and an end of {self.end:g}; it should "
                "start before it ends"
            )
        return self

    def of(self, epochs: int) -> Course:
        """The course over a run of so many epochs."""
        first, last = (1 + part * (epochs - 1) for part in (self.start, self.end))
        return Course(self.kind, self.to, first, last)


class Course:
    """A number over the epochs of a run: what it starts from, then ``to``.

    Args:
        first: the last epoch at what it starts from; need not be whole.
        last: the first epoch at ``to``.
    """

    def __init__(self, kind: str, to: float, first: float, last: float) -> None:
        self._kind, self._to, self._first, self._last = kind, to, first, last

    def at(self, epoch: int, value: float) -> float:
        """The number in an epoch from 1 on, where it starts from ``value``."""
        if epoch <= self._first or self._kind == "constant":
            return value
        part = min(1.0, (epoch - self._first) / (self._last - self._first))
        if self._kind == "cosine":
            part = (1 - math.cos(math.pi * part)) / 2
        return value + (self._to - value) * part


def cyclegan_decay(epochs: int) -> Course:
    """The share of the rate in CycleGAN's code (Zhu et al. 2017, arXiv 1703.10593, section 4).

    The whole rate in the first half, then in each epoch of the second half, of n epochs, 1/(n + 1)
    less; it would be 0 in the epoch after the last.
    """
    return Course("linear", 0.0, epochs - epochs // 2, epochs + 1)
