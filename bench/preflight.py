"""What a sweep learns before its first run: device, costs, features, and, on request, times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets import DataSpec
from bench.errors import GridError, RequestError
from bench.executors import Executor, Found, chores
from bench.measures import Counts
from bench.spec import Execution, RunSpec


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What holds for the whole sweep; configurations go by their run id with seed 0.

    Attributes:
        features: the extractor of each configuration, None where quality is off.
        quality_files: in the cache, that its evaluation opens.
        seconds_per_image: of training, by a few timed rounds; empty unless rehearsed.
        seconds_per_sample: of making samples for the evaluation, likewise.
        execution: how the steps of each are executed.
        devices: the GPUs, such as "cuda:0", where runs train on them.
    """

    device: str
    threads: int
    counts: Mapping[str, Counts]
    features: Mapping[str, str | None]
    execution: Mapping[str, Execution]
    quality_files: Mapping[str, tuple[Path, ...]]
    seconds_per_image: Mapping[str, float]
    seconds_per_sample: Mapping[str, float]
    devices: tuple[str, ...] = ()


def look_ahead(
    executor: Executor,
    configurations: Sequence[RunSpec],
    data: Mapping[DataSpec, Path],
    labelled: Mapping[DataSpec, Path],
    *,
    device: str,
    rehearse: bool,
    note: Callable[[str], None],
) -> Preflight:
    """Finds all that out in processes of its own, so that the caller stays free of torch.

    Raises:
        DeviceError: the device is not there.
        QualityError: the features asked for are not to be had.
        GridError: steps cannot be executed here as the grid asks.
    """
    found = executor.find_device(device)
    specs = {run.configuration().run_id: run for run in configurations}
    for run in specs.values():
        _check_engine(run, found.device)
    execution = _executions(executor, specs, data, found, note)
    counts = {name: executor.call(chores.count, run) for name, run in specs.items()}

    features: dict[str, str | None] = {}
    decisions: dict[tuple[str, DataSpec], str | None] = {}
    files: dict[tuple[str, DataSpec], tuple[Path, ...]] = {}
    quality_files: dict[str, tuple[Path, ...]] = {}
    for name, run in specs.items():
        asked = (run.quality.features, run.data)
        if asked not in decisions:
            decided, reason = executor.call(
                chores.decide_features, run.quality.features, found.device, labelled[run.data]
            )
            note(reason)
            decisions[asked] = decided
            if decided is not None and not rehearse:
                files[asked] = executor.call(
                    chores.ready_quality,
                    decided,
                    found,
                    data[run.data],
                    labelled[run.data],
                    run.quality.samples,
                )
        features[name] = decisions[asked]
        quality_files[name] = files.get(asked, ())

    rehearsals = {}
    if rehearse:
        note("Timing a few steps of each configuration …")
        rehearsals = {
            name: executor.call(chores.rehearse, run, found, execution[name])
            for name, run in specs.items()
        }
    return Preflight(
        device=found.device,
        threads=found.threads,
        counts=counts,
        features=features,
        execution=execution,
        quality_files=quality_files,
        seconds_per_image={name: train for name, (train, _) in rehearsals.items()},
        seconds_per_sample={name: sample for name, (_, sample) in rehearsals.items()},
        devices=found.devices,
    )


def _check_engine(run: RunSpec, device: str) -> None:
    for asked, wanted in ((run.precision, "tf32"), (run.execution, "cuda-graph")):
        if asked == wanted and device != "cuda":
            key = "precision" if asked == run.precision else "execution"
            raise GridError(
                f"The {key} {asked} of {run.label!r} is to be had on a GPU only, and this sweep "
                f"trains on the processor; give another {key}."
            )


def _executions(
    executor: Executor,
    specs: Mapping[str, RunSpec],
    data: Mapping[DataSpec, Path],
    found: Found,
    note: Callable[[str], None],
) -> dict[str, Execution]:
    """How the steps of each run are executed: all alike where the grid leaves it open."""
    compiled = [run for run in specs.values() if run.execution == "compile"]
    if compiled and (refusal := executor.call(chores.compile_refusal, found)) is not None:
        raise GridError(
            f"The execution compile of {compiled[0].label!r} does not work on this machine "
            f"({refusal}); give another execution."
        )
    left_open = [run for run in specs.values() if run.execution == "auto"]
    chosen: Execution = "eager"
    if found.device == "cuda" and left_open:
        note("Trying whether steps can be captured as CUDA graphs …")
        chosen = "cuda-graph"
        for run in left_open:
            try:
                refusal = executor.call(chores.capture_refusal, run, data[run.data], found)
            except RequestError as error:  # the process died of it
                refusal = f"could not be tried: {error}".rstrip(".")
            if refusal is not None:
                note(f"Steps are executed eagerly, since those of {run.label!r} {refusal}.")
                chosen = "eager"
                break
    return {
        name: chosen if run.execution == "auto" else run.execution for name, run in specs.items()
    }
