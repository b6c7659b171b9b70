"""Grids from untrusted sources: they run no code and write only into the results folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench import grid
from bench.errors import GridError, RequestError
from tests.grid.loading import WriteGrid, load


@pytest.mark.parametrize(
    "name", ["../x", "..", ".", "a/b", "/tmp/x", "~", ".hidden", "a\\b", "x\0", ""]
)
def test_a_name_cannot_escape_the_results_folder(write_grid: WriteGrid, name: str) -> None:
    with pytest.raises(GridError, match="is used as a folder name"):
        load(write_grid, "variants: [dcgan]", name=name)


def test_a_label_is_not_part_of_a_path(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "variants: [{name: dcgan, label: ../../../etc/passwd}]").runs
    assert run.run_id == load(write_grid, "variants: [dcgan]").runs[0].run_id


@pytest.mark.parametrize("tag", ["object/apply:os.mkdir", "object/new:os.mkdir", "module:os"])
def test_a_grid_runs_no_code(write_grid: WriteGrid, tmp_path: Path, tag: str) -> None:
    folder = tmp_path / "created"
    value = f"!!python/{tag} ['{folder}']"
    with pytest.raises(GridError, match="not YAML"):
        load(write_grid, f"variants: [dcgan]\nquestion: {value}")
    with pytest.raises(GridError, match="not YAML"):
        grid.parse_settings([f"question={value}"])
    assert not folder.exists()


@given(st.text(max_size=60))
@example("{}")
def test_any_text_is_a_grid_or_an_error_of_one_line(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        grid.read(text, "any.yaml")
    assert "\n" not in str(caught.value)
