"""Large reports stay small enough to open and to send."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench import report
from tests.report.conftest import Synthetic, png

pytestmark = pytest.mark.slow


def test_twelve_variants_of_ten_epochs_stay_below_ten_megabytes(tmp_path: Path) -> None:
    synthetic = Synthetic(tmp_path)
    configs = [
        replace(
            synthetic.BASELINE,
            label="dcgan" if place == 0 else f"variant {place}",
            critic_width=64 - place,
            pictures=lambda index, epoch, place=place: png(100 * place + 10 * index + epoch),
        )
        for place in range(12)
    ]
    sweep = synthetic.write(configs, epochs=10)
    began = time.perf_counter()
    written = report.write(sweep, tmp_path / "out")
    assert time.perf_counter() - began < 60
    assert written.page.stat().st_size < 10e6
    source = written.page.read_text()
    assert '"epochs":[1,2,3,4,5,6,7,8,9,10]' in source.replace(" ", "")
