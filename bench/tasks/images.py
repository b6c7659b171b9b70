"""Images from noise, with or without classes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets import DataSpec, ImageData
from bench.tasks.task import Picture, QualityPlan, Task, task
from variants.lazy import LazyModule
from variants.shapes import ImageShape, SampleShape

if TYPE_CHECKING:
    import numpy as np
    import torch

    from bench.pictures import grid
    from bench.quality import evaluator, labels, reference
    from bench.quality.evaluator import Conditions
    from bench.quality.extractors import base as extracting
    from bench.quality.extractors import classifier as classifying
    from bench.quality.extractors import registry as extractors
    from bench.quality.extractors import resolve
    from bench.quality.scorers import base as scorers
    from bench.quality.scorers.base import Context
    from variants import game
    from variants.game import Batch
else:
    np = LazyModule("numpy")
    torch = LazyModule("torch")
    grid = LazyModule("bench.pictures.grid")
    evaluator = LazyModule("bench.quality.evaluator")
    labels = LazyModule("bench.quality.labels")
    reference = LazyModule("bench.quality.reference")
    extracting = LazyModule("bench.quality.extractors.base")
    classifying = LazyModule("bench.quality.extractors.classifier")
    extractors = LazyModule("bench.quality.extractors.registry")
    resolve = LazyModule("bench.quality.extractors.resolve")
    scorers = LazyModule("bench.quality.scorers.base")
    game = LazyModule("variants.game")

_SHOWN, _SHOWN_OF_CLASS = 49, 10


@task("images")
class Images(Task):
    """Images from noise, one class per column where the generator is conditional."""

    def shape(self, data: DataSpec, classes: int) -> SampleShape:
        assert data.channels is not None
        assert data.image_size is not None
        return ImageShape(data.channels, data.image_size, classes)

    def example_batch(self, shape: SampleShape, count: int, noise: torch.Generator) -> Batch:
        images = torch.rand(count, *shape.dimensions, generator=noise, device=noise.device)
        classes = torch.zeros(count, dtype=torch.int64, device=noise.device)
        return game.Batch(images * 2 - 1, labels=classes)

    def choose_quality(
        self, requested: str, *, device: str, labelled: ImageData
    ) -> tuple[str | None, str]:
        has_labels = labelled.labels is not None and len(labelled.class_names) >= 2
        return resolve.resolve_features(requested, device=device, has_labels=has_labels)

    def cannot_judge(self, plan: QualityPlan) -> str | None:
        if plan.features == "classifier":
            lacking = classifying.lacking(plan.labelled)
            if lacking is not None:
                return f"{lacking} to train a classifier on"
        return reference.lacking(plan.data, plan.reference)

    def context(self, plan: QualityPlan) -> Context:
        extractor = extractors.build_extractor(
            plan.features, plan.labelled, plan.cache, plan.device
        )
        return scorers.Context(
            task=plan.task,
            device=extractor.device,
            samples=plan.samples,
            data=plan.data,
            extractor=extractor,
            reference=reference.build_reference(
                plan.data, extractor, plan.cache, samples=plan.samples, of=plan.reference
            ),
        )

    def cache_files(self, context: Context, cache: Path) -> tuple[Path, ...]:
        assert context.extractor is not None
        assert context.reference is not None
        real = reference.reference_path(cache, context.reference.reference_hash)
        return (*extracting.cache_files(context.extractor), real)

    def conditions(self, data: ImageData, count: int, *, conditional: bool) -> Conditions:
        if not conditional:
            return evaluator.Conditions()
        assert data.labels is not None
        return evaluator.Conditions(labels=labels.evaluation_labels(data.labels, count))

    def picture(
        self, spec: DataSpec, data: ImageData, *, conditional: bool, shown: int | None = None
    ) -> Picture:
        if not conditional:
            count = shown or _SHOWN
            draw = partial(grid.sample_grid_png, columns=grid.columns_for(count))
            return Picture(count, evaluator.Conditions(), draw)
        assert data.labels is not None
        classes = labels.columns_of(np.unique(data.labels).tolist())
        wanted = labels.class_columns(classes, shown or _SHOWN_OF_CLASS)
        headings = [data.class_names[index] for index in classes]
        draw = partial(grid.sample_grid_png, columns=len(classes), headings=headings)
        return Picture(len(wanted), evaluator.Conditions(labels=wanted), draw)
