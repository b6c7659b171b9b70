"""The table of power in docs/measuring.md is what the simulation gives."""

from __future__ import annotations

import pytest

from tests.simulation import power


@pytest.mark.slow
def test_the_table_in_the_documentation_is_that_of_the_simulation() -> None:
    document = power.DOCUMENT.read_text(encoding="utf-8")
    assert power.renewed(document) == document
