"""How multiprocessing starts its helpers: with this process' modules, and sockets that fit.

Its fork server and resource tracker are started as ``python -c``, which looks for modules in the
working directory before anywhere else: a ``torch.py`` that lies there would be executed. Its
sockets lie in the folder for temporary files, whose path may be too long for an address.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import util
from pathlib import Path
from typing import Any

from bench.errors import RequestError

# The address of a socket has 104 bytes on macOS and 108 on Linux, a zero at its end included.
# multiprocessing adds "/pymp-xxxxxxxx/listener-xxxxxxxx"; the rest is to spare.
_MOST_BYTES = 103 - 36
_SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")

_lock = threading.RLock()


@contextmanager
def helpers() -> Iterator[None]:
    """Within it, Python processes that multiprocessing starts have this one's ``sys.path``.

    They have it before they import anything, and their sockets have addresses that fit.

    Raises:
        RequestError: no folder for temporary files is usable.
    """
    with _lock:
        _choose_folder()
        spawn = util.spawnv_passfds

        def spawn_alike(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
            return spawn(path, _with_path(args), passfds)

        util.spawnv_passfds = spawn_alike
        try:
            yield
        finally:
            util.spawnv_passfds = spawn


def _with_path(arguments: Sequence[Any]) -> list[Any]:
    """The arguments of ``python -c``, whose code first takes over this process' ``sys.path``."""
    changed = list(arguments)
    code = changed.index("-c") + 1
    path = [entry for entry in sys.path if isinstance(entry, str)]
    # ``sys`` is built in, so that no file is searched for.
    changed[code] = f"import sys; sys.path[:] = {path!a}; {changed[code]}"
    return changed


def _choose_folder() -> None:
    """Has multiprocessing make its folder, once per process, where its sockets' addresses fit."""
    try:
        usual = tempfile.gettempdir()
    except FileNotFoundError as error:
        raise RequestError(
            "No folder for temporary files can be written: name one that can in $TMPDIR."
        ) from error
    if _fits(usual):
        return
    for folder in _SHORT_FOLDERS:
        if Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK):
            before, tempfile.tempdir = tempfile.tempdir, folder
            try:
                util.get_temp_dir()  # which it remembers
            finally:
                tempfile.tempdir = before
            return
    raise RequestError(
        f"The path of the folder for temporary files, {usual}, is too long for sockets in it: "
        f"name a folder of at most {_MOST_BYTES} characters in $TMPDIR."
    )


def _fits(folder: str) -> bool:
    return len(os.fsencode(folder)) <= _MOST_BYTES
