"""The tasks of image translation: what is translated in evaluation, and how it is shown."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from bench import tasks
from bench.datasets import DataSpec, ImageData
from bench.errors import QualityError
from bench.quality.extractors import classifier
from bench.quality.extractors.base import ClassifyingExtractor
from bench.quality.images import to_uint8
from bench.tasks import QualityPlan
from variants.recipe import Recipe
from variants.shapes import ImageShape, PairShape

GREY = DataSpec(name="", image_size=16, channels=1)
NAMES = tuple("abcd")


def patterns(classes: list[int], each: int, seed: int, *, channels: int = 1) -> ImageData:
    """Pairs of a noisy pattern per class and its negative."""
    shapes = np.random.default_rng(0).integers(0, 2, (len(NAMES), 1, 16, 16)) * 200
    labels = np.repeat(np.array(classes), each)
    noise = np.random.default_rng(seed).integers(0, 40, (len(labels), channels, 16, 16))
    images = (shapes[labels] + noise).astype(np.uint8)
    return ImageData(images, labels, NAMES, f"{classes} {seed}", sources=255 - images)


def apart() -> ImageData:
    """Two classes to train on, two others held out."""
    return replace(patterns([0, 1], 40, 1), held_out=patterns([2, 3], 30, 2))


def unpaired(held_out: ImageData | None = None) -> ImageData:
    """Targets of two classes, sources of two others."""
    sources = patterns([2, 3], 10, 3)
    return replace(
        patterns([0, 1], 10, 2),
        sources=sources.sources,
        source_labels=sources.labels,
        paired=False,
        held_out=held_out,
    )


@pytest.mark.parametrize("name", ["pairs", "unpaired"])
def test_shape_and_example_batch(name: str) -> None:
    shape = tasks.get(name).shape(replace(GREY, channels=3), 4)
    assert shape == PairShape(ImageShape(3, 16, 4), ImageShape(3, 16, 4))
    shape = PairShape(ImageShape(1, 16, 4), ImageShape(3, 16, 4))
    batch = tasks.get(name).example_batch(shape, 5, torch.Generator().manual_seed(0))
    assert batch.source is not None
    assert (batch.target.shape, batch.source.shape) == ((5, 3, 16, 16), (5, 1, 16, 16))
    for images in (batch.target, batch.source):
        assert -1 <= images.min() < -0.9
        assert 0.9 < images.max() <= 1


def test_only_held_out_sources_are_translated_where_there_are_any() -> None:
    data = apart()
    assert data.held_out is not None
    assert data.held_out.sources is not None
    conditions = tasks.get("pairs").conditions(data, 150, conditional=False)
    assert conditions.sources is not None
    assert conditions.targets is not None
    assert conditions.labels is not None
    assert torch.equal(conditions.sources, 255 - conditions.targets)
    assert torch.equal(conditions.sources[:60], conditions.sources[60:120]), "over again"
    seen = {image.tobytes() for image in conditions.sources.numpy()}
    assert seen == {image.tobytes() for image in data.held_out.sources}
    places = [
        next(i for i, s in enumerate(data.held_out.sources) if (s == source.numpy()).all())
        for source in conditions.sources[:10]
    ]
    assert conditions.labels[:10].tolist() == data.held_out.labels[places].tolist()  # type: ignore[index]


def test_else_those_that_are_trained_on() -> None:
    conditions = tasks.get("pairs").conditions(patterns([0, 1], 5, 1), 10, conditional=False)
    assert conditions.targets is not None
    assert conditions.labels is not None
    assert sorted(conditions.labels.tolist()) == [0] * 5 + [1] * 5


def test_targets_are_unknown_without_pairs() -> None:
    conditions = tasks.get("unpaired").conditions(unpaired(), 20, conditional=False)
    assert conditions.targets is None
    assert conditions.labels is not None
    assert sorted(conditions.labels.tolist()) == [2] * 10 + [3] * 10, "those of the sources"
    unlabelled = replace(unpaired(), source_labels=None)
    assert tasks.get("unpaired").conditions(unlabelled, 3, conditional=False).labels is None


def test_targets_are_known_where_the_held_out_part_is_paired() -> None:
    data = unpaired(held_out=patterns([2, 3], 5, 9))
    conditions = tasks.get("unpaired").conditions(data, 10, conditional=False)
    assert conditions.sources is not None
    assert conditions.targets is not None
    assert torch.equal(conditions.sources, 255 - conditions.targets)


def test_a_variant_that_learns_from_pairs_is_refused_without_them() -> None:
    class OfPairs(Recipe):
        """Learns from pairs."""

        task = "pairs"

    class OfSets(Recipe):
        """Learns from two sets."""

        task = "unpaired"

    refusal = tasks.get("unpaired").refusal(OfPairs(), "fp32")
    assert refusal is not None
    assert refusal.key == "dataset"
    assert tasks.get("unpaired").refusal(OfSets(), "fp32") is None
    assert tasks.get("pairs").refusal(OfPairs(), "fp32") is None
    assert tasks.get("pairs").refusal(OfSets(), "fp32") is None


def plan(data: ImageData, cache: Path, **more: object) -> QualityPlan:
    fields = {"task": "pairs", "features": "classifier", "samples": 60, "spec": GREY, **more}
    return QualityPlan(
        data=data,
        labelled=data,
        cache=cache,
        device=torch.device("cpu"),
        **fields,  # type: ignore[arg-type]
    )


def test_the_classifier_knows_classes_that_are_only_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it could not tell whether a held-out character is translated to itself."""
    monkeypatch.setattr(classifier, "STEPS", 60)
    data = apart()
    context = tasks.get("pairs").context(plan(data, tmp_path))
    assert isinstance(context.extractor, ClassifyingExtractor)
    fresh = patterns([0, 1, 2, 3], 20, 7)
    found = context.extractor.classify(context.extractor(torch.from_numpy(fresh.images)))
    assert (found == torch.from_numpy(fresh.labels)).float().mean() > 0.9
    assert context.reference is not None
    assert context.reference.classifier_accuracy == getattr(context.extractor, "accuracy")  # noqa: B009
    files = tasks.get("pairs").cache_files(context, tmp_path)
    assert all(file.is_file() for file in files)


def test_without_classes_translations_are_judged_by_their_targets(tmp_path: Path) -> None:
    """Without a GPU; the pairs tell what no feature does."""
    task = tasks.get("pairs")
    data = replace(patterns([0, 1], 10, 1), labels=None, class_names=())
    features, why = task.choose_quality("auto", device="cpu", labelled=data)
    assert features == "targets"
    assert "without features" in why
    asked = plan(data, tmp_path, features=features)
    assert task.cannot_judge(asked) is None
    context = task.context(asked)
    assert context.extractor is None
    assert context.reference is None
    assert task.cache_files(context, tmp_path) == ()
    assert task.choose_quality("off", device="cpu", labelled=data)[0] is None
    with pytest.raises(QualityError, match="needs a data set of two or more classes"):
        task.choose_quality("classifier", device="cpu", labelled=data)
    with_classes = task.choose_quality("auto", device="cpu", labelled=patterns([0, 1], 10, 1))
    assert with_classes[0] == "classifier"


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def shown_tiles(png: bytes, columns: int) -> np.ndarray:
    """The 16-pixel tiles of a picture without headings: (rows, columns, 16, 16[, 3])."""
    picture = pixels(png)[18:]  # below the headings; each pixel four times, two between tiles
    lefts = range(0, 66 * columns, 66)
    return np.array(
        [
            [picture[top : top + 64 : 4, left : left + 64 : 4] for left in lefts]
            for top in range(0, len(picture), 66)
        ]
    )


def test_a_picture_shows_input_output_and_target_side_by_side() -> None:
    data = apart()
    picture = tasks.get("pairs").picture(GREY, data, conditional=False, shown=5)
    sources, targets = picture.conditions.sources, picture.conditions.targets
    assert sources is not None
    assert targets is not None
    outputs = torch.rand(5, 1, 16, 16) * 2 - 1
    tiles = shown_tiles(picture.png(outputs), 6)
    assert tiles.shape[:2] == (3, 6), "two examples in a row"
    for index in range(5):
        of_example = tiles[index // 2, 3 * (index % 2) : 3 * (index % 2) + 3]
        for tile, images in zip(of_example, (sources, to_uint8(outputs), targets), strict=True):
            assert (tile == images[index, 0].numpy()).all()


def test_a_round_trip_shows_the_input_again_before_the_target() -> None:
    picture = tasks.get("pairs").picture(GREY, apart(), conditional=False, shown=1)
    assert picture.round_trip is not None
    output, again = -torch.ones(1, 1, 16, 16), torch.ones(1, 1, 16, 16)
    (row,) = shown_tiles(picture.round_trip(output, again), 4)
    assert picture.conditions.targets is not None
    assert (row[1] == 0).all()
    assert (row[2] == 255).all()
    assert (row[3] == picture.conditions.targets[0, 0].numpy()).all()


def test_without_a_known_target_there_is_no_column_for_it() -> None:
    picture = tasks.get("unpaired").picture(GREY, unpaired(), conditional=False)
    outputs = torch.zeros(picture.samples, 1, 16, 16)
    assert pixels(picture.png(outputs)).shape[1] == 4 * 66 - 2
    assert picture.round_trip is not None
    assert pixels(picture.round_trip(outputs, outputs)).shape[1] == 6 * 66 - 2


def test_grey_sources_stand_beside_coloured_targets() -> None:
    data = patterns([0, 1], 10, 1, channels=3)
    assert data.sources is not None
    grey = replace(data, sources=data.sources[:, :1])
    picture = tasks.get("pairs").picture(GREY, grey, conditional=False, shown=2)
    (row,) = shown_tiles(picture.png(torch.zeros(2, 3, 16, 16)), 6)
    assert picture.conditions.sources is not None
    source = picture.conditions.sources[0, 0].numpy()
    assert (row[0] == source[:, :, None]).all()
    assert (row[3, ..., 0] == picture.conditions.sources[1, 0].numpy()).all()
