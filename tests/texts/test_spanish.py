"""Reports and comparisons in Spanish, and none of English in them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import pytest

import bench as package
from bench import report
from tests.cli.commands import Bench, refused
from tests.report.conftest import TRIO, write_sweep
from tests.texts.catalogues import catalogue


@cache
def english() -> list[str]:
    """Pieces of English texts, of three words and more, that Spanish does not have."""
    own, other = catalogue("en"), catalogue("es")
    spanish = " ".join(piece for key in other.messages for piece in other.said(key))
    found = {piece.strip(" .,;:()–") for key in own.messages for piece in own.said(key)}
    return sorted(p for p in found if len(re.findall(r"[A-Za-z]{2,}", p)) > 2 and p not in spanish)


@pytest.mark.usefixtures("unpainted")
def test_a_report_in_spanish_has_no_english_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    results = write_sweep(tmp_path / "sweep", TRIO)
    made = report.write(results, tmp_path / "spanish", language="es").page
    page = unescape(re.sub(r"(?s)<(style|script).*?</\1>", "", made.read_text()))
    assert '<html lang="es">' in page
    assert "dcgan (referencia)" in page
    assert "Si lo que más importa es la calidad" in page
    assert "«half critic»" in page
    names = [path.relative_to(made.parent) for path in made.parent.rglob("*")]
    for name in names:
        if name.suffix in (".md", ".tex", ".html"):
            text = page if name.suffix == ".html" else (made.parent / name).read_text()
            one_line = " ".join(text.split())
            assert [piece for piece in english() if piece in one_line] == [], name
    # Names of files, keys and numbers have no language.
    other = report.write(results, tmp_path / "english").folder
    assert '<html lang="en">' in (other / "index.html").read_text()
    tables = [name for name in names if name.parent.name == "tables"]
    in_english = {path.relative_to(other) for path in other.rglob("tables/*")}
    assert set(tables) == in_english
    for name in tables:
        if name.suffix == ".csv":
            assert (other / name).read_text() == (made.parent / name).read_text()


def test_bench_report_in_spanish(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    two = [replace(config, samples=False) for config in TRIO[:2]]
    write_sweep(tmp_path / "results" / "synthetic", two, epochs=1, steps=2)
    done = bench("report", "results/synthetic", "--lang", "es")
    assert done.returncode == 0, done.stderr
    assert '<html lang="es">' in (tmp_path / done.stdout.strip()).read_text()


def test_a_comparison_in_spanish(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    for name in ("old", "new"):
        write_sweep(tmp_path / name, TRIO[:2], epochs=2, steps=2)
    done = bench("compare", "old", "new", "--lang", "es", "--fail-on", "worse")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("## new frente a old\n")
    assert "2 configuraciones en ambos; medidas: " in done.stdout
    assert [piece for piece in english() if piece in " ".join(done.stdout.split())] == []


def test_an_unknown_language_is_refused(bench: Bench) -> None:
    refused(bench("report", "results/x", "--lang", "xx"), "'xx'", "choose en or es")


def test_the_interface_gives_verdicts_in_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    path = write_sweep(tmp_path / "sweep", TRIO, epochs=2, steps=2)
    texts = {lang: package.load(path, lang=lang).verdicts()["text"] for lang in ("en", "es")}
    assert list(texts["en"]) == ["worse", "worse"]
    assert list(texts["es"]) == ["peor", "peor"]
