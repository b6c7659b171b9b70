"""Several comparisons at once: levels and p values with which all hold together.

References:
    Šidák (1967). Rectangular confidence regions for the means of multivariate normal
        distributions. Journal of the American Statistical Association 62(318), 626-633.
    Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
        Statistics 6(2), 65-70.
    Holland and Copenhaver (1987). An improved sequentially rejective Bonferroni test procedure.
        Biometrics 43(2), 417-423: Holm's procedure with Šidák's levels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def each_level(level: float, count: int) -> float:
    """The level of each of ``count`` comparisons that together have ``level`` (Šidák 1967)."""
    return float(each_levels(level, count))


def each_levels(level: float, counts: ArrayLike) -> NDArray[np.float64]:
    """The same for families of several sizes, any shape."""
    return np.asarray(-np.expm1(np.log1p(-level) / np.maximum(1, counts)))


def step_down(p: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p values of m comparisons, (…, m) in any order: Holm (1979) with Šidák's levels.

    The smallest counts m times, the next m − 1 times, and so on; none is below one before it.
    A comparison is decided at level α where its adjusted p is at most α.
    """
    given = np.asarray(p, dtype=np.float64)
    order = np.argsort(given, axis=-1)
    ascending = np.take_along_axis(given, order, axis=-1)
    remaining = given.shape[-1] - np.arange(given.shape[-1])
    with np.errstate(divide="ignore"):  # p = 1
        adjusted = -np.expm1(remaining * np.log1p(-ascending))
    adjusted = np.maximum.accumulate(adjusted, axis=-1)
    result = np.empty_like(given)
    np.put_along_axis(result, order, adjusted, axis=-1)
    return result
