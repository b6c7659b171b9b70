"""DCGANs that cost less, and one that costs more: single changes to ``dcgan``."""

from __future__ import annotations

from pydantic import Field

from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("dcgan-lite")
class DcganLite(Dcgan):
    """Half the filters in both networks."""

    generator_width: int = Field(
        32, ge=1, description="filters of the generator's last hidden layer"
    )
    critic_width: int = Field(32, ge=1, description="filters of the critic's first layer")


@register("dcgan-lite-generator")
class DcganLiteGenerator(Dcgan):
    """Half the filters in the generator only."""

    generator_width: int = Field(
        32, ge=1, description="filters of the generator's last hidden layer"
    )


@register("dcgan-lite-critic")
class DcganLiteCritic(Dcgan):
    """Half the filters in the critic only."""

    critic_width: int = Field(32, ge=1, description="filters of the critic's first layer")


@register("dcgan-separable")
class DcganSeparable(Dcgan):
    """Depthwise-separable convolutions in both networks (MobileNet, arXiv 1704.04861)."""

    generator_separable: bool = Field(
        True, description="depthwise-separable convolutions inside the generator"
    )
    critic_separable: bool = Field(
        True, description="depthwise-separable convolutions inside the critic"
    )


@register("dcgan-deep")
class DcganDeep(Dcgan):
    """A deeper, more expensive generator: one more 3×3 convolution at each resolution."""

    generator_extra_layers: int = Field(
        1, ge=0, description="3×3 convolutions added at each resolution of the generator"
    )
