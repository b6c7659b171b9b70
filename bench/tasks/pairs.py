"""Image translation, learned from pairs: for every source its target.

Samples are made from held-out sources where there are any, so what is judged is how a game
translates images that it has never seen.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets import DataSpec, ImageData, source_channels
from bench.datasets.selection import shuffled
from bench.quality.extractors.registry import TARGETS
from bench.tasks.images import Images
from bench.tasks.task import Picture, QualityPlan, task
from variants.lazy import LazyModule
from variants.shapes import ImageShape, PairShape, SampleShape

if TYPE_CHECKING:
    import numpy as np
    import torch

    from bench.pictures import translation
    from bench.quality import evaluator, way_back, whole
    from bench.quality.evaluator import Conditions
    from bench.quality.scorers import base as scorers
    from bench.quality.scorers.base import Context
    from bench.quality.way_back import WayBack
    from variants import game
    from variants.game import Batch
else:
    np = LazyModule("numpy")
    torch = LazyModule("torch")
    translation = LazyModule("bench.pictures.translation")
    evaluator = LazyModule("bench.quality.evaluator")
    way_back = LazyModule("bench.quality.way_back")
    whole = LazyModule("bench.quality.whole")
    scorers = LazyModule("bench.quality.scorers.base")
    game = LazyModule("variants.game")

_SHOWN = 16


@task("pairs")
class Pairs(Images):
    """Images from images, learned from pairs of an input and its target."""

    def shape(self, data: DataSpec, classes: int) -> SampleShape:
        target = super().shape(data, classes)
        assert isinstance(target, ImageShape)
        channels = source_channels(data.name) if data.name else None
        return PairShape(target._replace(channels=channels or target.channels), target)

    def example_batch(self, shape: SampleShape, count: int, noise: torch.Generator) -> Batch:
        assert isinstance(shape, PairShape)
        batch = super().example_batch(shape, count, noise)
        of_source = (count, *shape.source.dimensions)
        source = torch.rand(of_source, generator=noise, device=noise.device)
        return game.Batch(batch.target, source * 2 - 1, batch.labels)

    def choose_quality(
        self, requested: str, *, device: str, labelled: ImageData
    ) -> tuple[str | None, str]:
        features, why = super().choose_quality(requested, device=device, labelled=labelled)
        if features is not None or requested != "auto":
            return features, why
        missing = (
            "there are neither Inception weights and a GPU nor classes to train a classifier on"
        )
        if _truth_of(labelled):
            return TARGETS, (
                "Quality is measured without features, by what the outputs have in common with "
                f"their targets: {missing}."
            )
        return TARGETS, (
            f"Only the way back is measured, of games both ways: {missing}, and no pair is known."
        )

    def cannot_judge(self, plan: QualityPlan) -> str | None:
        return None if plan.features == TARGETS else super().cannot_judge(plan)

    def cache_files(self, context: Context, cache: Path) -> tuple[Path, ...]:
        return () if context.extractor is None else super().cache_files(context, cache)

    def context(self, plan: QualityPlan) -> Context:
        if plan.features == TARGETS:
            return scorers.Context(
                task=plan.task,
                device=plan.device,
                samples=plan.samples,
                data=plan.data,
                without_features=TARGETS if _truth_of(plan.data) else None,
            )
        context = super().context(replace(plan, labelled=whole.targets(plan.labelled)))
        return replace(context, open_way_back=partial(self._way_back, plan))

    def _way_back(self, plan: QualityPlan) -> WayBack | None:
        return way_back.build_way_back(
            plan.features,
            plan.data,
            plan.labelled,
            plan.cache,
            plan.device,
            samples=plan.samples,
            of=plan.reference,
        )

    def conditions(self, data: ImageData, count: int, *, conditional: bool) -> Conditions:
        """The first ``count`` sources of a fixed shuffle, over again where there are fewer.

        They are held-out ones where there are any. Of those that are not paired the targets are
        unknown.
        """
        shown = data if data.held_out is None else data.held_out
        assert shown.sources is not None
        chosen = np.resize(shuffled(len(shown.sources)), count)
        classes = shown.classes_of_sources
        return evaluator.Conditions(
            labels=None if classes is None else torch.from_numpy(classes[chosen]),
            sources=torch.from_numpy(shown.sources[chosen]),
            targets=torch.from_numpy(shown.images[chosen]) if shown.paired else None,
        )

    def picture(
        self, spec: DataSpec, data: ImageData, *, conditional: bool, shown: int | None = None
    ) -> Picture:
        count = shown or _SHOWN
        conditions = self.conditions(data, count, conditional=conditional)
        assert conditions.sources is not None
        examples = translation.Examples(conditions.sources, conditions.targets)
        return Picture(count, conditions, examples.png, examples.round_trip_png)


def _truth_of(data: ImageData) -> bool:
    """Whether the targets of the sources that are evaluated are known."""
    return (data if data.held_out is None else data.held_out).paired
