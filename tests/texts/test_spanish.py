"""Reports and comparisons in Spanish, and none of English in them."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

import bench as bench_package
from bench import report
from tests.cli.commands import Bench, refused
from tests.report.conftest import TRIO, write_sweep
from tests.texts.catalogues import catalogue


@cache
def english() -> list[str]:
    """Pieces of English texts, of six words and more, that Spanish does not have."""
    own, other = catalogue("en"), catalogue("es")
    spanish = " ".join(piece for key in other.messages for piece in other.said(key))
    found = {piece.strip(" .,;:()–") for key in own.messages for piece in own.said(key)}
    return sorted(p for p in found if len(re.findall(r"[A-Za-z]{2,}", p)) > 5 and p not in spanish)


def test_a_report_in_spanish_has_no_english_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    results = write_sweep(tmp_path / "sweep", TRIO)
    made = report.write(results, tmp_path / "spanish", language="es")
    page = unescape(
        re.sub(r"(?s)<style>.*?</style>|<script.*?</script>", "", made.page.read_text())
    )
    assert '<html lang="es">' in page
    assert "Si lo que más importa es la calidad" in page
    assert "«half critic»" in page
    texts = [path.read_text() for path in (made.markdown, *made.tables) if path.suffix != ".csv"]
    for text in (page, *texts):
        one_line = " ".join(text.split())
        assert [piece for piece in english() if piece in one_line] == []
    # The next report of the process is in its own language.
    again = report.write(results, tmp_path / "english")
    assert '<html lang="en">' in again.page.read_text()
    assert "half critic (baseline)" not in again.markdown.read_text()
    assert "dcgan (baseline)" in again.markdown.read_text()
    assert {path.name for path in made.tables} == {path.name for path in again.tables}
    for one, other in zip(made.tables, again.tables, strict=True):
        if one.suffix == ".csv":
            assert one.read_text() == other.read_text(), "numbers and keys have no language"


def test_the_commands_speak_spanish_where_they_are_told(
    bench: Bench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    write_sweep(tmp_path / "results" / "synthetic", TRIO[:2], epochs=2, steps=2)
    done = bench("report", "results/synthetic", "--lang", "es")
    assert done.returncode == 0, done.stderr
    assert "dcgan (referencia)" in (tmp_path / done.stdout.strip()).read_text()


def test_an_unknown_language_is_refused(bench: Bench, tmp_path: Path) -> None:
    for command in (["report", "results/x"], ["compare", "a", "b"]):
        refused(bench(*command, "--lang", "xx"), "'xx'", "choose en or es")


def test_the_interface_gives_verdicts_in_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    path = write_sweep(tmp_path / "sweep", TRIO, epochs=2, steps=2)
    texts = {lang: bench_package.load(path, lang=lang).verdicts()["text"] for lang in ("en", "es")}
    assert list(texts["en"]) == ["worse", "worse"]
    assert list(texts["es"]) == ["peor", "peor"]
