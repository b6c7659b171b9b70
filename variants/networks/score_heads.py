"""The end of a critic that judges by one score, with what may go with its last layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


def inputs_of(score: nn.Module) -> int:
    """Numbers of a sample that the first layer of a critic's end receives."""
    return next(weight[0].numel() for weight in score.parameters() if weight.ndim > 1)


def is_normalised_spectrally(network: nn.Module) -> bool:
    """Whether ``layers.normalise_spectrally`` was applied to a network."""
    return any(parametrize.is_parametrized(module) for module in network.modules())


class FeatureHead(nn.Module):
    """A score with the features that it is made of beside it: (N, …, F) → (N, …, 1 + F).

    Args:
        score: the layer from the features to the score.
    """

    def __init__(self, score: nn.Module) -> None:
        super().__init__()
        self.score = score

    def forward(self, features: Tensor) -> Tensor:
        """Maps (N, C, H, W) are flattened: n = C · H · W."""
        score = self.score(features)
        flat = features.flatten(1) if features.ndim == 4 else features
        return torch.cat([score, flat], -1)


class MinibatchDiscrimination(nn.Module):
    """How near each sample's features are to those of the others in the batch.

    Salimans et al. 2016 (arXiv 1606.03498), section 3.2: M_i = f(x_i)·T ∈ R^(B × C),
    o(x_i)_b = Σ_j exp(−‖M_ib − M_jb‖₁), the sum over all samples that are judged at once, i
    included. Real and generated samples are judged apart.

    Args:
        features: numbers of one sample.
        kernels: B.
        length: C, of each kernel's row.
    """

    def __init__(self, features: int, kernels: int, length: int) -> None:
        super().__init__()
        self.kernels = kernels
        self.project = nn.Linear(features, kernels * length, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """Features (N, …) → (N, B)."""
        rows = self.project(features.flatten(1)).view(len(features), self.kernels, -1)
        apart = (rows.unsqueeze(0) - rows.unsqueeze(1)).abs().sum(-1)
        near: Tensor = (-apart).exp().sum(1)
        return near


class MinibatchHead(nn.Module):
    """A score from features and from how near they are to those of the other samples.

    The paper joins both before the next layer. Here that is the last one, which is linear, so its
    two parts are added: (N, …) → (N, 1).

    Args:
        score: the layer from the features to the score.
        features: numbers of one sample.
        kernels, length: of the :class:`MinibatchDiscrimination`.
    """

    def __init__(self, score: nn.Module, features: int, kernels: int, length: int) -> None:
        super().__init__()
        self.score = score
        self.near = MinibatchDiscrimination(features, kernels, length)
        self.of_near = nn.Linear(kernels, 1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """The score (N, 1)."""
        score: Tensor = self.score(features) + self.of_near(self.near(features))
        return score
