"""Downloading data sets, through torchvision."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from bench.datasets.registry import lookup
from bench.datasets.roots import DATA_VARIABLE, data_root_or_default
from bench.errors import DataError

_STALLED_SECONDS = 30.0


def by_torchvision(class_name: str) -> Callable[[Path], None]:
    """Downloads with ``torchvision.datasets.<class_name>``, which verifies checksums."""

    def download(data_root: Path) -> None:
        from torchvision import datasets

        getattr(datasets, class_name)(data_root, train=True, download=True)

    return download


def fetch(name: str, *, data_root: Path) -> None:
    """Downloads a data set into ``data_root``, unless it is there already.

    If the data set is made from another one, that one is downloaded.

    Raises:
        DataError: there is nothing to fetch, no network, or the data root is not writable.
    """
    entry, argument = lookup(name)
    if entry.base is not None:
        return fetch(entry.base(argument), data_root=data_root)
    if entry.download is None:
        raise DataError(f"{name} needs no fetching: bench run can read it already.")
    data_root = data_root_or_default(data_root)
    try:
        data_root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"Cannot write to the data root {data_root} ({error.strerror}): "
            f"choose another with --data-root or ${DATA_VARIABLE}."
        ) from error
    from http.client import HTTPException

    default_timeout = socket.getdefaulttimeout()
    # torchvision sets no timeout, so the user would wait for minutes if the network drops packets.
    socket.setdefaulttimeout(_STALLED_SECONDS)
    try:
        entry.download(data_root)
    # torchvision raises the last two for a damaged file that exists already.
    except (OSError, RuntimeError, HTTPException, ValueError, AssertionError) as error:
        lines = str(error).split("\n")
        reason = next((line.strip() for line in reversed(lines) if line.strip()), repr(error))
        raise DataError(
            f"Could not fetch {name} into {data_root} ({reason}): check the network and the files "
            "already there, or copy the data set there from another machine."
        ) from error
    finally:
        socket.setdefaulttimeout(default_timeout)
