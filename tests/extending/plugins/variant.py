"""A variant: DCGAN with a quarter of the filters."""

from pydantic import Field

from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("dcgan-narrow")
class DcganNarrow(Dcgan):
    """DCGAN with a quarter of the filters."""

    generator_width: int = Field(
        16, ge=1, description="filters of the generator's last hidden layer"
    )
    critic_width: int = Field(16, ge=1, description="filters of the critic's first layer")
