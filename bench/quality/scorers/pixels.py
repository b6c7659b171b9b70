"""A translation held against its target pixel by pixel: L1, PSNR and SSIM.

All are of 8-bit pixels. L1 and PSNR reward the mean of all
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
from variants.references import Reference, cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import functional
else:
    torch = LazyModule("torch")
    functional = LazyModule("torch.nn.functional")

_RANGE = 255.0
_WINDOW, _SIGMA = 11, 1.5  # of SSIM, in pixels

L1 = Measure(
    name="l1",
    doc="mean absolute difference between a translation and its target, of pixels from 0 to 255; "
    "null where targets are unknown",
    over_epochs="final",
    direction="lower",
    scale="log",
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

WANG = Reference(
    key="wang2004image",
    authors="Zhou Wang and Alan C. Bovik and Hamid R. Sheikh and Eero P. Simoncelli",
    title="Image Quality Assessment: From Error Visibility to Structural Similarity",
    journal="IEEE Transactions on Image Processing",
    volume="13",
    number="4",
    pages="600-612",
    year=2004,
)


@scorer("pixels")
@cites(WANG)
class Pixels(PerSample):
    """L1, PSNR and SSIM of translations whose targets are known."""

    measures = (L1, PSNR, SSIM)
    needs = frozenset({"images", "targets"})
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.data.sources is not None

    def each(self, scored: Scored) -> Mapping[str, Tensor]:
        images = scored.images.float()
        targets = scored.targets.to(images.device).float()
        difference = (images - targets).flatten(1)
        found = {"l1": difference.abs().mean(1), "squared": difference.square().mean(1)}
        if min(images.shape[2:]) >= _WINDOW:
            found["ssim"] = structural_similarity(images, targets)
        return found

    def of_means(self, means: Mapping[str, float]) -> Mapping[str, Value]:
        squared = means["squared"]
        psnr = 10 * math.log10(_RANGE**2 / squared) if squared > 0 else None
        return {"l1": means["l1"], "psnr": psnr, "ssim": means.get("ssim")}


def structural_similarity(images: Tensor, targets: Tensor) -> Tensor:
    """SSIM of each image and its target, float64 (n,).

    Equation 13 of Wang et al. 2004 (Image quality assessment: from error visibility to structural
    similarity, IEEE TIP 13(4)), its mean over channels and all pixels at which the window fits.
    torchmetrics gives the same map, but takes a second and 100 MB to import in every run, and seven
    times as long, as it does not separate the window. In float64, since variances are differences:
    float32 is wrong by 2e-4 where images are flat.

    Args:
        images, targets: (n, c, h, w) of pixels from 0 to 255, at least 11 px high and wide.
    """
    x, y = images.double(), targets.double()
    places = torch.arange(_WINDOW, dtype=x.dtype, device=x.device) - _WINDOW // 2
    window = (-places.square() / (2 * _SIGMA**2)).exp()
    window /= window.sum()
    planes = torch.stack([x, y, x * x, y * y, x * y]).reshape(-1, 1, *x.shape[2:])
    rows = functional.conv2d(planes, window[None, None, :, None])
    means = functional.conv2d(rows, window[None, None, None, :])
    mean_x, mean_y, square_x, square_y, product = means.reshape(5, len(x), -1)
    c1, c2 = (0.01 * _RANGE) ** 2, (0.03 * _RANGE) ** 2
    variances = square_x - mean_x**2 + square_y - mean_y**2
    upper = (2 * mean_x * mean_y + c1) * (2 * (product - mean_x * mean_y) + c2)
    lower = (mean_x**2 + mean_y**2 + c1) * (variances + c2)
    similarity: Tensor = (upper / lower).mean(1)
    return similarity
