"""Stacked digits: images with one digit per channel, which have 1000 equally likely modes.

The benchmark of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761, §4.2) and PacGAN (Lin et
al. 2018, arXiv 1712.04086, §4.2). A classifier of single digits, applied to each channel,
determines the mode of an image. It is far more accurate than a classifier of 1000 classes,
trained on a few images each, would be.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.quality.extractors.base import ClassifyingExtractor, cache_files

CHANNELS = 3
MODES = 10**CHANNELS
_NAMES = tuple(f"{label:03d}" for label in range(MODES))
_MOST_STACKS = 20_000  # that are searched for distinct digits


def is_stacked(data: ImageData) -> bool:
    """Whether the channels of the images are digits: classes "000" to "999" of RGB images."""
    return data.class_names == _NAMES and data.images.shape[1] == CHANNELS


def single_digits(data: ImageData) -> ImageData:
    """The distinct digits in labelled stacks.

    Each digit is in many stacks. With its repeats it would be both trained on and held out, and
    the classifier's accuracy would be overestimated.

    Args:
        data: with ``is_stacked``; of more than 20,000 images, every k-th is taken.

    Returns:
        Grey images (n, 1, h, w) in ten classes.
    """
    step = -(-len(data.images) // _MOST_STACKS)
    stacks = np.ascontiguousarray(data.images[::step])
    images = stacks.reshape(-1, 1, *stacks.shape[2:])
    places = {
        hashlib.blake2b(image.data, digest_size=16).digest(): place
        for place, image in enumerate(images)
    }
    distinct = np.fromiter(places.values(), np.int64, len(places))
    assert data.labels is not None
    held_out = None if data.held_out is None else single_digits(data.held_out)
    labels = data.labels[::step, None] // (100, 10, 1) % 10
    return replace(
        data,
        images=images[distinct],
        labels=labels.reshape(-1)[distinct],
        class_names=tuple("0123456789"),
        content_hash=f"{data.content_hash}-digits",
        held_out=held_out,
    )


class StackedExtractor:
    """The features of a stack: those of its three digits, concatenated.

    Args:
        digits: of single grey digits, with classes 0 to 9.
    """

    modes = MODES

    def __init__(self, digits: ClassifyingExtractor) -> None:
        self.name = digits.name
        self.dimension = CHANNELS * digits.dimension
        self.weights_hash = hashlib.sha256(f"stacked {digits.weights_hash}".encode()).hexdigest()
        self.device = digits.device
        self.digits = digits
        self.files = cache_files(digits)

    def __call__(self, images: Tensor) -> Tensor:
        """Features of stacks: uint8 (n, 3, h, w) → float32 (n, 3 d)."""
        return self.digits(images.flatten(0, 1)[:, None]).reshape(len(images), self.dimension)

    def classify(self, features: Tensor) -> Tensor:
        """The label, 100 r + 10 g + b, of each stack by its features: int64 (n,)."""
        digits = self.digits.classify(features.reshape(-1, self.digits.dimension))
        return (digits.reshape(-1, CHANNELS) * torch.tensor((100, 10, 1)).to(digits)).sum(dim=1)
