"""In which order runs start: seed by seed, and of each seed the longest first where several train.

A long run that starts last leaves every other core idle until it ends. With the longest first, a
seed takes at most a third more than in the best order (Graham 1969, SIAM Journal on Applied
Mathematics 17(2), 416-429). Seeds stay apart, so that a sweep that is stopped has whole seeds to
compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.datasets import DataSpec
from bench.executors import RunRequest


def longest_first(
    requests: Sequence[RunRequest],
    images: Mapping[DataSpec, int],
    turns: Iterable[Mapping[str, Any]],
) -> list[RunRequest]:
    """The requests in the order in which they start, where several train side by side.

    Args:
        images: of each data set.
        turns: rows of ``timing.parquet``. Where a configuration was not timed, the FLOPs of an
            image stand for its seconds, for all of them.
    """
    seeds: dict[int, int] = {}
    for request in requests:
        seeds.setdefault(request.spec.seed, len(seeds))
    per_image = _per_image(requests, turns)

    def place(request: RunRequest) -> tuple[int, float]:
        run = request.spec
        trained = run.samples_trained(images[run.data]) * len(request.members)
        return seeds[run.seed], -trained * per_image[run.configuration.id]

    return sorted(requests, key=place)


def _per_image(
    requests: Iterable[RunRequest], turns: Iterable[Mapping[str, Any]]
) -> Mapping[str, float]:
    """Seconds, or else FLOPs, of training per real image, by configuration."""
    seconds: dict[str, float] = {}
    trained: dict[str, float] = {}
    for turn in turns:
        if turn["round"] is not None:
            key = turn["configuration"]
            seconds[key] = seconds.get(key, 0.0) + turn["seconds"]
            trained[key] = trained.get(key, 0.0) + turn["real_images"]
    flops = {
        request.spec.configuration.id: float(request.counts.train_flops_per_image or 1)
        for request in requests
    }
    if flops.keys() <= seconds.keys():
        return {key: seconds[key] / trained[key] for key in flops}
    return flops
