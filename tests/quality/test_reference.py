from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality import reference as module
from bench.quality.noise_floor import floor_of_halves
from bench.quality.reference import Reference, build_reference
from bench.quality.scorers.frechet import real_statistics
from bench.quality.scorers.manifold import squared_radii


def files(cache: Path) -> list[Path]:
    return list((cache / "references").iterdir())


def same(first: Reference, second: Reference) -> bool:
    return (
        torch.equal(first.statistics.mean, second.statistics.mean)
        and torch.equal(first.statistics.root, second.statistics.root)
        and first.statistics.trace == second.statistics.trace
        and first.statistics.samples == second.statistics.samples
        and torch.equal(first.features, second.features)
        and torch.equal(first.squared_radii, second.squared_radii)
        and first.noise_floor == second.noise_floor
        and first.reference_hash == second.reference_hash
    )


def test_it_contains_the_statistics_of_the_real_features(
    projection: Any, random_images: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK_IMAGES", 64)
    data = random_images(200)
    features = projection(torch.from_numpy(data.images))
    reference = build_reference(data, projection, tmp_path, samples=100)
    expected = real_statistics(features)
    torch.testing.assert_close(reference.statistics.mean, expected.mean)
    torch.testing.assert_close(reference.statistics.root, expected.root)
    assert reference.statistics.samples == 200
    assert reference.features.dtype == torch.float32
    # all of them, in another order
    torch.testing.assert_close(reference.features.sort(dim=0).values, features.sort(dim=0).values)
    torch.testing.assert_close(reference.squared_radii, squared_radii(reference.features))
    assert reference.noise_floor == floor_of_halves(reference.features, 100)
    assert reference.noise_floor is not None
    assert 0 < reference.noise_floor.distance < 1
    assert (reference.of, reference.images, reference.held_out) == ("training", 200, None)


def test_held_out_images_are_kept_beside_the_training_images(
    projection: Any, random_images: Any, tmp_path: Path
) -> None:
    data = dataclasses.replace(random_images(200), held_out=random_images(120, seed=1))
    training = projection(torch.from_numpy(data.images)).sort(dim=0).values
    held_out = projection(torch.from_numpy(data.held_out.images)).sort(dim=0).values
    usual = build_reference(data, projection, tmp_path, samples=100)
    other = build_reference(data, projection, tmp_path, samples=100, of="held-out")
    assert usual.reference_hash != other.reference_hash
    for found in (usual, other):
        torch.testing.assert_close(found.training.sort(dim=0).values, training)
        assert found.held_out is not None
        torch.testing.assert_close(found.held_out.sort(dim=0).values, held_out)
        assert found.noise_floor is not None
        assert found.noise_floor.origin == "measured"
    assert (usual.images, len(usual.features)) == (200, 200)
    assert (other.images, len(other.features)) == (120, 120)
    with pytest.raises(QualityError, match="set reference to training"):
        build_reference(random_images(200), projection, tmp_path, samples=100, of="held-out")


def test_the_floor_of_classes_that_are_only_held_out_is_that_of_their_own_images(
    projection: Any, random_images: Any, tmp_path: Path
) -> None:
    """A perfect translation of held-out characters is like these, and unlike those of training."""
    held_out = random_images(120, seed=1)
    darker = (held_out.images // 2).astype(np.uint8)
    held_out = dataclasses.replace(held_out, images=darker, content_hash="darker")
    data = random_images(200)
    known = dataclasses.replace(data, held_out=held_out)
    apart = dataclasses.replace(known, labels=data.labels + 3, class_names=tuple("abcdef"))

    def floor(data: ImageData, of: module.Against) -> float:
        found = build_reference(data, projection, tmp_path, samples=100, of=of).noise_floor
        assert found is not None
        return found.distance

    assert floor(apart, "training") == floor(known, "training")
    assert floor(apart, "held-out") < floor(known, "held-out") / 5
    own = projection(torch.from_numpy(darker))
    assert floor(apart, "held-out") == pytest.approx(
        floor_of_halves(module._in_random_order(own), 100).distance  # type: ignore[union-attr]
    )


def test_it_keeps_a_fixed_choice_of_many_features(
    projection: Any, random_images: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FEATURES", 30)
    data = random_images(90)
    reference = build_reference(data, projection, tmp_path / "1", samples=100)
    assert reference.features.shape == (30, projection.dimension)
    assert reference.squared_radii.shape == (30,)
    assert reference.statistics.samples == 90
    again = build_reference(data, projection, tmp_path / "2", samples=100)
    assert same(reference, again)


def test_it_is_computed_once(projection: Any, random_images: Any, tmp_path: Path) -> None:
    data = random_images(50)
    first = build_reference(data, projection, tmp_path, samples=100)
    assert projection.images_extracted == 50
    second = build_reference(data, projection, tmp_path, samples=100)
    assert projection.images_extracted == 50
    assert same(first, second)


def test_nothing_stale_is_returned(
    projection: Any, make_projection: Any, random_images: Any, tmp_path: Path
) -> None:
    data = random_images(50)
    hashes = {build_reference(data, projection, tmp_path, samples=100).reference_hash}
    renamed = make_projection(3 * 8 * 8, name="mine")
    heavier = make_projection(3 * 8 * 8)
    heavier.weights_hash = "other"
    changed = dataclasses.replace(data, content_hash="changed")
    shorter = dataclasses.replace(data, images=data.images[:40])
    for others in ((data, renamed), (data, heavier), (changed, projection), (shorter, projection)):
        hashes.add(build_reference(*others, tmp_path, samples=100).reference_hash)
    assert len(hashes) == len(files(tmp_path)) == 5


def test_a_damaged_file_is_computed_again(
    projection: Any, random_images: Any, tmp_path: Path
) -> None:
    data = random_images(50)
    first = build_reference(data, projection, tmp_path, samples=100)
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for content in (b"", whole[:700], bytes(flipped)):
        path.write_bytes(content)
        assert same(build_reference(data, projection, tmp_path, samples=100), first)
        assert path.read_bytes() != content


def test_memory_mapped_images_are_read(projection: Any, random_images: Any, tmp_path: Path) -> None:
    data = random_images(50)
    np.save(tmp_path / "images.npy", data.images)
    mapped = dataclasses.replace(data, images=np.load(tmp_path / "images.npy", mmap_mode="r"))
    here = build_reference(data, projection, tmp_path / "1", samples=100)
    assert same(here, build_reference(mapped, projection, tmp_path / "2", samples=100))


def test_data_unfit_for_a_reference_are_one_sentence(
    projection: Any, random_images: Any, tmp_path: Path
) -> None:
    data: ImageData = random_images(3)
    with pytest.raises(QualityError, match="against 3 real images: choose at least 4"):
        build_reference(data, projection, tmp_path, samples=100)
    build_reference(random_images(4), projection, tmp_path, samples=100)
    projection.weight[0, 0] = float("nan")
    with pytest.raises(QualityError, match="classifier features of the real images are not all"):
        build_reference(random_images(50), projection, tmp_path, samples=100)
    assert len(files(tmp_path)) == 1
