"""The copying statistic C_T of Meehan et al. 2020 (arXiv 2004.05675, definition 2).

Generated images are copies if they are nearer to the training images than held-out ones are. In
each of k cells of the feature space, the distances of generated and of held-out images to the
nearest training image of the cell are compared by a rank test (Mann & Whitney), whose z-score is
below 0 where generated ones are nearer. C_T is the mean of these, weighted by the share of held-out
images in the cell, over the cells with at least twenty generated images. Below −3 it means copying,
near 0 neither, and far above 0 that samples are further from the training images than real ones
are. It grows with the root of the number of images.

As in the authors' code, the cells are those of k-means on the training images; here three, on at
most 64 principal components, as in dgm-eval (Stein et al. 2023, arXiv 2306.04675).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.measures.measure import Measure, Value
from bench.quality.neighbours import nearest
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from variants.lazy import LazyModule
from variants.references import Reference, cites

if TYPE_CHECKING:
    import numpy as np
    import torch
    from scipy.cluster import vq
    from torch import Tensor
else:
    np = LazyModule("numpy")
    torch = LazyModule("torch")
    vq = LazyModule("scipy.cluster.vq")

CELLS = 3
COMPONENTS = 64
FEWEST_IN_CELL = 20  # m τ of the paper, §4.1: with fewer the z-score is not normal
_CLUSTERED = 10_000
_SEED = 2004

C_T = Measure(
    name="copying",
    doc="C_T: z-score of the rank test whether generated images are nearer to training images than "
    "held-out ones, over 3 cells; below −3 they are copies; null without held-out images",
    over_epochs="final",
    heading=("C_T",),
)
C_T_HELD_OUT = Measure(
    name="copying_held_out",
    doc="the same of one half of the held-out images against the other: near 0",
    over_epochs="final",
    control=True,
)

MEEHAN = Reference(
    key="meehan2020three",
    authors="Casey Meehan and Kamalika Chaudhuri and Sanjoy Dasgupta",
    title="A Three Sample Hypothesis Test for Evaluating Generative Models",
    booktitle="International Conference on Artificial Intelligence and Statistics",
    arxiv="2004.05675",
    year=2020,
)


def rank_z(ours: Tensor, theirs: Tensor) -> float:
    """z-score of the Mann–Whitney U of the first of two samples: below 0 where it is smaller.

    Args:
        ours: (m,), m ≥ 1.
        theirs: (n,), n ≥ 1.
    """
    m, n = len(ours), len(theirs)
    ordered = theirs.sort().values
    ours = ours.contiguous()
    below = torch.searchsorted(ordered, ours).double()
    upto = torch.searchsorted(ordered, ours, right=True).double()
    u = ((below + upto) / 2).sum().item()  # a tie is half a pair
    return float((u - m * n / 2) / (m * n * (m + n + 1) / 12) ** 0.5)


class CopyingTest:
    """C_T against fixed training images.

    Args:
        training: their features, float (n ≥ 3, d).
    """

    def __init__(self, training: Tensor) -> None:
        self._mean = training.mean(dim=0)
        centred = training - self._mean
        self._axes: Tensor | None = None
        if training.shape[1] > COMPONENTS:
            _, vectors = torch.linalg.eigh((centred.T @ centred).cpu().double())
            self._axes = vectors[:, -COMPONENTS:].to(training)
        placed = self._placed(training)
        some = placed[:_CLUSTERED].cpu().double().numpy()
        centres, _ = vq.kmeans2(some, CELLS, minit="++", seed=np.random.default_rng(_SEED))
        self._centres = torch.from_numpy(centres).to(placed)
        cells = self._cells(placed)
        self._training = [placed[cells == cell] for cell in range(CELLS)]

    def _placed(self, features: Tensor) -> Tensor:
        centred = features - self._mean
        return centred if self._axes is None else centred @ self._axes

    def _cells(self, placed: Tensor) -> Tensor:
        return nearest(placed, self._centres).indices

    def distances(self, features: Tensor) -> list[Tensor]:
        """Squared distances to the nearest training image of the same cell, cell by cell."""
        placed = self._placed(features)
        cells = self._cells(placed)
        return [
            nearest(placed[cells == cell], training).squared_distances
            if len(training)
            else placed.new_empty(0)
            for cell, training in enumerate(self._training)
        ]


def c_t(generated: list[Tensor], held_out: list[Tensor]) -> float | None:
    """C_T of distances by cell; None where no cell has enough images of both."""
    total = weight = 0.0
    for ours, theirs in zip(generated, held_out, strict=True):
        if len(ours) >= FEWEST_IN_CELL and len(theirs):
            total += len(theirs) * rank_z(ours, theirs)
            weight += len(theirs)
    return total / weight if weight else None


@scorer("copying")
@cites(MEEHAN)
class Copying(Scorer):
    """The copying statistic, and that of held-out images as the control."""

    measures = (C_T, C_T_HELD_OUT)
    needs = frozenset({"features"})
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        reference = context.reference
        if reference is None or reference.held_out is None:
            return False
        return min(len(reference.training), len(reference.held_out)) >= CELLS

    def __init__(self, context: Context) -> None:
        held_out = context.held_out_features
        assert held_out is not None
        self._test = CopyingTest(context.training_features)
        self._held_out = self._test.distances(held_out)
        halves = [self._test.distances(half) for half in torch.tensor_split(held_out, 2)]
        self._control = c_t(*halves)

    def score(self, scored: Scored) -> Mapping[str, Value]:
        found = c_t(self._test.distances(scored.features), self._held_out)
        return {"copying": found, "copying_held_out": self._control}
