"""The folder of the data sets that a user keeps or fetches."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

DATA_VARIABLE = "GAN_BENCH_DATA"


def default_data_root() -> Path:
    """The data root: ``$GAN_BENCH_DATA``, else the user's data folder. It may not exist yet."""
    chosen = os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("gan-bench", appauthor=False)
