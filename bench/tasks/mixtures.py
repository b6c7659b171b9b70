"""Points of the plane, from mixtures of Gaussians whose modes are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bench.datasets import DataSpec, ImageData
from bench.datasets.mixtures import Mixture, mixture
from bench.errors import QualityError
from bench.quality.extractors.registry import MODES
from bench.tasks.task import Picture, QualityPlan, Task, task
from variants.lazy import LazyModule
from variants.recipe import Recipe, Refusal
from variants.shapes import PointShape, SampleShape

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.pictures import scatter
    from bench.quality import evaluator
    from bench.quality.evaluator import Conditions
    from bench.quality.scorers import base as scorers
    from bench.quality.scorers.base import Context
    from variants import game
    from variants.game import Batch
else:
    torch = LazyModule("torch")
    scatter = LazyModule("bench.pictures.scatter")
    evaluator = LazyModule("bench.quality.evaluator")
    scorers = LazyModule("bench.quality.scorers.base")
    game = LazyModule("variants.game")

_SCATTER_POINTS = 2500


@task("mixtures")
class Mixtures(Task):
    """Points of a 2-D mixture, judged by the modes that they reach."""

    samples: ClassVar[str] = "points"
    keys: ClassVar[frozenset[str]] = frozenset()
    through_time: ClassVar[bool] = True
    most_shown: ClassVar[int] = 10_000

    def shape(self, data: DataSpec, classes: int) -> SampleShape:
        return PointShape()

    def refusal(self, recipe: Recipe, precision: str) -> Refusal | None:
        if precision != "bf16":
            return None
        return Refusal(
            "precision",
            "bf16 has three digits, too few for points whose modes are narrower; choose fp32",
        )

    def modes(self, data: DataSpec) -> int | None:
        known = mixture(data.name, data.classes)
        return None if known is None else len(known.modes)

    def example_batch(self, shape: SampleShape, count: int, noise: torch.Generator) -> Batch:
        points = torch.rand(count, *shape.dimensions, generator=noise, device=noise.device)
        return game.Batch(points * 2 - 1)

    def choose_quality(
        self, requested: str, *, device: str, labelled: ImageData
    ) -> tuple[str | None, str]:
        if requested == "off":
            return None, "Quality is not measured, as requested (features: off)."
        if requested != "auto":
            raise QualityError(
                f"quality features: {requested} judges images, and the data set has points: "
                "leave features out, or set it to off."
            )
        return MODES, "Quality is mode coverage: the data set is a mixture whose modes are known."

    def context(self, plan: QualityPlan) -> Context:
        return scorers.Context(
            task=plan.task,
            device=plan.device,
            samples=plan.samples,
            data=plan.data,
            mixture=_known(plan.spec),
        )

    def conditions(self, data: ImageData, count: int, *, conditional: bool) -> Conditions:
        return evaluator.Conditions()

    def picture(
        self, spec: DataSpec, data: ImageData, *, conditional: bool, shown: int | None = None
    ) -> Picture:
        known = _known(spec)

        def draw(points: Tensor) -> bytes:
            return scatter.scatter_png(points, torch.tensor(known.modes), known.deviation)

        return Picture(shown or _SCATTER_POINTS, evaluator.Conditions(), draw)


def _known(data: DataSpec) -> Mixture:
    found = mixture(data.name, data.classes)
    assert found is not None, "a data set of this task is a known mixture"
    return found
