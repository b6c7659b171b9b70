"""What ``bench run --dry-run`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.cli import display

if TYPE_CHECKING:
    from bench.executors import Executor
    from bench.preparation import Ready
    from bench.spec import RunSpec


def show(ready: Ready, executor: Executor) -> None:
    """Prints a row per run and the sum."""
    from bench import planning, timing
    from bench.units import count, counted, duration

    runs = [run for run in ready.grid.runs if run.configuration not in ready.failures]
    costs = [_cost(ready, run) for run in runs]
    rows = [_cost_row(ready, run, *cost) for run, cost in zip(runs, costs, strict=True)]
    seconds = sum(seconds for seconds, _ in costs) / executor.jobs
    flops = sum(flops for _, flops in costs)
    console = display.console()
    stacked = " (timed one by one; stacks take less)" if ready.grid.stack_seeds else ""
    console.print(
        display.table(
            "", rows, console, droppable=("seed", "FLOPs/image", "params G", "params D", "run")
        )
    )
    for sentence in planning.chosen_classes(ready):
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"{counted(len(runs), 'run')}{stacked}, {count(flops)}FLOPs of training, "
        f"about {duration(round(seconds))} on this machine "
        f"({ready.preflight.device}, {counted(ready.preflight.threads, 'thread')} per run), "
        "including the samples that quality is measured on but not their features. "
        "Nothing was trained.",
        highlight=False,
        soft_wrap=True,
    )
    if timing.is_asked(ready, executor):
        seconds = timing.expected_seconds(len(ready.grid.configurations))
        sentence = f"Timing of the configurations before that takes about {duration(seconds)} more"
        if executor.asked_jobs is None and ready.preflight.cores > 1:
            sentence += (
                f"; up to {ready.preflight.cores} runs then train side by side, which takes less "
                "than one at a time"
            )
        console.print(f"{sentence}.", highlight=False, soft_wrap=True)
    if (looks := ready.grid.looks) is not None:
        console.print(
            f"Seeds are added to what is undecided: up to {looks.at_most} of each configuration.",
            highlight=False,
            soft_wrap=True,
        )
    for configuration, failure in ready.failures.items():
        display.warn(f"{configuration.run.label!r} cannot be trained: {failure.sentence}")


def _cost(ready: Ready, run: RunSpec) -> tuple[float, float]:
    """Seconds and FLOPs of a run."""
    prepared = ready.preflight.configurations[run.configuration]
    images = run.samples_trained(ready.images[run.data])
    seconds = (prepared.seconds_per_image or 0) * images
    if prepared.features is not None:
        generators = 1 if run.recipe.generator_average is None else 2  # with the averaged one
        samples = generators * run.quality.samples * -(-run.epochs // run.quality.every)
        seconds += (prepared.seconds_per_sample or 0) * samples
    flops = (prepared.counts.train_flops_per_image or 0) * images
    return seconds, flops


def _cost_row(ready: Ready, run: RunSpec, seconds: float, flops: float) -> dict[str, str]:
    from bench.units import count, duration

    counts = ready.preflight.configurations[run.configuration].counts
    return {
        "run": run.run_id,
        "label": run.label,
        "seed": str(run.seed),
        "params G": count(counts.generator_parameters),
        "params D": count(counts.critic_parameters),
        "FLOPs/image": count(counts.train_flops_per_image),
        "FLOPs": count(flops),
        "time": duration(seconds),
    }
