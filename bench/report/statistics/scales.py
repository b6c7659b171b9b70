"""The scale on which a measure is analysed, and the way back from it.

Means, spreads and differences are taken on that scale, where they are about normal and their
intervals end inside what the measure can be. References:

    Bartlett (1947). The use of transformations. Biometrics 3(1), 39-52: logarithms for what varies
        in proportion to its size, arc sine of the square root for shares.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.measures import Scale

_RIGHT_ANGLE = np.pi / 2


def usable(scale: Scale, *samples: ArrayLike) -> Scale:
    """The scale, or "linear" where some value has no place on it, such as the logarithm of 0."""
    values = np.concatenate([np.asarray(sample, dtype=np.float64).ravel() for sample in samples])
    if scale == "log" and np.any(values <= 0):
        return "linear"
    if scale == "share" and np.any((values < 0) | (values > 1)):
        return "linear"
    return scale


def forward(values: ArrayLike, scale: Scale) -> NDArray[np.float64]:
    """Values on the scale of analysis; those of "linear" and "bounded" are what they are."""
    given = np.asarray(values, dtype=np.float64)
    if scale == "log":
        return np.log(given)
    if scale == "share":
        return np.arcsin(np.sqrt(given))
    return given


def back(value: float, scale: Scale) -> float:
    """The value at a place of the scale of analysis; a share stays from 0 to 1."""
    if scale == "log":
        return float(np.exp(np.clip(value, -700.0, 700.0)))  # beyond is no float64
    if scale == "share":
        return float(np.sin(np.clip(value, 0.0, _RIGHT_ANGLE)) ** 2)
    return float(value)


def finite(values: Iterable[float]) -> NDArray[np.float64]:
    """The finite ones, (n,); others count as not measured."""
    sample = np.asarray(list(values), dtype=np.float64).ravel()
    return sample[np.isfinite(sample)]


def is_constant(values: NDArray[np.float64]) -> bool:
    """Whether values differ by no more than rounding does."""
    spread = float(np.ptp(values)) if len(values) else 0.0
    return spread <= 1e-9 * max(1e-300, float(np.abs(values).max(initial=0.0)))
