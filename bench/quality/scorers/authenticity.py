"""Authenticity of Alaa et al. 2022 (arXiv 2102.08921, §4.3): whether samples are copies.

A generated image is authentic unless it is nearer to its nearest training image than that image
is to any other training image. Copies score 0. A tie counts as a copy, as in the authors' code.
Images that were never trained on do not score 1, but about 0.5 to 0.7: the column of the held-out
ones says how much on this data set. Samples far from all real images score 1, so a higher share is
no better; one far below the held-out images' is a copy's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.measures.measure import Measure, Value
from bench.quality.neighbours import nearest
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from variants.references import Reference, cites

if TYPE_CHECKING:
    from torch import Tensor

AUTHENTICITY = Measure(
    name="authenticity",
    doc="share of generated images that are not nearer to their nearest training image than that "
    "is to any other training image, over the same features; 0 for copies, and for others about as "
    "for held-out images",
    unit="%",
    over_epochs="final",
    heading=("Authenticity",),
)
AUTHENTICITY_HELD_OUT = Measure(
    name="authenticity_held_out",
    doc="the same of held-out real images: what a generator that copies nothing would score",
    unit="%",
    over_epochs="final",
    control=True,
)

ALAA = Reference(
    key="alaa2022faithful",
    authors="Ahmed Alaa and Boris van Breugel and Evgeny Saveliev and Mihaela van der Schaar",
    title="How Faithful is your Synthetic Data? Sample-level Metrics for Evaluating and "
    "Auditing Generative Models",
    booktitle="International Conference on Machine Learning",
    arxiv="2102.08921",
    year=2022,
)


def authenticity(features: Tensor, training: Tensor, squared_radii: Tensor) -> float:
    """The share of authentic features.

    Args:
        features: float (n, d), n ≥ 1, finite.
        training: features of the training images, (m, d).
        squared_radii: squared distance of each of them to its nearest other one, (m,).
    """
    found = nearest(features, training)
    authentic = found.squared_distances > squared_radii[found.indices]
    return authentic.double().mean().item()


@scorer("authenticity")
@cites(ALAA)
class Authenticity(Scorer):
    """Authenticity of generated images, and of held-out ones as the control."""

    measures = (AUTHENTICITY, AUTHENTICITY_HELD_OUT)
    needs = frozenset({"features"})
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.reference is not None

    def __init__(self, context: Context) -> None:
        assert context.reference is not None
        self._training = context.training_features
        self._squared_radii = context.reference.training_squared_radii.to(context.device)
        held_out = context.held_out_features
        self._control = None if held_out is None else self._of(held_out)

    def _of(self, features: Tensor) -> float:
        return authenticity(features, self._training, self._squared_radii)

    def score(self, scored: Scored) -> Mapping[str, Value]:
        found = self._of(scored.features)
        return {"authenticity": found, "authenticity_held_out": self._control}
