"""How long the rest of a running sweep is expected to take."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from bench.forecast import Forecast
from bench.measures import EpochResult, RunOutcome
from bench.progress import LiveProgress, losses
from tests.store.sweeps import record


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


def test_after_an_interruption_the_last_display_has_no_time_left() -> None:
    """It stays in logs and recordings; the run that was interrupted is not counted as done."""
    runs = [whole("a", 0), whole("b", 0)]
    stream = io.StringIO()
    watcher = LiveProgress(Console(file=stream, force_terminal=True, width=160))
    watcher.begin(runs, 0, 1)
    watcher.started(runs[0])
    watcher.epoch(runs[0], EpochResult(record=record(1, steps=500), steps={}))
    now = datetime.now().astimezone()
    outcome = RunOutcome(status="interrupted", error="stopped", started_at=now, ended_at=now)
    watcher.ended(runs[0], outcome)
    watcher.close()
    bars = [line for line in re.split("[\r\n]", stream.getvalue()) if "all epochs" in line]
    last = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", bars[-1])
    assert "1/4" in last
    assert last.rstrip().endswith("0 of 2 runs done")


@pytest.mark.parametrize("trained", [True, False])
def test_the_rounds_of_timing_are_shown_until_training_begins(trained: bool) -> None:
    stream = io.StringIO()
    watcher = LiveProgress(Console(file=stream, force_terminal=True, width=160))
    watcher.timing("Timing: round", 3, 10)
    assert "Timing: round" in stream.getvalue()
    if trained:
        watcher.begin([whole("a", 0)], 0, 1)
        assert [task.description for task in watcher._progress.tasks] == ["all epochs"]
    watcher.close()  # also where it was interrupted before that


def test_losses_of_a_diverging_run_are_short() -> None:
    huge = replace(record(1, steps=2, fcd=3.2e24), scalars={"critic_loss": -1.23456e24})
    assert "critic -1.235e+24" in losses(huge)
    assert "3.20e+24" in losses(huge)
    assert max(map(len, losses(huge).split())) < 12


def whole(label: str, seed: int) -> Any:
    """A request as the displays read it."""
    found = request(label)
    found.spec.run_id, found.spec.seed = f"{label}-s{seed}", seed
    found.resumed_epochs, found.log = 0, Path("log.txt")
    return found
