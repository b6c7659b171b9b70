"""A sweep's results, reduced to what the report says.

Means are over *completed* runs, so that all columns of a configuration describe the same
seeds; runs that diverged or failed are counted, but never averaged. What the architecture
determines (parameters, MACs, FLOPs per image) is taken from any run that was set up.

Runs trained together as one stack share their process, so no time, peak or energy belongs to
a single run: these columns become null before anything is computed from them.

Where configurations were timed apart from training, all costs come from there: times, joules and
memory of runs that trained side by side are those of a busy machine. See ``timing``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from bench import measures
from bench.report import statistics
from bench.report.data import columns, drift, finals, frames, task, timing, trajectories
from bench.report.data.equal_cost import Axis
from bench.report.data.frames import distinct, numbers
from bench.report.data.protocol import Protocol, protocols
from bench.report.data.scales import MeasuredAs, measured_as
from bench.report.statistics import Estimate, Ratio, TrialMean
from bench.store import Results

Curve = tuple[list[float], list[float]]  # cumulative cost and quality, per evaluation

MOST_CONFIGURATIONS = 30  # of a large sweep: with a panel, a curve or a picture on the page
ARCHITECTURE = (
    "generator_parameters",
    "critic_parameters",
    "generator_macs",
    "critic_macs",
    "train_flops_per_image",
)
_MACHINE = {
    "device": "device",
    "gpu_name": "GPU",
    "cpu_model": "CPU",
    "host": "host",
    "torch_version": "torch",
    "cuda_version": "CUDA",
    "threads": "threads",
}


class SweepData:
    """A sweep's results, reduced to what the report says.

    Attributes:
        results: as they were read; left unchanged.
        labels: the configurations in grid order.
        baseline: the label of the configuration that others are compared with, or None.
        margin: the share of the baseline within which a difference does not matter.
        finals: the measures whose last value of a run counts; see ``columns``.
        runs: a row per started run: its spec, status and environment as stored, and
            steps_recorded, seconds_per_epoch, training_seconds, training_flops,
            images_per_generator_update, the costs of ``measures.UNIT_COSTS`` (computed here, as
            earlier programs did not store them), quality_final and ``*_final`` of each of
            ``finals`` (at the last evaluation; null where that was not finite),
            quality_averaged_final (the same of the averaged generator), quality_final_epoch (of
            that evaluation), quality_lowest (over the evaluations), completed, contended and
            drifted (see ``drift.per_run``), only_peak_host_bytes and only_peak_host_added_bytes
            (null where GPU memory was measured), shared (part of a stack: shared costs and all
            that follows from them are null), and protocol (an index into ``protocols``, or −1).
        epochs: a row per epoch: its record, completed, was_evaluated, quality, quality_averaged,
            and the cumulative training_seconds and training_flops.
        evaluated: the epochs whose quality was evaluated and is finite.
        protocols: the ways in which quality was measured.
        rounds: the clean timing of the configurations, or None; where there is one, the
            training_seconds above are real images times its seconds per image.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self.labels: list[str] = list(results.planned["label"].unique())
        self.baseline = results.baseline if results.baseline in self.labels else None
        self.margin = measures.MARGIN if results.margin is None else results.margin
        self.finals = columns.final_measures(results.epochs, self._step_columns)
        self.protocols, index = protocols(results.runs)
        shared = measures.shared()
        stacked = results.runs["stacked_runs"].fillna(1) > 1
        runs = frames.without_shared_costs(results.runs, stacked, shared)
        runs["shared"] = stacked.astype(bool)
        runs["protocol"] = index
        runs["completed"] = runs["status"] == "completed"
        of_stack = results.epochs["run_id"].isin(runs.loc[runs["shared"], "run_id"])
        self.epochs = frames.with_costs(
            frames.without_shared_costs(results.epochs, of_stack, shared), runs
        )
        self.rounds = timing.rounds(results.timing, self.labels)
        if self.rounds is not None:
            self.epochs = self.rounds.with_training_seconds(self.epochs)
        scored = ["quality", "quality_averaged", *(measure.name for measure in self.finals)]
        self.epochs = finals.with_evaluations(self.epochs, runs, scored)
        self.epochs = drift.with_drift(self.epochs, runs)
        self.evaluated = self.epochs[self.epochs["quality"].notna()].reset_index(drop=True)
        self._applicable = finals.applicable(self.epochs, scored)
        runs = runs.drop(columns=[m.name for m in measures.UNIT_COSTS], errors="ignore")
        for summaries in (
            frames.per_run(self.epochs),
            finals.last_evaluations(self.epochs, scored),
            drift.per_run(self.epochs),
        ):
            runs = runs.merge(summaries, on="run_id", how="left", validate="1:1")
        self.runs = runs.copy()  # in one piece, to which pandas adds columns quickly
        on_host = self.runs["peak_gpu_allocated_bytes"].isna()
        for name in ("peak_host_bytes", "peak_host_added_bytes"):
            self.runs[f"only_{name}"] = self.runs[name].where(on_host)
        for name in ARCHITECTURE:
            self.runs[name] = numbers(self.runs[name])
        self._timings = drift.by_label(self.runs)
        self._none = self.runs[:0]
        self._of: dict[tuple[str, int], pd.DataFrame] = {}
        self._by_seed: dict[tuple[str, str, int | None], dict[int, float]] = {}
        self._measured_as: dict[str, MeasuredAs] = {}
        self._specs: dict[str, dict[str, Any]] = {}
        self._evaluations: dict[Axis, dict[Any, Curve]] = {}

    def _step_columns(self) -> set[str]:
        """The columns of steps.parquet, read from the first run of each configuration."""
        found: set[str] = set()
        for _, runs in self.results.epochs.groupby("label", sort=False)["run_id"]:
            found |= set(columns.scalar_columns(self.results.steps([runs.iloc[0]])))
        return found

    # ------------------------------------------------------------------ of the sweep

    @property
    def planned(self) -> int:
        """Number of runs in the grid."""
        return len(self.results.planned)

    @property
    def completed(self) -> int:
        """Number of completed runs."""
        return int(self.runs["completed"].sum())

    @property
    def has_quality(self) -> bool:
        """Whether any run was evaluated."""
        return not self.evaluated.empty

    @property
    def has_averages(self) -> bool:
        """Whether averaged generators were evaluated in any run."""
        columns = [m.name for m in self.finals if m.averaged]
        return bool(self.epochs[columns].notna().any(axis=None))

    @property
    def has_modes(self) -> bool:
        """Whether captured modes were counted in any run."""
        return bool(self.runs["modes_captured_final"].notna().any())

    @property
    def has_own_costs(self) -> bool:
        """Whether the times, memory and energy of some configuration are known.

        They are not where every run was part of a stack, and nothing was timed apart from training.
        """
        return self.rounds is not None or not bool(self.runs["shared"].all())

    @property
    def protocol(self) -> Protocol | None:
        """The one protocol of the sweep, or None where there is none or several."""
        return self.protocols[0] if len(self.protocols) == 1 else None

    def distinct(self, column: str) -> list[Any]:
        """The distinct values of a column over the started runs."""
        return distinct(self.runs[column])

    @cached_property
    def machines(self) -> list[str]:
        """What differs between the machines where times were taken: ``host: a, b``."""
        timed = self.runs[~self.runs["shared"]] if self.rounds is None else self.rounds.frame
        return [
            f"{name}: {', '.join(str(v) for v in values)}"
            for column, name in _MACHINE.items()
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
                name = _MACHINE[column]
                parts.append(f"{name}: {', '.join(map(str, timed))}, not {', '.join(others)}")
        return "; ".join(parts)

    @cached_property
    def drawn(self) -> list[str]:
        """The configurations that figures show: the first of the grid, and the baseline."""
        first = set(self.labels[:MOST_CONFIGURATIONS])
        if self.baseline is not None and self.baseline not in first:
            first = {self.baseline, *self.labels[: MOST_CONFIGURATIONS - 1]}
        return [label for label in self.labels if label in first]

    @cached_property
    def trajectories(self) -> trajectories.Trajectories:
        """What the games of the drawn configurations reported per step."""
        return trajectories.read(self)

    # ----------------------------------------------------------- of one configuration

    def matched(self, label: str) -> Mapping[str, Any] | None:
        """To what the configuration's widths were matched by FLOPs; None where they were given."""
        return self._recorded(label, self.results.matched)

    def tuned(self, label: str) -> Mapping[str, Any] | None:
        """What trials of the configuration tried and chose; None where there were none."""
        return self._recorded(label, self.results.tuned)

    def _recorded(
        self, label: str, records: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Any] | None:
        """What the plan has of a configuration, by its id."""
        planned = self.results.planned
        ids = planned.loc[planned["label"] == label, "configuration"].dropna()
        return next((records[each] for each in ids if each in records), None)

    def started(self, label: str) -> pd.DataFrame:
        """The started runs of a configuration."""
        return self._started.get(label, self._none)

    @cached_property
    def _started(self) -> dict[Any, pd.DataFrame]:
        return dict(list(self.runs.groupby("label", sort=False)))

    def of(self, label: str, protocol: int | None = None) -> pd.DataFrame:
        """The completed runs of a configuration, of one protocol or of all."""
        completed = self._completed.get(label, self._none)
        if protocol is None:
            return completed
        if (label, protocol) not in self._of:
            self._of[label, protocol] = completed[completed["protocol"] == protocol]
        return self._of[label, protocol]

    @cached_property
    def _completed(self) -> dict[Any, pd.DataFrame]:
        return dict(list(self.runs[self.runs["completed"]].groupby("label", sort=False)))

    def seeds(self, label: str) -> int:
        """Number of completed runs of a configuration."""
        return len(self.of(label))

    def timing(self, label: str) -> drift.Timing:
        """Whether something speaks against the times that are shown of a configuration."""
        if self.rounds is not None:
            return self.rounds.timing(label)
        return self._timings.get(label, drift.NOTHING_TIMED)

    def contended(self, label: str) -> bool:
        """Whether others are known to have used the machine while a configuration was timed."""
        return self.timing(label).contended is True

    def common(self, label: str, column: str) -> Any:
        """What all runs of a configuration have in common; None where it is not known."""
        values = self.started(label)[column].dropna()
        return values.iloc[0] if len(values) else None

    def architecture(self, label: str, column: str) -> float | None:
        """What the architecture determines: the value of any run that was set up."""
        value = self.common(label, column)
        return None if value is None else float(value)

    def pack(self, label: str) -> int | None:
        """How many samples the configuration's critic judges together."""
        value = self.common(label, "pack")
        return None if value is None else int(value)

    def packs(self, label: str) -> int | None:
        """How many real packs the configuration's critic judges in one update."""
        batch, pack = self.common(label, "batch_size"), self.pack(label)
        return None if batch is None or not pack else int(batch) // pack

    def task(self, label: str) -> str | None:
        """The name of the configuration's task; None where no run has started."""
        runs = self.started(label)
        return task.task_of(runs.iloc[0].to_dict()) if len(runs) else None

    def modes(self, label: str) -> int | None:
        """How many modes the configuration's data has; None where that is unknown."""
        name = self.task(label)
        if name is None:
            return None
        classes = self._spec_part(label, "dataset").get("classes")
        return task.modes(name, str(self.common(label, "dataset")), classes)

    def _most_modes(self) -> int | None:
        return max(
            (n for label in self.labels if (n := self.modes(label)) is not None), default=None
        )

    def by_seed(self, label: str, column: str, protocol: int | None = None) -> Mapping[int, float]:
        """The measured values of a configuration's completed runs, by seed."""
        key = label, column, protocol
        if key not in self._by_seed:
            rows = self.of(label, protocol)
            values = zip(rows["seed"], numbers(rows[column]), strict=True)
            self._by_seed[key] = {int(s): float(v) for s, v in values if math.isfinite(v)}
        return self._by_seed[key]

    def measured_as(self, column: str) -> MeasuredAs:
        """On which scale a column of the runs is compared, and which of its values are better."""
        if column not in self._measured_as:
            self._measured_as[column] = measured_as(column, self._most_modes)
        return self._measured_as[column]

    def not_finite(self, label: str, column: str, protocol: int | None = None) -> list[int]:
        """The seeds of the completed runs whose last evaluation gave no finite value.

        Args:
            column: of final values, such as ``quality_final``.
        """
        name = column.removesuffix("_final")
        rows = self.of(label, protocol)
        if name == "quality":
            rows = rows[rows["protocol"] >= 0]
        elif label not in self._applicable[name]:
            return []
        lost = rows["quality_final_epoch"].notna() & rows[column].isna()
        return sorted(int(seed) for seed in rows.loc[lost, "seed"])

    def lost_evaluations(self, name: str, protocol: int | None = None) -> pd.DataFrame:
        """The evaluations that gave no finite value of a column that the configuration has."""
        epochs = self.epochs[self.epochs["was_evaluated"]]
        if name == "quality":
            runs = self.runs[self.runs["protocol"] >= 0]
            if protocol is not None:
                runs = runs[runs["protocol"] == protocol]
            epochs = epochs[epochs["run_id"].isin(runs["run_id"])]
        else:
            epochs = epochs[epochs["label"].isin(self._applicable.get(name, frozenset()))]
        return epochs[~np.isfinite(numbers(epochs[name]))]

    def final_epochs(self, protocol: int | None = None) -> dict[str, tuple[int, int]]:
        """By configuration, the first and last epoch of its completed runs' final values."""
        found = {}
        for label in self.labels:
            known = self.of(label, protocol)["quality_final_epoch"].dropna()
            if len(known):
                found[label] = (int(known.min()), int(known.max()))
        return found

    def estimate(self, label: str, column: str, protocol: int | None = None) -> Estimate | None:
        """Mean and interval over the seeds, on the scale of the column."""
        measured = self.measured_as(column)
        return statistics.mean_interval(
            list(self.by_seed(label, column, protocol).values()),
            scale=measured.scale,
            bounds=measured.bounds,
        )

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

    def has_cost(self, column: str) -> bool:
        """Whether a cost was measured of any configuration."""
        if self.rounds is not None:
            return self.rounds.measured(column)
        return bool(self.runs[column].notna().any())

    def trials(self, label: str, column: str) -> TrialMean | None:
        """Mean and standard error over the seeds."""
        return statistics.trial_mean(list(self.by_seed(label, column).values()))

    def curves(self, label: str, axis: Axis, protocol: int | None) -> dict[int, Curve]:
        """By seed, the evaluations of each completed run, in order of cost.

        The quality of one that was not finite is NaN.
        """
        runs = self.of(label, protocol)
        if axis not in self._evaluations:
            judged = self.epochs["run_id"].isin(self.runs.loc[self.runs["protocol"] >= 0, "run_id"])
            epochs = self.epochs[self.epochs["was_evaluated"] & judged]
            known = epochs[epochs[axis].notna()]
            self._evaluations[axis] = {
                run_id: (rows[axis].tolist(), rows["quality"].tolist())
                for run_id, rows in known[["run_id", axis, "quality"]].groupby("run_id")
            }
        return {
            int(seed): self._evaluations[axis].get(run_id, ([], []))
            for run_id, seed in zip(runs["run_id"], runs["seed"], strict=True)
        }

    def steps(self, label: str) -> tuple[int, int] | None:
        """The fewest and the most steps of the configuration's completed runs."""
        counts = self.of(label)["steps_recorded"].dropna()
        return (int(counts.min()), int(counts.max())) if len(counts) else None

    def recipe(self, label: str) -> dict[str, Any]:
        """The variant's settings that the configuration was run with; empty if none is known."""
        return self._spec_part(label, "recipe")

    def _spec_part(self, label: str, part: str) -> dict[str, Any]:
        if label not in self._specs:
            specs = self.started(label)["spec"]
            self._specs[label] = json.loads(specs.iloc[0]) if len(specs) else {}
        found = self._specs[label].get(part)
        return found if isinstance(found, dict) else {}

    def ratio(
        self,
        label: str,
        column: str,
        *,
        inverse: bool = False,
        protocol: int | None = None,
        confidence: float = statistics.CONFIDENCE,
    ) -> Ratio | None:
        """The configuration over the baseline, paired by seed; ``inverse``: the other way."""
        if self.baseline is None:
            return None
        own = self.by_seed(label, column, protocol)
        base = self.by_seed(self.baseline, column, protocol)
        pair = (base, own) if inverse else (own, base)
        return statistics.paired_ratio(*pair, confidence)
