"""pix2pix: image translation learned from pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from variants.effect import Effect
from variants.lazy import LazyModule
from variants.objectives import OBJECTIVES
from variants.references import Reference, cites
from variants.registry import register
from variants.shapes import PairShape, SampleShape
from variants.translation_recipe import TranslationRecipe

if TYPE_CHECKING:
    import torch
    from torch import nn

    from variants.game import Game
    from variants.networks import layers, unet
    from variants.translation import pix2pix
else:
    nn = LazyModule("torch.nn")
    layers = LazyModule("variants.networks.layers")
    unet = LazyModule("variants.networks.unet")
    pix2pix = LazyModule("variants.translation.pix2pix")

ISOLA = Reference(
    key="isola2017image",
    authors="Phillip Isola and Jun-Yan Zhu and Tinghui Zhou and Alexei A. Efros",
    title="Image-to-Image Translation with Conditional Adversarial Networks",
    booktitle="IEEE Conference on Computer Vision and Pattern Recognition",
    arxiv="1611.07004",
    year=2017,
)


@register("pix2pix")
@cites(ISOLA)
class Pix2Pix(TranslationRecipe):
    """Learns from pairs: a U-Net with skips, a critic of patches of the pair, and L1.

    Isola et al. 2017 (arXiv 1611.07004). The U-Net halves an image to 1 × 1, so its depth follows
    the size: 5 halvings of 32 px to 8 of 256.
    """

    task: ClassVar[str] = "pairs"
    source: ClassVar[str] = "arXiv 1611.07004"

    l1: Annotated[float, Effect(free=True)] = Field(
        100.0, ge=0, description="weight of the L1 distance from the target"
    )
    dropout: Annotated[float, Effect(0.0, free=True)] = Field(
        0.5,
        ge=0,
        lt=1,
        description="share dropped inside the generator, in evaluation too: its only noise",
    )

    @property
    def parts(self) -> Sequence[object]:
        return [OBJECTIVES.get("non-saturating")]

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        assert isinstance(shape, PairShape)
        # A batch of one has the statistics of its image, which evaluation must not mix.
        alone = self.batch_size == 1
        generator = unet.UNet(
            shape.source.channels,
            shape.target.channels,
            width=self.generator_width,
            halvings=shape.target.size.bit_length() - 1,
            norm=lambda width: (
                layers.InstanceNorm(width, affine=True) if alone else nn.BatchNorm2d(width)
            ),
            dropout=self.dropout,
            separable=self.generator_separable,
        )
        layers.initialise_dcgan(generator)
        channels = shape.source.channels + shape.target.channels
        critic = self.patch_critic(channels, shape, nn.BatchNorm2d, bias=False)
        return pix2pix.Pix2PixGame(
            shape,
            self.player(generator.to(device), self.generator_lr),
            self.player(critic.to(device), self.critic_lr),
            l1=self.l1,
            critic_steps=self.critic_steps,
        )
