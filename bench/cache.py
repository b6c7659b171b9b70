"""Where things that can be recreated are kept: prepared data sets, reference statistics."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import platformdirs

from bench.errors import RequestError
from bench.files import from_home, unwritable

CACHE_VARIABLE = "GAN_BENCH_CACHE"
_REMEDY = f"name another cache folder in ${CACHE_VARIABLE}"


def cache_root() -> Path:
    """The cache folder, created if missing: ``$GAN_BENCH_CACHE``, else the user's cache folder.

    Raises:
        RequestError: it cannot be created or written to.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        root = from_home(chosen, _REMEDY)
    else:
        root = platformdirs.user_cache_path("gan-bench", appauthor=False)
        if not root.is_absolute():  # not even the system knows where the user is at home
            raise RequestError(f"There is no home folder to keep the cache in: {_REMEDY}.")
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable_cache(root, error) from error
    if not os.access(root, os.W_OK | os.X_OK):
        raise unwritable_cache(root, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return root


def unwritable_cache(path: Path, error: OSError) -> RequestError:
    """The error for a ``path`` in the cache that could not be written."""
    return unwritable(path, error, _REMEDY)
