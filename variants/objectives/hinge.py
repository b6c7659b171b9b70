"""The hinge loss."""

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

MIYATO = Reference(
    key="miyato2018spectral",
    authors="Takeru Miyato and Toshiki Kataoka and Masanori Koyama and Yuichi Yoshida",
    title="Spectral Normalization for Generative Adversarial Networks",
    booktitle="International Conference on Learning Representations",
    arxiv="1802.05957",
    year=2018,
)


@objective("hinge")
@cites(MIYATO)
class Hinge(Objective):
    """The hinge loss (Miyato et al. 2018, arXiv 1802.05957, equations 16 and 17)."""

    threshold = 0.0

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))]."""
        check_scores(real, fake)
        return functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """−E[D(G(z))]."""
        check_scores(fake)
        return -fake.mean()
