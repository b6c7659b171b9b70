"""What is made of a generator at the end of an epoch: its scores and a picture of its samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from bench.datasets import ImageData
from bench.datasets.mixtures import mixture
from bench.measures.measure import Value
from bench.pictures.grid import sample_grid_png
from bench.pictures.scatter import scatter_png
from bench.quality.evaluator import Conditions, Judge
from bench.quality.labels import class_columns, columns_of, evaluation_labels
from bench.spec import RunSpec
from variants.game import Game
from variants.recipe import ImageShape

# Latents (N, latent_dim) and labels (N,), or None, to samples (N, …).
Sampler = Callable[[Tensor, Tensor | None], Tensor]

# The same noise for every run, variant and epoch, so that pictures can be compared.
_EVALUATION_SEED = 20_140_610
_GRID_SEED = 20_151_119
_GRID_SIDE = 8
_SCATTER_POINTS = 2500
_DRAW_BATCH = 250


class Evaluation:
    """Quality and pictures of one run's samples, leaving no trace in the training.

    Samples come from fixed latents, the same for every variant of one latent length. A
    conditional generator is asked for classes as frequent as they are in the data, and
    pictured with one class a column.
    """

    def __init__(
        self,
        spec: RunSpec,
        game: Game,
        sample: Sampler,
        judge: Judge | None,
        data: ImageData,
        device: torch.device,
    ) -> None:
        self._spec = spec
        self._game = game
        self._sample = sample
        self._judge = judge
        self._device = device
        count = judge.samples if judge else 0
        self._latents = self._fixed_latents(count, _EVALUATION_SEED)
        self._labels = self._picture_labels = None
        self._headings: list[str] | None = None
        self._columns, pictured = _GRID_SIDE, _GRID_SIDE**2
        if spec.recipe.conditional:
            assert data.labels is not None
            self._labels = evaluation_labels(data.labels, count).to(device)
            classes = columns_of(np.unique(data.labels).tolist())
            self._picture_labels = class_columns(classes, _GRID_SIDE).to(device)
            self._headings = [data.class_names[index] for index in classes]
            self._columns, pictured = len(classes), len(self._picture_labels)
        if not isinstance(spec.shape, ImageShape):
            pictured = _SCATTER_POINTS
        self._picture_latents = self._fixed_latents(pictured, _GRID_SEED)

    def _fixed_latents(self, count: int, seed: int) -> Tensor:
        rng = torch.Generator().manual_seed(seed)
        return self._game.latents(count, rng).to(self._device)

    def of(self, epoch: int) -> tuple[Mapping[str, Value], bytes | None]:
        """The scores and the picture, as far as they are due after this epoch."""
        last = epoch == self._spec.epochs
        scores: Mapping[str, Value] = {}
        png = None
        devices = [self._device] if self._device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            if self._judge is not None and (last or epoch % self._spec.quality.every == 0):
                scores = self._judge.evaluate(self._draw, Conditions(labels=self._labels))
            if last or epoch % self._spec.samples_every == 0:
                png = self._picture()
        return scores, png

    def _draw(self, start: int, stop: int) -> Tensor:
        samples = []
        for first in range(start, stop, _DRAW_BATCH):
            these = slice(first, min(first + _DRAW_BATCH, stop))
            labels = None if self._labels is None else self._labels[these]
            samples.append(self._sample(self._latents[these], labels))
        return torch.cat(samples)

    def _picture(self) -> bytes:
        samples = self._sample(self._picture_latents, self._picture_labels)
        if isinstance(self._spec.shape, ImageShape):
            return sample_grid_png(samples, self._columns, headings=self._headings)
        known = mixture(self._spec.data.name, self._spec.data.classes)
        assert known is not None
        return scatter_png(samples, torch.tensor(known.modes), known.deviation)
