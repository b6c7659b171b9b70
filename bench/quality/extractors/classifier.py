"""A small classifier of the data set itself; the Fréchet distance of its features is the FCD.

InceptionV3 is trained on photographs, is slow without a GPU, and has to be downloaded. For digits
and other small labelled images, a small classifier trained on the data set distinguishes what
matters. Its distances are comparable only between runs with the same ``weights_hash``, and are
not FIDs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality.extractors.base import extract
from bench.quality.extractors.registry import extractor
from bench.quality.extractors.stacked import StackedExtractor, is_stacked, single_digits
from bench.quality.float32 import full_float32
from bench.quality.tensor_file import digest, load_tensors, save_tensors

ARCHITECTURE_VERSION = 2  # increase it when the same data give other weights than before
STEPS = 500
_DIMENSION = 64
_WIDTH = 16
_BATCH = 128
_LEARNING_RATE = 3e-3
_FEWEST_IMAGES = 10
_MOST_IMAGES = 20_000  # of larger data sets, a random part is used
_SEED = 20_200_229
# Sums over a batch are split between threads. Training always uses one, so that a machine gives
# the same weights whatever the caller's number of threads. A network this small gains little
# from a second thread, and loses on a busy machine.
_THREADS = 1
_EXTRACTION_BATCH = 500
_CPU = torch.device("cpu")


class ClassifierExtractor:
    """64 features: the last hidden layer, before its ReLU.

    Each has mean 0 and variance 1 over the data set, up to the error of batch normalisation's
    running averages, so distances on different data sets are of similar size.

    Attributes:
        accuracy: on images that it was not trained on, in 0…1: those held out of the data set,
            or where there are none, a tenth.
        files: the files in the cache that it is loaded from.
    """

    name = "classifier"
    dimension = _DIMENSION
    modes = None

    def __init__(
        self, network: Classifier, accuracy: float, device: torch.device, path: Path
    ) -> None:
        self.accuracy = accuracy
        self.files = (path,)
        self.device = device
        self.weights_hash = digest(network.state_dict())
        self._network = network.eval().requires_grad_(False).to(device)

    def __call__(self, images: Tensor) -> Tensor:
        return extract(self._network.features, images, _EXTRACTION_BATCH, self.device)

    @torch.no_grad()
    def classify(self, features: Tensor) -> Tensor:
        """The class index of each image by its features: (n, 64) → int64 (n,)."""
        with full_float32(self.device):
            return self._network.logits(features).argmax(dim=1)


class Classifier(nn.Module):
    """Strided 3×3 convolutions down to at most 8×8, 64 features, one logit per class."""

    def __init__(self, image_size: int, channels: int, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        width, size = _WIDTH, image_size
        while not layers or size > 8:
            layers += [
                nn.Conv2d(channels, width, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            channels, width, size = width, min(2 * width, 4 * _WIDTH), (size + 1) // 2
        self.convolutions = nn.Sequential(*layers, nn.Flatten())
        self.dense = nn.Sequential(
            nn.Linear(channels * size**2, _DIMENSION, bias=False),
            nn.BatchNorm1d(_DIMENSION, affine=False),
        )
        self.classes = nn.Linear(_DIMENSION, classes)

    def features(self, images: Tensor) -> Tensor:
        """uint8 (n, c, h, w) → (n, 64)."""
        scaled = images.float().div_(127.5).sub_(1.0)
        features: Tensor = self.dense(self.convolutions(scaled))
        return features

    def forward(self, images: Tensor) -> Tensor:
        """uint8 (n, c, h, w) → logits (n, classes)."""
        return self.logits(self.features(images))

    def logits(self, features: Tensor) -> Tensor:
        """Features (n, 64) → logits (n, classes)."""
        logits: Tensor = self.classes(features.relu())
        return logits


@extractor("classifier")
def classifier(
    data: ImageData, cache: Path, device: torch.device
) -> ClassifierExtractor | StackedExtractor:
    """The classifier of a data set, trained now or loaded from the cache.

    Stacked digits are classified digit by digit.

    Args:
        data: the whole labelled data set.
        cache: root of the cache; the weights are in ``classifiers/``.
        device: where it extracts features. It is trained on the CPU, where the same data give
            the same weights bit for bit.

    Raises:
        QualityError: the data set has fewer than ten images, no labels, or only one class.
        RequestError: the cache cannot be written.
    """
    if is_stacked(data):
        return StackedExtractor(_classifier(single_digits(data), cache, device))
    return _classifier(data, cache, device)


def lacking(data: ImageData) -> str | None:
    """What a data set has too few of for a classifier to learn from it; None where it has enough.

    Args:
        data: the whole data set.
    """
    if is_stacked(data):
        data = single_digits(data)
    if len(data.images) < _FEWEST_IMAGES:
        return f"too few images ({len(data.images)})"
    present = _classes_present(data)
    return f"too few classes ({present})" if present < 2 else None


def _classes_present(data: ImageData) -> int:
    return 0 if data.labels is None else len(np.unique(data.labels))


def _classifier(data: ImageData, cache: Path, device: torch.device) -> ClassifierExtractor:
    _check_labels(data)
    _, channels, size, _ = data.images.shape
    network = _untrained(size, channels, len(data.class_names))
    path = cache / "classifiers" / f"{data.content_hash}-v{ARCHITECTURE_VERSION}.pt"
    stored = load_tensors(path)
    if stored is None:
        accuracy = _train(network, data)
        # If another process was quicker, both use the weights it wrote.
        stored = load_tensors(path)
        if stored is None:
            stored = {"accuracy": torch.tensor(accuracy), **network.state_dict()}
            save_tensors(path, stored)
    accuracy = stored.pop("accuracy").item()
    network.load_state_dict(stored)
    return ClassifierExtractor(network, accuracy, device, path)


def _check_labels(data: ImageData) -> None:
    if len(data.images) < _FEWEST_IMAGES:
        raise QualityError(
            f"quality features: classifier cannot learn from {len(data.images)} images: "
            "use a larger data set, or set features to off."
        )
    present = _classes_present(data)
    if present < 2:
        found = "none" if data.labels is None else f"{present}"
        raise QualityError(
            "quality features: classifier needs images of two or more classes and this data set "
            f"has {found}: set features to inception or off, or sort the images into classes."
        )


def _untrained(size: int, channels: int, classes: int) -> Classifier:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(_SEED)
        return Classifier(size, channels, classes)


def _train(network: Classifier, data: ImageData) -> float:
    """Trains on what is not held out; returns the accuracy on the rest.

    Where nothing is held out, it holds out a tenth itself. Leaves no setting changed.
    """
    generator = torch.Generator().manual_seed(_SEED)
    order = torch.randperm(len(data.images), generator=generator).numpy()
    rest = data.held_out
    if rest is None or rest.labels is None:
        held_out, training = np.split(order, [max(1, len(order) // 10)])
        rest = data
    else:
        held_out, training = np.arange(len(rest.images)), order
    with _fixed_threads(), full_float32(_CPU):
        _learn(network, *_chosen(data, training[:_MOST_IMAGES]), generator)
    network.eval()
    images, labels = _chosen(rest, held_out[:_MOST_IMAGES])
    logits = extract(network, images, _EXTRACTION_BATCH, _CPU)
    return (logits.argmax(dim=1) == labels).double().mean().item()


@torch.enable_grad()
def _learn(network: Classifier, images: Tensor, labels: Tensor, generator: torch.Generator) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), lr=_LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=_LEARNING_RATE, total_steps=STEPS
    )
    network.train()
    left = torch.empty(0, dtype=torch.int64)
    for _ in range(STEPS):
        if len(left) < min(_BATCH, len(images)):
            left = torch.randperm(len(images), generator=generator)
        batch, left = left[:_BATCH], left[_BATCH:]
        # A shift of one pixel in any direction does not change a digit's class.
        shift = torch.randint(-1, 2, (2,), generator=generator).tolist()
        loss = F.cross_entropy(network(images[batch].roll(shift, (2, 3))), labels[batch])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()


@contextmanager
def _fixed_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(_THREADS)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _chosen(data: ImageData, indices: np.ndarray) -> tuple[Tensor, Tensor]:
    assert data.labels is not None
    indices = np.sort(indices)  # memory-mapped images are read front to back
    return torch.from_numpy(data.images[indices]), torch.from_numpy(data.labels[indices])
