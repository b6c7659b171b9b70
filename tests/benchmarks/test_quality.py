"""The cost of quality: a distance against other implementations, scores against an epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import scipy.linalg
import torch
from torch_fidelity.metric_fid import KEY_METRIC_FID, fid_statistics_to_metric

from bench.cache import cache_root
from bench.quality.evaluator import Evaluator
from bench.quality.extractors.registry import build_extractor
from bench.quality.reference import build_reference
from bench.quality.scorers.base import Context
from bench.quality.scorers.frechet import distance_of_moments, frechet_distance, real_statistics
from tests.benchmarks.epochs import CPU, data_of, dcgan_run, epochs_of

SAMPLES, DIMENSION = 10_000, 2048


def _sqrtm(real: tuple[np.ndarray, np.ndarray], fake: tuple[np.ndarray, np.ndarray]) -> float:
    """Heusel et al. 2017, as pytorch-fid computes it."""
    shift = real[0] - fake[0]
    root = scipy.linalg.sqrtm(real[1] @ fake[1]).real
    distance: float = shift @ shift + np.trace(real[1] + fake[1] - 2 * root)
    return distance


def _fidelity(real: tuple[np.ndarray, np.ndarray], fake: tuple[np.ndarray, np.ndarray]) -> float:
    both = [{"mu": mean, "sigma": covariance} for mean, covariance in (real, fake)]
    distance: float = fid_statistics_to_metric(*both, verbose=False)[KEY_METRIC_FID]
    return distance


@pytest.mark.parametrize("start", ["moments", "features"])
@pytest.mark.parametrize(
    ("name", "theirs", "target"),
    [("scipy's sqrtm", _sqrtm, 14), ("torch-fidelity", _fidelity, 3.5)],
    ids=["scipy", "torch-fidelity"],
)
def test_the_frechet_distance(
    compare, name: str, theirs: Callable[..., float], target: float, start: str
) -> None:
    """With known statistics of the real side; from moments or from features of the other."""
    rng = np.random.default_rng(0)
    mixing = rng.standard_normal((DIMENSION, DIMENSION)) / DIMENSION**0.5
    real, fake = (
        (rng.standard_normal((SAMPLES, DIMENSION)) @ mixing + shift).astype(np.float32)
        for shift in (0.0, 0.01)
    )
    known, known_to_them = real_statistics(torch.from_numpy(real)), _moments(real)
    given = _moments(fake)
    found: dict[str, float] = {}

    def ours_round() -> None:
        if start == "moments":
            found["ours"] = distance_of_moments(known, *map(torch.from_numpy, given))
        else:
            found["ours"] = frechet_distance(known, torch.from_numpy(fake))

    def their_round() -> None:
        own = given if start == "moments" else _moments(fake)
        found["theirs"] = theirs(known_to_them, own)

    size = f"d = {DIMENSION}" if start == "moments" else f"d = {DIMENSION}, n = {SAMPLES:,}"
    compare(
        f"Fréchet distance, {size}, from {start}",
        ours_round,
        name,
        their_round,
        at_least=target,
        rounds=3,
    )
    assert found["ours"] == pytest.approx(found["theirs"], rel=1e-6)


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return features.mean(0, dtype=np.float64), np.cov(features, rowvar=False)


def test_the_quality_of_an_epoch(compare) -> None:
    """Generating and scoring 5,000 samples, against an epoch of dcgan."""
    run = dcgan_run(64)
    data = data_of(run)
    extractor = build_extractor("classifier", data, cache_root(), CPU)
    evaluator = Evaluator(
        Context(
            task="images",
            device=CPU,
            samples=5000,
            data=data,
            extractor=extractor,
            reference=build_reference(data, extractor, cache_root(), samples=5000),
        )
    )
    epochs = epochs_of(run, data)
    torch.manual_seed(0)
    generator = run.recipe.generator(run.shape).to(memory_format=torch.channels_last).eval()
    latents = torch.randn(5000, run.recipe.latent_dim)

    @torch.no_grad()
    def draw(start: int, stop: int) -> torch.Tensor:
        return torch.cat([generator(part) for part in latents[start:stop].split(250)])

    compare(
        "quality of an epoch, 5,000 samples, classifier features",
        lambda: evaluator.evaluate(draw),
        "the epoch of dcgan on mnist-5k",
        lambda: next(epochs),
        at_most=0.15,
    )
