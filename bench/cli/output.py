"""Making standard output and standard error fit for printing, whatever the surroundings are.

Characters that an encoding lacks are replaced, and the bytes of file names pass as they are; widths
that nothing can be printed in are ignored; output that cannot be written at all is one sentence.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from bench.errors import RequestError
from bench.files import discard

_HANDLER = "gan-bench"
_SPELLED = {
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "x",
    "÷": "/",
    "±": "+-",
    "…": "...",
    "→": "->",
    "·": "*",
    "•": "*",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "†": "+",
    "‡": "++",
    "↑": "^",
    "↓": "v",
    "λ": "lambda",
    "β": "beta",
    "μ": "mu",
    "σ": "sigma",
}
# Below these, no line of a table or a progress bar can be read.
_LEAST = {"COLUMNS": 20, "LINES": 2, "TERMINAL_WIDTH": 20}
_MOST = 10_000


def set_up() -> None:
    """To be called once, before anything is printed."""
    codecs.register_error(_HANDLER, _replaced)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)
    sys.stdout = cast("TextIO", Required(sys.stdout))
    for name, least in _LEAST.items():
        given = os.environ.get(name)
        if given is not None and not _is_size(given, least):
            del os.environ[name]


def _replaced(error: UnicodeError) -> tuple[str | bytes, int]:
    """The next character that cannot be encoded, in others, or as the byte that it stands for."""
    assert isinstance(error, UnicodeEncodeError)
    character = error.object[error.start]
    if "\udc80" <= character <= "\udcff":  # a byte of a file name that is not text
        return bytes([ord(character) - 0xDC00]), error.start + 1
    spelled = _SPELLED.get(character) or unicodedata.normalize("NFKD", character)
    plain = spelled.encode("ascii", "ignore").decode()
    return plain or "?", error.start + 1


def _is_size(text: str, least: int) -> bool:
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(_MOST))
    return digits and least <= int(text) <= _MOST


class _Stream:
    """A stream whose writing a subclass guards."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Dispensable(_Stream):
    """A stream for news of a long command, which goes on where they cannot be written."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


class Required(_Stream):
    """A stream for what a command is asked for.

    Raises (from every method):
        RequestError: it cannot be written.
        BrokenPipeError: whoever was to read it has gone.
    """

    def write(self, text: str) -> int:
        with self._guarded():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._guarded():
            self._stream.flush()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            discard(self._stream)
            if error.errno == errno.EPIPE:
                raise
            raise RequestError(
                f"Standard output cannot be written ({error.strerror}); send it to a place with "
                "room."
            ) from error


@contextmanager
def checked() -> Iterator[None]:
    """Makes sure that what the block prints is written.

    Raises:
        RequestError: standard output cannot be.
        SystemExit: whoever was to read it has gone.
    """
    try:
        try:
            yield
        finally:
            try:
                sys.stderr.flush()
            except OSError:
                discard(sys.stderr)
        sys.stdout.flush()
    except RequestError:
        raise
    except BrokenPipeError:
        sys.exit(1)
    except BaseException:
        with suppress(BrokenPipeError):
            sys.stdout.flush()
        raise
