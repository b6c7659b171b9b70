"""The first GAN's objectives: cross-entropy, with either loss of the generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from variants.lazy import LazyModule
from variants.objectives import Objective, check_scores, objective
from variants.references import Reference, cites

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import functional
else:
    functional = LazyModule("torch.nn.functional")

GOODFELLOW = Reference(
    key="goodfellow2014generative",
    authors="Ian Goodfellow and Jean Pouget-Abadie and Mehdi Mirza and Bing Xu and David "
    "Warde-Farley and Sherjil Ozair and Aaron Courville and Yoshua Bengio",
    title="Generative Adversarial Nets",
    booktitle="Advances in Neural Information Processing Systems",
    volume="27",
    arxiv="1406.2661",
    year=2014,
)


@cites(GOODFELLOW)
class CrossEntropy(Objective):
    """The critic of Goodfellow et al. 2014 (arXiv 1406.2661), equation 1."""

    threshold = 0.0

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """−E[log σ(D(x))] − E[log(1 − σ(D(G(z))))].

        Written with softplus on logits: −log σ(s) = softplus(−s), −log(1 − σ(s)) = softplus(s),
        which neither overflows nor applies a sigmoid twice.
        """
        check_scores(real, fake)
        return functional.softplus(-real).mean() + functional.softplus(fake).mean()


@objective("non-saturating")
class NonSaturating(CrossEntropy):
    """Cross-entropy; the generator maximises log D(G(z)) (Goodfellow et al. 2014, section 3)."""

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """−E[log σ(D(G(z)))]."""
        check_scores(fake)
        return functional.softplus(-fake).mean()


@objective("minimax")
class Minimax(CrossEntropy):
    """Cross-entropy; the generator minimises what the critic maximises (Goodfellow et al. 2014)."""

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """E[log(1 − σ(D(G(z))))], equation 1 and Algorithm 1."""
        check_scores(fake)
        return -functional.softplus(fake).mean()
