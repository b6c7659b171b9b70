"""What a sweep measured, as numbers: a row per run, a row per evaluation, per configuration.

Means are over *completed* runs, so that a configuration's columns describe the same
seeds; runs that diverged or failed are counted, never averaged in. What is fixed by the
architecture (parameters, MACs, FLOPs per image) is taken from any run that was set up.

Runs trained together as one stack share their process: no time, peak or energy is any
one run's own, so here, before anything else is computed, those columns become null.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from bench.datasets.mixtures import mixture
from bench.report import statistics
from bench.report.statistics import Estimate, Ratio, TrialMean
from bench.report.text import significant
from bench.store import Results
from bench.units import counted

Axis = Literal["training_flops", "training_seconds"]
_Curve = tuple[list[float], list[float]]  # cumulative cost and quality, evaluation by evaluation

ARCHITECTURE = (
    "generator_parameters",
    "critic_parameters",
    "generator_macs",
    "critic_macs",
    "train_flops_per_image",
)
FINAL_VALUES = (
    "kid_mean",
    "precision",
    "recall",
    "conditional_accuracy",
    "modes_captured",
    "high_quality_fraction",
    "reverse_kl",
)
# What runs of one stack share; FLOPs and steps are each run's own.
SHARED_COSTS = (
    "train_seconds",
    "warmup_seconds",
    "evaluation_seconds",
    "checkpoint_seconds",
    "elapsed_seconds",
    "setup_seconds",
    "images_per_second",
    "process_cpu_seconds",
    "foreign_load_cores",
    "contended",
    "peak_gpu_allocated_bytes",
    "peak_gpu_reserved_bytes",
    "peak_gpu_process_bytes",
    "peak_host_bytes",
    "energy_joules",
)
STACKED_MODES = 1000  # of stacked digits: three digits an image
_MACHINE = {
    "device": "device",
    "gpu_name": "GPU",
    "cpu_model": "CPU",
    "host": "host",
    "torch_version": "torch",
    "cuda_version": "CUDA",
    "threads": "threads",
}


@dataclass(frozen=True)
class Protocol:
    """How a distance was measured. Distances of two protocols are never compared."""

    features: str
    weights_hash: str | None
    samples: int | None
    reference_hash: str | None
    noise_floor: float | None
    real_images: int | None

    @property
    def metric(self) -> str:
        """Only Inception's features give an FID; any other network's is called FCD."""
        return "FID" if self.features == "inception" else "FCD"

    def sentence(self) -> str:
        """The protocol as it stands under a table."""
        weights = f" {self.weights_hash[:10]}…" if self.weights_hash else ""
        text = f"{self.metric} over {self.features} features{weights}"
        if self.samples is not None:
            text += f", {self.samples:,} generated samples"
        if self.real_images is not None:
            text += f" against the {self.real_images:,} real training images"
        if self.reference_hash is not None:
            text += f" (reference {self.reference_hash[:10]}…)"
        if self.noise_floor is None:
            return f"{text}; noise floor not measured."
        return (
            f"{text}; noise floor (one half of the real images against the other) "
            f"{significant(self.noise_floor)}."
        )


@dataclass(frozen=True)
class EqualCost:
    """Quality of several configurations at one budget all their runs reached."""

    axis: Axis
    budget: float  # FLOPs or seconds, cumulative over the training of one run
    quality: dict[str, dict[int, float]]  # by label, by seed


def _numbers(column: pd.Series[Any]) -> np.ndarray:
    """A column as float64, with NaN for null."""
    return column.to_numpy(dtype=np.float64, na_value=math.nan)


def _known(values: pd.Series[Any]) -> list[Any]:
    """The distinct values that are not null, in order of appearance."""
    return list(values.dropna().unique())


class Measures:
    """A sweep's results reduced to what the report says.

    Attributes:
        labels: the configurations in grid order.
        runs: a row per started run: its spec, status and environment as stored, and
            steps_recorded, seconds_per_epoch, training_seconds, training_flops,
            energy_joules_per_epoch, quality_final, quality_best, ``*_final`` of each of
            FINAL_VALUES, contended, completed, host_only_peak_bytes (null where GPU memory
            was measured), shared (one of a stack: ``SHARED_COSTS`` and all that follows from
            them are null), and protocol (an index into ``protocols``, or −1).
        epochs: a row per epoch: its record, completed, quality, and the cumulative
            training_seconds and training_flops.
        curve: the epochs whose quality was evaluated.
        protocols: the ways in which quality was measured.
    """

    def __init__(self, results: Results) -> None:
        self.results = results
        self.labels: list[str] = list(results.planned["label"].unique())
        self.baseline = results.baseline if results.baseline in self.labels else None
        self.protocols, index = _protocols(results.runs)
        stacked = results.runs["stacked_runs"].fillna(1) > 1
        runs = _without_shared_costs(results.runs, stacked)
        runs["shared"] = stacked.astype(bool)
        runs["protocol"] = index
        runs["completed"] = runs["status"] == "completed"
        of_stack = results.epochs["run_id"].isin(runs.loc[runs["shared"], "run_id"])
        self.epochs = _with_costs(_without_shared_costs(results.epochs, of_stack), runs)
        self.curve = self.epochs[self.epochs["quality"].notna()].reset_index(drop=True)
        self.runs = runs.merge(_per_run(self.epochs), on="run_id", how="left", validate="1:1")
        self.runs["host_only_peak_bytes"] = self.runs["peak_host_bytes"].where(
            self.runs["peak_gpu_allocated_bytes"].isna()
        )
        for name in ARCHITECTURE:
            self.runs[name] = _numbers(self.runs[name])
        self._none = self.runs[:0]
        self._of: dict[tuple[str, int], pd.DataFrame] = {}
        self._by_seed: dict[tuple[str, str, int | None], dict[int, float]] = {}
        self._specs: dict[str, dict[str, Any]] = {}
        self._evaluations: dict[Axis, dict[Any, _Curve]] = {}

    # ------------------------------------------------------------------ of the sweep

    @property
    def planned(self) -> int:
        """Runs the grid asks for."""
        return len(self.results.planned)

    @property
    def completed(self) -> int:
        """Runs that ended well."""
        return int(self.runs["completed"].sum())

    @property
    def has_quality(self) -> bool:
        """Whether any run was evaluated."""
        return not self.curve.empty

    @property
    def has_modes(self) -> bool:
        """Whether captured modes were counted in any run."""
        return bool(self.runs["modes_captured_final"].notna().any())

    @property
    def has_own_costs(self) -> bool:
        """Whether times, memory and energy of some run are its own, not a whole stack's."""
        return not bool(self.runs["shared"].all())

    @property
    def shared_note(self) -> str | None:
        """What is left out because runs were trained as stacks; None where none was."""
        stacked = self.runs[self.runs["shared"]]
        if stacked.empty:
            return None
        sizes = sorted({int(size) for size in stacked["stacked_runs"]})
        if sizes == [len(stacked)]:
            stacks = "as one stack"
        elif len(sizes) == 1:
            stacks = f"in stacks of {sizes[0]}"
        else:
            stacks = f"in stacks of {sizes[0]} to {sizes[-1]}"
        were = "was" if len(stacked) == 1 else "were"
        return (
            f"{counted(len(stacked), 'run')} {were} trained together {stacks}: their times, "
            "memory and energy are shared and left out."
        )

    @property
    def protocol(self) -> Protocol | None:
        """The one protocol of the sweep, or None where there is none or several."""
        return self.protocols[0] if len(self.protocols) == 1 else None

    @property
    def has_gpu(self) -> bool:
        """Whether GPU memory was measured in some run."""
        return bool(self.runs["peak_gpu_allocated_bytes"].notna().any())

    @property
    def has_host_only(self) -> bool:
        """Whether some run has its host's memory but no GPU's."""
        return bool(self.runs["host_only_peak_bytes"].notna().any())

    def known(self, column: str) -> list[Any]:
        """The distinct values of a column over the started runs."""
        return _known(self.runs[column])

    @cached_property
    def machines(self) -> list[str]:
        """What differs between the machines of the timed runs: ``host: a, b``."""
        timed = self.runs[~self.runs["shared"]]
        return [
            f"{name}: {', '.join(str(v) for v in values)}"
            for column, name in _MACHINE.items()
            if len(values := _known(timed[column])) > 1
        ]

    # ----------------------------------------------------------- of one configuration

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
        """Completed runs of a configuration."""
        return len(self.of(label))

    def contended(self, label: str) -> bool:
        """Whether a timing of the configuration shared the machine with other work."""
        return bool(self.of(label)["contended"].eq(True).any())

    def state(self, label: str) -> str:
        """How a configuration's runs ended: ``2 of 3 completed, 1 diverged``."""
        planned = int((self.results.planned["label"] == label).sum())
        statuses = self.started(label)["status"].value_counts()
        others = [
            f"{count} {str(status).replace('_', ' ')}"
            for status, count in sorted(statuses.items())
            if status != "completed"
        ]
        if unstarted := planned - int(statuses.sum()):
            others.append(f"{unstarted} not run")
        return ", ".join([f"{self.seeds(label)} of {planned} completed", *others])

    def fixed(self, label: str, column: str) -> float | None:
        """What the architecture determines: the value of any run that was set up."""
        value = self.told(label, column)
        return None if value is None else float(value)

    def told(self, label: str, column: str) -> Any:
        """What all runs of a configuration have in common; None where none has it."""
        values = self.started(label)[column].dropna()
        return values.iloc[0] if len(values) else None

    def pack(self, label: str) -> int | None:
        """How many samples the configuration's critic judges together."""
        value = self.told(label, "pack")
        return None if value is None else int(value)

    def modes(self, label: str) -> int | None:
        """How many modes the configuration's data has; None where that is not known."""
        dataset = str(self.told(label, "dataset"))
        if dataset.startswith("stacked:"):
            return STACKED_MODES
        known = mixture(dataset, self._spec_part(label, "dataset").get("classes"))
        return None if known is None else len(known.modes)

    def by_seed(self, label: str, column: str, protocol: int | None = None) -> Mapping[int, float]:
        """The measured values of a configuration's completed runs, by seed."""
        key = label, column, protocol
        if key not in self._by_seed:
            rows = self.of(label, protocol)
            values = zip(rows["seed"], _numbers(rows[column]), strict=True)
            self._by_seed[key] = {int(s): float(v) for s, v in values if math.isfinite(v)}
        return self._by_seed[key]

    def estimate(self, label: str, column: str, protocol: int | None = None) -> Estimate | None:
        """Mean and interval over the seeds."""
        return statistics.mean_interval(list(self.by_seed(label, column, protocol).values()))

    def trials(self, label: str, column: str) -> TrialMean | None:
        """Mean and standard error over the seeds."""
        return statistics.trial_mean(list(self.by_seed(label, column).values()))

    def course(self, column: str) -> pd.DataFrame:
        """The epochs in which ``column`` was measured, its values as float64 named ``value``."""
        known = self.epochs[self.epochs[column].notna()]
        return known.assign(value=_numbers(known[column])).reset_index(drop=True)

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
        self, label: str, column: str, *, inverse: bool = False, protocol: int | None = None
    ) -> Ratio | None:
        """The configuration over the baseline, paired by seed; with ``inverse`` turned round."""
        if self.baseline is None:
            return None
        own = self.by_seed(label, column, protocol)
        base = self.by_seed(self.baseline, column, protocol)
        return statistics.paired_ratio(base, own) if inverse else statistics.paired_ratio(own, base)

    def difference(self, label: str, column: str, protocol: int | None = None) -> Estimate | None:
        """The configuration minus the baseline, paired by seed."""
        if self.baseline is None:
            return None
        return statistics.paired_difference(
            self.by_seed(label, column, protocol), self.by_seed(self.baseline, column, protocol)
        )

    # --------------------------------------------------------------- at an equal cost

    def equal_cost(
        self, labels: Sequence[str], axis: Axis, protocol: int | None = None
    ) -> EqualCost | None:
        """Quality at the largest cumulative cost that all completed runs of ``labels`` reached.

        Each run's quality is interpolated between its evaluations. None where a run was
        not evaluated, has no known cost, or was first evaluated beyond that budget.
        """
        curves = {label: self._curves(label, axis, protocol) for label in labels}
        every = [curve for of_label in curves.values() for curve in of_label.values()]
        if not all(curves.values()) or not all(cost for cost, _ in every):
            return None
        budget = min(cost[-1] for cost, _ in every)
        quality: dict[str, dict[int, float]] = {}
        for label, of_label in curves.items():
            quality[label] = {}
            for seed, (cost, evaluated) in of_label.items():
                value = statistics.interpolate(cost, evaluated, budget)
                if value is None:
                    return None
                quality[label][seed] = value
        return EqualCost(axis, budget, quality)

    def _curves(self, label: str, axis: Axis, protocol: int | None) -> dict[int, _Curve]:
        """By seed, the evaluations of each completed run, in order of cost."""
        runs = self.of(label, protocol)
        if axis not in self._evaluations:
            known = self.curve[self.curve[axis].notna()]
            self._evaluations[axis] = {
                run_id: (rows[axis].tolist(), rows["quality"].tolist())
                for run_id, rows in known[["run_id", axis, "quality"]].groupby("run_id")
            }
        return {
            int(seed): self._evaluations[axis].get(run_id, ([], []))
            for run_id, seed in zip(runs["run_id"], runs["seed"], strict=True)
        }


def _protocols(runs: pd.DataFrame) -> tuple[list[Protocol], list[int]]:
    """The distinct protocols, and for each run which it used (−1: none)."""
    protocols: list[Protocol] = []
    keys: list[tuple[Any, ...]] = []
    index: list[int] = []
    identity = ("features", "weights_hash", "samples", "reference_hash")
    columns = [*(f"quality_{name}" for name in identity), "quality_noise_floor", "train_images"]
    for row in runs[columns].itertuples(index=False):
        values: list[Any] = [None if pd.isna(value) else value for value in row]
        if values[0] is None:
            index.append(-1)
            continue
        # The noise floor and the number of real images follow from the rest.
        key = tuple(values[: len(identity)])
        if key not in keys:
            keys.append(key)
            protocols.append(Protocol(*values))
        index.append(keys.index(key))
    return protocols, index


def _without_shared_costs(frame: pd.DataFrame, stacked: pd.Series[bool]) -> pd.DataFrame:
    """A copy in which the rows of stacked runs have no costs."""
    frame = frame.copy()
    for name in SHARED_COSTS:
        if name in frame:
            frame[name] = frame[name].mask(stacked)
    return frame


def _with_costs(epochs: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Adds what an epoch cost and, by the run's protocol, its quality."""
    epochs = epochs.sort_values(["run_id", "epoch"], kind="stable").reset_index(drop=True)
    run = epochs["run_id"]
    images = epochs["samples_seen"].groupby(run).diff().fillna(epochs["samples_seen"])
    images = images.astype("float64")
    # Warm-up steps are not in train_seconds, so an epoch's time is its images at its pace.
    epochs["epoch_seconds"] = images / epochs["images_per_second"]
    # The energy is the run's so far, as is the time it was metered over: joules per second.
    metered = epochs["train_seconds"].groupby(run).cumsum()
    epochs["training_watts"] = _numbers(epochs["energy_joules"]) / _numbers(
        metered.where(metered > 0)
    )
    spent = epochs["train_seconds"] + epochs["warmup_seconds"]
    epochs["training_seconds"] = spent.groupby(run).cumsum()
    epochs["training_flops"] = _numbers(epochs["train_flops"])
    epochs["completed"] = run.map(runs.set_index("run_id")["completed"]).astype(bool)
    features = run.map(runs.set_index("run_id")["quality_features"])
    quality = epochs["fid"].where(features == "inception", epochs["fcd"])
    epochs["quality"] = quality.where(features.notna() & np.isfinite(quality))
    return epochs


def _per_run(epochs: pd.DataFrame) -> pd.DataFrame:
    """A row per run with epochs: means of its epochs' costs, last and best quality."""
    groups = epochs.groupby("run_id", sort=False)
    seconds_per_epoch = groups["epoch_seconds"].mean()
    table = pd.DataFrame(
        {
            # A run that has not ended has no totals yet, but it has epochs.
            "steps_recorded": groups["steps"].last(),
            "seconds_per_epoch": seconds_per_epoch,
            # ``last`` skips nulls: the mean power up to the last epoch that has an energy.
            "energy_joules_per_epoch": groups["training_watts"].last() * seconds_per_epoch,
            "training_seconds": groups["training_seconds"].last(),
            "training_flops": groups["training_flops"].last(),
            "quality_final": groups["quality"].last(),
            "quality_best": groups["quality"].min(),
            "contended": groups["contended"].any(),
        }
    )
    for name in FINAL_VALUES:
        table[f"{name}_final"] = _numbers(groups[name].last())
    return table.reset_index()
