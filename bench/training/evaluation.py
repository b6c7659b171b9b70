"""What happens to a generator after an epoch: its samples are scored and pictured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from bench import tasks
from bench.measures import EPOCH_MEASURES, Value, averaged_name
from bench.quality.evaluator import Conditions
from bench.quality.scorers.base import QUALITY_EVALUATED
from bench.spec import RunSpec
from bench.training.resources import Resources
from variants.game import Game, Inputs

# The same noise for every run, variant and epoch, so that pictures can be compared.
_EVALUATION_SEED = 20_140_610
_PICTURE_SEED = 20_151_119
_DRAW_BATCH = 250
# Pixels of images that are translated at once, since networks of translations keep large maps.
_DRAW_PIXELS = 2**20


class Ways(NamedTuple):
    """What makes samples of fixed inputs, in evaluation mode.

    Attributes:
        sample: from inputs.
        back: of a game both ways, sources from images of the target domain.
    """

    sample: Callable[[Inputs], Tensor]
    back: Callable[[Tensor], Tensor] | None = None


class Evaluated(NamedTuple):
    """What was due after an epoch: scores by column, and pictures."""

    scores: Mapping[str, Value]
    png: bytes | None
    averaged_png: bytes | None = None


class Evaluation:
    """Scores and pictures of one run's samples. Training is left as if nothing had happened.

    An averaged generator is scored and pictured from the same inputs, apart from the other.

    Samples come from fixed inputs: the task's labels or sources, and noise that is the same for
    every variant whose noise has the same form. Sources stay pixels until they are translated.
    """

    NOTHING: ClassVar[Evaluated] = Evaluated({}, None)

    def __init__(
        self,
        spec: RunSpec,
        game: Game,
        trained: Ways,
        resources: Resources,
        averaged: Ways | None = None,
    ) -> None:
        self._spec, self._game = spec, game
        self._trained, self._averaged = trained, averaged
        self._judge, self._device = resources.evaluator, resources.device
        self._memory = resources.memory
        with self._memory.apart():
            self._prepare(spec, resources)

    def _prepare(self, spec: RunSpec, resources: Resources) -> None:
        """Draws the fixed inputs, which stay on the device."""
        game = self._game
        task, data = tasks.get(spec.task), resources.data
        if self._judge is not None:
            if game.both_ways:
                self._judge.prepare_back()
            count = self._judge.samples
            self._conditions = task.conditions(data, count, conditional=game.conditional)
            self._inputs = self._fixed_inputs(count, self._conditions, _EVALUATION_SEED)
        self._picture = task.picture(
            spec.data, data, conditional=game.conditional, shown=spec.samples_shown
        )
        self._picture_inputs = self._fixed_inputs(
            self._picture.samples, self._picture.conditions, _PICTURE_SEED
        )

    def _fixed_inputs(self, count: int, conditions: Conditions, seed: int) -> Inputs:
        noise = torch.Generator().manual_seed(seed)
        pixels = conditions.sources
        source = None if pixels is None else _floats(pixels)
        inputs = self._game.inputs(count, noise, conditions.labels, source)
        if source is not None and inputs.source is source:
            inputs = replace(inputs, source=pixels)
        return inputs.to(self._device)

    def of(self, epoch: int) -> Evaluated:
        """The scores and the picture, as far as they are due after this epoch."""
        last = epoch == self._spec.epochs
        scored = self._judge is not None and (last or epoch % self._spec.quality.every == 0)
        pictured = self._spec.pictured(epoch)
        if not (scored or pictured):
            return self.NOTHING
        devices = [self._device] if self._device.type == "cuda" else []
        with self._memory.apart(), torch.random.fork_rng(devices=devices):
            scores = self._scores() if scored else self.NOTHING.scores
            png = self._png(self._trained) if pictured else None
            averaged_png = self._png(self._averaged) if pictured and self._averaged else None
        return Evaluated(scores, png, averaged_png)

    def _png(self, ways: Ways) -> bytes:
        picture = self._picture
        samples = self._draw(ways, self._picture_inputs, 0, picture.samples)
        if ways.back is None or picture.round_trip is None:
            return picture.png(samples)
        return picture.round_trip(samples, self._back(ways, samples))

    def _scores(self) -> dict[str, Value]:
        """Of the generator, and under columns of their own of the averaged one."""
        scores: dict[str, Value] = {QUALITY_EVALUATED.name: True, **self._judged(self._trained)}
        if self._averaged is not None:
            for name, value in self._judged(self._averaged).items():
                if averaged_name(name) in EPOCH_MEASURES:
                    scores[averaged_name(name)] = value
        return scores

    def _judged(self, ways: Ways) -> Mapping[str, Value]:
        assert self._judge is not None
        draw = partial(self._draw, ways, self._inputs)
        if ways.back is None:
            return self._judge.evaluate(draw, self._conditions)
        return self._judge.evaluate(draw, self._conditions, back=partial(self._back, ways))

    def _draw(self, ways: Ways, inputs: Inputs, start: int, stop: int) -> Tensor:
        size = _DRAW_BATCH if inputs.source is None else _at_once(inputs.source)
        parts = [
            ways.sample(_translatable(inputs[first : min(first + size, stop)]))
            for first in range(start, stop, size)
        ]
        return torch.cat(parts)

    def _back(self, ways: Ways, images: Tensor) -> Tensor:
        assert ways.back is not None
        parts = torch.split(images, _at_once(images))
        return torch.cat([ways.back(part.to(self._device)) for part in parts])


def _at_once(images: Tensor) -> int:
    """How many images are translated at once."""
    return max(1, min(_DRAW_BATCH, _DRAW_PIXELS // images[0, 0].numel()))


def _translatable(inputs: Inputs) -> Inputs:
    """Inputs whose source is floats in [−1, 1], as games receive it."""
    if inputs.source is None or inputs.source.dtype != torch.uint8:
        return inputs
    return replace(inputs, source=_floats(inputs.source))


def _floats(pixels: Tensor) -> Tensor:
    if pixels.dtype != torch.uint8:
        return pixels
    return pixels.to(torch.float32).div_(127.5).sub_(1)
