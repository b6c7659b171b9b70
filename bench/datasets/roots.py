"""The folder of the data sets that a user keeps or fetches."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from bench.errors import DataError
from bench.files import from_home

DATA_VARIABLE = "GAN_BENCH_DATA"
_REMEDY = f"choose another data root with --data-root or ${DATA_VARIABLE}"


def default_data_root() -> Path:
    """The data root: ``$GAN_BENCH_DATA``, else the user's data folder. It may not exist yet.

    Raises:
        DataError: the variable names a home folder that is not known.
    """
    chosen = os.environ.get(DATA_VARIABLE)
    if chosen:
        return from_home(chosen, _REMEDY, DataError)
    return platformdirs.user_data_path("gan-bench", appauthor=False)


def data_root_or_default(given: Path | None) -> Path:
    """The data root that a user gave, absolute, or :func:`default_data_root`.

    Raises:
        DataError: it names a home folder that is not known.
    """
    root = default_data_root() if given is None else from_home(given, _REMEDY, DataError)
    return root.resolve()
