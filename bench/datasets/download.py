"""Downloading data sets, through torchvision."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from pathlib import Path

from bench.datasets.registry import lookup
from bench.datasets.roots import DATA_VARIABLE
from bench.errors import DataError

_STALLED_SECONDS = 30.0


def by_torchvision(class_name: str) -> Callable[[Path], None]:
    """A download by ``torchvision.datasets.<class_name>`` into a data root, checksums verified."""

    def download(data_root: Path) -> None:
        from torchvision import datasets

        getattr(datasets, class_name)(data_root, train=True, download=True)

    return download


def fetch(name: str, *, data_root: Path) -> None:
    """Downloads a data set into ``data_root``; one that is there already is left as it is.

    Of a data set made from another, that other is downloaded.

    Raises:
        DataError: nothing to fetch under that name, no network, or an unwritable data root.
    """
    entry, argument = lookup(name)
    if entry.base is not None:
        return fetch(entry.base(argument), data_root=data_root)
    if entry.download is None:
        raise DataError(f"{name} needs no fetching: bench run reads it as it is.")
    data_root = data_root.expanduser()
    try:
        data_root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"Cannot write to the data root {data_root} ({error.strerror}): "
            f"choose another with --data-root or ${DATA_VARIABLE}."
        ) from error
    patience = socket.getdefaulttimeout()
    # torchvision sets none, and a network that drops packets would hold the user for minutes.
    socket.setdefaulttimeout(_STALLED_SECONDS)
    try:
        entry.download(data_root)
    # The last two are what torchvision raises on a damaged file that is already there.
    except (OSError, RuntimeError, http.client.HTTPException, ValueError, AssertionError) as error:
        lines = str(error).split("\n")
        reason = next((line.strip() for line in reversed(lines) if line.strip()), repr(error))
        raise DataError(
            f"Could not fetch {name} into {data_root} ({reason}): check the network and the files "
            "already there, or copy the data there from another machine."
        ) from error
    finally:
        socket.setdefaulttimeout(patience)
