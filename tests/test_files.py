"""The one atomic write, and what is said when it fails."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from bench import files
from bench.errors import DataError, RequestError


def failing(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_a_failed_write_raises_what_happened_and_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deep" / "file"
    files.write_atomically(path, b"old")

    def full(_: int) -> None:
        raise failing(errno.ENOSPC)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_atomically(path, b"new")
    assert [(p.name, p.read_bytes()) for p in path.parent.iterdir()] == [("file", b"old")]


def test_an_exception_within_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.write_atomically(path, b"old")
    with suppress(ZeroDivisionError), files.replacing(path) as file:
        file.write(b"ne")
        assert [files.is_unfinished(p) for p in sorted(tmp_path.iterdir())] == [True, False]
        raise ZeroDivisionError
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file", b"old")]


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".file.abc.unfinished").write_bytes(b"ne")
    (tmp_path / "deep" / "file").write_bytes(b"old")
    files.remove_unfinished(tmp_path)
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["file"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_told_with_the_remedy(number: int) -> None:
    error = files.unwritable(Path("/a/b"), failing(number), "choose another folder with --out")
    assert files.is_full(failing(number))
    assert type(error) is RequestError
    assert str(error) == (
        "No space left to write /a/b: free some space or choose another folder with --out."
    )


def test_a_place_that_cannot_be_written_is_told_with_the_remedy() -> None:
    error = files.unwritable("the report’s /a", failing(errno.EACCES), "ask Ada", DataError)
    assert not files.is_full(failing(errno.EACCES))
    assert type(error) is DataError
    assert str(error) == "Cannot write the report’s /a (Permission denied): ask Ada."
