"""A translation held against its target pixel by pixel: L1, PSNR and SSIM.

All are of 8-bit pixels; the map of SSIM is torchmetrics'. L1 and PSNR reward the mean of all
plausible outputs, SSIM its structure: read them beside the floors, of which the mean target is such
a mean, and beside the Fréchet distance, which blur does not improve.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.measures.measure import Measure, Value
from bench.quality.scorers.base import Context, PerSample, Scored, scorer
from variants.lazy import LazyModule

if TYPE_CHECKING:
    from torch import Tensor
    from torchmetrics.functional import image as metrics
else:
    metrics = LazyModule("torchmetrics.functional.image")

_RANGE = 255.0
# SSIM weights a window of 11 × 11 pixels by a Gaussian. Where it does not fit, torchmetrics
# reflects the image; Wang et al. and scikit-image leave these pixels out.
_WINDOW = 11
_EDGE = _WINDOW // 2

L1 = Measure(
    name="l1",
    doc="mean absolute difference between a translation and its target, of pixels from 0 to 255; "
    "null where targets are unknown",
    over_epochs="final",
    direction="lower",
    heading=("L1",),
)
PSNR = Measure(
    name="psnr",
    doc="peak signal-to-noise ratio of translations and targets: 10 log₁₀ of 255² over the mean "
    "squared difference of all their pixels; null where there is no difference",
    unit="dB",
    over_epochs="final",
    direction="higher",
    heading=("PSNR",),
)
SSIM = Measure(
    name="ssim",
    doc="structural similarity of a translation and its target (Wang et al. 2004): Gaussian window "
    "of 11 px, σ 1.5, K 0.01 and 0.03; mean over the images, 1 where they are equal; null below "
    "11 px",
    over_epochs="final",
    direction="higher",
    heading=("SSIM",),
    headline=True,
)


@scorer("pixels")
class Pixels(PerSample):
    """L1, PSNR and SSIM of translations whose targets are known."""

    measures = (L1, PSNR, SSIM)
    needs = frozenset({"images", "targets"})
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.data.sources is not None

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Imported before the run's memory is measured, since it brings half of SciPy.
        self._similarity = metrics.structural_similarity_index_measure

    def each(self, scored: Scored) -> Mapping[str, Tensor]:
        images = scored.images.float()
        targets = scored.targets.to(images.device).float()
        difference = (images - targets).flatten(1)
        found = {"l1": difference.abs().mean(1), "squared": difference.square().mean(1)}
        if min(images.shape[2:]) >= _WINDOW:
            # A difference of squares: float32 is wrong by 2e-4 where the images are flat.
            _, similarity = self._similarity(
                images.double(),
                targets.double(),
                data_range=_RANGE,
                reduction="none",
                return_full_image=True,
            )
            inside = similarity[..., _EDGE:-_EDGE, _EDGE:-_EDGE]
            found["ssim"] = inside.flatten(1).mean(1)
        return found

    def of_means(self, means: Mapping[str, float]) -> Mapping[str, Value]:
        squared = means["squared"]
        psnr = 10 * math.log10(_RANGE**2 / squared) if squared > 0 else None
        return {"l1": means["l1"], "psnr": psnr, "ssim": means.get("ssim")}
