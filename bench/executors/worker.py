"""What a run's own process does; imported ahead of time by the process it is forked from."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import torch
import torch._dynamo  # building the first optimiser imports it, 1.5 s that forked runs save

from bench import datasets, engine, training
from bench.cache import cache_root
from bench.checkpoint import CheckpointError
from bench.cost import environment
from bench.cost.nvml import open_gpu
from bench.datasets.mixtures import mixture
from bench.executors import Ended, Message, RunRequest, Started
from bench.measures import EpochResult, RunOutcome, RunSetup, Status
from bench.quality.evaluator import Evaluator, Judge
from bench.quality.features import build_extractor
from bench.quality.mixture import MixtureEvaluator
from bench.quality.names import MODES
from bench.quality.reference import build_reference
from bench.spec import RunSpec

# Forked runs inherit this process: a thread pool started here would hang them.
torch.set_num_threads(1)


def carry_out(
    request: RunRequest, send: Callable[[tuple[int, Message]], None], stop: Callable[[], bool]
) -> None:
    """Trains the request's runs, sending what they report.

    Args:
        send: takes the index of one of the request's members and its message; whatever
            happens, the last message of each is Ended.
        stop: asked after each epoch whether to end early.
    """
    started = time.perf_counter()
    started_at = datetime.now().astimezone()
    specs = [member.spec for member in request.members]
    going = list(range(len(specs)))  # members that have not ended

    def end(index: int, status: Status, error: str | None = None) -> None:
        going.remove(index)
        # Not the clock's date, which may have been set back meanwhile.
        ended_at = started_at + timedelta(seconds=time.perf_counter() - started)
        outcome = RunOutcome(status=status, error=error, started_at=started_at, ended_at=ended_at)
        send((index, Ended(outcome)))

    def end_all(status: Status, error: str | None = None) -> None:
        for index in list(going):
            end(index, status, error)

    for index in going:
        send((index, Started()))
    try:
        engine.settle(request.threads)
        resources = _resources(request, stop)
        made = request.resumed_epochs
        for reports in _reports(specs, resources, started, request.checkpoints):
            for index, report in enumerate(reports):
                if isinstance(report, training.Diverged):
                    end(index, "diverged", str(report))
                elif report is not None:
                    send((index, report))
                if isinstance(report, RunSetup):
                    made = report.resumed_epochs
                elif isinstance(report, EpochResult):
                    made = report.record.epoch
        if made < request.spec.epochs:
            end_all("interrupted", "stopped on request after a whole epoch")
    except (torch.OutOfMemoryError, MemoryError) as error:
        _log_traceback()
        end_all("out_of_memory", _one_line(error))
    except Exception as error:
        _log_traceback()
        if "can't allocate memory" in str(error):  # torch's CPU allocator raises RuntimeError
            end_all("out_of_memory", _one_line(error))
        else:
            end_all("failed", _one_line(error))
    else:
        end_all("completed")
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()


def _reports(
    specs: Sequence[RunSpec],
    resources: training.Resources,
    started: float,
    checkpoints: Sequence[bytes],
) -> Iterator[list[training.Report | None]]:
    """What training reports, from the checkpoints where they serve, else from the start."""
    training_run = training.run(specs, resources, started=started, resume=checkpoints)
    try:
        setups = next(training_run)
    except CheckpointError as error:
        print(f"Starting over: {error}.", file=sys.stderr)
        training_run = training.run(specs, resources, started=started)
        setups = next(training_run)
    yield setups
    yield from training_run


def _log_traceback() -> None:
    with suppress(OSError):  # on a full disk the outcome still says what happened
        traceback.print_exc()


def _one_line(error: BaseException) -> str:
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _resources(request: RunRequest, stop: Callable[[], bool]) -> training.Resources:
    device = torch.device(request.device)
    if device.type == "cuda":  # else calls that name no device open a context on the first one
        torch.cuda.set_device(device)
    data = datasets.open_prepared(request.data)
    return training.Resources(
        device=device,
        data=data,
        counts=request.counts,
        environment=environment.describe(
            device,
            open_gpu(device),
            threads=request.threads,
            precision=request.spec.precision,
            execution=request.execution,
        ),
        evaluator=_evaluator(request, data, device),
        exclusive=request.exclusive,
        execution=request.execution,
        keep_checkpoint=request.keep_checkpoint,
        stop=stop,
    )


def _evaluator(request: RunRequest, data: datasets.ImageData, device: torch.device) -> Judge | None:
    if request.features is None:
        return None
    samples = request.spec.quality.samples
    if request.features == MODES:
        known = mixture(request.spec.data.name, request.spec.data.classes)
        assert known is not None
        return MixtureEvaluator(torch.tensor(known.modes), known.deviation, samples)
    whole = datasets.open_prepared(request.labelled)
    extractor = build_extractor(request.features, whole, cache_root(), device)
    reference = build_reference(data, extractor, cache_root())
    return Evaluator(extractor, reference, samples)
