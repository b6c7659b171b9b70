"""The relativistic pairing loss."""

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

JOLICOEUR_MARTINEAU = Reference(
    key="jolicoeur-martineau2019relativistic",
    authors="Alexia Jolicoeur-Martineau",
    title="The relativistic discriminator: a key element missing from standard GAN",
    booktitle="International Conference on Learning Representations",
    arxiv="1807.00734",
    year=2019,
)
HUANG = Reference(
    key="huang2024gan",
    authors="Yiwen Huang and Aaron Gokaslan and Volodymyr Kuleshov and James Tompkin",
    title="The GAN is dead; long live the GAN! A Modern GAN Baseline",
    booktitle="Advances in Neural Information Processing Systems",
    volume="37",
    arxiv="2501.05441",
    year=2024,
)


@objective("relativistic")
@cites(JOLICOEUR_MARTINEAU, HUANG)
class Relativistic(Objective):
    """Real scores against fake ones, pair by pair (Jolicoeur-Martineau 2018; R3GAN, equation 2).

    arXiv 1807.00734 and 2501.05441. Sample i of the real batch is paired with generated sample i;
    the generator's real batch is that of the last critic update, where R3GAN takes a new one.
    A score alone has no meaning, so there is no threshold and no accuracy.
    """

    compares = True

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """E[softplus(−(D(x) − D(G(z))))]."""
        check_scores(real, fake)
        return functional.softplus(-(real - fake)).mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """E[softplus(−(D(G(z)) − D(x)))], the critic's loss with the players exchanged."""
        assert real is not None, "this objective compares"
        return self.critic(fake, real)
