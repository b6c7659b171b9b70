"""A run in a results folder, and the weights that it has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from bench import store
from bench.checkpoint import CheckpointError, loaded
from bench.errors import ResultsError
from bench.store import checkpoints, continuations


@dataclass(frozen=True)
class Trained:
    """A run and its generator's weights.

    Attributes:
        row: of run.parquet.
        epoch: after which the weights were kept.
        generator: the network's state.
        average: that of the averaged generator, by name; None where the run has none.
        classes: of the data set; None where that was not kept.
        class_names: one per class; () where they were not kept.
        trained_classes: the indices of those that it was trained on.
    """

    row: Mapping[str, Any]
    epoch: int
    generator: Mapping[str, Any]
    average: Mapping[str, Any] | None
    classes: int | None = None
    class_names: tuple[str, ...] = ()
    trained_classes: tuple[int, ...] = ()


def find(path: Path) -> Trained:
    """The run that a path names: its folder, or its id below its sweep's folder.

    Raises:
        ResultsError: there is no such run, it has no weights, or they are damaged.
    """
    folder = _folder(path)
    row = store.read_run(folder)
    if row is None:
        sweep = folder.parent.parent
        runs = store.read_plan(sweep)["runs"]
        such = f", such as {sweep / runs[0]['run_id']}" if runs else ""
        raise ResultsError(f"{sweep} holds no run {folder.name}: name one of its runs{such}.")
    file = _file(folder, row)
    if file is None:
        raise ResultsError(
            f"The run {path} has left no weights: it has not completed, or an earlier version of "
            "gan-bench trained it, which dropped them; run its grid into another folder with --out."
        )
    try:
        state = loaded(file.read_bytes(), torch.device("cpu"))
        return _of_weights(row, state) if "generator" in state else _of_checkpoint(row, state)
    except (CheckpointError, OSError, KeyError, TypeError) as error:
        raise ResultsError(
            f"{file} is damaged or of another version: run the grid into another folder with --out."
        ) from error


def _folder(path: Path) -> Path:
    """A run's folder, whether or not it is there."""
    if (path / "sweep.json").exists():
        runs = store.read_plan(path)["runs"]
        such = f", such as {path / runs[0]['run_id']}" if runs else ""
        raise ResultsError(f"{path} is a sweep: name one of its runs{such}.")
    if path.parent.name == "runs" and (path.parent.parent / "sweep.json").exists():
        return path
    if (path.parent / "sweep.json").exists():
        return path.parent / "runs" / path.name
    raise ResultsError(
        f"There is no run {path}: name a results folder and the id of a run, such as "
        "results/lightweight/RUN-ID."
    )


def _file(folder: Path, row: Mapping[str, Any]) -> Path | None:
    """The file with a run's weights; a checkpoint has them, too."""
    own = folder / checkpoints.WEIGHTS
    if own.exists():
        return own
    last, _ = checkpoints.newest(folder, int(row["epochs"]))
    if last is None:
        last = continuations.find(str(row["run_id"]), row["ended_at"], int(row["epochs"]))
    return None if last is None else last.path


def _of_weights(row: Mapping[str, Any], state: Mapping[str, Any]) -> Trained:
    return Trained(
        row,
        int(state["epoch"]),
        state["generator"],
        state["average"],
        int(state["classes"]),
        tuple(map(str, state["class_names"])),
        tuple(map(int, state["trained_classes"])),
    )


def _of_checkpoint(row: Mapping[str, Any], state: Mapping[str, Any]) -> Trained:
    play = state["play"]
    network = play["game"]["generator"]["network"]
    return Trained(row, int(state["epoch"]), network, play.get("average"))
