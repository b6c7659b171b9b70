"""What happens to a generator after an epoch: its samples are scored and pictured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


Sample = Callable[[Inputs], Tensor]


class Evaluated(NamedTuple):
    """What was due after an epoch: scores by column, and pictures."""

    scores: Mapping[str, Value]
    png: bytes | None
    averaged_png: bytes | None = None


class Evaluation:
    """Scores and pictures of one run's samples. Training is left as if nothing had happened.

    An averaged generator is scored and pictured from the same inputs, apart from the other.

    Samples come from fixed inputs: the task's labels or sources, and noise that is the same for
    every variant whose noise has the same form.
    """

    NOTHING: ClassVar[Evaluated] = Evaluated({}, None)

    def __init__(
        self,
        spec: RunSpec,
        game: Game,
        sample: Sample,
        resources: Resources,
        averaged: Sample | None = None,
    ) -> None:
        self._spec, self._game = spec, game
        self._sample, self._averaged = sample, averaged
        self._judge, self._device = resources.evaluator, resources.device
        self._memory = resources.memory
        with self._memory.apart():
            self._prepare(spec, resources)

    def _prepare(self, spec: RunSpec, resources: Resources) -> None:
        """Draws the fixed inputs, which stay on the device."""
        game = self._game
        task, data = tasks.get(spec.task), resources.data
        if self._judge is not None:
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
        source = conditions.sources
        if source is not None and source.dtype == torch.uint8:
            source = source.to(torch.float32).div_(127.5).sub_(1)
        noise = torch.Generator().manual_seed(seed)
        return self._game.inputs(count, noise, conditions.labels, source).to(self._device)

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
            png = self._png(self._sample) if pictured else None
            averaged_png = self._png(self._averaged) if pictured and self._averaged else None
        return Evaluated(scores, png, averaged_png)

    def _png(self, sample: Sample) -> bytes:
        samples = self._draw(sample, self._picture_inputs, 0, self._picture.samples)
        return self._picture.png(samples)

    def _scores(self) -> dict[str, Value]:
        """Of the generator, and under columns of their own of the averaged one."""
        assert self._judge is not None
        found = self._judge.evaluate(
            partial(self._draw, self._sample, self._inputs), self._conditions
        )
        scores: dict[str, Value] = {QUALITY_EVALUATED.name: True, **found}
        if self._averaged is not None:
            found = self._judge.evaluate(
                partial(self._draw, self._averaged, self._inputs), self._conditions
            )
            for name, value in found.items():
                if averaged_name(name) in EPOCH_MEASURES:
                    scores[averaged_name(name)] = value
        return scores

    def _draw(self, sample: Sample, inputs: Inputs, start: int, stop: int) -> Tensor:
        parts = [
            sample(inputs[first : min(first + _DRAW_BATCH, stop)])
            for first in range(start, stop, _DRAW_BATCH)
        ]
        return torch.cat(parts)
