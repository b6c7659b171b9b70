from __future__ import annotations

import resource
import signal
import threading
from pathlib import Path

import pytest
import torch

from bench.errors import RequestError
from bench.quality.tensor_file import digest, load_tensors, save_tensors

TENSORS = {
    "weights": torch.arange(300.0).reshape(20, 15).T,
    "count": torch.tensor(7),
    "empty": torch.empty(0, 3, dtype=torch.float64),
}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "x.pt"
    save_tensors(path, TENSORS)
    loaded = load_tensors(path)
    assert loaded is not None
    assert loaded.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert loaded[name].dtype == tensor.dtype
        assert torch.equal(loaded[name], tensor)
    assert sorted(path.parent.iterdir()) == [path]


def test_nothing_is_loaded_from_a_missing_truncated_or_foreign_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    assert load_tensors(path) is None
    save_tensors(path, TENSORS)
    whole = path.read_bytes()
    for content in (b"", b"abc", whole[: len(whole) // 2], whole[:-1], b"\x80\x02."):
        path.write_bytes(content)
        assert load_tensors(path) is None
    torch.save(TENSORS, path)
    assert load_tensors(path) is None
    torch.save([1, 2], path)
    assert load_tensors(path) is None


def test_a_flipped_bit_is_never_loaded_as_another_value(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    save_tensors(path, TENSORS)
    whole = path.read_bytes()
    refused = 0
    for position in range(0, len(whole), 13):
        torn = bytearray(whole)
        torn[position] ^= 0x10
        path.write_bytes(torn)
        loaded = load_tensors(path)
        if loaded is None:
            refused += 1
        else:  # a bit of the archive's padding or time stamps
            assert digest(loaded) == digest(TENSORS)
    assert refused > 20


def test_the_digest_depends_on_names_types_shapes_and_values_only() -> None:
    value = torch.arange(6.0)
    assert digest({"a": value, "b": value + 1}) == digest({"b": value + 1, "a": value})
    square = value.reshape(2, 3)
    assert digest({"a": square}) == digest({"a": square.T.contiguous().T})
    others = [value + 1, value.reshape(2, 3), value.double(), value.int()]
    digests = {digest({"a": other}) for other in (value, *others)}
    assert len(digests | {digest({"b": value})}) == 6


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RequestError, match=r"Cannot write .*file/x\.pt") as caught:
        save_tensors(tmp_path / "file" / "x.pt", TENSORS)
    assert "GAN_BENCH_CACHE" in str(caught.value)


def test_a_full_disk_is_one_sentence_too(tmp_path: Path) -> None:
    """torch's writer of archives turns a write that was cut short into an error of its own."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    try:
        with pytest.raises(RequestError, match=r"x\.pt"):
            save_tensors(tmp_path / "x.pt", {"a": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []


def test_readers_see_a_whole_file_while_others_write_it(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    save_tensors(path, TENSORS)
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            save_tensors(path, TENSORS)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        assert all(load_tensors(path) is not None for _ in range(100))
    finally:
        done.set()
        for writer in writers:
            writer.join()
    assert list(tmp_path.iterdir()) == [path]
