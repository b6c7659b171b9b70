"""Least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from variants.objectives import Objective, check_scores, objective
from variants.references import Reference, cites

if TYPE_CHECKING:
    from torch import Tensor

MAO = Reference(
    key="mao2017least",
    authors="Xudong Mao and Qing Li and Haoran Xie and Raymond Y. K. Lau and Zhen Wang and "
    "Stephen Paul Smolley",
    title="Least Squares Generative Adversarial Networks",
    booktitle="IEEE International Conference on Computer Vision",
    arxiv="1611.04076",
    year=2017,
)


@objective("least-squares")
@cites(MAO)
class LeastSquares(Objective):
    """Least squares (Mao et al. 2017, arXiv 1611.04076, equation 9; a = 0, b = c = 1)."""

    threshold = 0.5

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """½E[(D(x) − 1)²] + ½E[D(G(z))²]."""
        check_scores(real, fake)
        return ((real - 1).square().mean() + fake.square().mean()) / 2

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """½E[(D(G(z)) − 1)²]."""
        check_scores(fake)
        return (fake - 1).square().mean() / 2
