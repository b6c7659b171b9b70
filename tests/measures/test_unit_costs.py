"""Costs per 1,000 real images and per generator update, from the epochs of one run."""

from __future__ import annotations

from typing import Any

import pytest

from bench.measures import UNIT_COSTS, totals
from bench.measures.unit_costs import of_epochs


def epoch(number: int, **changes: Any) -> dict[str, Any]:
    """Epochs of 320 real images in 10 steps of 2 critic updates, warm-up in the first."""
    return {
        "epoch": number,
        "samples_seen": 320 * number,
        "steps": 10 * number,
        "train_seconds": 7.0 if number == 1 else 10.0,
        "images_per_second": 32.0,
        "train_flops": 640_000 * number,
        "energy_joules": None if number == 1 else 100.0 * (10 * number - 3),
        **changes,
    }


def test_costs_of_a_run() -> None:
    costs = of_epochs([epoch(1), epoch(2), epoch(3)])
    assert costs.keys() == {measure.name for measure in UNIT_COSTS}
    assert costs["seconds_per_1000_images"] == pytest.approx(1000 / 32)
    assert costs["seconds_per_generator_update"] == pytest.approx(1.0)
    # 2,700 J over the 27 s of training that are timed, which are 864 images.
    assert costs["energy_joules_per_1000_images"] == pytest.approx(1000 * 2700 / 864)
    assert costs["energy_joules_per_generator_update"] == pytest.approx(100.0)
    assert costs["train_flops_per_1000_images"] == pytest.approx(2_000_000)
    assert costs["train_flops_per_generator_update"] == pytest.approx(64_000)


def test_energy_is_over_the_images_it_was_metered_for() -> None:
    shared_later = epoch(3, train_seconds=20.0, images_per_second=16.0, energy_joules=None)
    costs = of_epochs([epoch(1), epoch(2), shared_later])
    assert costs["energy_joules_per_1000_images"] == pytest.approx(1000 * 1700 / (17 * 32))


def test_what_is_not_known_is_null() -> None:
    assert set(of_epochs([]).values()) == {None}
    unknown = epoch(1, train_flops=None, images_per_second=None, train_seconds=0.0)
    assert set(of_epochs([unknown]).values()) == {None}
    untimed = of_epochs([epoch(1, train_seconds=0.0, images_per_second=None), epoch(2)])
    assert untimed["seconds_per_1000_images"] == pytest.approx(1000 / 32)


def test_they_are_stored_with_the_totals() -> None:
    found = totals([epoch(1), epoch(2)])
    assert found["seconds_per_generator_update"] == pytest.approx(1.0)
    assert found["steps"] == 20
