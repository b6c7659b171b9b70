"""Single calls a sweep needs before its runs, made in processes of their own.

Functions are sent by name, so the caller imports this module; torch is imported
inside them, where the fork server has it already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench import datasets
from bench.cache import cache_root
from bench.errors import DeviceError, GridError, QualityError, first_line
from bench.executors import Found
from bench.measures import Counts
from bench.quality.names import MODES
from bench.spec import Execution, RunSpec

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.engine import Engine
    from variants.game import Game


def find_device(wanted: str, jobs: int) -> Found:
    """The device, and an equal share of the processor's cores for each of ``jobs`` runs.

    Raises:
        DeviceError: CUDA is wanted and there is none.
    """
    import os

    import psutil
    import torch

    if wanted == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "--device cuda: torch sees no GPU here (nvidia-smi shows what the driver sees); "
            "use --device cpu, or auto."
        )
    device = "cuda" if wanted != "cpu" and torch.cuda.is_available() else "cpu"
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cores = min(psutil.cpu_count(logical=False) or 1, allowed or 1)
    gpus = torch.cuda.device_count() if device == "cuda" else 0
    return Found(device, max(1, cores // jobs), tuple(f"cuda:{index}" for index in range(gpus)))


def _device_here(found: Found) -> str:
    """The device found, or the processor where this machine lacks what those of a cluster have."""
    import torch

    return found.device if found.device == "cpu" or torch.cuda.is_available() else "cpu"


def count(run: RunSpec) -> Counts:
    """What the run's recipe costs per image.

    Raises:
        GridError: its networks do not fit in memory.
    """
    from bench.cost import flops

    try:
        return flops.count(run.recipe, run.shape)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise
        raise GridError(
            f"The networks of {run.label!r} do not fit in this machine's memory; "
            "lower their widths."
        ) from error


def decide_features(requested: str, device: str, labelled: Path) -> tuple[str | None, str]:
    """The features for a data set, and why.

    Raises:
        QualityError: what is asked for by name is not to be had.
    """
    from bench.quality.resolve import resolve_features
    from bench.quality.stacked import is_stacked

    data = datasets.open_prepared(labelled)
    if data.images.ndim == 2:
        return _decide_for_points(requested)
    has_labels = data.labels is not None and len(data.class_names) >= 2
    return resolve_features(
        requested, device=device, has_labels=has_labels, stacked=is_stacked(data)
    )


def _decide_for_points(requested: str) -> tuple[str | None, str]:
    if requested == "off":
        return None, "Quality is not measured, as asked (features: off)."
    if requested != "auto":
        raise QualityError(
            f"quality features: {requested} judges images, and the data set is of points: "
            "leave features out, or set it to off."
        )
    return MODES, "Quality is mode coverage: the data set is a mixture whose modes are known."


def ready_quality(
    features: str, found: Found, data: Path, labelled: Path, samples: int
) -> tuple[Path, ...]:
    """Fills the cache with what every run of the sweep will open.

    Returns:
        Those files.

    Raises:
        QualityError: the features are not to be had, or too few samples are asked for.
    """
    if features == MODES:
        return ()
    import torch

    from bench.quality.evaluator import Evaluator
    from bench.quality.features import build_extractor, cache_files
    from bench.quality.reference import build_reference, reference_path

    torch.set_num_threads(found.threads)
    cache = cache_root()
    extractor = build_extractor(
        features, datasets.open_prepared(labelled), cache, _device_here(found)
    )
    reference = build_reference(datasets.open_prepared(data), extractor, cache)
    Evaluator(extractor, reference, samples)
    return (*cache_files(extractor), reference_path(cache, reference.reference_hash))


def _rounds_of_noise(
    run: RunSpec, device: torch.device, execution: Execution
) -> tuple[Game, Engine, list[Tensor]]:
    """A new game of the run, what plays it on a batch of noise, and the places of a round."""
    import torch

    from bench.engine import Engine
    from variants.game import Batch

    count = run.recipe.batch_size
    game = run.recipe.build(run.shape, device)
    noise = torch.Generator(device).manual_seed(run.seed)
    samples = torch.rand(count, *run.shape.dimensions, generator=noise, device=device) * 2 - 1
    batch = Batch(samples, torch.zeros(count, dtype=torch.int64, device=device))
    player = Engine(
        game,
        noise,
        lambda _: batch,
        size=count,
        device=device,
        precision=run.precision,
        execution=execution,
    )
    return game, player, [torch.arange(count, device=device)] * run.recipe.critic_steps


def compile_refusal(found: Found) -> str | None:
    """Why torch.compile does not work here; None where it does."""
    import torch

    try:
        torch.compile(lambda x: x * 2 + 1)(torch.ones(4, device=_device_here(found)))
    except Exception as error:  # of whatever compiler, linker or driver
        return first_line(error)
    return None


def capture_refusal(run: RunSpec, data: Path, found: Found) -> str | None:
    """Why a run's rounds had better not be played as a CUDA graph; None where they can be.

    The data must lie in the GPU's memory, where a graph deals its batches from. Plays a few
    rounds of noise eagerly and as a graph, from one state: the graph must be captured without
    a fault and give the same losses.
    """
    import torch

    from bench.batches import fits

    if _device_here(found) == "cpu":
        return "could not be tried here, where there is no GPU"
    rows = []
    ways: tuple[Execution, ...] = ("eager", "cuda-graph")
    try:
        if not fits(datasets.open_prepared(data).images.nbytes, torch.device("cuda")):
            return "deal from data that do not fit in the GPU's memory"
        for execution in ways:
            torch.manual_seed(0)
            _, player, places = _rounds_of_noise(run, torch.device("cuda"), execution)
            with player.playing():
                rows.append(torch.stack([player.play(places).clone() for _ in range(8)]).cpu())
    except Exception as error:  # whatever fails here, eager steps do without
        return f"cannot be captured ({first_line(error)})"
    eager, captured = rows
    if not torch.allclose(eager, captured, rtol=1e-4, atol=1e-5, equal_nan=True):
        return "come out otherwise as a CUDA graph"
    return None


def rehearse(run: RunSpec, found: Found, execution: Execution) -> tuple[float, float]:
    """Times a few rounds of a run on noise, and the making of a few samples.

    Returns:
        Seconds of training per real image, and seconds of making one sample.
    """
    import torch

    from bench import engine
    from bench.cost.clock import Clock

    rounds, drawn = 4, 250
    engine.settle(found.threads)
    device = torch.device(_device_here(found))
    clock = Clock(device)
    game, player, places = _rounds_of_noise(run, device, execution)
    with player.playing():
        for _ in range(1 if execution == "eager" else 5):
            player.play(places)
        start = clock.seconds()
        for _ in range(rounds):
            player.play(places)
        middle = clock.seconds()
    game.generator.network.eval()
    latents = game.latents(drawn, torch.Generator(device))
    game.sample(latents, torch.zeros(drawn, dtype=torch.int64, device=device))
    return (
        (middle - start) / (rounds * len(places) * run.recipe.batch_size),
        (clock.seconds() - middle) / drawn,
    )
