"""What an evaluation adds for translations: pairs, floors, content, the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.datasets import ImageData
from bench.measures import EPOCH_MEASURES, FLOORS, floor_name
from bench.quality import views
from bench.quality.evaluator import Conditions, Evaluator
from bench.quality.reference import build_reference
from bench.quality.scorers.base import Context
from bench.quality.scorers.frechet import frechet_distance
from bench.quality.translation import fitted, mean_image, sources_of, to_floats
from bench.quality.way_back import WayBack, build_way_back

CPU = torch.device("cpu")
COUNT, HELD_OUT, SIZE = 40, 24, 16
MakeTranslation = Callable[..., Evaluator]


class Brightness:
    """A stub of a classifier: dark images are of class 0, bright ones of class 1."""

    name, dimension, modes, device, weights_hash = "classifier", 4, None, CPU, "brightness"

    def __call__(self, images: Tensor) -> Tensor:
        quarters = images.float().mean(1).reshape(len(images), 4, -1).mean(2)
        return quarters / 255

    def classify(self, features: Tensor) -> Tensor:
        return (features.mean(1) > 0.5).long()


def pairs(count: int, *, channels: int = 1, seed: int = 0) -> ImageData:
    """RGB sources, half of them dark and half bright, and as targets their negatives."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    sources = random.integers(0, 120, (count, 3, SIZE, SIZE)) + 130 * labels[:, None, None, None]
    sources = sources.astype(np.uint8)
    return ImageData(
        images=255 - sources[:, :channels],
        labels=1 - labels,
        class_names=("dark", "bright"),
        content_hash=f"pairs-{count}-{channels}-{seed}",
        sources=sources,
        paired=False,
        source_labels=labels,
    )


@pytest.fixture
def data() -> ImageData:
    return replace(pairs(COUNT), held_out=pairs(HELD_OUT, seed=1))


@pytest.fixture
def make(tmp_path: Path) -> MakeTranslation:
    def make(data: ImageData, *, both_ways: bool = False, samples: int = HELD_OUT) -> Evaluator:
        extractor = Brightness()

        def way_back() -> WayBack:
            reference = build_reference(sources_of(data), extractor, tmp_path, samples=samples)
            return WayBack(extractor, reference, ())

        return Evaluator(
            Context(
                task="pairs",
                device=CPU,
                samples=samples,
                data=data,
                extractor=extractor,
                reference=build_reference(data, extractor, tmp_path, samples=samples),
                open_way_back=way_back if both_ways else None,
            )
        )

    return make


def conditions(data: ImageData, *, truth: bool = True) -> Conditions:
    held_out = data.held_out
    assert held_out is not None
    assert held_out.sources is not None
    return Conditions(
        sources=torch.from_numpy(held_out.sources),
        targets=torch.from_numpy(held_out.images) if truth else None,
        labels=torch.from_numpy(held_out.source_labels),
    )


def drawn(images: Tensor) -> Callable[[int, int], Tensor]:
    floats = to_floats(images)
    return lambda start, stop: floats[start:stop]


def test_the_floors_are_what_such_generators_score(make: MakeTranslation, data: ImageData) -> None:
    given = conditions(data)
    assert given.sources is not None
    assert given.targets is not None
    found = make(data).evaluate(drawn(given.targets), given)
    assert (found["l1"], found["psnr"], found["ssim"]) == (0, None, pytest.approx(1))
    copies = fitted(to_floats(given.sources), 1)
    mean = mean_image(data.images).expand(HELD_OUT, -1, -1, -1)
    for floor, samples in (("identity", copies), ("mean_target", mean)):
        own = make(data).evaluate(lambda a, b, s=samples: s[a:b], given)
        for name in ("l1", "psnr", "ssim", "fcd", "kid_mean", "precision", "content_accuracy"):
            assert found[floor_name(name, floor)] == own[name], name  # type: ignore[arg-type]
    assert found["l1_identity"] > found["l1_mean_target"] > 30  # type: ignore[operator]


def test_the_floors_are_found_once(make: MakeTranslation, data: ImageData) -> None:
    evaluator, given = make(data), conditions(data)
    assert given.targets is not None
    extracted = []
    extractor = evaluator.context.extractor
    original = type(extractor).__call__

    def counted(self: Any, images: Tensor) -> Tensor:
        extracted.append(len(images))
        return original(self, images)

    type(extractor).__call__ = counted  # type: ignore[method-assign,union-attr]
    try:
        first = evaluator.evaluate(drawn(given.targets), given)
        once = sum(extracted)
        assert evaluator.evaluate(drawn(given.targets), given) == first
    finally:
        type(extractor).__call__ = original  # type: ignore[method-assign,union-attr]
    assert once == 3 * HELD_OUT
    assert sum(extracted) == 4 * HELD_OUT


def test_content_is_the_class_of_the_source(make: MakeTranslation, data: ImageData) -> None:
    given = conditions(data)
    assert given.sources is not None
    assert given.targets is not None
    found = make(data).evaluate(drawn(given.targets), given)
    assert found["content_accuracy"] == 0, "negatives show the other class"
    assert found["content_accuracy_identity"] == 1
    assert found["content_accuracy_chance"] == 0.5
    assert "conditional_accuracy" not in found


def test_without_the_truth_only_what_needs_it_is_null(
    make: MakeTranslation, data: ImageData
) -> None:
    given = conditions(data, truth=False)
    assert given.sources is not None
    found = make(data).evaluate(drawn(given.sources[:, :1]), given)
    assert not found.keys() & {"l1", "psnr", "ssim", "l1_identity", "ssim_mean_target"}
    assert None not in (found["fcd"], found["fcd_identity"], found["content_accuracy"])
    assert not found.keys() & {"cycle_error", "fcd_back", "cycle_error_identity"}


def test_the_way_back_is_scored_on_the_source_side(make: MakeTranslation, data: ImageData) -> None:
    evaluator, given = make(data, both_ways=True), conditions(data)
    assert given.sources is not None
    assert given.targets is not None
    assert evaluator.protocol.quality_back_reference_hash is None
    sources = to_floats(given.sources)
    wrong = 10 / 127.5

    def back(images: Tensor) -> Tensor:
        """The sources of the negatives, 10 grey levels brighter in the first channel."""
        found = (-images).expand(-1, 3, -1, -1).clone()
        found[:, 0] += wrong
        return found.clamp(-1, 1)

    grey = Conditions(
        sources=given.sources[:, :1].expand(-1, 3, -1, -1).contiguous(),
        targets=given.targets,
        labels=given.labels,
    )
    found = evaluator.evaluate(drawn(given.targets), grey, back=back)
    clipped = (255 - given.sources[:, 0].int()).clamp(max=10).float().mean().item()
    assert found["cycle_error"] == pytest.approx(clipped / 3, rel=1e-5)
    assert found["cycle_error_identity"] == pytest.approx(0, abs=0.6)  # grey by luma and back
    way_back = evaluator.context.way_back
    assert way_back is not None
    features = way_back.extractor(back(to_floats(given.targets)).add(1).mul(127.5).round().byte())
    expected = frechet_distance(way_back.reference.statistics, features)
    assert found["fcd_back"] == pytest.approx(expected, rel=1e-9)
    assert found["fcd_back_mean_target"] > found["fcd_back"]  # type: ignore[operator]
    protocol = evaluator.protocol
    assert protocol.quality_back_weights_hash == "brightness"
    assert protocol.quality_back_reference_hash == way_back.reference.reference_hash
    assert protocol.quality_back_reference_hash != protocol.quality_reference_hash
    assert sources.shape == (HELD_OUT, 3, SIZE, SIZE)


@pytest.mark.parametrize("which", ["reconstructions", "reversed"])
def test_a_way_back_that_diverged_leaves_no_scores(
    which: str, make: MakeTranslation, data: ImageData
) -> None:
    given = conditions(data)
    assert given.targets is not None
    samples = to_floats(given.targets) * 0.9

    def back(images: Tensor) -> Tensor:
        made = fitted(images, 3).clone()
        if torch.equal(images, samples) == (which == "reconstructions"):
            made[3, 1, 2, 2] = torch.nan
        return made

    evaluator = make(data, both_ways=True)
    assert evaluator.evaluate(lambda a, b: samples[a:b], given, back=back) == {}


def test_large_translations_are_drawn_in_small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    size, samples = 8, 6
    monkeypatch.setattr(views, "_PIXELS_AT_ONCE", 4 * size**2)
    black = np.zeros((samples, 1, size, size), dtype=np.uint8)
    data = ImageData(black, None, (), "black", sources=black)
    given = Conditions(sources=torch.from_numpy(black), targets=torch.from_numpy(black))
    asked = []

    def draw(start: int, stop: int) -> Tensor:
        asked.append((start, stop))
        return torch.zeros(stop - start, 1, size, size)

    found = Evaluator(Context(task="pairs", device=CPU, samples=samples, data=data)).evaluate(
        draw, given
    )
    assert asked == [(0, 4), (4, 6)]
    assert found["l1"] == pytest.approx(128)


def test_each_floor_has_a_column_of_each_score_that_has_floors() -> None:
    for floor in FLOORS:
        for name in ("fid", "fcd", "l1", "psnr", "ssim", "content_accuracy", "cycle_error"):
            measure = EPOCH_MEASURES.get(floor_name(name, floor))
            assert measure.control
            assert measure.direction == EPOCH_MEASURES.get(name).direction
    assert "modes_captured_identity" not in EPOCH_MEASURES
    assert "content_accuracy_chance_identity" not in EPOCH_MEASURES


def test_grey_and_rgb_are_made_to_fit() -> None:
    colours = torch.tensor([1.0, 0.0, -1.0]).reshape(1, 3, 1, 1)
    assert fitted(colours, 1).item() == pytest.approx(0.299 - 0.114)
    assert fitted(torch.tensor([[[[0.5]]]]), 3).flatten().tolist() == [0.5] * 3
    white = torch.ones(1, 3, 2, 2)
    assert fitted(white, 1).numpy() == pytest.approx(np.ones((1, 1, 2, 2)))


def test_the_mean_image_is_exact() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2500, 3, 4, 4), dtype=np.uint8)
    expected = images.astype(np.float64).mean(0) / 127.5 - 1
    assert mean_image(images)[0].numpy() == pytest.approx(expected, abs=1e-6)


def test_the_source_side_is_a_data_set_of_its_own(data: ImageData, tmp_path: Path) -> None:
    side = sources_of(data)
    assert side.images is data.sources
    assert side.labels is data.source_labels
    assert side.held_out is not None
    assert len(side.held_out.images) == HELD_OUT
    how: Any = {"samples": 20, "of": "held-out"}
    way_back = build_way_back("classifier", data, data, tmp_path, CPU, **how)
    assert way_back is not None
    assert all(path.is_file() for path in way_back.files)
    assert way_back.reference.images == HELD_OUT
    again = build_way_back("classifier", data, data, tmp_path, CPU, **how)
    assert again is not None
    assert again.reference.reference_hash == way_back.reference.reference_hash
    unknown = replace(data, source_labels=None)
    assert build_way_back("classifier", unknown, unknown, tmp_path, CPU, **how) is None
