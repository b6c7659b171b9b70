"""What a process does that waits for its turns to train."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.executors import timed
from bench.executors.local import LocalExecutor
from bench.executors.talk import RemoteError
from bench.executors.timed import Go, Prepared, Unfit
from bench.training import TurnCost
from tests.executors.test_local import request


def test_it_trains_as_many_steps_as_it_is_told(tmp_path: Path) -> None:
    """A pass through 64 images has four batches; a turn of six goes on into the next pass."""
    executor = LocalExecutor()
    talk = executor.talk(timed.take_turns, replace(request(tmp_path), threads=1))
    try:
        prepared = talk.receive(60)
        assert isinstance(prepared, Prepared)
        assert prepared.images_per_step == 16
        assert prepared.environment.threads == 1
        assert prepared.seconds_per_step > 0
        assert prepared.host_bytes > 2**26
        for steps in (6, 1):
            talk.send(Go(steps, 1))
            cost = talk.receive(60)
            assert isinstance(cost, TurnCost)
            assert (cost.generator_updates, cost.real_images) == (steps, 16 * steps)
            assert cost.seconds > 0
            assert cost.energy_joules is None
        with pytest.raises(TimeoutError):
            talk.receive(0.1)  # it waits to be told
    finally:
        talk.close()


def test_one_whose_loss_is_not_finite_says_so(faulty: None, tmp_path: Path) -> None:
    variant = {"name": "faulty", "fault": "nan", "healthy_updates": 2}
    asked = request(tmp_path, dataset="ring", variants=[variant])
    talk = LocalExecutor().talk(timed.take_turns, asked)
    try:
        assert talk.receive(60) == Unfit("Diverged: a loss is no longer finite", False)
    finally:
        talk.close()


def test_one_that_dies_is_an_error_and_not_an_endless_wait(faulty: None, tmp_path: Path) -> None:
    variant = {"name": "faulty", "fault": "kill", "healthy_updates": 2}
    asked = request(tmp_path, dataset="ring", variants=[variant])
    talk = LocalExecutor().talk(timed.take_turns, asked)
    try:
        with pytest.raises(RemoteError, match="The process died: killed by SIGKILL"):
            talk.receive(60)
    finally:
        talk.close()
