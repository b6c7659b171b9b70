"""LeCam regularisation: scores are held near those of the other kind in earlier updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from variants.lazy import LazyModule
from variants.penalties import ScorePenalty, penalty
from variants.references import Reference, cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import functional
else:
    torch = LazyModule("torch")
    functional = LazyModule("torch.nn.functional")

_DECAY = 0.99

TSENG = Reference(
    key="tseng2021regularizing",
    authors="Hung-Yu Tseng and Lu Jiang and Ce Liu and Ming-Hsuan Yang and Weilong Yang",
    title="Regularizing Generative Adversarial Networks under Limited Data",
    booktitle="IEEE/CVF Conference on Computer Vision and Pattern Recognition",
    arxiv="2104.03310",
    year=2021,
)


@penalty("lecam")
@cites(TSENG)
class LeCam(ScorePenalty):
    """E max(0, D(x) − ā(fake))² + E max(0, ā(real) − D(x̃))² (Tseng et al. 2021, arXiv 2104.03310).

    Equation 4 as in the paper's code, with the rectifiers of its hinge loss. ā are exponential
    moving averages of the mean scores, with a decay of 0.99 per update; they start at the means of
    the first update and include those of the present one. Gradients do not flow through them.
    """

    def __init__(self) -> None:
        self._averages: Tensor | None = None  # of the mean real and the mean generated score

    def on(self, real: Tensor, fake: Tensor) -> Tensor:
        means = torch.stack([real.detach().mean(), fake.detach().mean()])
        if self._averages is None:
            self._averages = means
        else:  # in place, so that a CUDA graph goes on with it
            self._averages.lerp_(means, 1 - _DECAY)
        of_real, of_fake = self._averages.clone()
        above = functional.relu(real - of_fake).square().mean()
        below = functional.relu(of_real - fake).square().mean()
        penalty: Tensor = above + below
        return penalty

    def state(self) -> dict[str, Any]:
        return {} if self._averages is None else {"averages": self._averages.clone()}

    def load_state(self, state: Mapping[str, Any]) -> None:
        self._averages = state["averages"].clone() if state else None
