"""What a scorer is given: of a run before the first evaluation, and of each evaluation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bench.quality.extractors.base import Extractor

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.datasets.mixtures import Mixture
    from bench.datasets.spec import ImageData
    from bench.quality.reference import Reference
    from bench.quality.way_back import WayBack


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a scorer knows of a run before the first evaluation.

    Attributes:
        task: the task's name.
        device: where features are, and where scores should be computed.
        samples: how many generated samples each evaluation scores.
        data: the real samples that the run trains on, with those held out; of paired tasks with
            ``sources``.
        extractor: of features; None where the task or the run has none.
        reference: the real side in this extractor's features; None without extractor.
        mixture: the real distribution of points; None for images.
        open_way_back: makes ``way_back``; of tasks that translate.
        without_features: the name of how quality is measured where there is no extractor and yet
            a distance that reports compare: ``TARGETS``.
    """

    task: str
    device: torch.device
    samples: int
    data: ImageData
    extractor: Extractor | None = None
    reference: Reference | None = None
    mixture: Mixture | None = None
    open_way_back: Callable[[], WayBack | None] | None = None
    without_features: str | None = None

    @cached_property
    def way_back(self) -> WayBack | None:
        """What sources made from targets are compared with; None where nothing can judge them.

        Raises:
            QualityError, RequestError: it cannot be made.
        """
        return None if self.open_way_back is None else self.open_way_back()

    @cached_property
    def real_features(self) -> Tensor:
        """The reference's features on ``device``: float32 (n, d), n at most 10,000.

        Raises:
            ValueError: there is no reference.
        """
        return self._known_reference().features.to(self.device)

    @cached_property
    def training_features(self) -> Tensor:
        """Features of the training images on ``device``: float32 (m, d), m at most 60,000.

        Raises:
            ValueError: there is no reference.
        """
        return self._known_reference().training.to(self.device)

    @cached_property
    def held_out_features(self) -> Tensor | None:
        """Features of held-out images on ``device``: float32 (h, d); None where there are none."""
        found = self.reference.held_out if self.reference else None
        return None if found is None else found.to(self.device)

    def _known_reference(self) -> Reference:
        if self.reference is None:
            raise ValueError("this run has no reference features")
        return self.reference


@dataclass(frozen=True)
class Scored:
    """What one evaluation has generated, and what it was generated from.

    Only what a scorer lists in its ``needs`` can be read; anything else raises LookupError.
    """

    available: Mapping[str, Tensor]

    @property
    def samples(self) -> Tensor:
        """What the generator returned: float (n, …), images in [−1, 1]."""
        return self._get("samples")

    @property
    def images(self) -> Tensor:
        """Generated images as saved: uint8 (n, c, h, w)."""
        return self._get("images")

    @property
    def features(self) -> Tensor:
        """The extractor's features of the generated images: float32 (n, d)."""
        return self._get("features")

    @property
    def classes(self) -> Tensor:
        """The class of each generated image, as the extractor classifies it: int64 (n,)."""
        return self._get("classes")

    @property
    def labels(self) -> Tensor:
        """The class that each image was conditioned on: int64 (n,), on any device.

        Of a translation there are ``source_labels`` instead.
        """
        return self._get("labels")

    @property
    def sources(self) -> Tensor:
        """What each image was generated from, of paired and unpaired tasks: uint8 (n, c, h, w)."""
        return self._get("sources")

    @property
    def source_labels(self) -> Tensor:
        """The class of each source, where it is known: int64 (n,), on any device."""
        return self._get("source_labels")

    @property
    def targets(self) -> Tensor:
        """The real counterpart of each generated image, of paired tasks: uint8 (n, c, h, w)."""
        return self._get("targets")

    @property
    def reconstructions(self) -> Tensor:
        """Sources made from the generated images, of games both ways: uint8 (n, c, h, w)."""
        return self._get("reconstructions")

    @property
    def reversed(self) -> Tensor:
        """Sources made from real images of the target domain, likewise: uint8 (n, c, h, w)."""
        return self._get("reversed")

    @property
    def reversed_features(self) -> Tensor:
        """Features of ``reversed``, by the extractor of the source domain: float32 (n, d)."""
        return self._get("reversed_features")

    def _get(self, name: str) -> Tensor:
        try:
            return self.available[name]
        except KeyError:
            raise LookupError(
                f"a scorer reads {name} without needing them: add {name!r} to its needs"
            ) from None
