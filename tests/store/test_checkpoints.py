"""Checkpoints on disk: the newest whole one is found, whatever other files are there."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from bench.store import checkpoints


def content(text: str = "weights") -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("data", text * 100)
    return sink.getvalue()


def put(folder: Path, epoch: int, data: bytes) -> Path:
    path = folder / f"checkpoint-{epoch:04d}.pt"
    path.write_bytes(data)
    return path


def test_older_ones_are_removed_once_the_next_is_there(tmp_path: Path) -> None:
    for epoch in (1, 2, 12_345):
        checkpoints.save(tmp_path, epoch, content())
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-12345.pt"]
    found, damaged = checkpoints.newest(tmp_path, 20_000)
    assert (found.epoch, damaged) == (12_345, [])
    checkpoints.remove(tmp_path)
    assert checkpoints.newest(tmp_path, 20_000) == (None, [])


@pytest.mark.parametrize("damage", ["half", "empty", "text", "flipped"])
def test_damaged_ones_are_skipped_and_returned(tmp_path: Path, damage: str) -> None:
    put(tmp_path, 1, content())
    whole = put(tmp_path, 2, content())
    data = content()
    middle = len(data) // 2
    torn = put(
        tmp_path,
        3,
        {
            "half": data[:middle],
            "empty": b"",
            "text": b"hello",
            "flipped": data[:100] + bytes([data[100] ^ 1]) + data[101:],
        }[damage],
    )
    assert checkpoints.newest(tmp_path, 3) == (checkpoints.Found(2, whole), [torn])


def test_those_of_epochs_that_were_not_committed_do_not_count(tmp_path: Path) -> None:
    first = put(tmp_path, 2, content())
    put(tmp_path, 3, content())
    (tmp_path / "checkpoint-x.pt").write_bytes(content())
    assert checkpoints.newest(tmp_path, 2) == (checkpoints.Found(2, first), [])
    assert checkpoints.newest(tmp_path, 1) == (None, [])
