"""Folders that a sweep must not or cannot write to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import store
from bench.errors import ResultsError
from tests.store.one_run import write


def test_a_sweep_of_another_name_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path)
    other = store.SweepPlan("other", None, None, "x", ())
    with pytest.raises(ResultsError, match="holds the sweep 'sweep', not 'other'"):
        store.open_sweep(tmp_path, other)
    with pytest.raises(ResultsError, match="holds the sweep 'sweep', not 'other'"):
        store.check_writable(tmp_path, "other")


def test_files_foreign_folders_and_unwritable_places_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        store.check_writable(tmp_path / "file", "sweep")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("")
    with pytest.raises(ResultsError, match="other things in it"):
        store.check_writable(tmp_path / "taken", "sweep")
    with pytest.raises(ResultsError, match="Cannot write"):
        store.check_writable(Path("/proc/nowhere"), "sweep")
    store.check_writable(tmp_path / "new" / "deep", "sweep")
    assert not (tmp_path / "new").exists()
