"""Runs that translate, through the real training loop: resumed, averaged, in every precision."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bench import checkpoint
from bench.datasets import DataSpec, ImageData
from bench.spec import RunSpec
from tests.test_resume import attempt
from tests.test_training import spec
from variants import registry

NAMES = ("pix2pix", "cyclegan", "fastcut")
# The others take longer; ``tox -e translation`` tries them too.
SMALLEST_FIRST = [
    "pix2pix",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("cyclegan", "fastcut")),
]
NARROW: dict[str, dict[str, Any]] = {
    "pix2pix": {"batch_size": 2},
    "cyclegan": {"pool": 3},
    "fastcut": {"nce_patches": 32},
}


def pairs(count: int = 9) -> ImageData:
    rng = np.random.default_rng(0)
    targets, sources = rng.integers(0, 256, (2, count, 1, 32, 32), dtype=np.uint8)
    return ImageData(targets, None, (), "hash", sources=sources)


def run_of(name: str, **fields: Any) -> RunSpec:
    recipe = registry.get(name)(width_factor=0.05, **NARROW[name], **fields)
    return replace(
        spec(epochs=3, samples_every=1),
        variant=name,
        recipe=recipe,
        task="pairs",
        data=DataSpec(name="", image_size=32, channels=1),
        samples_shown=4,
    )


def tensors(value: Any, prefix: str = "") -> dict[str, Tensor]:
    """Every tensor of a state by its path."""
    if isinstance(value, Tensor):
        return {prefix: value}
    items = value.items() if isinstance(value, dict) else ()
    return {k: v for key, part in items for k, v in tensors(part, f"{prefix}/{key}").items()}


def restored(content: bytes) -> dict[str, Tensor]:
    return tensors(checkpoint.loaded(content, torch.device("cpu"))["play"])


@pytest.mark.parametrize("name", SMALLEST_FIRST)
def test_a_resumed_run_is_bit_identical_with_all_its_state(name: str) -> None:
    """Weights, moments, streams and the pool, which the second epoch has changed."""
    run, data = run_of(name), pairs()
    [whole] = attempt([run], data)
    [first] = attempt([run], data, until=2)
    torch.rand(17)  # whatever the process did in between
    assert first[-1].checkpoint is not None
    [rest] = attempt([run], data, resume=[first[-1].checkpoint])
    for resumed, alone in zip([*first, *rest], whole, strict=True):
        for column, values in alone.steps.items():
            assert np.array_equal(resumed.steps[column], values, equal_nan=True), column
        assert resumed.samples_png == alone.samples_png
    last, expected = restored(rest[-1].checkpoint or b""), restored(whole[-1].checkpoint or b"")
    assert last.keys() == expected.keys()
    for path, value in expected.items():
        assert torch.equal(last[path], value), path
    pooled = [path for path in expected if "/pools/" in path]
    assert len(pooled) == (4 if name == "cyclegan" else 0)
    assert all(expected[path].any() for path in pooled)


@pytest.mark.parametrize("name", SMALLEST_FIRST)
def test_an_averaged_generator_is_pictured_beside_the_other(name: str) -> None:
    run = run_of(name, generator_average=10.0)
    [epochs] = attempt([run], pairs())
    png, averaged = epochs[-1].samples_png, epochs[-1].averaged_png
    assert png is not None
    assert averaged is not None
    assert png != averaged
    assert io.BytesIO(averaged).read(4) == b"\x89PNG"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_losses_in_bf16_are_near_those_in_fp32(name: str) -> None:
    rows = []
    for precision in ("fp32", "bf16"):
        [epochs] = attempt([replace(run_of(name), precision=precision, epochs=1)], pairs())
        rows.append(epochs[0].steps)
    assert rows[0].keys() == rows[1].keys()
    for column in ("critic_loss", "generator_loss", "adversarial_term"):
        assert np.isfinite(rows[1][column]).all()
        np.testing.assert_allclose(rows[1][column], rows[0][column], rtol=0.1, atol=0.05)
    assert not np.array_equal(rows[0]["critic_loss"], rows[1]["critic_loss"])
