"""Improved precision and recall of Kynkäänniemi et al. 2019 (arXiv 1904.06991).

The manifold of a set of features is approximated by balls around each of them that reach
to its k-th nearest neighbour in the set (itself not counted). Precision is the share of
generated features inside the real manifold, recall the share of real features inside the
generated one. Definitions are torch-fidelity's.

With ‖x − y‖² = ‖x‖² + ‖y‖² − 2 x·y, whether x lies in some ball (y, ρ) is one matrix
product and a maximum over rows: max_y (2 x·y + ρ_y² − ‖y‖²) ≥ ‖x‖². Features are centred
first, which changes no distance and keeps the subtraction accurate in float32.
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
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

NEIGHBOURS = 3

KYNKAANNIEMI = Reference(
    key="kynkaanniemi2019improved",
    authors="Tuomas Kynkäänniemi and Tero Karras and Samuli Laine and Jaakko Lehtinen and Timo "
    "Aila",
    title="Improved Precision and Recall Metric for Assessing Generative Models",
    booktitle="Advances in Neural Information Processing Systems",
    volume="32",
    arxiv="1904.06991",
    year=2019,
)


class PrecisionRecall(NamedTuple):
    """Shares between 0 and 1."""

    precision: float
    recall: float


def squared_radii(features: Tensor, neighbours: int = NEIGHBOURS) -> Tensor:
    """Squared distance of each feature to its k-th nearest other one.

    Args:
        features: float (n, d), n > k.
        neighbours: k.

    Returns:
        (n,), of the features' type and device.

    Raises:
        ValueError: another shape, or too few features.
    """
    if features.dim() != 2 or len(features) <= neighbours:
        raise ValueError(f"features must be (n > {neighbours}, d), not {tuple(features.shape)}")
    features = features - features.mean(dim=0)
    norms = features.square().sum(dim=1)
    nearest = [
        # the nearest of all is the feature itself
        torch.addmm(-norms, block, features.T, alpha=2).topk(neighbours + 1, dim=1).values[:, -1]
        for block in torch.split(features, block_rows(len(features)))
    ]
    return (norms - torch.cat(nearest)).clamp_(min=0)


def precision_recall(
    fake: Tensor, real: Tensor, real_squared_radii: Tensor, neighbours: int = NEIGHBOURS
) -> PrecisionRecall:
    """Precision and recall of generated features against real ones.

    Args:
        fake: float (n_f, d), n_f > k, finite.
        real: float (n_r, d), n_r > k, on the same device.
        real_squared_radii: :func:`squared_radii` of ``real``, the same for every generator.
        neighbours: k.

    Raises:
        ValueError: other shapes, or too few features.
    """
    if real_squared_radii.shape != real.shape[:1] or fake.shape[1:] != real.shape[1:]:
        raise ValueError(
            f"shapes do not match: generated {tuple(fake.shape)}, real {tuple(real.shape)}, "
            f"radii {tuple(real_squared_radii.shape)}"
        )
    fake_squared_radii = squared_radii(fake, neighbours)
    centre = real.mean(dim=0)
    fake, real = fake - centre, real - centre
    return PrecisionRecall(
        precision=_share_inside(fake, real, real_squared_radii),
        recall=_share_inside(real, fake, fake_squared_radii),
    )


def _share_inside(points: Tensor, centres: Tensor, radii: Tensor) -> float:
    reach = radii - centres.square().sum(dim=1)
    best = [
        torch.addmm(reach, block, centres.T, alpha=2).amax(dim=1)
        for block in torch.split(points, block_rows(len(centres)))
    ]
    return (torch.cat(best) >= points.square().sum(dim=1)).double().mean().item()


PRECISION = Measure(
    name="precision",
    doc="improved precision, 3 neighbours, over the same features: "
    "share of generated images inside the real manifold",
    unit="%",
    over_epochs="final",
    direction="higher",
    heading=("Precision",),
)
RECALL = Measure(
    name="recall",
    doc="improved recall: share of real images inside the generated manifold",
    unit="%",
    over_epochs="final",
    direction="higher",
    heading=("Recall",),
)


@scorer("manifold")
@cites(KYNKAANNIEMI)
class Manifold(Scorer):
    """Precision and recall of generated features."""

    measures = (PRECISION, RECALL)
    needs = frozenset({"features"})
    floors = True
    fewest_samples = NEIGHBOURS + 1

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.reference is not None

    def __init__(self, context: Context) -> None:
        assert context.reference is not None
        self._real = context.real_features
        self._squared_radii = context.reference.squared_radii.to(context.device)

    def score(self, scored: Scored) -> Mapping[str, Value]:
        return precision_recall(scored.features, self._real, self._squared_radii)._asdict()
