"""Numbers with their units."""

from __future__ import annotations

import pytest

from bench import units


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (7200, "2 h"),
        (5400, "1 h 30 min"),
        (90, "1 min 30 s"),
        (3605, "1 h 5 s"),
        (5432, "1 h 31 min"),
        (7199.6, "2 h"),
        (59.97, "1 min"),
        (61.4, "1 min 1 s"),
        (0.34, "0.3 s"),
        (59.5, "59.5 s"),
        (0, "0 s"),
        (None, "–"),
    ],
)
def test_durations_have_at_most_two_units(seconds: float | None, text: str) -> None:
    assert units.duration(seconds) == text
