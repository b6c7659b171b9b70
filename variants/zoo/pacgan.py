"""PacGAN: a critic that judges several samples at once, so that repetition reveals fakes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from variants.packs import LIN
from variants.references import cites
from variants.registry import register
from variants.zoo.dcgan import Dcgan


@register("pacgan")
@cites(LIN)
class PacGan(Dcgan):
    """DCGAN whose critic judges packs of two samples.

    Lin et al. 2018 (arXiv 1712.04086): m samples, all real or all generated, are joined along
    the channels; nothing else changes. ``pack`` is a field of every other variant too. As in the
    paper's experiments (section 4), batches are counted in packs: the critic makes as many
    decisions per update as DCGAN's, on m times the samples.
    """

    source: ClassVar[str] = "arXiv 1712.04086"
    revision: ClassVar[int] = 2  # 1 had batches of 64 samples, which are 32 packs
    default_packs: ClassVar[int | None] = 64

    batch_size: int = Field(128, ge=1, description="real images per critic update")
    pack: int = Field(
        2, ge=1, description="samples the critic judges together, joined as channels (PacGAN)"
    )
