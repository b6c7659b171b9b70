"""How long the rest of a running sweep is expected to take."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bench.progress import Forecast


def request(label: str, **recipe: int) -> Any:
    """A run of two epochs of 500 steps."""
    recipe = {"batch_size": 64, "critic_steps": 1, **recipe}
    return SimpleNamespace(
        spec=SimpleNamespace(
            label=label, epochs=2, steps_per_epoch=500, recipe=SimpleNamespace(**recipe)
        ),
        counts=SimpleNamespace(train_flops_per_image=100),
        stacked_runs=1,
    )


@pytest.mark.parametrize("larger", [{"batch_size": 320}, {"critic_steps": 5}])
def test_an_untimed_configuration_is_expected_to_take_the_seconds_of_its_images(
    larger: dict[str, int],
) -> None:
    timed, untimed = request("timed"), request("untimed", **larger)
    forecast = Forecast([timed, untimed], jobs=1)
    assert forecast.seconds() is None
    forecast.finished(timed, 10.0)
    assert forecast.seconds() == pytest.approx(10.0 + 2 * 5 * 10.0)
