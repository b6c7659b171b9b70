"""The kernel distance (KID) of Bińkowski et al. 2018 (arXiv 1801.01401).

The unbiased estimate of the squared maximum mean discrepancy under the polynomial kernel
k(x, y) = (x·y / d + 1)³, averaged over random subsets. Unlike the Fréchet distance it is
unbiased in the number of samples. Definition, subsets and their order are torch-fidelity's
(generated features are its input 1, real ones its input 2).

The sum of k over a subset is the quadratic form sᵀ K s of its indicator vector s, so all
subsets share one pass over K, block by block: a subset is never gathered.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from bench.quality.blocks import block_rows

SUBSETS = 100
SUBSET_SIZE = 1000
SUBSET_SEED = 2020  # torch-fidelity's


class KernelScore(NamedTuple):
    """Mean and standard deviation (over n, not n − 1) over the subsets."""

    mean: float
    std: float


class KernelDistance:
    """The kernel distance from fixed real features, for any number of generators.

    The subsets and the sums over real pairs are the same for every generator and are made
    once.

    Args:
        real: float (n_r, d), on the device where generated features will be.
        fake_samples: n_f, how many generated features will be given.
        subsets: how many subsets to average over.
        subset_size: m; the smaller of this, n_f and n_r is taken.
        seed: of the choice of subsets.

    Raises:
        ValueError: another shape, or fewer than two samples on either side.
    """

    def __init__(
        self,
        real: Tensor,
        fake_samples: int,
        *,
        subsets: int = SUBSETS,
        subset_size: int = SUBSET_SIZE,
        seed: int = SUBSET_SEED,
    ) -> None:
        if real.dim() != 2 or min(len(real), fake_samples) < 2 or subset_size < 2:
            raise ValueError(
                f"the kernel distance needs two samples of features (n, d) on either side, not "
                f"{tuple(real.shape)} real and {fake_samples} generated, {subset_size} at a time"
            )
        self._real = real
        self._fake_samples = fake_samples
        self._size = min(subset_size, len(real), fake_samples)
        # RandomState's stream is frozen for good, so these are torch-fidelity's subsets.
        random = np.random.RandomState(seed)
        fake_members = torch.zeros(fake_samples, subsets)
        real_members = torch.zeros(len(real), subsets)
        for subset in range(subsets):
            for members in (fake_members, real_members):
                members[random.choice(len(members), self._size, replace=False), subset] = 1
        self._fake_members = fake_members.to(real)
        self._real_members = real_members.to(real)
        self._real_pairs = _sums_within(real, self._real_members)

    def __call__(self, fake: Tensor) -> KernelScore:
        """The distance of generated features (n_f, d); nan where one is not finite.

        Raises:
            ValueError: another number of features, or of dimensions.
        """
        if fake.shape != (self._fake_samples, self._real.shape[1]):
            raise ValueError(
                f"expected generated features ({self._fake_samples}, {self._real.shape[1]}), "
                f"not {tuple(fake.shape)}"
            )
        size = self._size
        fake_pairs = _sums_within(fake, self._fake_members)
        mixed = _sums_between(fake, self._fake_members, self._real, self._real_members)
        discrepancies = (fake_pairs + self._real_pairs) / (size * (size - 1))
        discrepancies -= 2 * mixed / size**2
        return KernelScore(discrepancies.mean().item(), discrepancies.std(correction=0).item())


def _kernel(first: Tensor, second: Tensor) -> Tensor:
    one = torch.ones((), dtype=first.dtype, device=first.device)
    return torch.addmm(one, first, second.T, alpha=1 / first.shape[1]).pow_(3)


def _sums_within(features: Tensor, members: Tensor) -> Tensor:
    """Σ k(x, x') over ordered pairs x ≠ x' of each subset: float64 (subsets,).

    K is symmetric, so only blocks on and above its diagonal are computed. Sums within a
    block are made in the features' type and added up in float64, which keeps 8 digits.
    """
    rows = block_rows(len(features))
    total = torch.zeros(members.shape[1], dtype=torch.float64, device=features.device)
    for start in range(0, len(features), rows):
        kernel = _kernel(features[start : start + rows], features[start:])
        own = kernel[:, : len(kernel)]
        own.diagonal().zero_()
        own.mul_(0.5)
        sums = (kernel @ members[start:]).double() * members[start : start + rows]
        total += 2 * sums.sum(dim=0)
    return total


def _sums_between(first: Tensor, ours: Tensor, second: Tensor, theirs: Tensor) -> Tensor:
    """Σ k(x, y) over all pairs of each subset of ``first`` and of ``second``: float64."""
    rows = block_rows(len(second))
    total = torch.zeros(ours.shape[1], dtype=torch.float64, device=first.device)
    for block, members in zip(torch.split(first, rows), torch.split(ours, rows), strict=True):
        total += ((_kernel(block, second) @ theirs).double() * members).sum(dim=0)
    return total
