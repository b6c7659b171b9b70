"""What can be concluded from replicates: pure functions, each file one idea.

The seed is the unit of replication: epochs of one run depend on each other, so every
interval is over seeds. Non-finite values are treated as not measured. Values are analysed on the
scale that their measure names (``scales``); ``means`` has intervals of one configuration and of
pairs; ``welch``, ``behrens_fisher``, ``multiplicity`` and ``power`` make the
comparisons of ``bench.report.verdicts``; ``bounded`` is for counts, ``fronts`` for Pareto fronts.
"""

from bench.report.statistics.behrens_fisher import comparison, corrected, nominal_level
from bench.report.statistics.bounded import mean_bounds, permutation_p, smallest_permutation_p
from bench.report.statistics.fronts import front_probabilities, interpolate, pareto_front
from bench.report.statistics.means import (
    mean_interval,
    paired,
    paired_difference,
    paired_ratio,
    standardised_difference,
    t_quantile,
    trial_mean,
)
from bench.report.statistics.multiplicity import each_level, step_down
from bench.report.statistics.power import more_seeds
from bench.report.statistics.scales import back, finite, forward, is_constant, usable
from bench.report.statistics.sequential import spent
from bench.report.statistics.values import CONFIDENCE, Estimate, Ratio, TrialMean
from bench.report.statistics.welch import Difference, Group, difference

__all__ = [
    "CONFIDENCE",
    "Difference",
    "Estimate",
    "Group",
    "Ratio",
    "TrialMean",
    "back",
    "comparison",
    "corrected",
    "difference",
    "each_level",
    "finite",
    "forward",
    "front_probabilities",
    "interpolate",
    "is_constant",
    "mean_bounds",
    "mean_interval",
    "more_seeds",
    "nominal_level",
    "paired",
    "paired_difference",
    "paired_ratio",
    "pareto_front",
    "permutation_p",
    "smallest_permutation_p",
    "spent",
    "standardised_difference",
    "step_down",
    "t_quantile",
    "trial_mean",
    "usable",
]
