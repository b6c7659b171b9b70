"""Runs whose preparation has failed: they fail too, and those of other configurations train."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import store
from bench.errors import ResultsError
from bench.measures import RunPlan
from bench.preparation import Ready
from bench.progress import Observer
from bench.spec import RunSpec


def split(ready: Ready, due: Sequence[RunSpec]) -> tuple[list[RunSpec], list[RunSpec]]:
    """The runs that can be trained, and the others."""
    fit = [run for run in due if run.configuration not in ready.failures]
    return fit, [run for run in due if run.configuration in ready.failures]


def fail(
    runs: Sequence[RunSpec],
    ready: Ready,
    out: Path,
    plans: Mapping[str, RunPlan],
    claims: store.Claims,
    is_due: Callable[[RunSpec, store.RunState | None], bool],
    observer: Observer,
) -> list[ResultsError]:
    """Records each run as failed, unless another process has claimed it.

    Args:
        plans: by run id.
        is_due: whether a run in a state is still to be run.

    Returns:
        Why runs could not be recorded.
    """
    refusals = []
    for run in runs:
        failure = ready.failures[run.configuration]
        try:
            if claims.claim(run.run_id) is not None:
                continue
            store.recover(out, run.run_id)
            if is_due(run, store.read_states(out, [run.run_id]).get(run.run_id)):
                store.record_failure(out, plans[run.run_id], failure.sentence, failure.log)
            claims.release(run.run_id)
        except ResultsError as error:
            refusals.append(error)
        observer.unfit(run, failure.sentence)
    return refusals
