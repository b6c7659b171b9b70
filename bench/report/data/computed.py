"""The frames of a sweep: its runs and its epochs, with what the report computes from them.

Means are over *completed* runs, so that all columns of a configuration describe the same
seeds; runs that diverged or failed are counted, but never averaged. What the architecture
determines (parameters, MACs, FLOPs per image) is taken from any run that was set up.

Runs trained together as one stack share their process, so no time, peak or energy belongs to
a single run: these columns become null before anything is computed from them.
"""

from __future__ import annotations

from typing import Any

from bench import measures
from bench.report.data import columns, drift, finals, frames, timing
from bench.report.data.frames import distinct, numbers
from bench.report.data.protocol import protocols
from bench.store import Results

ARCHITECTURE = (
    "generator_parameters",
    "critic_parameters",
    "generator_macs",
    "critic_macs",
    "train_flops_per_image",
)


class Computed:
    """What was read of a sweep, and the columns that follow from it.

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

    def _step_columns(self) -> set[str]:
        """The columns of steps.parquet, read from the first run of each configuration."""
        found: set[str] = set()
        for _, runs in self.results.epochs.groupby("label", sort=False)["run_id"]:
            found |= set(columns.scalar_columns(self.results.steps([runs.iloc[0]])))
        return found

    def distinct(self, column: str) -> list[Any]:
        """The distinct values of a column over the started runs."""
        return distinct(self.runs[column])
