"""Several sweeps as one: of other data sets, of other machines, or with more configurations.

What was measured on another machine is a facet of its own, as is what was trained on other data: no
cost of one machine is put against one of another. On one machine and the same data, runs of a
configuration are its seeds, whichever folder they are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from bench.labels import without
from bench.measures import MARGIN, Looks
from bench.report.data.facets import KEYS, Point, points
from bench.report.data.machines import machines_of
from bench.report.text import listing, quoted
from bench.store import Results
from bench.texts import say


@dataclass(frozen=True)
class Merged(Results):
    """Several sweeps as one.

    Attributes:
        sources: where the files of each run are: its sweep, and its id there.
    """

    sources: Mapping[str, tuple[Results, str]] = field(default_factory=dict)

    def looks_at(self, run_ids: Iterable[str]) -> Looks | None:
        """How seeds were added to the sweeps of these runs."""
        found = (self.sources[run_id][0].looks for run_id in run_ids)
        return next((looks for looks in found if looks is not None), None)

    def steps(self, run_ids: Iterable[str] | None = None) -> pd.DataFrame:
        """A row per step of the given runs, or of all; see :meth:`Results.steps`."""
        wanted = list(self.runs["run_id"] if run_ids is None else run_ids)
        labels = self.planned.set_index("run_id")["label"]
        frames = []
        for run_id in wanted:
            results, own = self.sources[run_id]
            rows = results.steps([own])
            frames.append(rows.assign(run_id=run_id, label=labels[run_id]))
        return _stacked(frames)

    def samples(self, run_id: str) -> list[Path]:
        """The run's sample grids, first epoch first."""
        results, own = self.sources[run_id]
        return results.samples(own)


class _Place(NamedTuple):
    """What configurations must share to be compared."""

    point: Point | None
    machine: str | None


class _Known(NamedTuple):
    """A configuration of the merged sweep."""

    place: _Place
    id: str
    epochs: frozenset[int]


class _Labels:
    """The labels of the merged sweep: each of one configuration, on one machine."""

    def __init__(self) -> None:
        self._taken: dict[str, _Known] = {}
        self._label_of: dict[_Known, str] = {}

    def of(self, label: str, known: _Known, given: Mapping[Any, str], name: str) -> str:
        """The label of a configuration: its own, or one that says what it differs in."""
        if known not in self._label_of:
            self._label_of[known] = self._free(label, known.place, given, name)
            self._taken[self._label_of[known]] = known
        return self._label_of[known]

    def _free(self, label: str, place: _Place, given: Mapping[Any, str], name: str) -> str:
        other = self._taken.get(label)
        if other is None:
            return label
        if other.place != place:
            label += _suffix(place, other.place, given)
        head = without(label, KEYS)
        candidate, number = label, 1
        while candidate in self._taken:
            number += 1
            number_text = "" if number == 2 else f" {number - 1}"
            candidate = f"{head} ({name}{number_text}){label[len(head) :]}"
        return candidate


def _suffix(place: _Place, other: _Place, given: Mapping[Any, str]) -> str:
    """What a label adds to say on what a configuration was trained, and where."""
    parts = ""
    if place.point is not None and other.point is not None:
        for key, own, theirs in zip(KEYS, place.point, other.point, strict=False):
            if own != theirs:
                parts += f" {key}={given.get(own, own) or 'all'}"
    if place.machine != other.machine:
        parts += f" machine={place.machine}"
    return parts


def merge(sweeps: Sequence[Results]) -> Results:
    """Several sweeps as one; the first gives the question, the baseline and the target."""
    if len(sweeps) == 1:
        return sweeps[0]
    names = _named([str(each.path) for each in sweeps])
    machines = machines_of(sweeps)
    labels, parts = _Labels(), _Parts()
    for results, name, machine in zip(sweeps, names, machines, strict=True):
        own, given = points(results)
        called = {
            str(label): labels.of(
                str(label), _known(results, str(label), own, machine), given, name
            )
            for label in results.planned["label"].unique()
        }
        parts.add(results, called, machine)
    first = sweeps[0]
    return Merged(
        path=first.path,
        name="+".join(each.name for each in sweeps),
        question=" ".join(dict.fromkeys(each.question for each in sweeps if each.question)) or None,
        baseline=first.baseline,
        planned=_stacked(parts.planned),
        runs=_stacked(parts.runs).assign(baseline=lambda rows: rows["label"] == first.baseline),
        epochs=_stacked(parts.epochs),
        unplanned=tuple(run_id for each in sweeps for run_id in each.unplanned),
        timing=_stacked(parts.timing) if parts.timing else None,
        facets=parts.facets,
        target=first.target,
        fixed_targets=tuple(parts.targets),
        options=first.options,
        margin=min(map(_margin, sweeps)),
        tuned={key: value for each in sweeps for key, value in each.tuned.items()},
        matched={key: value for each in sweeps for key, value in each.matched.items()},
        looks=next((each.looks for each in sweeps if each.looks is not None), None),
        machines=parts.machines,
        remarks=tuple(_remarks(sweeps, parts.twice)),
        sources=parts.sources,
    )


def _margin(results: Results) -> float:
    return MARGIN if results.margin is None else results.margin


def _named(paths: Sequence[str]) -> list[str]:
    """The folders' names, or their paths where names are alike."""
    names = [Path(path).name for path in paths]
    return names if len(set(names)) == len(names) else list(paths)


def _known(results: Results, label: str, own: Mapping[str, Point], machine: str | None) -> _Known:
    rows = results.planned[results.planned["label"] == label]
    ids = rows["configuration"].dropna()
    started = results.runs[results.runs["label"] == label]
    # Without its configuration's id, a run's own is that of no other.
    name = str(rows["run_id"].iloc[0]) if ids.empty else str(ids.iloc[0])
    lengths = frozenset(int(n) for n in started["epochs_planned"].dropna())
    return _Known(_Place(own.get(label), machine), name, lengths)


class _Parts:
    """The frames of the merged sweep, folder by folder."""

    def __init__(self) -> None:
        self.planned: list[pd.DataFrame] = []
        self.runs: list[pd.DataFrame] = []
        self.epochs: list[pd.DataFrame] = []
        self.timing: list[pd.DataFrame] = []
        self.facets: dict[str, Mapping[str, Any]] = {}
        self.machines: dict[str, str] = {}
        self.targets: list[Mapping[str, Any]] = []
        self.sources: dict[str, tuple[Results, str]] = {}
        self.twice = 0
        self._label_of: dict[str, str] = {}
        self._completed: set[str] = set()
        self._sessions = 0

    def add(self, results: Results, called: Mapping[str, str], machine: str | None) -> None:
        """Adds a folder.

        Args:
            called: the label in the merged sweep of each of the folder's labels.
        """
        ids = self._ids(results, called)

        def own(frame: pd.DataFrame) -> pd.DataFrame:
            rows = frame[frame["run_id"].isin(list(ids))]
            return rows.assign(
                label=rows["label"].map(called), run_id=rows["run_id"].map(ids)
            ).reset_index(drop=True)

        for frames, frame in (
            (self.planned, results.planned),
            (self.runs, results.runs),
            (self.epochs, results.epochs),
        ):
            frames.append(own(frame))
        if results.timing is not None:
            sessions = results.timing["session"] + self._sessions
            self._sessions = int(sessions.max())
            label = results.timing["label"].map(called)
            self.timing.append(results.timing.assign(session=sessions, label=label))
        self.facets |= {called[label]: f for label, f in results.facets.items() if label in called}
        if machine is not None:
            self.machines |= dict.fromkeys(called.values(), machine)
        for each in results.fixed_targets:
            self.targets.append({**each, "runs": [ids.get(i, i) for i in each["runs"]]})

    def _ids(self, results: Results, called: Mapping[str, str]) -> dict[str, str]:
        """The id in the merged sweep of each of the folder's runs that it takes.

        A run that an earlier folder has is not taken, unless only this one has completed it.
        """
        status = dict(zip(results.runs["run_id"], results.runs["status"], strict=True))
        ids: dict[str, str] = {}
        for run_id, label in zip(results.planned["run_id"], results.planned["label"], strict=True):
            name, number = str(run_id), 1
            while name in self._label_of and self._label_of[name] != called[label]:
                number += 1
                name = f"{run_id}@{number}"
            completed = status.get(run_id) == "completed"
            if name in self._label_of:
                self.twice += 1
                if name in self._completed or not completed:
                    continue
                self._drop(name)
            self._label_of[name] = called[label]
            self.sources[name] = (results, str(run_id))
            if completed:
                self._completed.add(name)
            ids[str(run_id)] = name
        return ids

    def _drop(self, run_id: str) -> None:
        for frames in (self.planned, self.runs, self.epochs):
            frames[:] = [rows[rows["run_id"] != run_id] for rows in frames]


def _remarks(sweeps: Sequence[Results], twice: int) -> list[str]:
    """What a reader must know of how the sweeps were put together."""
    paths = listing(str(each.path) for each in sweeps)
    first = sweeps[0]
    found = [say("merged", paths=paths, first=str(first.path))]
    if twice:
        found.append(say("merged-twice", count=twice))
    baselines = {without(str(each.baseline), KEYS) for each in sweeps if each.baseline}
    if len(baselines) > 1:
        found.append(say("merged-baselines", baseline=quoted(str(first.baseline))))
    if len(set(map(_margin, sweeps))) > 1:
        found.append(say("merged-margins"))
    if len({str(each.target) for each in sweeps}) > 1:
        found.append(say("merged-targets", first=str(first.path)))
    return found


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames below one another. Where types differ, as of columns that are null, values decide."""
    known = [frame for frame in frames if len(frame)] or list(frames[:1])
    names = list(dict.fromkeys(str(name) for frame in known for name in frame.columns))
    columns = {}
    for name in names:
        parts = [
            frame[name] if name in frame else pd.Series([None] * len(frame), dtype=object)
            for frame in known
        ]
        if len({part.dtype for part in parts}) > 1:
            parts = [part.astype(object) for part in parts]
        columns[name] = pd.concat(parts, ignore_index=True).infer_objects()
    return pd.DataFrame(columns)
