"""A grid made small, to see in a minute that all of it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.spec import Configuration, RunSpec

_BATCHES = 4
_QUALITY_SAMPLES = 256


def shrunk(configurations: Sequence[RunSpec], baseline: str) -> tuple[tuple[RunSpec, ...], str]:
    """Every configuration on a few batches, and the label that is then the baseline.

    Configurations that differ only in what is cut become one run, the first of them.
    """
    kept: dict[Configuration, RunSpec] = {}
    # One subset for all, so that their quality is measured against the same images.
    few = max(_BATCHES * run.recipe.batch_size * run.recipe.critic_steps for run in configurations)
    for run in configurations:
        small = _small(run, few)
        first = kept.setdefault(small.configuration, small)
        if run.label == baseline:
            baseline = first.label
    return tuple(kept.values()), baseline


def _small(run: RunSpec, few: int) -> RunSpec:
    samples = min(run.quality.samples, _QUALITY_SAMPLES)
    return replace(
        run,
        epochs=1,
        steps=None if run.steps is None else min(run.steps, _BATCHES),
        steps_per_epoch=None if run.steps is None else _BATCHES,
        data=replace(run.data, subset=min(run.data.subset or few, few)),
        quality=run.quality.model_copy(update={"samples": samples}),
    )
