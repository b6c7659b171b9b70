"""The plan of a sweep's folder: its question, its grid, and its runs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.errors import ResultsError
from bench.files import is_unfinished
from bench.measures import MARGIN, Looks, RunPlan
from bench.store.commit import unwritable, write_atomically
from bench.store.exclusion import LOCK, locked
from bench.store.schema import SCHEMA_VERSION
from bench.store.union import Asked, united


@dataclass(frozen=True)
class SweepPlan:
    """The plan of a sweep: its question and its runs.

    Attributes:
        baseline: a label.
        flops: of training for an epoch, by run id; of runs for which they were counted.
        target: to what a measure is to get: its name and value, or ``baseline``; None for none.
        facets: by label, what it is trained on: dataset, dataset_given, image_size, channels and
            classes. Only runs on the same are compared.
        options: those of ``bench run`` without which the grid cannot be run again, such as
            ``("--data-root", PATH)``.
        configurations: the id of each run's configuration, by run id.
        margin: the share of the baseline within which a difference does not matter.
        looks: how seeds are added until verdicts are given; None where none is added.
        matched: by the id of a configuration whose widths follow from another's FLOPs: the
            reference, the widths, flops_per_image and reference_flops_per_image.
        tuned: by the id of a configuration whose fields trials chose: their seed, the metric, what
            was tried (fields and value) and what was chosen.
    """

    name: str
    question: str | None
    baseline: str | None
    grid_yaml: str
    runs: tuple[RunPlan, ...]
    flops: Mapping[str, float] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    configurations: Mapping[str, str] = field(default_factory=dict)
    target: Mapping[str, float] | str | None = None
    facets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    margin: float = MARGIN
    looks: Looks | None = None
    matched: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tuned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """What ``sweep.json`` holds of it."""
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "question": self.question,
            "baseline": self.baseline,
            "target": self.target,
            "fixed_targets": [],
            "margin": self.margin,
            "options": list(self.options),
            "facets": {label: dict(facet) for label, facet in self.facets.items()},
            "looks": None if self.looks is None else self.looks.document(),
            "matched": {key: dict(value) for key, value in self.matched.items()},
            "tuned": {key: dict(value) for key, value in self.tuned.items()},
            "threads": None,  # of each run, chosen before the first one; see settle_threads
            "runs": [
                {
                    "run_id": r.run_id,
                    "label": r.label,
                    "seed": r.seed,
                    "epochs": r.epochs_planned,
                    "flops_per_epoch": self.flops.get(r.run_id),
                    "configuration": self.configurations.get(r.run_id),
                }
                for r in self.runs
            ],
        }


def open_sweep(path: Path, plan: SweepPlan, now: Asked | None = None) -> dict[str, Any]:
    """Makes a sweep's folder if there is none and adds what is asked for to its plan.

    Args:
        now: what knows which runs of the folder's plan are of the configurations asked for now.

    Returns:
        The folder's plan: the union of what was asked for, see ``bench.store.union``.

    Raises:
        ResultsError: the folder cannot be written, or holds another schema version.
    """
    with locked(path):
        document = plan.document()
        grid = plan.grid_yaml
        if (path / "sweep.json").exists():
            earlier = _check_same_sweep(path, plan.name)
            _check_same_looks(path, earlier["looks"], document["looks"])
            document = united(earlier, document, now)
            if now is not None and (path / "grid.yaml").is_file():
                text = (path / "grid.yaml").read_text(encoding="utf-8", errors="replace")
                grid = now.grid_with(text, document)
        # The plan marks the folder as a sweep's, so it comes first.
        write_atomically(path / "sweep.json", json.dumps(document, indent=1).encode())
        write_atomically(path / "grid.yaml", grid.encode())
    return document


def _check_same_sweep(path: Path, name: str) -> dict[str, Any]:
    plan = read_plan(path)
    if plan["name"] != name:
        raise ResultsError(
            f"{path} holds the sweep {plan['name']!r}, not {name!r}: choose another folder with "
            "--out."
        )
    return plan


def _check_same_looks(
    path: Path, earlier: Mapping[str, Any] | None, asked: Mapping[str, Any] | None
) -> None:
    """What each look may spend depends on all of them, so they are not changed in between."""
    if earlier is not None and asked is not None and earlier != asked:
        seeds = ", ".join(map(str, earlier["first"]))
        raise ResultsError(
            f"{path} is planned to begin with the seeds {seeds} and to have {earlier['at_most']} "
            "at most, which its verdicts rely on: ask for the same, or choose another folder with "
            "--out."
        )


def check_writable(path: Path, name: str) -> None:
    """Checks that the sweep ``name`` could be written at ``path``; leaves nothing behind.

    Raises:
        ResultsError: it could not, or something else is there.
    """
    if path.exists() and not path.is_dir():
        raise ResultsError(f"{path} is a file: choose another folder with --out.")
    # In this order, because another bench run may be writing its plan there.
    if path.is_dir() and not _has_only_a_plan(path) and not (path / "sweep.json").exists():
        raise ResultsError(
            f"{path} is a folder with other things in it: choose another one with --out."
        )
    if (path / "sweep.json").exists():
        _check_same_sweep(path, name)
    existing = next(p for p in (path, *path.absolute().parents) if p.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise unwritable(path, error) from error


def _has_only_a_plan(path: Path) -> bool:
    """Whether a folder is empty, or some process is writing its plan there or was killed."""
    return all(is_unfinished(p) or p.name == LOCK for p in path.iterdir())


def read_plan(path: Path) -> dict[str, Any]:
    """A sweep's plan: name, question, baseline and runs (run_id, label, seed, epochs).

    Raises:
        ResultsError: missing, damaged, or of a later schema version.
    """
    if not path.is_dir():
        raise ResultsError(
            f"There is no results folder {path}: bench run creates one under results/, "
            "named after its grid."
        )
    file = path / "sweep.json"
    if not file.exists():
        raise ResultsError(
            f"{path} is not a results folder (it has no sweep.json): "
            "name the folder that bench run printed, such as results/lightweight."
        )
    try:
        plan = json.loads(file.read_text(encoding="utf-8"))
        version = int(plan["schema_version"])
        if 1 <= version <= SCHEMA_VERSION:
            _check_folder_name(plan["name"])
            _ = plan["question"], plan["baseline"]
            plan.setdefault("target", None)  # earlier plans do not have these
            plan["fixed_targets"] = list(plan.get("fixed_targets", ()))
            plan["facets"] = dict(plan.get("facets", {}))
            if plan.setdefault("margin", None) is not None:  # earlier versions did not have it
                plan["margin"] = float(plan["margin"])
            for name in ("matched", "tuned"):  # earlier plans do not have these
                plan[name] = dict(plan.get(name, {}))
            if plan.setdefault("looks", None) is not None:  # earlier plans do not have it
                Looks.of(plan["looks"])
            for run in plan["runs"]:
                _check_folder_name(run["run_id"])
                _ = run["label"], run["seed"]
                run.setdefault("epochs", None)  # version 1 did not have it
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ResultsError(
            f"{file} is damaged: restore it, or run the grid again into another folder with --out."
        ) from error
    if not 1 <= version <= SCHEMA_VERSION:
        raise ResultsError(
            f"{file} has schema version {version} and this gan-bench reads up to "
            f"{SCHEMA_VERSION}: use the version that wrote it, or run the grid again into another "
            "folder with --out."
        )
    document: dict[str, Any] = plan
    return document


def fix_targets(path: Path, found: Sequence[Mapping[str, Any]]) -> None:
    """Adds targets to a sweep's plan that are what its baseline has got to; none moves later.

    Args:
        found: of each the ``runs`` of the baseline that it is of (run ids), the ``measure`` and its
            ``value``.

    Raises:
        ResultsError: the plan cannot be read or written.
    """
    with locked(path):
        plan = read_plan(path)
        fixed = [set(each["runs"]) for each in plan["fixed_targets"]]
        new = [dict(each) for each in found if not any(of & set(each["runs"]) for of in fixed)]
        if new:
            plan["fixed_targets"] += new
            write_atomically(path / "sweep.json", json.dumps(plan, indent=1).encode())


def settle_threads(path: Path, threads: int) -> int:
    """Decides on how many threads each run of a sweep trains, unless that has been decided.

    Returns:
        What has been decided.

    Raises:
        ResultsError: the plan cannot be read or written.
    """
    with locked(path):
        plan = read_plan(path)
        if plan["threads"] is None:
            plan["threads"] = threads
            write_atomically(path / "sweep.json", json.dumps(plan, indent=1).encode())
    return int(plan["threads"])


def _check_folder_name(name: str) -> None:
    """Refuses names that lead to another folder; this program does not write them."""
    if name in ("", ".", "..") or set(name) & set("/\\\0"):
        raise ValueError(name)


def upgrade_plan(path: Path) -> None:
    """Raises a sweep's plan to this schema version, before rows of this version are written.

    Raises:
        ResultsError: missing, damaged, of a later schema version, or not writable.
    """
    plan = read_plan(path)
    if int(plan["schema_version"]) < SCHEMA_VERSION:
        plan["schema_version"] = SCHEMA_VERSION
        write_atomically(path / "sweep.json", json.dumps(plan, indent=1).encode())
