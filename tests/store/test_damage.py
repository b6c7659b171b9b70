"""Messages about missing, damaged, and foreign results."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench import store
from bench.errors import ResultsError
from tests.store.one_run import plan, sweep_plan, write


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no results folder .*missing"):
        store.read_sweep(tmp_path / "missing")


def test_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"no sweep\.json"):
        store.read_sweep(tmp_path)


def test_a_sweep_without_a_run(tmp_path: Path) -> None:
    store.open_sweep(tmp_path, sweep_plan(plan()))
    with pytest.raises(ResultsError, match="holds no run yet"):
        store.read_sweep(tmp_path)


def test_another_schema_version(tmp_path: Path) -> None:
    write(tmp_path)
    document = json.loads((tmp_path / "sweep.json").read_text())
    (tmp_path / "sweep.json").write_text(json.dumps(document | {"schema_version": 99}))
    with pytest.raises(ResultsError, match="schema version 99 and this gan-bench reads up to 2"):
        store.read_sweep(tmp_path)


@pytest.mark.parametrize("name", ["run", "epochs", "steps"])
@pytest.mark.parametrize("damage", ["half", "empty", "text"])
def test_torn_parquet(tmp_path: Path, name: str, damage: str) -> None:
    file = write(tmp_path) / f"{name}.parquet"
    whole = file.read_bytes()
    file.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "text": b"hello"}[damage])
    with pytest.raises(ResultsError, match=rf"{name}\.parquet is torn .*run the grid again"):
        store.read_sweep(tmp_path).steps()


def test_a_run_without_its_row_or_with_other_types(tmp_path: Path) -> None:
    file = write(tmp_path) / "run.parquet"
    table = pq.read_table(file)
    pq.write_table(table.slice(0, 0), file)
    with pytest.raises(ResultsError, match=r"run\.parquet is torn"):
        store.read_sweep(tmp_path)
    seeds = table.schema.get_field_index("seed")
    pq.write_table(table.set_column(seeds, "seed", [["x"]]), file)
    with pytest.raises(ResultsError, match=r"run\.parquet is torn"):
        store.read_sweep(tmp_path)


def test_columns_of_another_program(tmp_path: Path) -> None:
    file = write(tmp_path) / "epochs.parquet"
    pd.read_parquet(file).rename(columns={"fid": "FID"}).to_parquet(file)
    with pytest.raises(ResultsError, match=r"other columns .*FID"):
        store.read_sweep(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", "", '{"schema_version": 1}'])
def test_a_damaged_plan(tmp_path: Path, text: str) -> None:
    write(tmp_path)
    (tmp_path / "sweep.json").write_text(text)
    with pytest.raises(ResultsError, match=r"sweep\.json is damaged"):
        store.read_sweep(tmp_path)


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", "..", "a/b", 3, None])
@pytest.mark.parametrize("key", ["name", "run_id"])
def test_a_plan_that_escapes_its_folder_is_refused(tmp_path: Path, key: str, name: object) -> None:
    write(tmp_path)
    document = json.loads((tmp_path / "sweep.json").read_text())
    (document if key == "name" else document["runs"][0])[key] = name
    (tmp_path / "sweep.json").write_text(json.dumps(document))
    with pytest.raises(ResultsError, match=r"sweep\.json is damaged"):
        store.read_plan(tmp_path)


def test_runs_outside_the_plan_are_left_out(tmp_path: Path) -> None:
    run = write(tmp_path)
    shutil.copytree(run, run.with_name("dcgan-s7-stray00000"))
    assert len(store.read_sweep(tmp_path).runs) == 1
