"""Many trials of the mixture benchmark for the price of few."""

from __future__ import annotations

import pytest
import torch

from tests.benchmarks.table import Line

DEVICES = {"cpu": 1.5, **({"cuda": 5.0} if torch.cuda.is_available() else {})}
TRIALS = 10


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("pack", [1, 4])
def test_ten_stacked_trials(race, record, pack: int, device: str) -> None:
    """Against the same trials one after another, run eagerly with torch's own layers."""
    common = {
        "pack": pack,
        "count": TRIALS,
        "threads": torch.get_num_threads(),
        "device": device,
    }
    measured = race({"ours": {**common, "side": "stack"}, "theirs": {**common, "side": "trials"}})
    record(
        Line(
            f"ten stacked mixture trials, packs of {pack}",
            "the same one after another",
            [
                theirs["steps_seconds"] / ours["steps_seconds"]
                for theirs, ours in zip(measured["theirs"], measured["ours"], strict=True)
            ],
            at_least=DEVICES[device],
            device=device,
        )
    )
