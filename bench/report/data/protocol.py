"""How quality was measured: distances of different protocols are never compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.report.text import significant


@dataclass(frozen=True)
class Protocol:
    """How a distance was measured. Distances of two protocols are never compared."""

    features: str
    weights_hash: str | None
    samples: int | None
    reference_hash: str | None
    noise_floor: float | None
    real_images: int | None

    @property
    def metric(self) -> str:
        """Only Inception features give an FID; that of any other network is called FCD."""
        return "FID" if self.features == "inception" else "FCD"

    def sentence(self) -> str:
        """The protocol in one sentence, for the notes of a table."""
        weights = f" {self.weights_hash[:10]}…" if self.weights_hash else ""
        text = f"{self.metric} over {self.features} features{weights}"
        if self.samples is not None:
            text += f", {self.samples:,} generated samples"
        if self.real_images is not None:
            text += f" against the {self.real_images:,} real training images"
        if self.reference_hash is not None:
            text += f" (reference {self.reference_hash[:10]}…)"
        if self.noise_floor is None:
            return f"{text}; noise floor not measured."
        return (
            f"{text}; noise floor (one half of the real images against the other) "
            f"{significant(self.noise_floor)}."
        )


def protocols(runs: pd.DataFrame) -> tuple[list[Protocol], list[int]]:
    """The distinct protocols, and for each run the index of its own (−1: none)."""
    found: list[Protocol] = []
    keys: list[tuple[Any, ...]] = []
    index: list[int] = []
    identity = ("features", "weights_hash", "samples", "reference_hash")
    columns = [*(f"quality_{name}" for name in identity), "quality_noise_floor", "train_images"]
    for row in runs[columns].itertuples(index=False):
        values: list[Any] = [None if pd.isna(value) else value for value in row]
        if values[0] is None:
            index.append(-1)
            continue
        # The noise floor and the number of real images follow from the rest.
        key = tuple(values[: len(identity)])
        if key not in keys:
            keys.append(key)
            found.append(Protocol(*values))
        index.append(keys.index(key))
    return found, index
