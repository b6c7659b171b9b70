"""Joining inputs: labels to latents and images, samples to packs."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot


class LabelledGenerator(nn.Module):
    """A conditional generator: the one-hot code of the class is joined to the latent.

    Mirza and Osindero 2014 (arXiv 1411.1784), section 3.2.
    """

    def __init__(self, network: nn.Module, classes: int) -> None:
        super().__init__()
        self.network = network
        self.classes = classes

    def forward(self, latents: Tensor, labels: Tensor) -> Tensor:
        """Latents (N, d) and labels (N,) → samples (N, …)."""
        code = one_hot(labels, self.classes).to(latents.dtype)
        samples: Tensor = self.network(torch.cat([latents, code], dim=1))
        return samples


class EmbeddingGenerator(nn.Module):
    """A conditional generator: numbers learned for each class are joined to the latent.

    As in R3GAN's code (arXiv 2501.05441).

    Args:
        network: (N, d + length) → samples.
        length: numbers of a class.
    """

    def __init__(self, network: nn.Module, classes: int, length: int) -> None:
        super().__init__()
        self.embedding = nn.Linear(classes, length, bias=False)
        nn.init.normal_(self.embedding.weight, 0.0, classes**-0.5)
        self.network = network
        self.classes = classes

    def forward(self, latents: Tensor, labels: Tensor) -> Tensor:
        """Latents (N, d) and labels (N,) → samples (N, …)."""
        code = self.embedding(one_hot(labels, self.classes).to(latents.dtype))
        samples: Tensor = self.network(torch.cat([latents, code], dim=1))
        return samples


class PackedCritic(nn.Module):
    """A critic of packs: ``pack`` samples in a row are joined as the channels of one.

    Lin et al. 2018 (PacGAN, arXiv 1712.04086), section 2: nothing else changes.
    """

    def __init__(self, network: nn.Module, pack: int) -> None:
        super().__init__()
        self.network = network
        self.pack = pack

    def forward(self, samples: Tensor) -> Tensor:
        """Images (N, C, H, W), or points (…, N, d) → outputs (…, N / pack, n).

        Raises:
            ValueError: ``pack`` does not divide N.
        """
        outputs: Tensor = self.network(packed(samples, self.pack))
        return outputs


class LabelledCritic(nn.Module):
    """A conditional critic: label → dense → a plane, joined as one more channel.

    Each image of a pack comes with the plane of its own class. A plane starts at N(0, 1), the
    scale of the pixels beside it, so that it has an effect from the first step.
    """

    def __init__(self, network: nn.Module, pack: int, classes: int, size: int) -> None:
        super().__init__()
        self.plane = nn.Linear(classes, size * size, bias=False)
        nn.init.normal_(self.plane.weight)
        self.network = network
        self.pack = pack
        self.classes = classes

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Images (N, C, H, W) and labels (N,) → outputs (N / pack, n).

        Raises:
            ValueError: ``pack`` does not divide N.
        """
        plane = self.plane(one_hot(labels, self.classes).to(images.dtype))
        joined = torch.cat([images, plane.view(len(images), 1, *images.shape[2:])], dim=1)
        outputs: Tensor = self.network(packed(joined, self.pack))
        return outputs


class ProjectionCritic(nn.Module):
    """A conditional critic: the class is compared with the features that the score is made of.

    f(x, y) = yᵀVφ(x) + ψ(φ(x)), Miyato and Koyama 2018 (arXiv 1802.05637), equation 8. A pack has
    the sum over the classes of its samples.

    Args:
        network: ends in the score ψ with the features φ beside it, see ``score_heads.FeatureHead``.
        features: numbers that φ gives for a sample or a pack.
        keep_features: give the features beside the score, as feature matching needs them.
    """

    def __init__(
        self, network: nn.Module, pack: int, classes: int, features: int, *, keep_features: bool
    ) -> None:
        super().__init__()
        self.network = network
        self.embedding = nn.Linear(classes, features, bias=False)
        nn.init.xavier_uniform_(self.embedding.weight)
        self.pack = pack
        self.classes = classes
        self.keep_features = keep_features

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Images (N, C, H, W) and labels (N,) → scores (N / pack, 1), or with features.

        Raises:
            ValueError: ``pack`` does not divide N.
        """
        outputs = self.network(packed(images, self.pack))
        code = one_hot(labels, self.classes).to(images.dtype)
        embedded = self.embedding(code.view(-1, self.pack, self.classes).sum(1))
        score, features = outputs[:, :1], outputs[:, 1:]
        score = score + (embedded * features).sum(1, keepdim=True)
        return torch.cat([score, features], 1) if self.keep_features else score


def packed(samples: Tensor, pack: int) -> Tensor:
    """(N, C, H, W) → (N / pack, pack · C, H, W); points (…, N, d) → (…, N / pack, pack · d).

    Raises:
        ValueError: ``pack`` does not divide N.
    """
    rows = 0 if samples.ndim == 4 else samples.ndim - 2
    if samples.shape[rows] % pack:
        raise ValueError(f"{samples.shape[rows]} samples are not whole packs of {pack}")
    before, (count, channels, *rest) = samples.shape[:rows], samples.shape[rows:]
    return samples.reshape(*before, count // pack, pack * channels, *rest)
