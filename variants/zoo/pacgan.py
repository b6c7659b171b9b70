"""PacGAN: a critic that judges several samples at once, so that repetition reveals fakes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("pacgan")
class PacGan(Dcgan):
    """DCGAN whose critic judges packs of two samples.

    Lin et al. 2018 (arXiv 1712.04086): m samples, all real or all generated, are joined along
    the channels; nothing else changes. ``pack`` is a field of every other variant too.
    """

    source: ClassVar[str] = "arXiv 1712.04086"

    pack: int = Field(
        2, ge=1, description="samples the critic judges together, joined as channels (PacGAN)"
    )
