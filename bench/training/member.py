"""One run's counters, its epochs' results and its evaluation."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bench.cost.clock import Clock
from bench.measures import Counts, EpochRecord, EpochResult
from bench.spec import RunSpec
from bench.training.evaluation import Evaluation
from bench.training.meter import EpochCost
from bench.training.play import Play, Shown
from bench.training.resources import Diverged, Resources
from variants.scalars import LOSSES


class Member:
    """One run: alone, or one of a stack."""

    def __init__(self, spec: RunSpec, resources: Resources, play: Play, index: int) -> None:
        self._counts = resources.counts
        self._evaluation = Evaluation(
            spec,
            play.game,
            play.ways(index),
            resources,
            play.averaged_ways(index) if play.averages else None,
        )
        self._columns = play.columns
        self._samples_seen = self.steps = 0
        self._flops: int | None = 0
        self.diverged: Diverged | None = None
        self.over = False

    @property
    def running(self) -> bool:
        """Whether its losses have all been finite so far."""
        return not self.over and self.diverged is None

    def state(self) -> dict[str, Any]:
        """The counters."""
        return {"samples_seen": self._samples_seen, "steps": self.steps, "flops": self._flops}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Continues counting from what :meth:`state` returned."""
        self._samples_seen, self.steps = state["samples_seen"], state["steps"]
        self._flops = state["flops"]

    def epoch(
        self,
        epoch: int,
        rows: np.ndarray,
        cost: EpochCost,
        shown: Sequence[Shown],
        clock: Clock,
    ) -> EpochResult | None:
        """The result of an epoch from its rows (steps, columns); None once diverged."""
        if self.over:
            return None
        broken = self._first_not_finite(rows)
        start = clock.seconds()
        evaluated = self._evaluation.of(epoch) if broken is None else Evaluation.NOTHING
        evaluation_seconds = clock.seconds() - start

        self._samples_seen += sum(part.real for part in shown)
        self._flops = _add_flops(self._flops, self._counts, shown)
        if broken is not None:
            step, name = broken
            self.diverged = Diverged(
                f"{name} was not finite at step {self.steps + step + 1} (epoch {epoch})"
            )
        self.steps += len(rows)
        record = EpochRecord(
            epoch=epoch,
            samples_seen=self._samples_seen,
            steps=self.steps,
            evaluation_seconds=evaluation_seconds,
            checkpoint_seconds=None,
            elapsed_seconds=None,
            train_flops=self._flops,
            **asdict(cost),
            scalars=self._means(rows, whole=broken is None),
            scores=evaluated.scores,
        )
        return EpochResult(
            record=record,
            steps=self._steps(rows),
            samples_png=evaluated.png,
            averaged_png=evaluated.averaged_png,
        )

    def take_divergence(self) -> Diverged | None:
        """The report that the run has diverged, once."""
        report, self.diverged = self.diverged, None
        self.over = self.over or report is not None
        return report

    def _first_not_finite(self, rows: np.ndarray) -> tuple[int, str] | None:
        """Step (from 0) and name of the first loss that is NaN or infinite."""
        bad = np.argwhere(~np.isfinite(rows[:, : len(LOSSES)]))
        return None if len(bad) == 0 else (int(bad[0][0]), self._columns[bad[0][1]])

    def _means(self, rows: np.ndarray, *, whole: bool) -> dict[str, float | None]:
        """Means over the epoch's steps; None for what the game does not report.

        Args:
            whole: all losses were finite, so that NaN marks a step that did not report a number.
        """
        means = rows.mean(axis=0, dtype=np.float64)
        if whole and np.isnan(means).any():
            with warnings.catch_warnings():  # of columns that no step reports
                warnings.simplefilter("ignore", RuntimeWarning)
                means = np.where(np.isnan(means), np.nanmean(rows, axis=0, dtype=np.float64), means)
        return {
            name: float(mean) if index < len(LOSSES) or math.isfinite(mean) else None
            for index, (name, mean) in enumerate(zip(self._columns, means, strict=True))
        }

    def _steps(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        return {
            name: rows[:, index].astype(np.float32)
            for index, name in enumerate(self._columns)
            if index < len(LOSSES) or not np.isnan(rows[:, index]).all()
        }


def _add_flops(flops: int | None, counts: Counts, shown: Sequence[Shown]) -> int | None:
    critic, generator = counts.critic_flops_per_image, counts.generator_flops_per_image
    if flops is None or critic is None or generator is None:
        return None
    return flops + sum(critic * part.real + generator * part.generated for part in shown)
