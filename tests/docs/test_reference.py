"""The generated pages are what the code gives today, and name everything that there is."""

from __future__ import annotations

import re

import pytest

from bench.grid.schema import SWEEP_KEYS, RunFields, all_keys
from bench.run_keys import QualitySpec, run_keys
from tests.docs.blocks import ROOT
from tests.docs.reference import FOLDER, VARIANTS_PAGE, WORDS, variants_files
from variants.registry import VARIANTS

COMMAND = "write the pages anew: python tests/docs/reference.py"


@pytest.mark.parametrize("name", WORDS)
def test_the_pages_made_of_declarations_are_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == WORDS[name](), COMMAND


def test_nothing_is_missing_or_left_over() -> None:
    drawings = {f"{name}.svg" for name in VARIANTS}
    assert {path.name for path in FOLDER.iterdir()} == {*WORDS, VARIANTS_PAGE, *drawings}, COMMAND


@pytest.mark.slow
def test_the_page_of_variants_and_its_drawings_are_up_to_date() -> None:
    for name, text in variants_files().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: {COMMAND}"


def test_every_variant_has_a_section_with_its_drawing() -> None:
    text = (FOLDER / VARIANTS_PAGE).read_text(encoding="utf-8")
    for name, recipe in VARIANTS.items():
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert f"({name}.svg)" in section, COMMAND
        assert recipe.summary()[:20] in section
        assert "<rect" in (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def test_every_key_has_a_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", WORDS["keys.md"](), re.MULTILINE)
    meanings = {key: cells.split(" | ")[-1].strip() for key, cells in rows}
    assert all(meanings.values())
    assert set(meanings) == {*all_keys(), *QualitySpec.model_fields}


def test_the_guide_to_grids_explains_every_key_that_is_no_variants() -> None:
    text = (ROOT / "docs" / "grids.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    explained = {key for row in rows for key in re.findall(r"`([\w.]+)`", row)}
    data = set(RunFields.__annotations__)
    quality = {f"quality.{name}" for name in QualitySpec.model_fields}
    run = {declared.name for declared in run_keys()} - {"quality"}
    assert {*SWEEP_KEYS, *data, *quality, *run} == explained
