"""The order in which runs start where several train side by side."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bench.order import longest_first

IMAGES: Any = {"digits": 5000}


def request(label: str, seed: int = 0, flops: float = 100, epochs: int = 1, stack: int = 1) -> Any:
    spec = SimpleNamespace(
        label=label,
        seed=seed,
        data="digits",
        configuration=SimpleNamespace(id=label),
        samples_trained=lambda size: size * epochs,
    )
    counts = SimpleNamespace(train_flops_per_image=flops)
    return SimpleNamespace(spec=spec, counts=counts, members=[spec] * stack)


def turn(label: str, seconds: float, number: int | None = 0) -> dict[str, Any]:
    return {"configuration": label, "round": number, "seconds": seconds, "real_images": 1000}


def names(requests: Sequence[Any], turns: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    ordered = longest_first(requests, IMAGES, turns)
    return [f"{request.spec.label}{request.spec.seed}" for request in ordered]


def test_seeds_stay_together_and_of_each_the_longest_starts_first() -> None:
    pairs = itertools.product((3, 0), (("a", 1), ("b", 3), ("c", 2)))
    asked = [request(label, seed, flops) for seed, (label, flops) in pairs]
    assert names(asked) == ["b3", "c3", "a3", "b0", "c0", "a0"]


def test_measured_seconds_say_more_than_flops() -> None:
    asked = [request("cheap", flops=1), request("dear", flops=9)]
    assert names(asked) == ["dear0", "cheap0"]
    assert names(asked, [turn("cheap", 2.0), turn("dear", 1.0)]) == ["cheap0", "dear0"]
    # A configuration that was not timed has no seconds to be compared with.
    for partly in ([turn("cheap", 2.0)], [turn("cheap", 2.0), turn("dear", 0.0, None)]):
        assert names(asked, partly) == ["dear0", "cheap0"]


def test_longer_trainings_and_stacks_count_as_what_they_take() -> None:
    asked = [request("short", flops=3), request("long", epochs=4), request("stack", stack=200)]
    assert names(asked) == ["stack0", "long0", "short0"]


def test_equal_runs_start_as_listed() -> None:
    assert names([request("b"), request("a"), request("c")]) == ["b0", "a0", "c0"]


@given(
    st.lists(st.floats(0.1, 10), min_size=1, max_size=8),
    st.integers(2, 4),
)
def test_no_order_is_much_shorter(lengths: list[float], cores: int) -> None:
    """Graham (1969): the longest first is within 4/3 − 1/(3 m) of the shortest possible."""
    asked = [request(str(index), flops=length) for index, length in enumerate(lengths)]
    ordered = longest_first(asked, IMAGES, [])

    def until_the_last_ends(order: Sequence[float]) -> float:
        free = [0.0] * cores
        for length in order:
            heapq.heappush(free, heapq.heappop(free) + length)
        return max(free)

    found = until_the_last_ends([request.counts.train_flops_per_image for request in ordered])
    least = max(max(lengths), sum(lengths) / cores)
    if len(lengths) <= 6:
        least = min(map(until_the_last_ends, itertools.permutations(lengths)))
        assert found <= least * (4 / 3 - 1 / (3 * cores)) + 1e-9
    assert found <= least + max(lengths) * (1 - 1 / cores) + 1e-9
