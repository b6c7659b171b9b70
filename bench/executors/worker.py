"""What a run's own process does; the process that it is forked from imports this beforehand."""

from __future__ import annotations

import gc
import importlib
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import torch
import torch._dynamo  # building the first optimiser imports it, 1.5 s that forked runs save

from bench import datasets, engine, plugins, tasks, training
from bench.checkpoint import CheckpointError
from bench.cost import environment
from bench.cost.memory import open_memory
from bench.cost.nvml import open_gpu
from bench.executors import Ended, Message, RunRequest, Started, chores
from bench.measures import EpochResult, RunOutcome, RunSetup, Status
from bench.quality.evaluator import Evaluator, Judge
from bench.spec import RunSpec
from bench.tasks import TASKS
from variants.objectives import OBJECTIVES
from variants.penalties import PENALTIES
from variants.registry import VARIANTS

# Forked runs inherit this process: a thread pool started here would hang them.
torch.set_num_threads(1)
# What else nearly every run imports, 0.1 s.
for _registry in (TASKS, VARIANTS, OBJECTIVES, PENALTIES):
    _registry.import_built_in()
for _module in ("bench.pictures.grid", "variants.networks.layers", "variants.optimizers"):
    importlib.import_module(_module)
# A collection in a forked run need not visit, and thereby copy, all that is here: 0.1 s.
gc.collect()
gc.freeze()


def train(
    request: RunRequest, send: Callable[[tuple[int, Message]], None], stop: Callable[[], bool]
) -> None:
    """Trains the request's runs and sends what they report.

    Args:
        send: receives the index of one of the request's members and its message; whatever
            happens, the last message of each is Ended.
        stop: asked after each epoch whether to end early.
    """
    started = time.perf_counter()
    started_at = datetime.now().astimezone()
    specs = [member.spec for member in request.members]
    running = list(range(len(specs)))  # members that have not ended

    def end(index: int, status: Status, error: str | None = None) -> None:
        running.remove(index)
        # Not the clock's date, which may have been set back in the meantime.
        ended_at = started_at + timedelta(seconds=time.perf_counter() - started)
        outcome = RunOutcome(status=status, error=error, started_at=started_at, ended_at=ended_at)
        send((index, Ended(outcome)))

    def end_all(status: Status, error: str | None = None) -> None:
        for index in list(running):
            end(index, status, error)

    for index in running:
        send((index, Started()))
    try:
        engine.settle(request.threads)
        given = resources(request, stop)
        epochs = request.resumed_epochs
        for reports in _reports(specs, given, started, request.checkpoints):
            for index, report in enumerate(reports):
                if isinstance(report, training.Diverged):
                    end(index, "diverged", str(report))
                elif report is not None:
                    send((index, report))
                if isinstance(report, RunSetup):
                    epochs = report.resumed_epochs
                elif isinstance(report, EpochResult):
                    epochs = report.record.epoch
        if epochs < request.spec.epochs:
            end_all("interrupted", "stopped on request after a whole epoch")
    except (torch.OutOfMemoryError, MemoryError) as error:
        _log_traceback()
        end_all("out_of_memory", one_line(error))
    except Exception as error:
        _log_traceback()
        if "can't allocate memory" in str(error):  # torch's CPU allocator raises RuntimeError
            end_all("out_of_memory", one_line(error))
        else:
            end_all("failed", one_line(error))
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
    """What training reports, from the checkpoints if they can be used, else from the start."""
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


def one_line(error: BaseException) -> str:
    """Type and message, and the line of a plug-in from which the exception came."""
    first = (str(error).strip().splitlines() or [""])[0]
    text = f"{type(error).__name__}: {first}" if first else type(error).__name__
    place = plugins.blame(error)
    return f"{text} ({place})" if place else text


def resources(request: RunRequest, stop: Callable[[], bool]) -> training.Resources:
    """What a process that trains a request's runs receives ready-made."""
    device = _device(request.device)
    memory = open_memory(device)
    with memory.apart():
        evaluator = _evaluator(request)
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
        evaluator=evaluator,
        memory=memory,
        exclusive=request.exclusive,
        packed_runs=request.packed_runs,
        execution=request.execution,
        stop=stop,
    )


def _device(name: str) -> torch.device:
    """The device of a name such as "cpu", "cuda" or "cuda:1"; a GPU's has its index."""
    device = torch.device(name)
    if device.type != "cuda":
        return device
    device = torch.device("cuda", device.index or 0)
    torch.cuda.set_device(device)  # else calls that name no device open a context on the first one
    return device


def _evaluator(request: RunRequest) -> Judge | None:
    if request.features is None:
        return None
    run = request.spec
    plan = chores.quality_plan(
        run, request.features, request.data, request.labelled, request.device
    )
    return Evaluator(tasks.get(run.task).context(plan))
