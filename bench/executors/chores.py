"""Single calls that a sweep needs before its runs, made in processes of their own.

Functions are sent by name, so the caller imports this module; torch is imported
inside them, where the fork server has it already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench import datasets
from bench.cache import cache_root
from bench.cost.available import allowed_cores
from bench.errors import DeviceError, GridError, first_line
from bench.executors import Found
from bench.measures import Counts
from bench.run_keys import Execution
from bench.spec import RunSpec
from variants.shapes import PairShape

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.cost.matching import Matched
    from bench.engine import Engine
    from bench.tasks import QualityPlan
    from variants.game import Game


def find_device(wanted: str, jobs: int) -> Found:
    """The device, and an equal share of the processor's cores for each of ``jobs`` runs.

    Raises:
        DeviceError: CUDA is requested and not available.
    """
    import psutil
    import torch

    if wanted == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "--device cuda: torch sees no GPU here (nvidia-smi shows what the driver sees); "
            "use --device cpu, or auto."
        )
    device = "cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu"
    allowed = allowed_cores()
    cores = min(psutil.cpu_count(logical=False) or 1, allowed or 1)
    gpus = torch.cuda.device_count() if device == "cuda" else 0
    devices = tuple(f"cuda:{index}" for index in range(gpus))
    return Found(device, max(1, cores // jobs), devices, cores)


def _device_here(found: Found) -> str:
    """The device found, or "cpu" where only the cluster's machines have a GPU."""
    import torch

    return found.device if found.device == "cpu" or torch.cuda.is_available() else "cpu"


def count(run: RunSpec) -> Counts:
    """What the run's recipe costs per image.

    Raises:
        GridError: its networks do not fit in memory.
        PluginError: they come from a plug-in and cannot be trained.
    """
    from bench import plugins, tasks
    from bench.cost import flops

    try:
        with plugins.blaming(run.variant):
            run.recipe.refusal(run.shape)  # None, as the grid was checked, unless it fails
            return flops.count(run.recipe, run.shape, tasks.get(run.task))
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise
        raise GridError(
            f"The networks of {run.label!r} do not fit in this machine's memory; "
            "lower their widths."
        ) from error


def match(run: RunSpec, reference: RunSpec) -> Matched:
    """The widths at which a run's recipe trains at the FLOPs per image of another's.

    Raises:
        PluginError: the networks come from a plug-in and cannot be trained.
    """
    from bench import plugins, tasks
    from bench.cost import matching

    with plugins.blaming(run.variant):
        return matching.match(run.recipe, run.shape, reference.recipe, tasks.get(run.task))


def choose_quality(run: RunSpec, device: str, data: Path, labelled: Path) -> tuple[str | None, str]:
    """How a run's quality is measured, and why.

    Raises:
        QualityError: what the grid requests by name is not available.
        PluginError: code of a plug-in fails.
    """
    from bench import plugins, tasks

    whole = datasets.open_prepared(labelled)
    requested, task = run.quality.features, tasks.get(run.task)
    with plugins.reporting("choose how quality is measured"):
        features, why = task.choose_quality(requested, device=device, labelled=whole)
        if features is None or requested != "auto":
            return features, why
        refusal = task.cannot_judge(quality_plan(run, features, data, labelled, device))
    return (features, why) if refusal is None else (None, f"Quality is not measured: {refusal}.")


def prepare_quality(
    run: RunSpec, features: str, found: Found, data: Path, labelled: Path
) -> tuple[Path, ...]:
    """Fills the cache with what every run of the sweep will open.

    Returns:
        Those files.

    Raises:
        QualityError: the features are not available, or too few samples are requested.
        PluginError: code of a plug-in fails.
    """
    import torch

    from bench import plugins, tasks
    from bench.quality.evaluator import Evaluator

    torch.set_num_threads(found.threads)
    task, plan = tasks.get(run.task), quality_plan(run, features, data, labelled, found.device)
    with plugins.reporting("prepare the measurement of quality"):
        context = task.context(plan)
        Evaluator(context)
        return task.cache_files(context, plan.cache)


def prepare_way_back(
    run: RunSpec, features: str, found: Found, data: Path, labelled: Path
) -> tuple[Path, ...]:
    """Fills the cache with what the way back of a game both ways is scored with.

    Returns:
        Those files; none for a game one way.

    Raises:
        PluginError: code of a plug-in fails.
    """
    import torch

    from bench import plugins, tasks

    torch.set_num_threads(found.threads)
    with plugins.blaming(run.variant):
        if not run.recipe.build(run.shape, torch.device("cpu")).both_ways:
            return ()
    plan = quality_plan(run, features, data, labelled, found.device)
    with plugins.reporting("prepare the measurement of quality"):
        way_back = tasks.get(run.task).context(plan).way_back
    return () if way_back is None else way_back.files


def quality_plan(
    run: RunSpec, features: str, data: Path, labelled: Path, device: str
) -> QualityPlan:
    """What a run's quality is measured with, on a device or, without a GPU, on the processor."""
    import torch

    from bench.tasks import QualityPlan

    return QualityPlan(
        task=run.task,
        features=features,
        samples=run.quality.samples,
        reference=run.quality.reference,
        spec=run.data,
        data=datasets.open_prepared(data),
        labelled=datasets.open_prepared(labelled),
        cache=cache_root(),
        device=torch.device(device if torch.cuda.is_available() else "cpu"),
    )


def _steps_on_noise(
    run: RunSpec, device: torch.device, execution: Execution
) -> tuple[Game, Engine, list[Tensor]]:
    """A new game of the run, an engine that trains it on a random batch, and a step's indices."""
    import torch

    from bench import tasks
    from bench.engine import Engine

    count = run.recipe.batch_size
    game = run.recipe.build(run.shape, device)
    noise = torch.Generator(device).manual_seed(run.seed)
    batch = tasks.get(run.task).example_batch(run.shape, count, noise)
    engine = Engine(
        game,
        noise,
        lambda _: batch,
        size=count,
        device=device,
        precision=run.precision,
        execution=execution,
    )
    return game, engine, [torch.arange(count, device=device)] * run.recipe.critic_steps


def compile_refusal(found: Found) -> str | None:
    """Why torch.compile does not work here; None where it does."""
    import torch

    try:
        torch.compile(lambda x: x * 2 + 1)(torch.ones(4, device=_device_here(found)))
    except Exception as error:  # of whatever compiler, linker or driver
        return first_line(error)
    return None


def capture_refusal(run: RunSpec, data: Path, found: Found) -> str | None:
    """Why a run's steps should not be executed as a CUDA graph; None where they can be.

    The data must lie in the GPU's memory, where a graph reads its batches. Executes a few
    steps on noise eagerly and as a graph, from one state and with repeatable arithmetic: the graph
    must be captured without an error and give the same losses.
    """
    import torch

    from bench.engine import repeatable
    from bench.training.batches import fits

    if not run.recipe.capturable:
        fields = f" ({', '.join(run.recipe.varying)})" if run.recipe.varying else ""
        return f"differ from step to step{fields}"

    if _device_here(found) == "cpu":
        return "could not be tried here, where there is no GPU"
    rows = []
    ways: tuple[Execution, ...] = ("eager", "cuda-graph")
    try:
        if not fits(datasets.open_prepared(data).nbytes, torch.device("cuda")):
            return "read data that do not fit in the GPU's memory"
        for execution in ways:
            torch.manual_seed(0)
            _, engine, indices = _steps_on_noise(run, torch.device("cuda"), execution)
            with repeatable(), engine.settings():
                rows.append(torch.stack([engine.step(indices).clone() for _ in range(8)]).cpu())
    except Exception as error:  # whatever fails here, eager steps do not need it
        return f"cannot be captured ({first_line(error)})"
    eager, captured = rows
    return None if same_losses(eager, captured) else "give different results as a CUDA graph"


def same_losses(one: Tensor, other: Tensor) -> bool:
    """Whether two ways to execute the same steps differ by rounding at most.

    Compares each player's losses with the largest of them: near zero a loss is a difference of
    large scores. What is counted, such as an accuracy, may jump where two scores are nearly equal.

    Args:
        one: rows of :func:`bench.engine.train_step`, (steps, columns), which begin with the losses.
        other: likewise.
    """
    from variants.scalars import LOSSES

    one, other = one[:, : len(LOSSES)], other[:, : len(LOSSES)]
    scale = one.nan_to_num(0, 0, 0).abs().amax(0).expand_as(one)
    near = (one - other).abs() <= 1e-3 * scale
    return bool((near | (one == other) | (one.isnan() & other.isnan())).all())


def rehearse(run: RunSpec, found: Found, execution: Execution) -> tuple[float, float]:
    """Times a few steps of a run on noise, and the generation of a few samples.

    Returns:
        Seconds of training per real image, and seconds per generated sample.
    """
    from bench import plugins

    with plugins.blaming(run.variant):
        return _timed(run, found, execution)


def _timed(run: RunSpec, found: Found, execution: Execution) -> tuple[float, float]:
    import torch

    from bench import tasks
    from bench.cost.clock import Clock
    from bench.engine import settle

    steps, drawn = 4, 250
    if isinstance(run.shape, PairShape):  # large translations take more memory than samples
        drawn = max(1, min(drawn, 2**20 // run.shape.target.size**2))
    settle(found.threads)
    device = torch.device(_device_here(found))
    clock = Clock(device)
    game, engine, indices = _steps_on_noise(run, device, execution)
    with engine.settings():
        for _ in range(1 if execution == "eager" else 5):
            engine.step(indices)
        start = clock.seconds()
        for _ in range(steps):
            engine.step(indices)
        middle = clock.seconds()
    game.generator.network.eval()
    noise = torch.Generator(device)
    batch = tasks.get(run.task).example_batch(run.shape, drawn, noise)
    game.sample(game.inputs(drawn, noise, batch.labels, batch.source))
    return (
        (middle - start) / (steps * len(indices) * run.recipe.batch_size),
        (clock.seconds() - middle) / drawn,
    )
