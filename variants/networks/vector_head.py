"""The end of a vector critic: outputs that are not negative and start nearly alike."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils import parametrize

# How far each output's first weights are from the common ones, in units of their own draw.
_APART = 0.2


class VectorHead(nn.Sequential):
    """A layer of n outputs, softplus behind it: features (N, …) → (N, n), all above 0.

    With so few outputs a ReLU could leave all at zero, where there is no gradient.

    Args:
        last: the layer, with a ``weight`` of one row per output.
        flatten: the layer's outputs are maps, (N, n, 1, 1).
    """

    def __init__(self, last: nn.Module, *, flatten: bool) -> None:
        super().__init__(last, *([nn.Flatten()] if flatten else []), nn.Softplus())


def align(critic: nn.Module) -> None:
    """Makes the outputs of a critic's :class:`VectorHead` start nearly alike, in place.

    The weights of output j become w₁ + 0.2 w_j, where the w are the ones drawn, so that the
    outputs start as one critic's and are free to part.
    """
    for head in critic.modules():
        if isinstance(head, VectorHead):
            last = head[0]
            assert isinstance(last.weight, Tensor), "the layer has one row per output"
            drawn = last.weight.detach()
            aligned = drawn[:1] + _APART * drawn
            if parametrize.is_parametrized(last, "weight"):
                last.weight = aligned
            else:
                last.weight.data.copy_(aligned)
