"""How much of the error a look at growing results may spend.

References:
    Lan and DeMets (1983). Discrete sequential boundaries for clinical trials. Biometrika 70(3),
        659-663: spending functions; equation (3.2), α₂*, has boundaries like Pocock's.
    Pocock (1977). Group sequential methods in the design and analysis of clinical trials.
        Biometrika 64(2), 191-199.
"""

from __future__ import annotations

import math


def spent(share: float, level: float) -> float:
    """What may be spent once ``share`` of all seeds is there: level · ln(1 + (e − 1) · share).

    Each look is tested at what it may spend beyond those before it, so the whole is ``level`` by
    Bonferroni's inequality, whatever the dependence between looks: a little less is spent than
    boundaries from the joint distribution would, and small samples are no exception.

    Args:
        share: from 0 to 1.
    """
    return level * math.log1p((math.e - 1) * share)
