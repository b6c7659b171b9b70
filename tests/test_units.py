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
        (59.5, "59.5 s"),
        (0, "0 s"),
        (None, "–"),
    ],
)
def test_a_span_is_as_it_was_asked_for(seconds: float | None, text: str) -> None:
    assert units.span(seconds) == text
