"""Recipes of games that make an image from an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, model_validator

from variants.effect import Effect
from variants.lazy import LazyModule
from variants.recipe import Recipe, Refusal
from variants.shapes import PairShape, PointShape, SampleShape
from variants.widths import FACTORS, FILTERS, SPLIT, apply_factors

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import layers, patches
else:
    layers = LazyModule("variants.networks.layers")
    patches = LazyModule("variants.networks.patches")

# Image size → strided layers of the critic: patches of about half the image, and at most those of
# 70 pixels that are the papers' best.
_STRIDED = {32: 1, 64: 2, 128: 3, 256: 3}


class TranslationRecipe(Recipe):
    """Fields common to games whose generator receives an image.

    The defaults are those of pix2pix and CycleGAN: Adam, batches of one image.
    """

    image_sizes: ClassVar[tuple[int, ...]] = tuple(_STRIDED)

    batch_size: int = Field(1, ge=1, description="real images per critic update")
    generator_width: Annotated[int, FILTERS] = Field(
        64, ge=1, description="filters of the generator's first layer"
    )
    critic_width: Annotated[int, FILTERS] = Field(
        64, ge=1, description="filters of the critic's first layer"
    )
    generator_separable: Annotated[bool, SPLIT] = Field(
        False, description="depthwise-separable convolutions inside the generator"
    )
    critic_separable: Annotated[bool, SPLIT] = Field(
        False, description="depthwise-separable convolutions inside the critic"
    )
    patch_layers: Annotated[
        int | None,
        Effect(why="each strided layer of the critic doubles the filters at a quarter of the map"),
    ] = Field(
        None,
        ge=1,
        le=4,
        description="strided layers of the critic, which judges patches of 16, 34, 70 or 142 "
        "pixels with 1 to 4; null for about half the image and at most 70",
    )

    @classmethod
    def grid_keys(cls) -> list[str]:
        return [*super().grid_keys(), *FACTORS]

    @model_validator(mode="before")
    @classmethod
    def _apply_width_factors(cls, fields: Any) -> Any:
        return apply_factors(cls, fields)

    def refusal(self, shape: SampleShape) -> Refusal | None:
        if not isinstance(shape, PairShape):
            what = "points" if isinstance(shape, PointShape) else "images alone"
            return Refusal(
                "dataset",
                f"makes images from images, and this data set has {what}; it needs pairs, or two "
                "sets of images",
            )
        for image in (shape.source, shape.target):
            refused = super().refusal(image)
            if refused is not None:
                return refused
        if shape.source.size != shape.target.size:
            sizes = f"{shape.source.size} and {shape.target.size} px"
            return Refusal("image_size", f"needs sources and targets of one size, not of {sizes}")
        if shape.target.size // 2 ** (self.patch_layers or 1) < 3:
            return Refusal(
                "patch_layers",
                f"has a critic that judges no whole patch of {shape.target.size} px with "
                f"patch_layers {self.patch_layers}",
            )
        return None

    def patch_critic(
        self, channels: int, shape: PairShape, norm: Callable[[int], nn.Module], *, bias: bool
    ) -> nn.Module:
        """The critic: (N, channels, H, W) → scores of patches (N, 1, H', W')."""
        network = patches.patch_critic(
            channels,
            width=self.critic_width,
            strided=self.patch_layers or _STRIDED[shape.target.size],
            norm=norm,
            bias=bias,
            separable=self.critic_separable,
        )
        return layers.initialise_dcgan(network)
