"""The LaTeX of a report: tables, captions, names and values of macros, and that it compiles."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from bench import report
from bench.report.figures import Drawn
from bench.report.paper.bibliography import bibtex
from bench.report.paper.macros import macros as defined
from bench.report.paper.names import camel, unused
from bench.report.paper.numbers import Number, number
from bench.report.paper.tabular import latex
from bench.report.table import Column, Table
from bench.report.tables.summary import summary
from tests.report.bibtex import entries
from tests.report.latex import macros, tabulars
from tests.report.test_references import everything
from tests.report.two_data_sets import opposite
from variants.references import references_of

HOSTILE = ["50 % & _x_ {y}", "<script>", "a|b", r"\back[slash]", "~^$#", "tab\there"]
CJK = ["半分の批評家", "深い生成器", "窄判别器"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", Number("5")),
        ("12,000", Number("12000")),
        ("−5.1 ± 2.4", Number("-5.1", half="2.4")),
        ("+7 ± 9†", Number("+7", half="9", marks="†")),
        ("7.0 (6.1–8.0)", Number("7.0", low="6.1", high="8.0")),
        ("+1.2 (−0.4 to 2.0)‡", Number("+1.2", low="-0.4", high="2.0", marks="‡")),
        ("2.3 × (1.0–5.2)", Number("2.3", low="1.0", high="5.2")),
        ("0.116 ×", Number("0.116")),
        ("1.53 (unbounded)", Number("1.53", words="unbounded")),
        ("> 60", Number("60", bound=True)),
        ("42.1 (40.2 to –)", Number("42.1", low="40.2")),
        ("1.23e24", Number("1.23e24")),
        ("–", None),
        ("not finite‡", None),
        ("2 of 3 completed", None),
    ],
)
def test_a_cells_text_is_read_as_a_number(text: str, expected: Number | None) -> None:
    assert number(text) == expected


def test_names_have_letters_only() -> None:
    assert camel("half critic") == "HalfCritic"
    assert camel("speed_up") == "Speedup"
    assert camel("50 % & _x_ {y}") == "FiveZeroXY"
    assert camel("größer=2×") == "GroerTwo"
    assert camel("半分") == ""
    assert unused("A", {"A", "ATwo"}) == "AThree"


def test_names_that_would_be_alike_are_numbered_in_the_order_of_the_grid() -> None:
    labels = ("a-b", "a b", "半", "分")
    table = Table(
        "T",
        (
            Column("configuration", ("Configuration",), "text", labels),
            Column("seeds", ("Seeds",), "count", (1, 2, 3, None)),
        ),
        name="t",
    )
    other = replace(
        table,
        name="quality-protocol-2",
        columns=(*table.columns[:1], replace(table.columns[1], entries=(1, 2, 3, 4))),
    )
    found = defined([("", [table, table, other]), ("mnist-5k", [table])], {"ABSeeds": "x"})
    assert {each.name: each.definition for each in found} == {
        "ABSeeds": "x",
        "ABSeedsTwo": r"\num{1}",
        "ABTwoSeeds": r"\num{2}",
        "ConfigurationThreeSeeds": r"\num{3}",
        "ConfigurationFourSeeds": "--",
        "QualityProtocolTwoABSeeds": r"\num{1}",
        "QualityProtocolTwoABTwoSeeds": r"\num{2}",
        "QualityProtocolTwoConfigurationThreeSeeds": r"\num{3}",
        "QualityProtocolTwoConfigurationFourSeeds": r"\num{4}",
        "MnistFiveKABSeeds": r"\num{1}",
        "MnistFiveKABTwoSeeds": r"\num{2}",
        "MnistFiveKConfigurationThreeSeeds": r"\num{3}",
        "MnistFiveKConfigurationFourSeeds": "--",
    }


@pytest.fixture(scope="module")
def written(trio: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patched:  # figures take seconds
        patched.setattr(
            "bench.report.parts.drawing_figures", lambda data: nullcontext(Drawn([], []))
        )
        return report.write(trio, tmp_path_factory.mktemp("paper") / "out").folder / "paper"


def test_a_macro_has_the_digits_of_the_table_with_unit_and_interval(written: Path) -> None:
    found = macros((written / "macros.tex").read_text())
    shown = re.search(
        r"^half critic .* (2\.\d+) & \(\\num\{([\d.]+)\}--\\num\{([\d.]+)\}\)",
        (written / "tables" / "summary.tex").read_text(),
        re.M,
    )
    assert shown is not None
    names = ("HalfCriticSpeedup", "HalfCriticSpeedupLow", "HalfCriticSpeedupHigh")
    assert [found[name] for name in names] == [rf"\num{{{text}}}" for text in shown.groups()]
    assert re.fullmatch(r"\\qty\{[\d.]+\}\{\\second\}", found["DcganSecondsPerThousandImages"])
    assert found["HalfCriticFcdFinalVerdict"] == "worse"
    assert found["HalfCriticSpeedAgainstBaselineVerdict"] == "faster"
    assert found["DcganFcdFinalVerdictP"] == "--"
    assert found["DataSet"] == "mnist-5k"


@pytest.mark.usefixtures("without_figures")
def test_a_caption_says_on_what_how_often_with_what_and_without_what(
    synthetic, tmp_path: Path
) -> None:
    configs = [
        synthetic.BASELINE,
        replace(synthetic.SMALL_CRITIC, statuses=("failed", "diverged", None)),
    ]
    folder = report.write(synthetic.write(configs), tmp_path / "out").folder
    (caption,) = re.findall(r"\\caption\{(.*)\}", (folder / "paper/tables/summary.tex").read_text())
    for part in (
        "Data set: mnist-5k",
        "Seeds: 0, 1, 2",
        "Epochs: 5",
        "AMD EPYC 9J14",
        "classifier features",
        "generated samples",
        "3 of 6 runs completed (1 failed, 1 diverged, 1 not run)",
        "No run completed of ``half critic''",
    ):
        assert part in caption


def test_tables_are_balanced_and_ruled(synthetic) -> None:
    for table in synthetic.tables(HOSTILE + CJK):
        text = "\n".join(line for line in latex(table).splitlines() if line[:1] != "%")
        bare = text.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")
        opened = re.findall(r"\\begin\{(\w+\*?)\}", text)
        assert sorted(opened) == sorted(re.findall(r"\\end\{(\w+\*?)\}", text))
        blocks = tabulars(text)
        assert blocks
        assert text.count(r"\toprule") == text.count(r"\bottomrule") == len(blocks)
        for block in blocks:
            assert len(block.rows) == len(table.rows)
            columns = len(re.findall(r"S\[.*?\]|l", re.sub(r"@\{.*?\}", "", block.specification)))
            assert {len(row) for row in block.rows} == {columns}


def test_a_large_table_keeps_to_its_essential_columns_and_the_page(synthetic) -> None:
    table = summary(synthetic.data())
    shown = [column for column in table.columns if column.essential]
    text = latex(table)
    assert text.count(r"\multicolumn{2}") == sum(c.kind in ("estimate", "ratio") for c in shown)
    assert "Lowest" not in "".join(line for line in text.splitlines() if line[:1] != "%")


def compiled(folder: Path, compiler: str, document: str) -> str:
    """The log; fails if there is an error.  Skipped without the compiler."""
    program = shutil.which(compiler)
    if program is None:
        pytest.skip(f"no {compiler} here: apt install texlive-latex-extra texlive-science")
    latex_run = [program, "-interaction=nonstopmode", "-halt-on-error", document]
    references = [str(shutil.which("bibtex")), Path(document).stem]
    for command in (latex_run, references, latex_run, latex_run):
        result = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        assert result.returncode == 0, result.stdout[-3000:]
        assert "Warning--" not in result.stdout
    return (folder / document).with_suffix(".log").read_text(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("compiler", "labels"), [("pdflatex", HOSTILE), ("lualatex", HOSTILE + CJK)]
)
def test_the_example_compiles_whatever_the_labels(
    synthetic, tmp_path: Path, compiler: str, labels: list[str]
) -> None:
    configs = [replace(synthetic.BASELINE, label=label, samples=False) for label in labels]
    sweep = synthetic.write(configs, baseline=labels[0])
    folder = report.write(sweep, tmp_path / "out").folder / "paper"
    log = compiled(folder, compiler, "example.tex")
    assert "undefined" not in log
    assert "Missing character" not in log
    cited = entries((folder / "references.bib").read_text())
    assert (folder / "example.bbl").read_text().count(r"\bibitem{") == len(cited) > 3


@pytest.mark.slow
def test_every_reference_that_there_is_compiles(tmp_path: Path) -> None:
    every = [each for _, kind in everything() for each in references_of(kind)]
    (tmp_path / "references.bib").write_text(bibtex(every))
    lines = [r"\documentclass{article}", r"\begin{document}", r"\nocite{*}"]
    lines += [r"\bibliographystyle{plain}", r"\bibliography{references}", r"\end{document}", ""]
    (tmp_path / "all.tex").write_text("\n".join(lines))
    log = compiled(tmp_path, "pdflatex", "all.tex")
    assert "undefined" not in log
    made = (tmp_path / "all.bbl").read_text()
    assert made.count(r"\bibitem{") == len({each.key for each in every})
    assert r"Miko{\l}aj Bi{\'{n}}kowski" in made


@pytest.mark.slow
def test_tables_of_two_data_sets_compile_with_their_macros(synthetic, tmp_path: Path) -> None:
    sweep = synthetic.write(opposite(synthetic), facets=True)
    folder = report.write(sweep, tmp_path / "out").folder / "paper"
    assert "MnistFiveKHalfCriticSpeedup" in macros((folder / "macros.tex").read_text())
    compiled(folder, "pdflatex", "example.tex")
