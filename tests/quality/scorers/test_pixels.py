"""L1, PSNR and SSIM against independent implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio
from skimage.metrics import structural_similarity as structural_similarity_of
from torch import Tensor

from bench.datasets import ImageData
from bench.quality.scorers.base import Context, Scored
from bench.quality.scorers.pixels import Pixels, structural_similarity


def images(count: int, channels: int, size: int, seed: int) -> Tensor:
    """Smooth random pictures, so that there is structure."""
    random = np.random.default_rng(seed)
    rough = random.normal(size=(count, channels, size, size))
    smooth = gaussian_filter(rough, (0, 0, 1.5, 1.5))
    return torch.from_numpy((128 + 160 * smooth).clip(0, 255).astype(np.uint8))


def scores(made: Tensor, targets: Tensor) -> dict[str, object]:
    pixels = targets.numpy()
    data = ImageData(pixels, None, (), "some", sources=pixels)
    context = Context(task="pairs", device=torch.device("cpu"), samples=len(made), data=data)
    assert Pixels.applies(context)
    return dict(Pixels(context).score(Scored({"images": made, "targets": targets})))


def ssim(first: np.ndarray, second: np.ndarray) -> float:
    """Equation 13 of Wang et al. 2004 for one plane of pixels, where the window fits."""

    def mean(plane: np.ndarray) -> np.ndarray:
        return gaussian_filter(plane, 1.5, truncate=3.5)[5:-5, 5:-5]

    x, y = first.astype(np.float64), second.astype(np.float64)
    mx, my = mean(x), mean(y)
    variances = mean(x * x) - mx**2, mean(y * y) - my**2
    covariance = mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    upper = (2 * mx * my + c1) * (2 * covariance + c2)
    lower = (mx**2 + my**2 + c1) * (variances[0] + variances[1] + c2)
    return float((upper / lower).mean())


@pytest.mark.parametrize("channels", [1, 3])
def test_ssim_is_that_of_the_paper(channels: int) -> None:
    made, targets = images(4, channels, 32, 0), images(4, channels, 32, 1)
    found = structural_similarity(made, targets).numpy()
    expected = [
        np.mean([ssim(x, y) for x, y in zip(*pair, strict=True)])
        for pair in zip(made.numpy(), targets.numpy(), strict=True)
    ]
    assert found == pytest.approx(expected, abs=1e-8)
    assert scores(made, targets)["ssim"] == pytest.approx(np.mean(expected), abs=1e-8)


def test_ssim_and_psnr_are_scikit_images() -> None:
    targets = images(3, 1, 32, 2)
    grain = torch.randn(targets.shape, generator=torch.Generator().manual_seed(0)) * 20
    made = (targets + grain).round().clamp(0, 255).to(torch.uint8)
    found = scores(made, targets)
    how = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = [
        structural_similarity_of(x[0], y[0], data_range=255, **how)
        for x, y in zip(made.numpy(), targets.numpy(), strict=True)
    ]
    assert found["ssim"] == pytest.approx(np.mean(expected), abs=1e-8)
    psnr = peak_signal_noise_ratio(targets.numpy(), made.numpy(), data_range=255)
    assert found["psnr"] == pytest.approx(psnr, rel=1e-6)


def test_known_differences_have_known_scores() -> None:
    targets = torch.full((2, 3, 16, 16), 100, dtype=torch.uint8)
    made = targets.clone()
    made[0] += 30
    found = scores(made, targets)
    assert found["l1"] == pytest.approx(15)
    assert found["psnr"] == pytest.approx(10 * math.log10(255**2 / (30**2 / 2)), rel=1e-6)
    c1 = (0.01 * 255) ** 2
    shifted = (2 * 130 * 100 + c1) / (130**2 + 100**2 + c1)
    assert found["ssim"] == pytest.approx((shifted + 1) / 2, abs=1e-9)


def test_equal_images_have_no_finite_psnr() -> None:
    same = images(3, 1, 16, 0)
    assert scores(same, same) == {"l1": 0, "psnr": None, "ssim": pytest.approx(1)}


def test_images_smaller_than_the_window_have_no_ssim() -> None:
    found = scores(images(3, 1, 10, 0), images(3, 1, 10, 1))
    assert found["ssim"] is None
    assert found["l1"] > 0  # type: ignore[operator]
