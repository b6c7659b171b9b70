"""What a sweep learns before its first run: device, costs, features, and, on request, times."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench import plugins
from bench.datasets import DataSpec
from bench.errors import DataError, GridError, QualityError, RequestError, first_line
from bench.executors import Executor, Found, chores
from bench.executors.talk import RemoteError
from bench.judging import Judging
from bench.measures import Counts
from bench.pace import watched
from bench.run_keys import Execution
from bench.spec import Configuration, RunSpec

T = TypeVar("T")

_COUNTED_AT_ONCE = 4  # each in a process with its networks, so not one for every core


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is known of a configuration before any of its runs starts.

    Attributes:
        features: the extractor, None where quality is off.
        execution: how its steps are executed.
        labelled: the data that a classifier is trained on.
        quality_files: in the cache, that its evaluation opens.
        seconds_per_image: of training, from a few timed rounds; None unless rehearsed.
        seconds_per_sample: of generating samples for the evaluation, likewise.
    """

    counts: Counts
    features: str | None
    execution: Execution
    labelled: Path
    quality_files: tuple[Path, ...] = ()
    seconds_per_image: float | None = None
    seconds_per_sample: float | None = None


@dataclass(frozen=True)
class Failure:
    """Why the runs of a configuration cannot be trained, while those of others can."""

    cause: Exception

    @property
    def sentence(self) -> str:
        """What is wrong, in one line."""
        if isinstance(self.cause, RequestError):
            return str(self.cause)
        return f"{type(self.cause).__name__}: {first_line(self.cause)}"

    @property
    def log(self) -> str:
        """The traceback, with that of the process in which it happened."""
        return "".join(traceback.format_exception(self.cause))


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What holds for the whole sweep, and for each of its configurations.

    Attributes:
        device: the kind of device, "cpu" or "cuda".
        threads: of the CPU, for each run.
        configurations: those that can be trained.
        failures: the others.
        devices: the GPUs, such as "cuda:0", where runs train on them.
        cores: of the processor, which a run that is alone may use.
    """

    device: str
    threads: int
    configurations: Mapping[Configuration, Prepared]
    failures: Mapping[Configuration, Failure]
    devices: tuple[str, ...] = ()
    cores: int = 1


def look_ahead(
    executor: Executor,
    runs: Sequence[RunSpec],
    data: Mapping[DataSpec, Path],
    whole: Callable[[DataSpec], Path],
    *,
    device: str,
    rehearse: bool,
    note: Callable[[str], None],
) -> Preflight:
    """Finds a :class:`Preflight` in separate processes, so that the caller does not load torch.

    A configuration that fails here is left out, as one that fails in training is.

    Args:
        runs: one of each configuration.
        data: the prepared folder of each data set.
        whole: prepares the whole data set of which one of these is a part, for a classifier.
        device: "auto", "cpu" or "cuda".
        rehearse: time a few steps instead of preparing the quality measurement.
        note: receives messages for the user.

    Raises:
        DeviceError: the device does not exist.
        QualityError: the requested features are not available.
        GridError: steps cannot be executed here as the grid asks.
        Exception: the first failure, where no configuration is left.
    """
    found = executor.find_device(device)
    specs = {run.configuration: run for run in runs}
    for run in specs.values():
        _check_engine(run, found.device)
    left = _Left(specs, note)
    counts = _counts(executor, left, min(found.cores, _COUNTED_AT_ONCE))
    # After counting: a trial of what cannot be trained at all says nothing about the others.
    execution = _executions(executor, left.specs, data, found, note)
    judging = Judging(executor, data, whole, found, rehearse, note)
    quality = left.each(judging.of, "Preparing quality", refusals=(QualityError, DataError))
    seconds: dict[Configuration, tuple[float, float]] = {}
    if rehearse:
        note("Timing a few steps of each configuration …")
        seconds = left.each(
            lambda run: executor.call(chores.rehearse, run, found, execution[run.configuration]),
            "Timing configurations",
        )
    prepared = {}
    for key in left.specs:
        per_image, per_sample = seconds.get(key, (None, None))
        prepared[key] = Prepared(
            counts=counts[key],
            features=quality[key].features,
            execution=execution[key],
            labelled=quality[key].labelled,
            quality_files=quality[key].files,
            seconds_per_image=per_image,
            seconds_per_sample=per_sample,
        )
    return Preflight(
        device=found.device,
        threads=found.threads,
        configurations=prepared,
        failures=left.failures,
        devices=found.devices,
        cores=found.cores,
    )


class _Left:
    """The configurations that have not failed so far.

    Attributes:
        specs: one run of each.
        failures: why others have failed.
    """

    def __init__(self, specs: Mapping[Configuration, RunSpec], note: Callable[[str], None]) -> None:
        self.specs = dict(specs)
        self._note = note
        self.failures: dict[Configuration, Failure] = {}

    def each(
        self, call: Callable[[RunSpec], T], doing: str, refusals: tuple[type[Exception], ...] = ()
    ) -> dict[Configuration, T]:
        """What a call returns for each configuration; those for which it fails are left out.

        Args:
            doing: what is being done, for notes on how far it is.
            refusals: exceptions that are about the request, not about one configuration.

        Raises:
            Exception: one of ``refusals``; or the first failure, where no configuration is left.
        """
        results = {}
        for key, run in watched(list(self.specs.items()), len(self.specs), doing, self._note):
            try:
                results[key] = call(run)
            except refusals:
                raise
            except RemoteError as error:
                self.failures[key] = Failure(plugins.ending(run.variant, error, "it was prepared"))
                del self.specs[key]
            except Exception as error:  # whatever a variant raises, or its process dies of
                self.failures[key] = Failure(error)
                del self.specs[key]
        if not self.specs:
            raise next(iter(self.failures.values())).cause
        return results


def _counts(executor: Executor, left: _Left, at_once: int) -> dict[Configuration, Counts]:
    """What each configuration costs; so many are counted side by side."""
    pool = ThreadPoolExecutor(at_once)
    try:
        counted = {
            key: pool.submit(executor.call, chores.count, run) for key, run in left.specs.items()
        }
        return left.each(
            lambda run: counted[run.configuration].result(), "Counting the cost of configurations"
        )
    finally:
        pool.shutdown(cancel_futures=True)  # of an interrupted sweep


def _check_engine(run: RunSpec, device: str) -> None:
    for key, asked, on_gpus in (
        ("precision", run.precision, "tf32"),
        ("execution", run.execution, "cuda-graph"),
    ):
        if asked == on_gpus and device != "cuda":
            raise GridError(
                f"The {key} {asked} of {run.label!r} requires a GPU; this sweep runs on the CPU: "
                f"choose another {key}."
            )


def _executions(
    executor: Executor,
    specs: Mapping[Configuration, RunSpec],
    data: Mapping[DataSpec, Path],
    found: Found,
    note: Callable[[str], None],
) -> dict[Configuration, Execution]:
    """How the steps of each run are executed: the same for all where the grid leaves it open."""
    compiled = [run for run in specs.values() if run.execution == "compile"]
    if compiled and (refusal := executor.call(chores.compile_refusal, found)) is not None:
        raise GridError(
            f"The execution compile of {compiled[0].label!r} does not work on this machine "
            f"({refusal}); choose another execution."
        )
    left_open = [run for run in specs.values() if run.execution == "auto"]
    chosen: Execution = "eager"
    if found.device == "cuda" and left_open:
        note("Checking whether steps can be captured as CUDA graphs …")
        chosen = "cuda-graph"
        for run in left_open:
            try:
                refusal = executor.call(chores.capture_refusal, run, data[run.data], found)
            except Exception as error:  # the process died of it, say
                refusal = f"could not be tried: {first_line(error)}".rstrip(".")
            if refusal is not None:
                note(f"Steps are executed eagerly, since those of {run.label!r} {refusal}.")
                chosen = "eager"
                break
    return {key: chosen if run.execution == "auto" else run.execution for key, run in specs.items()}
