"""Density and coverage of Naeem et al. 2020 (arXiv 2002.09797), as the authors' ``prdc`` has them.

Around each real feature is a ball that reaches to its fifth nearest other one. Density is the
number of balls that a generated feature lies in, over 5, on average: about 1 where both have one
distribution, and above 1 where samples crowd where real images are dense. Coverage is the share of
balls with a generated feature in them. A ball does not contain its surface, as in ``prdc``; that of
precision and recall, which follow torch-fidelity, does.

Coverage grows with the number of generated images and falls with that of the real ones, so as many
of both are compared, and no more than there are held-out images, which then are a fair control.
With n of each from one distribution its mean is 1 − [(n−1)…(n−k)] / [(2n−1)…(2n−k)], nearly
1 − 2⁻⁵ = 0.969 (§3.2); the authors find 1,000 to be enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from bench.measures.measure import Measure, Value
from bench.quality.blocks import block_rows
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from bench.quality.scorers.manifold import squared_radii
from variants.lazy import LazyModule
from variants.references import Reference, cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

NEIGHBOURS = 5
FEWEST_HELD_OUT = 100  # fewer would leave too few of the generated images

DENSITY = Measure(
    name="density",
    doc="number of balls around real images, to their fifth neighbours, that a generated image "
    "lies in, over 5; as many generated, real and held-out images",
    over_epochs="final",
    direction="higher",
    scale="log",
    heading=("Density",),
)
COVERAGE = Measure(
    name="coverage",
    doc="share of these balls that a generated image lies in",
    unit="%",
    over_epochs="final",
    direction="higher",
    heading=("Coverage",),
)
DENSITY_HELD_OUT = Measure(
    name="density_held_out",
    doc="density of held-out real images; null where they are the reference",
    over_epochs="final",
    control=True,
)
COVERAGE_HELD_OUT = Measure(
    name="coverage_held_out",
    doc="coverage by held-out real images: what a perfect generator would score; null where they "
    "are the reference",
    unit="%",
    over_epochs="final",
    control=True,
)

NAEEM = Reference(
    key="naeem2020reliable",
    authors="Muhammad Ferjad Naeem and Seong Joon Oh and Youngjung Uh and Yunjey Choi and Jaejun "
    "Yoo",
    title="Reliable Fidelity and Diversity Metrics for Generative Models",
    booktitle="International Conference on Machine Learning",
    arxiv="2002.09797",
    year=2020,
)


class DensityCoverage(NamedTuple):
    """Density, about 1 at best, and coverage, from 0 to 1."""

    density: float
    coverage: float


def density_coverage(
    fake: Tensor, real: Tensor, real_squared_radii: Tensor, neighbours: int = NEIGHBOURS
) -> DensityCoverage:
    """Density and coverage of generated features.

    Args:
        fake: float (n, d), n ≥ 1, finite.
        real: float (m, d), m > k, on the same device.
        real_squared_radii: :func:`squared_radii` of ``real`` with the same k.
        neighbours: k.
    """
    centre = real.mean(dim=0)
    fake, real = fake - centre, real - centre
    reach = real_squared_radii - real.square().sum(dim=1)
    norms = fake.square().sum(dim=1)
    inside = 0
    covered = torch.zeros(len(real), dtype=torch.bool, device=real.device)
    start = 0
    for block in torch.split(fake, block_rows(len(real))):
        within = (
            torch.addmm(reach, block, real.T, alpha=2) > norms[start : start + len(block), None]
        )
        inside += int(within.sum())
        covered |= within.any(dim=0)
        start += len(block)
    return DensityCoverage(inside / (neighbours * len(fake)), covered.double().mean().item())


@scorer("density-coverage")
@cites(NAEEM)
class DensityAndCoverage(Scorer):
    """Density and coverage of generated images, and of held-out ones as the control."""

    measures = (DENSITY, COVERAGE, DENSITY_HELD_OUT, COVERAGE_HELD_OUT)
    needs = frozenset({"features"})
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.reference is not None and _count(context) > NEIGHBOURS

    def __init__(self, context: Context) -> None:
        self._count = _count(context)
        self._real = context.real_features[: self._count]
        self._squared_radii = squared_radii(self._real, NEIGHBOURS)
        control = _control(context)
        found = None if control is None else self._of(control)
        self._held_out: dict[str, Value] = {
            "density_held_out": found.density if found else None,
            "coverage_held_out": found.coverage if found else None,
        }

    def _of(self, features: Tensor) -> DensityCoverage:
        return density_coverage(features[: self._count], self._real, self._squared_radii)

    def score(self, scored: Scored) -> Mapping[str, Value]:
        return self._of(scored.features)._asdict() | self._held_out


def _control(context: Context) -> Tensor | None:
    assert context.reference is not None
    held_out = context.held_out_features
    fit = held_out is not None and len(held_out) >= FEWEST_HELD_OUT
    return held_out if fit and context.reference.of == "training" else None


def _count(context: Context) -> int:
    control = _control(context)
    most = context.samples if control is None else min(context.samples, len(control))
    return min(most, len(context.real_features))
