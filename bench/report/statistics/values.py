"""What statistics give: a mean with its interval, a ratio with its interval."""

from __future__ import annotations

from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over ``n`` seeds and its interval.

    Attributes:
        mean: on the scale of analysis, transformed back.
        half_width: of the interval, None with one seed.
        ends: of an interval that is not symmetric about the mean; None for a symmetric one.
    """

    n: int
    mean: float
    half_width: float | None
    ends: tuple[float, float] | None = None

    @property
    def low(self) -> float | None:
        """The interval's lower end."""
        if self.ends is not None:
            return self.ends[0]
        return None if self.half_width is None else self.mean - self.half_width

    @property
    def high(self) -> float | None:
        """The interval's upper end."""
        if self.ends is not None:
            return self.ends[1]
        return None if self.half_width is None else self.mean + self.half_width

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is outside the interval; False without an interval."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True)
class TrialMean:
    """A mean over ``n`` trials and its standard error (None with one trial)."""

    n: int
    mean: float
    standard_error: float | None


@dataclass(frozen=True)
class Ratio:
    """A ratio of two means over ``n`` pairs, and its interval.

    ``low`` and ``high`` are None with one pair, and where the denominator is so
    uncertain that its own interval reaches zero: the ratio is then unbounded.
    """

    n: int
    value: float
    low: float | None
    high: float | None

    @property
    def excludes_one(self) -> bool:
        """Whether one is outside the interval; False without an interval."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high
