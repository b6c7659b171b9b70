"""A fixed convolution around timed steps: due rarely, of known size, and without a trace."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from bench.cost.calibration import SECONDS_BETWEEN, Calibrated, Calibrator, Convolution
from bench.cost.clock import Clock
from bench.cost.memory import open_memory

CPU = torch.device("cpu")


@pytest.fixture
def calibrator() -> Calibrator:
    return Calibrator(CPU, Clock(CPU), open_memory(CPU))


def timed(monkeypatch: pytest.MonkeyPatch, *repeats: float) -> Convolution:
    """A convolution whose repeats take so many seconds by its clock."""
    clock = Clock(CPU)
    durations = iter(repeats)
    now, started = [0.0], [False]

    def seconds() -> float:
        if started[0]:
            now[0] += next(durations)
        started[0] = not started[0]
        return now[0]

    monkeypatch.setattr(clock, "seconds", seconds)
    return Convolution(CPU, clock)


def test_its_flops_are_those_that_torch_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    convolution = timed(monkeypatch, *[1.0] * 8)
    with FlopCounterMode(display=False) as counter:
        convolution.flops_per_second()
    assert counter.get_total_flops() == 8 * convolution.flops, "seven repeats and the first"


def test_it_measures_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow repeats in the warm-up and a later one that was interrupted change nothing."""
    warmup = [0.03, 0.03, 0.02]
    convolution = timed(monkeypatch, *warmup, 0.005, 0.005, 7.0, *[0.005] * 4)
    assert convolution.flops_per_second() == pytest.approx(convolution.flops / 0.005)


def test_it_leaves_streams_settings_and_gradients_alone(calibrator: Calibrator) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    threads, precision = torch.get_num_threads(), torch.get_float32_matmul_precision()
    with torch.no_grad():
        found = calibrator.start(60.0).finish()
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    assert torch.get_float32_matmul_precision() == precision
    assert found.before is not None
    assert found.after is not None
    assert found.before > 1e8
    assert found.seconds is not None
    assert found.seconds > 0


def test_a_long_epoch_is_always_calibrated_and_short_ones_rarely(
    calibrator: Calibrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrator, "measure", lambda: (1e9, 0.05))
    for _ in range(3):
        found = calibrator.start(SECONDS_BETWEEN).finish()
        assert found == Calibrated(1e9, 1e9, 0.1)
        calibrator.trained(SECONDS_BETWEEN, found)
    calibrated = 0
    for _ in range(10_000):  # of 20 ms each, 200 s in all
        found = calibrator.start(0.02).finish()
        calibrator.trained(0.02, found)
        calibrated += found.seconds is not None
    assert calibrated == pytest.approx(20, abs=1)


def test_where_memory_is_short_the_speed_is_unknown_and_training_goes_on(
    calibrator: Calibrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Convolution) -> float:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Convolution, "flops_per_second", full)
    found = calibrator.start(60.0).finish()
    assert (found.before, found.after) == (None, None)


def test_it_is_kept_apart_from_the_runs_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = open_memory(CPU)
    inside = [False]

    @contextmanager
    def apart():
        inside[0] = True
        yield
        inside[0] = False

    monkeypatch.setattr(memory, "apart", apart)
    monkeypatch.setattr(Convolution, "flops_per_second", lambda _: 1.0 if inside[0] else 0.0)
    found = Calibrator(CPU, Clock(CPU), memory).start(60.0).finish()
    assert found[:2] == (1.0, 1.0)
