"""``bench report --columns --metric --precision``, by the real command."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from tests.cli.commands import Bench, refused
from tests.report.conftest import TRIO, Config, write_sweep
from tests.report.latex import macros, tabulars
from tests.report.two_data_sets import on

ASKED = ("--columns", "speed_up,fcd_final_mean", "--metric", "recall", "--precision", "2")
RECALL = {"dcgan": 0.5, "half generator": 0.8, "half critic": 0.1}
KID = {"dcgan": 0.02, "half generator": 0.05, "half critic": 0.01}


def scored(config: Config) -> Config:
    """With scores by which other configurations are better than by the FCD."""

    def measured(seed: int, epoch: int) -> dict[str, float]:
        near = 1 + 0.02 * seed + 0.001 * epoch
        return {
            "recall": RECALL[config.label] / near,
            "kid_mean": KID[config.label] * near,
            "density": RECALL[config.label] * near,
        }

    return replace(config, measured=measured, samples=False, rounds=(1.0, 1.1, 1.2))


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a sweep of three configurations, scored."""
    monkeypatch.setattr("os.fsync", lambda handle: None)

    def to(name: str, configs: tuple[Config, ...] = TRIO, **options: object) -> Path:
        return write_sweep(tmp_path / name, [scored(c) for c in configs], steps=2, **options)

    return to


def headings(page: str, table: str) -> list[tuple[str, bool]]:
    """The columns of a table of the page, and whether each is shown at first."""
    own = page[page.index(f'id="table-{table}"') :]
    found = re.findall(
        r'data-key="([^"]*)" class="(?:text|number)( extra)?"', own.split("</thead>")[0]
    )
    return [(key, not extra) for key, extra in found]


def cells(page: str, table: str, label: str) -> list[str]:
    """The texts of a row of the page."""
    own = page[page.index(f'id="table-{table}"') :].split("</table>")[0]
    row = own[own.index(f'<tr role="row" data-label="{label}"') :].split("</tr>")[0]
    texts = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
    return [unescape(re.sub("<[^>]*>", "", text)).replace("\u00a0", " ").strip() for text in texts]


def test_page_markdown_latex_and_macros_show_what_is_asked_for(
    bench: Bench, write: Write, tmp_path: Path
) -> None:
    write("sweep")
    done = bench("report", "sweep", *ASKED, "--out", "asked")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "asked/index.html").read_text()

    # The verdict on a column goes along with it; the metric's own column is not asked for.
    shown = headings(page, "summary")
    assert shown[:3] == [("configuration", True), ("speed_up", True), ("fcd_final", True)]
    assert not any(essential for _, essential in shown[3:])
    keys = {key for key, _ in shown}
    assert {"recall_final", "recall_final_verdict", "seeds"} <= keys
    markdown = (tmp_path / "asked/tables/summary.md").read_text().splitlines()[0]
    assert markdown == "| Configuration | Speed-up per 1,000 real images (×) | Final FCD ↓ |"
    heading = tabulars((tmp_path / "asked/paper/tables/summary.tex").read_text())[0].heading
    assert heading.count("&") == 2
    assert heading.index("Speed-up") < heading.index("FCD")

    # A table that has none of the columns stays as it is; the CSV files have all columns.
    assert headings(page, "verdicts")[1] == ("recall_final_against_baseline", True)
    with (tmp_path / "asked/tables/summary.csv").open() as file:
        names = next(csv.reader(file))
    assert names.index("seeds") < names.index("speed_up") < names.index("fcd_final_mean")
    assert {"critic_parameters", "recall_final_mean", "recall_final_verdict"} <= set(names)

    # By the FCD both are worse than the baseline; by the recall one is better.
    verdicts = {label: cells(page, "verdicts", label)[1] for label in list(RECALL)[1:]}
    assert verdicts["half generator"].endswith("better")
    assert verdicts["half critic"].endswith("worse")
    assert "Where quality matters most, use “half generator”" in page
    assert "On the Pareto front of final recall" in page
    assert "recall (%; higher" not in page
    assert "(%, higher is better)" in page
    equal = (tmp_path / "asked/tables/equal-cost.md").read_text()
    assert "Recall at equal FLOPs (%)" in equal
    assert "above 0 is better" in equal

    # Page, LaTeX and macros have the same digits, two of them: of 1 / (1 + 0.04 + …), in per cent.
    defined = macros((tmp_path / "asked/paper/macros.tex").read_text())
    row_of_page = cells(page, "summary", "half generator")
    recall = dict(zip((key for key, _ in shown), row_of_page, strict=True))
    assert recall["recall_final"] == "78 ± 4"
    assert defined["HalfGeneratorRecallFinal"] == r"\qty{78}{\percent}"
    assert defined["HalfGeneratorRecallFinalHalfWidth"] == r"\qty{4}{\percent}"
    assert defined["HalfGeneratorRecallFinalVerdict"].startswith("better")
    row = tabulars((tmp_path / "asked/paper/tables/summary.tex").read_text())[0].rows[1]
    speed = recall["speed_up"].split(" ")[0]
    assert [row[0], row[1]] == ["half generator", speed]
    assert defined["HalfGeneratorSpeedup"] == rf"\num{{{speed}}}"
    assert len(re.sub(r"\D", "", speed).lstrip("0")) == 2


def test_a_column_that_is_named_brings_its_verdict(
    bench: Bench, write: Write, tmp_path: Path
) -> None:
    write("sweep")
    done = bench("report", "sweep", "--columns", "fcd_final,seeds,configuration", "--out", "out")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out/index.html").read_text()
    first = [key for key, essential in headings(page, "summary") if essential]
    assert first == ["configuration", "fcd_final", "fcd_final_verdict", "seeds"]
    done = bench("report", "sweep", "--columns", "fcd_final_verdict, fcd_final", "--out", "out")
    page = (tmp_path / "out/index.html").read_text()
    first = [key for key, essential in headings(page, "summary") if essential]
    assert first == ["configuration", "fcd_final_verdict", "fcd_final"]


def test_several_folders_in_spanish(bench: Bench, write: Write, tmp_path: Path) -> None:
    write("digits")
    write("clothes", tuple(replace(on(c, "fashion-mnist"), label=c.label) for c in TRIO))
    done = bench("report", "digits", "clothes", "--out", "both", "--lang", "es", *ASKED)
    assert done.returncode == 0, done.stderr
    both = tmp_path / "both"
    for anchor in ("mnist-5k", "fashion-mnist"):
        markdown = (both / f"tables/{anchor}--summary.md").read_text().splitlines()[0]
        assert markdown.count("|") == 4
        assert "recall_final_verdict" in (both / f"tables/{anchor}--summary.csv").read_text()
    across = (both / "tables/across-facets.md").read_text()
    assert "exhaustividad" in across.lower()
    assert "más es mejor" in (both / "index.html").read_text()


def test_a_metric_that_one_facet_lacks_is_said_there(
    bench: Bench, write: Write, tmp_path: Path
) -> None:
    write("digits")
    plain = [replace(on(c, "fashion-mnist"), label=c.label) for c in TRIO]
    write_sweep(tmp_path / "clothes", plain, steps=2)
    done = bench("report", "digits", "clothes", "--out", "both", "--metric", "density")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "both/index.html").read_text()
    assert page.count("density was not measured here") == 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["--metric", "kid"], ["--metric kid", "choose one of kid_mean, ", "recall", "fcd"]),
        (["--metric", "coverage"], ["--metric coverage", "no such score was measured"]),
        (["--metric", "seeds"], ["--metric seeds"]),
        (["--metric", ""], ["--metric"]),
        (["--columns", "fdc_final"], ["--columns fdc_final", "choose from fcd_final, "]),
        (["--columns", "speed_up,"], ["--columns", "empty name"]),
        (["--columns", ""], ["--columns", "empty name"]),
        (["--precision", "0"], ["--precision 0", "from 1 to 6"]),
        (["--precision", "7"], ["--precision 7"]),
        (["--precision", "two"], ["--precision two"]),
        (["--precision", "-1"], ["--precision -1"]),
        (["--watch", "--metric", "kid"], ["--metric kid"]),  # of a sweep that has ended
    ],
    ids=" ".join,
)
def test_what_cannot_be_shown_is_refused_and_nothing_is_written(
    bench: Bench, write: Write, tmp_path: Path, asked: list[str], expected: list[str]
) -> None:
    write("sweep", TRIO[:1], epochs=1)
    done = bench("report", "sweep", "--out", "out", *asked)
    refused(done, *expected)
    assert not (tmp_path / "out").exists()


def test_a_sweep_without_any_score(bench: Bench, tmp_path: Path) -> None:
    plain = [replace(config, samples=False) for config in TRIO]
    write_sweep(tmp_path / "sweep", plain, epochs=1, steps=2, quality=False)
    done = bench("report", "sweep", "--metric", "fcd")
    refused(done, "--metric fcd", "no score has been measured")


def test_watching_waits_for_what_is_not_yet_measured(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    from bench import watching
    from bench.cli.report import report

    plain = [replace(c, samples=False, statuses=("completed", None, None)) for c in TRIO]
    write_sweep(tmp_path / "sweep", plain, steps=2)
    rounds = []

    def sleep(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 1:
            write("sweep")

    real = watching.watch
    monkeypatch.setattr(watching, "watch", lambda paths, draw: real(paths, draw, sleep=sleep))
    monkeypatch.chdir(tmp_path)
    report([Path("sweep")], Path("out"), watch=True, metric="density")
    printed = capsys.readouterr()
    assert "--metric density: no such score was measured" in " ".join(printed.err.split())
    assert len(printed.out.splitlines()) == 1
    assert "density_final_verdict" in (tmp_path / "out/tables/summary.csv").read_text()
