"""Losses, scores and samples of a sweep for TensorBoard, as they come.

    results/<sweep>/tensorboard/<label>/seed 0/events.out.tfevents.…

Nothing reads these files but TensorBoard. What a report says comes from Parquet.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.errors import RequestError
from bench.executors import RunRequest
from bench.measures import EpochResult, RunOutcome
from bench.progress import Observer
from bench.spec import RunSpec

_POINTS = 100  # of an epoch's steps; more would take the time of training


class Board:
    """An observer that also writes for TensorBoard; everything else is another observer's.

    What cannot be written is said once, and the sweep continues.

    Args:
        observer: which shows the sweep.
        folder: of the results.

    Raises:
        RequestError: TensorBoard is not installed.
    """

    def __init__(self, observer: Observer, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise RequestError(
                "--tensorboard needs TensorBoard, which is not installed: pip install "
                "'gan-bench[tensorboard]'."
            ) from error
        self._open: Any = SummaryWriter
        self._observer = observer
        self._folder = folder / "tensorboard"
        self._writers: dict[str, Any] = {}
        self._failed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._observer, name)

    def epoch(self, request: RunRequest, result: EpochResult) -> None:
        """Shows and writes an epoch."""
        self._observer.epoch(request, result)
        if self._failed:
            return
        try:
            self._write(request.spec, result)
        except OSError as error:
            self._failed = True
            self._observer.warn(
                f"{self._folder} cannot be written ({error.strerror}): nothing more is written "
                "for TensorBoard."
            )

    def ended(self, request: RunRequest, outcome: RunOutcome) -> None:
        """Closes a run's file."""
        self._observer.ended(request, outcome)
        self._finish(request.spec.run_id)

    def close(self) -> None:
        """Closes every file."""
        self._observer.close()
        for run_id in list(self._writers):
            self._finish(run_id)

    def _finish(self, run_id: str) -> None:
        writer = self._writers.pop(run_id, None)
        if writer is not None:
            writer.close()

    def _write(self, run: RunSpec, result: EpochResult) -> None:
        last = result.record.steps
        first = last - len(next(iter(result.steps.values()), ()))
        if run.run_id not in self._writers:
            folder = self._folder / _name(run) / f"seed {run.seed}"
            # Of an attempt that is resumed, what came after its checkpoint is written again.
            self._writers[run.run_id] = self._open(str(folder), purge_step=first + 1)
        writer = self._writers[run.run_id]
        for name, values in result.steps.items():
            for step, value in thinned(values, first):
                writer.add_scalar(f"steps/{name}", value, step)
        for name, score in result.record.scores.items():
            if isinstance(score, (int, float)) and not isinstance(score, bool):
                writer.add_scalar(f"scores/{name}", score, last)
        for name, png in (("samples", result.samples_png), ("averaged", result.averaged_png)):
            if png is not None:
                pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
                writer.add_image(name, pixels, last, dataformats="HWC")
        writer.flush()


def thinned(values: np.ndarray, first: int) -> Iterator[tuple[int, float]]:
    """Means (n ≤ 100) of equal spans of steps, each with its last step.

    Args:
        values: float (steps,); NaN where a step did not report.
        first: the steps before them.
    """
    spans = max(1, min(len(values), _POINTS))
    for part in np.array_split(np.arange(len(values)), spans):
        own = values[part]
        known = own[~np.isnan(own)]
        if len(known):
            yield first + int(part[-1]) + 1, float(known.mean(dtype=np.float64))


def _name(run: RunSpec) -> str:
    """The label as the name of a folder; with the end of the run's id where it had to change."""
    safe = re.sub(r"[^\w .,=+()-]", "_", run.label).strip(" .")
    return safe if safe == run.label else f"{safe}-{run.run_id[-10:]}"
