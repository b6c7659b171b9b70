"""Averages over fixed strata, such as data sets: of contrasts, each with its own uncertainty.

The strata are those of interest, not a sample of others: an interval says how sure the average over
them is, given the seeds, and nothing of further strata.

References:
    Fleming and Wallace (1986). How not to lie with statistics: the correct way to summarize
        benchmark results. Communications of the ACM 29(3), 218-221: geometric means of ratios.
    Satterthwaite (1946). An approximate distribution of estimates of variance components.
        Biometrics Bulletin 2(6), 110-114.
    Agarwal et al. (2021). Deep reinforcement learning at the edge of the statistical precipice.
        NeurIPS, arXiv 2108.13264: runs as the replicates within fixed tasks.
    Dolan and Moré (2002). Benchmarking optimization software with performance profiles.
        Mathematical Programming 91, 201-213.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Term(NamedTuple):
    """An estimated variance of a mean, and its degrees of freedom."""

    variance: float
    freedom: int


class Contrast(NamedTuple):
    """A difference in one stratum, and the sum that its variance is; () where that is unknown."""

    value: float
    terms: tuple[Term, ...]


def contrast(own: ArrayLike, base: ArrayLike) -> Contrast | None:
    """The difference of the means of two independent groups; None where one has no value."""
    groups = [np.asarray(values, dtype=np.float64) for values in (own, base)]
    if any(len(group) == 0 for group in groups):
        return None
    terms = [_term(group) for group in groups]
    known = tuple(term for term in terms if term is not None)
    value = float(groups[0].mean() - groups[1].mean())
    return Contrast(value, known if len(known) == len(terms) else ())


def paired_contrast(differences: ArrayLike) -> Contrast | None:
    """The mean of differences; None where there is none."""
    sample = np.asarray(differences, dtype=np.float64)
    if len(sample) == 0:
        return None
    term = _term(sample)
    return Contrast(float(sample.mean()), () if term is None else (term,))


def _term(sample: np.ndarray) -> Term | None:
    if len(sample) < 2:
        return None
    return Term(float(sample.var(ddof=1)) / len(sample), len(sample) - 1)


class Average(NamedTuple):
    """A mean over strata and its interval, which has no ends where a variance is unknown."""

    value: float
    low: float | None
    high: float | None


def average(contrasts: Sequence[Contrast | None], level: float = 0.05) -> Average | None:
    """The mean over all strata, with Satterthwaite's interval; None where a stratum has no value.

    Args:
        level: of the interval's being wrong.
    """
    from scipy.special import stdtrit

    known = [each for each in contrasts if each is not None]
    if not known or len(known) < len(contrasts):
        return None
    value = sum(each.value for each in known) / len(known)
    terms = [term for each in known for term in each.terms]
    variance = sum(term.variance for term in terms)
    if variance <= 0 or not all(each.terms for each in known):
        return Average(value, None, None)
    freedom = variance**2 / sum(term.variance**2 / term.freedom for term in terms)
    reach = float(stdtrit(freedom, 1 - level / 2)) * math.sqrt(variance) / len(known)
    return Average(value, value - reach, value + reach)


def within_of_best(costs: Mapping[str, Sequence[float | None]]) -> dict[str, list[float]]:
    """Each cost over the least of its stratum (Dolan and Moré 2002), ascending.

    The performance profile ρ(τ) of a label is the share of strata in which this is at most τ.

    Args:
        costs: by label, one of each stratum, above 0; None where it has none.

    Returns:
        Only of strata that have a cost; infinite where the label has none there.
    """
    ratios: dict[str, list[float]] = {label: [] for label in costs}
    for stratum in zip(*costs.values(), strict=True):
        known = [cost for cost in stratum if cost is not None]
        if known:
            for label, cost in zip(costs, stratum, strict=True):
                ratios[label].append(math.inf if cost is None else cost / min(known))
    return {label: sorted(values) for label, values in ratios.items()}
