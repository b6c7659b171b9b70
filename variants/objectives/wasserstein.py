"""The Wasserstein estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from variants.constraints import ARJOVSKY
from variants.objectives import Objective, check_scores, objective
from variants.references import cites
from variants.scalars import WASSERSTEIN_ESTIMATE

if TYPE_CHECKING:
    from torch import Tensor


@objective("wasserstein")
@cites(ARJOVSKY)
class Wasserstein(Objective):
    """The Wasserstein estimate (Arjovsky et al. 2017, arXiv 1701.07875, Algorithm 1).

    The critic has no sigmoid. Its Lipschitz bound comes from elsewhere: weight clipping, a
    gradient penalty or spectral normalisation.
    """

    scalars = (WASSERSTEIN_ESTIMATE,)

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """E[D(G(z))] − E[D(x)], minus the estimate of W₁."""
        check_scores(real, fake)
        return fake.mean() - real.mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """−E[D(G(z))]."""
        check_scores(fake)
        return -fake.mean()

    def reported(self, real: Tensor, fake: Tensor) -> Mapping[str, Tensor]:
        """E[D(x)] − E[D(G(z))]."""
        return {WASSERSTEIN_ESTIMATE.name: real.mean() - fake.mean()}
