"""The kernel distance (KID) of Bińkowski et al. 2018 (arXiv 1801.01401).

The unbiased estimate of the squared maximum mean discrepancy under the polynomial kernel
k(x, y) = (x·y / d + 1)³, averaged over random subsets. Unlike the Fréchet distance it is
unbiased in the number of samples. Definition, subsets and their order are torch-fidelity's
(generated features are its input 1, real ones its input 2).

The sum of k over a subset is the quadratic form sᵀ K s of its indicator vector s, so all
subsets share one pass over K, block by block: a subset is never gathered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from bench.measures.measure import Measure, Value
from bench.quality.blocks import block_rows
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from variants.lazy import LazyModule
from variants.references import Reference, cites

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor
else:
    np = LazyModule("numpy")
    torch = LazyModule("torch")

SUBSETS = 100
SUBSET_SIZE = 1000
SUBSET_SEED = 2020  # torch-fidelity's

BINKOWSKI = Reference(
    key="binkowski2018demystifying",
    authors="Mikołaj Bińkowski and Danica J. Sutherland and Michael Arbel and Arthur Gretton",
    title="Demystifying MMD GANs",
    booktitle="International Conference on Learning Representations",
    arxiv="1801.01401",
    year=2018,
)


class KernelScore(NamedTuple):
    """Mean and standard deviation (over n, not n − 1) over the subsets."""

    mean: float
    std: float


class KernelDistance:
    """The kernel distance from fixed real features, for any number of generators.

    The subsets and the sums over real pairs are the same for every generator and are computed
    once.

    Args:
        real: float (n_r, d), on the device where generated features will be.
        fake_samples: n_f, the number of generated features.
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
                f"the kernel distance needs two samples of features (n, d) on each side, not "
                f"{tuple(real.shape)} real and {fake_samples} generated, {subset_size} at a time"
            )
        self._real = real
        self._fake_samples = fake_samples
        self._size = min(subset_size, len(real), fake_samples)
        # RandomState's stream never changes, so these are torch-fidelity's subsets.
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
    block are computed in the features' type and added up in float64, which keeps 8 digits.
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


def _sums_between(
    first: Tensor, first_members: Tensor, second: Tensor, second_members: Tensor
) -> Tensor:
    """Σ k(x, y) over all pairs of each subset of ``first`` and of ``second``: float64."""
    rows = block_rows(len(second))
    total = torch.zeros(first_members.shape[1], dtype=torch.float64, device=first.device)
    blocks = zip(torch.split(first, rows), torch.split(first_members, rows), strict=True)
    for block, members in blocks:
        total += ((_kernel(block, second) @ second_members).double() * members).sum(dim=0)
    return total


KID_MEAN = Measure(
    name="kid_mean",
    doc="kernel distance (KID) over the same features: mean over 100 subsets",
    over_epochs="final",
    direction="lower",
    heading=("KID",),
)
KID_STD = Measure(
    name="kid_std",
    doc="kernel distance: standard deviation over the subsets",
    over_epochs="final",
)


@scorer("kernel")
@cites(BINKOWSKI)
class Kernel(Scorer):
    """Kernel distance between generated and real features."""

    measures = (KID_MEAN, KID_STD)
    needs = frozenset({"features"})
    floors = True
    fewest_samples = 2

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.reference is not None

    def __init__(self, context: Context) -> None:
        self._distance = KernelDistance(context.real_features, context.samples)

    def score(self, scored: Scored) -> Mapping[str, Value]:
        distance = self._distance(scored.features)
        return {"kid_mean": distance.mean, "kid_std": distance.std}
