"""What turns images into features, and how a laboratory adds a network of its own.

    @extractor("mine")
    def mine(data: ImageData, cache: Path, device: torch.device) -> Extractor:
        ...

in a module that an installed package declares as the entry point ``mine`` of the group
``gan_bench.extractors``, after which grids may say ``features: mine``. Only the Fréchet
distance of ``inception`` features is an FID and only that of ``classifier`` an FCD; for other
extractors kernel distance, precision and recall are recorded. An extractor that also has
``modes`` and ``classify`` tells whether conditional generators make what they are asked for;
one with ``files``, paths in the cache, is carried to other machines with them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality.float32 import full_float32
from bench.quality.names import BUILT_IN, declared


class Extractor(Protocol):
    """A frozen network that maps images to features.

    Attributes:
        name: what grids and results call it.
        dimension: d, of its features.
        weights_hash: hexadecimal; the same if and only if its features are.
        device: where it runs and its features are.
    """

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def weights_hash(self) -> str: ...
    @property
    def device(self) -> torch.device: ...

    def __call__(self, images: Tensor) -> Tensor:
        """Features of images.

        Args:
            images: uint8 (n, c, h, w), on any device, however many.

        Returns:
            float32 (n, d), computed in full float32, without gradient.
        """


def cache_files(extractor: Extractor) -> tuple[Path, ...]:
    """The files in the cache that an extractor was read from; some have none, and no ``files``."""
    return tuple(getattr(extractor, "files", ()))


@runtime_checkable
class ClassifyingExtractor(Extractor, Protocol):
    """An extractor whose features tell the class of an image.

    Attributes:
        modes: how many classes there are where they are equally likely modes of the data, to
            be counted among the generated images; else None.
    """

    @property
    def modes(self) -> int | None: ...

    def classify(self, features: Tensor) -> Tensor:
        """The class of each image by its features: float32 (n, d) → int64 (n,)."""


Builder = Callable[[ImageData, Path, torch.device], Extractor]

_builders: dict[str, Builder] = {}


def extractor(name: str) -> Callable[[Builder], Builder]:
    """Registers the decorated function as the maker of the extractor called ``name``.

    The function is given the whole labelled data set, the cache folder and the device.

    Raises:
        ValueError: the name is taken.
    """

    def register(builder: Builder) -> Builder:
        module = BUILT_IN.get(name, builder.__module__)
        if name in ("auto", "off", *_builders) or module != builder.__module__:
            raise ValueError(f"the name {name!r} is taken")
        _builders[name] = builder
        return builder

    return register


def extractor_names() -> tuple[str, ...]:
    """Every extractor there is, the built-in ones first."""
    return tuple(dict.fromkeys([*BUILT_IN, *declared(), *_builders]))


def check_extractor_name(name: str) -> None:
    """Raises QualityError, naming the nearest extractor, where there is none called ``name``."""
    names = ("auto", *extractor_names(), "off")
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]}" if near else f"choose one of {', '.join(names)}"
        raise QualityError(f"quality features: {name} is unknown: {hint}.")


def build_extractor(
    name: str, data: ImageData, cache: Path, device: str | torch.device
) -> Extractor:
    """Makes the extractor called ``name``.

    Args:
        name: "inception", "classifier" or a registered one.
        data: the whole labelled data set, not only the part a run trains on.
        cache: root of the cache.
        device: where it shall run.

    Raises:
        QualityError: there is no such extractor, or it is not to be had.
    """
    check_extractor_name(name)
    if name not in _builders:
        import_module(BUILT_IN[name]) if name in BUILT_IN else declared()[name].load()
    return _builders[name](data, cache, torch.device(device))


@torch.no_grad()
def extract(
    network: Callable[[Tensor], Tensor], images: Tensor, batch: int, device: torch.device
) -> Tensor:
    """Applies ``network`` batch by batch in full float32: (n, …) of its outputs, on ``device``.

    Raises:
        ValueError: images that are not uint8 (n, c, h, w).
    """
    if images.dtype != torch.uint8 or images.dim() != 4:
        raise ValueError(f"images must be uint8 (n, c, h, w), not {images.dtype} {images.shape}")
    with full_float32(device):
        return torch.cat([network(part.to(device)) for part in torch.split(images, batch)])
