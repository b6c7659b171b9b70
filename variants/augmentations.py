"""Random changes of images before the critic sees them: the contract and the registry.

Differentiable augmentation, Zhao et al. 2020 (arXiv 2006.10738): real and generated images are
changed alike, in the updates of both players, and gradients flow through the changes, so that the
generator does not learn them. The groups and their numbers are those of the paper's code. All draws
come from the stream that is given. Nothing here multiplies matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from variants.lazy import LazyModule
from variants.references import Reference, cites
from variants.registry import Registry, suggestion

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import functional
else:
    torch = LazyModule("torch")
    functional = LazyModule("torch.nn.functional")

# Changes images (N, C, H, W) in [−1, 1], each by draws of its own.
Augmentation = Callable[["Tensor", "torch.Generator"], "Tensor"]

AUGMENTATIONS: Registry[Augmentation] = Registry("augmentation")
augmentation = AUGMENTATIONS.register

ZHAO = Reference(
    key="zhao2020differentiable",
    authors="Shengyu Zhao and Zhijian Liu and Ji Lin and Jun-Yan Zhu and Song Han",
    title="Differentiable Augmentation for Data-Efficient GAN Training",
    booktitle="Advances in Neural Information Processing Systems",
    volume="33",
    arxiv="2006.10738",
    year=2020,
)


@augmentation("color")
@cites(ZHAO)
def color(images: Tensor, noise: torch.Generator) -> Tensor:
    """Brightness ± 0.5, saturation × U(0, 2), contrast × U(0.5, 1.5), in this order."""
    images = images + (_uniform(images, noise) - 0.5)
    grey = images.mean(1, keepdim=True)
    images = (images - grey) * (2 * _uniform(images, noise)) + grey
    middle = images.mean((1, 2, 3), keepdim=True)
    return (images - middle) * (_uniform(images, noise) + 0.5) + middle


@augmentation("translation")
@cites(ZHAO)
def translation(images: Tensor, noise: torch.Generator) -> Tensor:
    """Shifts by whole pixels, up to an eighth of the size each way; 0 comes in from outside."""
    for side in (2, 3):
        size = images.shape[side]
        most = int(size / 8 + 0.5)
        shifts = _whole(images, -most, most, noise)
        # One pixel of 0 at both ends stands for all that is outside.
        edges = (1, 1, 0, 0) if side == 3 else (0, 0, 1, 1)
        index = (torch.arange(size, device=images.device) + shifts[:, None] + 1).clamp(0, size + 1)
        view = index.view(len(images), 1, *((size, 1) if side == 2 else (1, size)))
        images = functional.pad(images, edges).gather(side, view.expand_as(images))
    return images


@augmentation("cutout")
@cites(ZHAO)
def cutout(images: Tensor, noise: torch.Generator) -> Tensor:
    """A square of half the size becomes 0, around any pixel, so that it may stick out."""
    covered = None
    for side in (2, 3):
        size = images.shape[side]
        length = int(size / 2 + 0.5)
        centres = _whole(images, 0, size - length % 2, noise)
        first = centres - length // 2
        pixels = torch.arange(size, device=images.device)
        within = (pixels >= first[:, None]) & (pixels < first[:, None] + length)
        view = within.view(len(images), 1, *((size, 1) if side == 2 else (1, size)))
        covered = view if covered is None else covered & view
    assert covered is not None
    return images * (~covered).to(images.dtype)


def check_policy(policy: str) -> str:
    """The names in a text such as ``color,cutout``, in the order in which they are applied.

    Raises:
        ValueError: a name is unknown, or there twice.
    """
    given = [name.strip() for name in policy.split(",") if name.strip()]
    for name in given:
        if name not in AUGMENTATIONS:
            hint = suggestion(name, AUGMENTATIONS).rstrip(".")
            raise ValueError(f"augment has {name!r}, which is no known augmentation ({hint})")
        if given.count(name) > 1:
            raise ValueError(f"augment has {name} {given.count(name)} times; name it once")
    return ",".join(name for name in AUGMENTATIONS.names() if name in given)


def of_policy(policy: str) -> list[Augmentation]:
    """The augmentations that a checked text names."""
    return [AUGMENTATIONS.get(name) for name in policy.split(",") if name]


def _uniform(images: Tensor, noise: torch.Generator) -> Tensor:
    """A draw of U(0, 1) for each image, (N, 1, 1, 1), in full precision."""
    exact = torch.promote_types(images.dtype, torch.float32)
    drawn = torch.rand((len(images), 1, 1, 1), generator=noise, device=images.device, dtype=exact)
    return drawn


def _whole(images: Tensor, least: int, most: int, noise: torch.Generator) -> Tensor:
    """A whole number from ``least`` to ``most``, both included, for each image, (N,)."""
    return torch.randint(least, most + 1, (len(images),), generator=noise, device=images.device)
