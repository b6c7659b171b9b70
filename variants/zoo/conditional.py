"""Conditional GANs: both players receive the class."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from variants.adversarial_recipe import MIRZA
from variants.references import cites
from variants.registry import register
from variants.zoo.dcgan import Dcgan
from variants.zoo.dense import Gan
from variants.zoo.wasserstein import WganGp

_MEANING = "give both players the class: with the latent, and as an image plane"


@register("conditional-gan")
@cites(MIRZA)
class ConditionalGan(Gan):
    """The conditional GAN of dense layers.

    Mirza and Osindero 2014 (arXiv 1411.1784): the class is joined, one-hot, to the latent; at
    the critic a dense layer makes it a plane beside the image's.
    """

    source: ClassVar[str] = "arXiv 1411.1784"

    conditional: bool = Field(True, description=_MEANING)


@register("conditional-dcgan")
@cites(MIRZA)
class ConditionalDcgan(Dcgan):
    """DCGAN with classes: one-hot with the latent, a plane from a dense layer at the critic."""

    source: ClassVar[str] = "arXiv 1411.1784"

    conditional: bool = Field(True, description=_MEANING)


@register("conditional-wgan-gp")
@cites(MIRZA)
class ConditionalWganGp(WganGp):
    """Wasserstein GAN with a gradient penalty and classes.

    The penalty is on the image only; an interpolate keeps the class that its two ends share.
    """

    conditional: bool = Field(True, description=_MEANING)
