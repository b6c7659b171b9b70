"""Least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from variants.objectives import Objective, check_scores, objective

if TYPE_CHECKING:
    from torch import Tensor


@objective("least-squares")
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
