"""A report of a sweep as large as a thesis has stays small enough to open and to send."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report
from tests.report.large import CONFIGURATIONS, EPOCHS, SEEDS, write_large

pytestmark = pytest.mark.slow

MOST_BYTES = 15e6


def test_24_variants_of_ten_seeds_and_100_epochs(tmp_path: Path) -> None:
    assert (CONFIGURATIONS, SEEDS, EPOCHS) == (24, 10, 100)
    written = report.write(write_large(tmp_path / "large"), tmp_path / "out")
    assert written.page.stat().st_size < MOST_BYTES
    said = written.markdown.read_text()
    assert "- Seeds: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n- Epochs: 100\n" in said
    sizes = [path.stat().st_size for path in written.folder.rglob("*") if path.is_file()]
    assert sum(sizes) - written.page.stat().st_size < 4 * MOST_BYTES
