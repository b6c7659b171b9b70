"""Feature matching: the generator matches the mean of the critic's last hidden layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from variants.objectives import objective
from variants.objectives.cross_entropy import CrossEntropy
from variants.references import Reference, cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SALIMANS = Reference(
    key="salimans2016improved",
    authors="Tim Salimans and Ian Goodfellow and Wojciech Zaremba and Vicki Cheung and Alec "
    "Radford and Xi Chen",
    title="Improved Techniques for Training GANs",
    booktitle="Advances in Neural Information Processing Systems",
    volume="29",
    arxiv="1606.03498",
    year=2016,
)


@objective("feature-matching")
@cites(SALIMANS)
class FeatureMatching(CrossEntropy):
    """The generator matches the mean features of real samples (Salimans et al. 2016, §3.1).

    arXiv 1606.03498. f are the inputs of the critic's last layer. The critic ends in its score and
    f beside it, (N, 1 + n), and minimises the cross-entropy of the score alone.
    """

    head: ClassVar[Literal["score", "vector", "features"]] = "features"
    compares = True

    def scores(self, outputs: Tensor) -> Tensor:
        return outputs[..., :1]

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """E[softplus(−D(x))] + E[softplus(D(G(z)))]."""
        return super().critic(self.scores(real), self.scores(fake))

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """‖E f(x) − E f(G(z))‖²."""
        assert real is not None, "this objective compares"
        gap: Tensor = (real[:, 1:].mean(0) - fake[:, 1:].mean(0)).square().sum()
        return gap

    def potential(self, outputs: Tensor, noise: torch.Generator) -> Tensor:
        return self.scores(outputs)
