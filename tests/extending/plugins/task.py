"""A task: invert an image. With its data set, its game and a variant that learns it."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from bench.datasets import DataSpec, ImageData
from bench.datasets.registry import DataSetInfo, Source, dataset, lookup
from bench.datasets.selection import shuffled
from bench.measures import Measure, Value
from bench.quality.evaluator import Conditions
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from bench.tasks import Picture, QualityPlan, task
from bench.tasks.images import Images
from variants.game import Batch, Example, Game, Inputs, Noise, Outcome, Player
from variants.recipe import Recipe, Refusal
from variants.registry import register
from variants.scalars import Scalar
from variants.shapes import ImageShape, PairShape, SampleShape

# ------------------------------------------------------------------------- the data set


class Negatives:
    """The digits of mnist-5k, each with its negative as source."""

    def __init__(self, images) -> None:
        self._images = images
        self.labels, self.class_names = images.labels, images.class_names

    def __len__(self) -> int:
        return len(self._images)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The targets, uint8 (N, channels, image_size, image_size)."""
        return self._images.take(indices, image_size=image_size, channels=channels)

    def take_sources(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """Their sources, of the same shape."""
        return 255 - self.take(indices, image_size=image_size, channels=channels)


@dataset(DataSetInfo("negatives", "mnist-5k and its negatives", 28, 1, 10, 5000, task="invert"))
def negatives(_argument: str, data_root: Path) -> Source:
    """Wherever mnist-5k is."""
    entry, argument = lookup("mnist-5k")
    digits = entry.locate(argument, data_root)
    return replace(digits, open=lambda: Negatives(digits.open()), definition=("negatives",))


# ------------------------------------------------------------------------------ the task


@task("invert")
class Invert(Images):
    """Images from their negatives, compared with the originals pixel by pixel."""

    def shape(self, data: DataSpec, classes: int) -> SampleShape:
        image = ImageShape(data.channels or 1, data.image_size or 28, classes)
        return PairShape(source=image, target=image)

    def example_batch(self, shape: SampleShape, count: int, noise: torch.Generator) -> Batch:
        target = torch.rand(count, *shape.dimensions, generator=noise, device=noise.device) * 2 - 1
        return Batch(target, source=-target)

    def choose_quality(
        self, requested: str, *, device: str, labelled: ImageData
    ) -> tuple[str | None, str]:
        if requested == "off":
            return None, "Quality is not measured, as requested (features: off)."
        return "pairs", "Quality is the error per pixel: the data set has pairs."

    def context(self, plan: QualityPlan) -> Context:
        return Context(task=plan.task, device=plan.device, samples=plan.samples, data=plan.data)

    def cache_files(self, context: Context, cache: Path) -> tuple[Path, ...]:
        return ()

    def conditions(self, data: ImageData, count: int, *, conditional: bool) -> Conditions:
        chosen = np.resize(shuffled(len(data.images)), count)
        assert data.sources is not None
        return Conditions(
            sources=torch.from_numpy(data.sources[chosen]),
            targets=torch.from_numpy(data.images[chosen]),
        )

    def picture(
        self, spec: DataSpec, data: ImageData, *, conditional: bool, shown: int | None = None
    ) -> Picture:
        plain = super().picture(spec, data, conditional=False, shown=shown)
        return plain._replace(conditions=self.conditions(data, plain.samples, conditional=False))


@scorer("pixel-error")
class PixelError(Scorer):
    """Mean absolute difference from the target, of pixels 0 to 255."""

    measures = (
        Measure(
            name="pixel_error",
            doc="mean absolute difference of a generated image from its target, 0 to 255",
            over_epochs="final",
            direction="lower",
            headline=True,
        ),
    )
    needs = frozenset({"images", "targets"})

    def score(self, scored: Scored) -> dict[str, Value]:
        difference = scored.images.float() - scored.targets.to(scored.images.device).float()
        return {"pixel_error": difference.abs().mean().item()}


# ------------------------------------------------------------- the game and the variant

DISTANCE = Scalar("distance", "mean absolute difference from the target, in −1 to 1")


class Translation(Game):
    """A generator that receives the source and no noise; a critic that judges pairs."""

    scalars = (DISTANCE,)

    def __init__(self, generator: Player, critic: Player, shape: PairShape) -> None:
        self.generator, self.critic, self._shape = generator, critic, shape

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        with torch.no_grad():
            fake = self.generator.network(batch.source)
        real_scores, fake_scores = self._judge(batch, batch.target), self._judge(batch, fake)
        return Outcome((softplus(-real_scores) + softplus(fake_scores)).mean(), {})

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        fake = self.generator.network(batch.source)
        distance = (fake - batch.target).abs().mean()
        loss = softplus(-self._judge(batch, fake)).mean() + 10 * distance
        return Outcome(loss, {DISTANCE.name: distance.detach()})

    def _judge(self, batch: Batch, images: Tensor) -> Tensor:
        assert batch.source is not None
        scores: Tensor = self.critic.network(torch.cat([batch.source, images], 1))
        return scores

    def inputs(self, count, noise, labels=None, source=None) -> Inputs:
        return Inputs(source=source)

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        samples: Tensor = self.generator.network(inputs.source)
        return samples

    def example_inputs(self) -> list[Example]:
        source = torch.zeros(1, *self._shape.source.dimensions)
        pair = torch.cat([source, torch.zeros(1, *self._shape.target.dimensions)], 1)
        return [
            Example("generator", self.generator.network, (source,)),
            Example("critic", self.critic.network, (pair,)),
        ]


@register("inverter")
class Inverter(Recipe):
    """Two convolutions that turn an image into another."""

    task: ClassVar[str] = "invert"
    width: int = 8

    def refusal(self, shape: SampleShape) -> Refusal | None:
        if isinstance(shape, PairShape):
            return None
        return Refusal("dataset", "translates images: use a data set of pairs, such as negatives")

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        assert isinstance(shape, PairShape)
        inputs, outputs = shape.source.channels, shape.target.channels
        generator = nn.Sequential(
            nn.Conv2d(inputs, self.width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(self.width, outputs, 3, padding=1),
            nn.Tanh(),
        )
        critic = nn.Sequential(
            nn.Conv2d(inputs + outputs, self.width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(self.width, 1, 4, 2, 1),
        )
        players = (
            self.player(generator.to(device), self.generator_lr),
            self.player(critic.to(device), self.critic_lr),
        )
        return Translation(*players, shape)
