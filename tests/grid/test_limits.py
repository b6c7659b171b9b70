"""Limits of time and memory, and whether checkpoints are kept."""

from __future__ import annotations

import pytest

from tests.grid.loading import WriteGrid, load


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45", 45),
        ("0.5", 0.5),
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1h 5s", 3605),
    ],
)
def test_a_timeout_is_a_number_or_text(write_grid: WriteGrid, text: str, seconds: float) -> None:
    (run,) = load(write_grid, f"{{variants: [dcgan], timeout: {text}}}").runs
    assert run.timeout_seconds == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4GB", 4 * 10**9),
        ("500 MB", 5 * 10**8),
        ("2GiB", 2**31),
        ("1.5GB", 15 * 10**8),
        ("1000000", 10**6),
    ],
)
def test_memory_is_bytes_or_text(write_grid: WriteGrid, text: str, size: int) -> None:
    (run,) = load(write_grid, f"{{variants: [dcgan], max_host_memory: {text}}}").runs
    assert run.max_host_bytes == size


def test_limits_are_given_at_the_top_or_under_a_variant_and_null_removes_them(
    write_grid: WriteGrid,
) -> None:
    text = """
        timeout: 2h
        max_host_memory: 4GB
        keep_checkpoints: true
        variants:
          - dcgan
          - {name: dcgan-lite, timeout: 90s, max_host_memory: null}
        """
    found = load(write_grid, text)
    limits = [(7200, 4 * 10**9), (90, None)]
    assert [(r.timeout_seconds, r.max_host_bytes) for r in found.runs] == limits
    assert found.keep_checkpoints
    assert [(r.timeout_seconds, r.max_host_bytes) for r in found.smoke().runs] == limits
    again = load(write_grid, found.to_yaml())
    assert again.runs == found.runs
    assert again.keep_checkpoints
    assert again.to_yaml() == found.to_yaml()
    assert load(write_grid, text, timeout="30m").runs[1].timeout_seconds == 1800


def test_limits_default_to_none_and_are_not_part_of_the_id(
    write_grid: WriteGrid,
) -> None:
    found = load(write_grid, "variants: [dcgan]")
    (plain,) = found.runs
    assert (plain.timeout_seconds, plain.max_host_bytes) == (None, None)
    assert not found.keep_checkpoints
    assert "timeout" not in found.to_yaml()
    assert "max_host_memory" not in found.to_yaml()
    (limited,) = load(write_grid, "{variants: [dcgan], timeout: 2h, max_host_memory: 4GB}").runs
    assert limited.run_id == plain.run_id
    assert limited.as_json() == plain.as_json()


@pytest.mark.parametrize(("given", "share"), [("5%", 0.05), ("2.5 %", 0.025), ("0.2", 0.2)])
def test_the_margin_is_a_share_and_not_part_of_the_id(
    write_grid: WriteGrid, given: str, share: float
) -> None:
    plain = load(write_grid, "variants: [dcgan]")
    assert plain.margin == 0.1
    found = load(write_grid, f"{{variants: [dcgan], margin: {given}}}")
    assert found.margin == pytest.approx(share)
    assert found.runs == plain.runs
    assert load(write_grid, found.to_yaml()).margin == found.margin
