"""What a sweep learns before its first run: device, costs, features, and, on request, times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets import DataSpec
from bench.executors import Executor, chores
from bench.records import Counts
from bench.spec import RunSpec


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What holds for the whole sweep; configurations go by their run id with seed 0.

    Attributes:
        features: the extractor of each configuration, None where quality is off.
        quality_files: in the cache, that its evaluation opens.
        seconds_per_image: of training, by a few timed rounds; empty unless rehearsed.
        seconds_per_sample: of making samples for the evaluation, likewise.
        devices: the GPUs, such as "cuda:0", where runs train on them.
    """

    device: str
    threads: int
    counts: Mapping[str, Counts]
    features: Mapping[str, str | None]
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
    """
    found = executor.find_device(device)
    specs = {run.configuration().run_id: run for run in configurations}
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
            name: executor.call(chores.rehearse, run, found) for name, run in specs.items()
        }
    return Preflight(
        device=found.device,
        threads=found.threads,
        counts=counts,
        features=features,
        quality_files=quality_files,
        seconds_per_image={name: train for name, (train, _) in rehearsals.items()},
        seconds_per_sample={name: sample for name, (_, sample) in rehearsals.items()},
        devices=found.devices,
    )
