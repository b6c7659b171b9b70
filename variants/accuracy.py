"""How often a critic's outputs tell real samples from generated ones."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from variants.objectives import Objective
from variants.scalars import (
    ACCURACY_FAKE,
    ACCURACY_REAL,
    MIDPOINT_FAKE,
    MIDPOINT_REAL,
    PAIRWISE_ACCURACY,
)


class Accuracies(NamedTuple):
    """Shares of the real and of the generated samples, each () or (S,) in a stack."""

    real: Tensor
    fake: Tensor


def accuracies(objective: Objective, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    """Every accuracy that the objective's critic has, by the name of its scalar.

    Over all pairs of a real and a generated sample; and against the objective's threshold or,
    where it has none, the midpoint of the two means. A vector is judged by its projection, see
    :func:`projections`; nothing is left of a batch of one vector.

    Args:
        real: outputs (N, n) on real samples, or (S, N, n) in a stack, without a graph; n = 1 for
            objectives whose head is a score.
        fake: likewise on as many generated samples.
    """
    threshold, midpoint = objective.threshold, None
    if objective.head == "vector":
        if real.shape[-2] < 2:
            return {}
        real, fake = projections(real, fake)
        midpoint = Accuracies(_share_positive(real), _share_positive(-fake))
    elif threshold is None:
        midpoint = midpoint_accuracies(real, fake)
    found = {PAIRWISE_ACCURACY.name: pairwise_accuracy(real, fake)}
    if midpoint is not None:
        found |= {MIDPOINT_REAL.name: midpoint.real, MIDPOINT_FAKE.name: midpoint.fake}
    elif threshold is not None:
        found[ACCURACY_REAL.name] = (real > threshold).float().mean((-2, -1))
        found[ACCURACY_FAKE.name] = (fake < threshold).float().mean((-2, -1))
    return found


def midpoint_accuracies(real: Tensor, fake: Tensor) -> Accuracies:
    """Shares of scores on their side of the midpoint of the two means; on it counts half.

    Real samples belong above it, even where their mean is below that of generated ones. If both
    scores have one distribution, the mean of the two shares is one half on average.

    Args:
        real: scores (…, N, 1).
        fake: likewise.

    Returns:
        Each (…,).
    """
    means = real.mean((-2, -1), keepdim=True), fake.mean((-2, -1), keepdim=True)
    midpoint = (means[0] + means[1]) / 2
    return Accuracies(_share_positive(real - midpoint), _share_positive(midpoint - fake))


def pairwise_accuracy(real: Tensor, fake: Tensor) -> Tensor:
    """P(real > fake) over all pairs of scores; ties count half. The area under the ROC curve.

    Sorts instead of comparing every pair: N² numbers of a large batch would count as memory of
    the training.

    Args:
        real: scores (…, N, 1).
        fake: scores (…, M, 1).

    Returns:
        (…,); NaN where a score is not a number.
    """
    ordered, own = fake.squeeze(-1).sort(-1).values, real.squeeze(-1).contiguous()
    lower = torch.searchsorted(ordered, own)
    not_higher = torch.searchsorted(ordered, own, right=True)
    wins: Tensor = (lower + not_higher).sum(-1) / (2 * own.shape[-1] * ordered.shape[-1])
    return wins.masked_fill(own.isnan().any(-1) | ordered.isnan().any(-1), torch.nan)


def projections(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """A score for each vector: its projection onto W, from the midpoint of the two means.

    W is the difference of the means. A positive score is nearer to the mean of the real vectors.
    For sample i, W and the midpoint are those of the batch without real sample i and generated
    sample i: W of N vectors much longer than N separates that very batch, whatever they are. And
    the two have one class in a conditional game, so that leaving out one of them would turn W
    against that class. So if both kinds have one distribution, half of each is on either side.

    Args:
        real: vectors (…, N, n), N ≥ 2.
        fake: likewise.

    Returns:
        Each (…, N, 1), times N − 1.
    """
    difference = real - fake
    whole = difference.sum(-2, keepdim=True)
    gap = whole - difference  # (N − 1) W of the others
    total = 2 * real.sum(-2, keepdim=True) - whole
    # Matrix products would be faster, but count as FLOPs of the training.
    by_real, by_fake, by_total = (
        (each * gap).sum(-1, keepdim=True) for each in (real, fake, total)
    )
    middle = (by_total - by_real - by_fake) / (2 * (real.shape[-2] - 1))
    return by_real - middle, by_fake - middle


def _share_positive(margins: Tensor) -> Tensor:
    """The share of positive numbers (…, N, 1), zeros counted half; NaN where one is NaN."""
    share = ((margins > 0).float() + (margins >= 0).float()).mean((-2, -1)) / 2
    return share.masked_fill(margins.isnan().any(-1).any(-1), torch.nan)
