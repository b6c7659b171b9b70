"""What is known of each configuration of a sweep, apart from what was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from bench.report.data import task
from bench.report.data.computed import Computed
from bench.store import Results


class Configurations(Computed):
    """The runs of each configuration, what these have in common, and its recipe."""

    def __init__(self, results: Results) -> None:
        super().__init__(results)
        self._none = self.runs[:0]
        self._of: dict[tuple[str, int], pd.DataFrame] = {}
        self._specs: dict[str, dict[str, Any]] = {}

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

    def steps(self, label: str) -> tuple[int, int] | None:
        """The fewest and the most steps of the configuration's completed runs."""
        counts = self.of(label)["steps_recorded"].dropna()
        return (int(counts.min()), int(counts.max())) if len(counts) else None

    def final_epochs(self, protocol: int | None = None) -> dict[str, tuple[int, int]]:
        """By configuration, the first and last epoch of its completed runs' final values."""
        found = {}
        for label in self.labels:
            known = self.of(label, protocol)["quality_final_epoch"].dropna()
            if len(known):
                found[label] = (int(known.min()), int(known.max()))
        return found

    def recipe(self, label: str) -> dict[str, Any]:
        """The variant's settings that the configuration was run with; empty if none is known."""
        return self._spec_part(label, "recipe")

    def _spec_part(self, label: str, part: str) -> dict[str, Any]:
        if label not in self._specs:
            specs = self.started(label)["spec"]
            self._specs[label] = json.loads(specs.iloc[0]) if len(specs) else {}
        found = self._specs[label].get(part)
        return found if isinstance(found, dict) else {}

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
