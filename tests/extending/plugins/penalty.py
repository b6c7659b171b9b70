"""A penalty: the drift of the critic's scores."""

from collections.abc import Callable

import torch
from torch import Tensor

from variants.penalties import Penalty, penalty


@penalty("drift")
class Drift(Penalty):
    """E[D(x)²] on real samples (Karras et al. 2018, arXiv 1710.10196, appendix A.1)."""

    per_sample = False
    differentiates_twice = False

    def __call__(
        self,
        critic: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
        noise: torch.Generator,
        packs: int,
    ) -> Tensor:
        return critic(real).float().square().mean()
