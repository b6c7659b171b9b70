"""Stacked digits: RGB images whose three channels are a digit each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.datasets import DataSpec, ImageData
from bench.tasks.images import Images
from bench.tasks.task import task
from variants.lazy import LazyModule

if TYPE_CHECKING:
    from bench.quality.extractors import resolve
else:
    resolve = LazyModule("bench.quality.extractors.resolve")

MODES = 1000  # three digits


@task("stacked-digits")
class StackedDigits(Images):
    """Images of three digits each, whose 1,000 combinations are counted."""

    def modes(self, data: DataSpec) -> int | None:
        return MODES

    def choose_quality(
        self, requested: str, *, device: str, labelled: ImageData
    ) -> tuple[str | None, str]:
        return resolve.resolve_features(requested, device=device, has_labels=True, stacked=True)
