"""What the configurations of a sweep cost.

Where configurations were timed apart from training, all costs come from there: times, joules and
memory of runs that trained side by side are those of a busy machine. See ``timing``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from bench.report import statistics
from bench.report.data import drift
from bench.report.data.frames import distinct
from bench.report.data.values import Values
from bench.report.statistics import Estimate, Ratio
from bench.store import Results
from bench.texts import say

_MACHINE = (
    "device",
    "gpu_name",
    "cpu_model",
    "host",
    "torch_version",
    "cuda_version",
    "threads",
)


class Costs(Values):
    """Times, memory and energy, of the clean timing where there is one, else of the runs."""

    def __init__(self, results: Results) -> None:
        super().__init__(results)
        self._timings = drift.by_label(self.runs)

    @property
    def has_own_costs(self) -> bool:
        """Whether the times, memory and energy of some configuration are known.

        They are not where every run was part of a stack, and nothing was timed apart from training.
        """
        return self.rounds is not None or not bool(self.runs["shared"].all())

    def has_cost(self, column: str) -> bool:
        """Whether a cost was measured of any configuration."""
        if self.rounds is not None:
            return self.rounds.measured(column)
        return bool(self.runs[column].notna().any())

    def cost(self, label: str, column: str) -> Estimate | None:
        """Mean and interval of a cost: over the rounds of clean timing, else over the seeds.

        Args:
            column: seconds_per_1000_images, seconds_per_generator_update, seconds_per_epoch,
                the same of energy_joules and cpu_energy_joules, images_per_second or a peak.
        """
        if self.rounds is None:
            return self.estimate(label, column)
        if column == "seconds_per_epoch":
            images = self.estimate(label, "images_per_epoch")
            if images is None:
                return None
            return self.rounds.estimate(label, "seconds_per_1000_images", images.mean / 1000)
        return self.rounds.estimate(label, column)

    def cost_ratio(self, label: str, column: str, *, inverse: bool = False) -> Ratio | None:
        """A cost of the configuration over the baseline's; ``inverse``: the other way.

        Paired within rounds where there is clean timing, else by seed. The intervals of all
        configurations hold together.
        """
        others = [each for each in self.labels if each != self.baseline]
        known = sum(self._has_cost_of(each, column) for each in others)
        confidence = 1 - statistics.each_level(1 - statistics.CONFIDENCE, known)
        if self.rounds is None or self.baseline is None:
            return self.ratio(label, column, inverse=inverse, confidence=confidence)
        pair = (self.baseline, label) if inverse else (label, self.baseline)
        return self.rounds.ratio(*pair, column, confidence)

    def _has_cost_of(self, label: str, column: str) -> bool:
        """Whether a cost of a configuration is known."""
        if self.rounds is not None:
            return bool(self.rounds.values(label, column))
        return bool(self.by_seed(label, column))

    def speed_up(self, label: str, per: Literal["image", "update"] = "image") -> Ratio | None:
        """How many times as fast as the baseline's a configuration's training is."""
        unit = {"image": "1000_images", "update": "generator_update"}[per]
        return self.cost_ratio(label, f"seconds_per_{unit}", inverse=True)

    def speed_up_over(self, label: str, other: str) -> Ratio | None:
        """How many times as fast as another a configuration's training is, per image."""
        column = "seconds_per_1000_images"
        if self.rounds is not None:
            return self.rounds.ratio(other, label, column)
        return statistics.paired_ratio(self.by_seed(other, column), self.by_seed(label, column))

    def timing(self, label: str) -> drift.Timing:
        """Whether something speaks against the times that are shown of a configuration."""
        if self.rounds is not None:
            return self.rounds.timing(label)
        return self._timings.get(label, drift.NOTHING_TIMED)

    def contended(self, label: str) -> bool:
        """Whether others are known to have used the machine while a configuration was timed."""
        return self.timing(label).contended is True

    @cached_property
    def machines(self) -> list[str]:
        """What differs between the machines where times were taken: ``host: a, b``."""
        timed = self.runs[~self.runs["shared"]] if self.rounds is None else self.rounds.frame
        return [
            f"{say('machine', column=column)}: {', '.join(str(v) for v in values)}"
            for column in _MACHINE
            if len(values := distinct(timed[column])) > 1
        ]

    @cached_property
    def timed_elsewhere(self) -> str:
        """How the machine of the rounds differs from those of the runs: ``host: a, not b``."""
        if self.rounds is None:
            return ""
        parts = []
        for column in ("host", "gpu_name", "cpu_model"):
            timed, trained = distinct(self.rounds.frame[column]), self.distinct(column)
            others = [str(value) for value in trained if value not in timed]
            if timed and others:
                both = {"timed": ", ".join(map(str, timed)), "others": ", ".join(others)}
                parts.append(say("machine-timed", column=column, **both))
        return "; ".join(parts)
