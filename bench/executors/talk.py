"""Talking to a process of its own, and what is said of one that died."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import Any

from bench.errors import RequestError
from bench.executors.keeper import End, Kept
from bench.units import count


class RemoteError(RequestError):
    """A call's process died without an answer; most often there is too little memory."""


class KeptTalk:
    """A conversation with the work of a keeper; see ``executors.Talk``."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def send(self, message: object) -> None:
        with suppress(OSError):
            self._kept.connection.send(message)

    def receive(self, seconds: float | None = None) -> Any:
        if not self._kept.connection.poll(seconds):
            raise TimeoutError
        try:
            return self._kept.connection.recv()
        except (EOFError, OSError):
            raise RemoteError(f"The process died: {_end(self._kept.join())}.") from None

    def close(self) -> None:
        self._kept.stop()
        self._kept.join()


def _end(end: End) -> str:
    """Why a process ended that has no run to report it."""
    if end.exceeded == "host_bytes":
        return f"used {count(end.host_bytes, 'B')} of host memory, more than max_host_memory"
    return death(end.exitcode)


def death(exitcode: int | None) -> str:
    """How a process ended."""
    if exitcode is None:
        return "the reason is unknown"
    if exitcode >= 0:
        hint = ", as if by os._exit" if exitcode == 0 else ""
        return f"exit status {exitcode}{hint}"
    try:
        name = signal.Signals(-exitcode).name
    except ValueError:  # a real-time signal
        name = f"signal {-exitcode}"
    hint = ", perhaps because host memory ran out" if name == "SIGKILL" else ""
    return f"killed by {name}{hint}"
