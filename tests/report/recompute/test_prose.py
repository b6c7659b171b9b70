"""Every number in the texts of the page is one of its recomputed sentences, or stands below.

A text is taken as explained once the sentences that are known of it are taken away and no digit is
left. What is taken away beside recomputed sentences is listed here, with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.report.recompute import conditions, facts, findings, front, latex
from tests.report.recompute.conftest import Case
from tests.report.recompute.digits import significant
from tests.report.recompute.page import Node
from tests.report.recompute.recommendation import recommendation

# Parts of texts that have digits and state nothing about the sweep.
PROSE = (
    "95 % interval over completed seeds",  # the level of all intervals
    "95 % intervals, as in the tables",
    "95 % t intervals over the seeds",
    "hold together at 95 %",
    "for all configurations together at 95 %",
    "gives a verdict with 80 % power",
    "give a verdict with 80 % power",  # the power that is asked for
    "copies score 0.",  # what the measure is
    "below −3 where samples",
    "above 1 is faster",
    "below 1 is cheaper",
    "below 0 is better",
    "per 1,000 real images",  # a unit
    "(×10⁻³)",
    "(1908)",  # the years of references
    "(1969)",
    "(1947)",
    "(Holm 1979, Šidák 1967)",
    "a 1×1 across channels",  # why a change costs less, of the architecture alone
    "an additional 3×3 convolution takes 9 × filters²",
)


def _unexplained(text: str, known: Iterable[str]) -> str:
    """What is left of a text with digits when known parts are taken away; "" without digits."""
    left = " ".join(text.split())
    for part in sorted({*known, *PROSE}, key=len, reverse=True):
        left = left.replace(" ".join(part.split()), " ")
    return left if re.search(r"\d", left) else ""


def _known(case: Case) -> list[str]:
    """The recomputed sentences that may stand in several places."""
    missing = facts.missing(case.sweep)
    return [*conditions.notes(case.sweep), *filter(None, [missing])]


def _texts(node: Node, leave: set[str]) -> Iterator[str]:
    """The texts below a node, block by block, without tables' cells and the sections to leave."""
    if node.attributes.get("id") in leave or node.tag in {"td", "script", "style", "svg"}:
        return
    blocks = {"p", "li", "th", "h1", "h2", "h3", "figcaption", "summary", "label", "dd", "pre"}
    if node.tag in {*blocks, "button", "title", "footer", "a", "dt"}:
        yield node.text.strip()
        return
    for child in node.children:
        if isinstance(child, Node):
            yield from _texts(child, leave)
        elif child.strip():
            yield child.strip()


def test_the_recommendation(case: Case) -> None:
    (shown,) = (p.text for p in case.page.root.all("p") if "recommendation" in p.classes)
    assert shown == recommendation(case.sweep, case.judged)


def test_each_finding(case: Case) -> None:
    shown = [item.text.strip() for item in case.page.section("findings").all("li")]
    left = "".join(f" {each}" for each in conditions.left_out(case.sweep))
    bootstrap = "In brackets: the probability of being on it, by a bootstrap over the seeds."
    known = findings.findings(case.sweep, case.judged)
    for text in shown:
        if text.startswith("On the Pareto front"):
            assert text == f"{front.said(case.sweep, text)} {bootstrap}{left}"
        elif re.search(r"\d", text):
            assert text in known
    numbered = [text for text in shown if not text.startswith("On the") and re.search(r"\d", text)]
    assert sorted(numbered) == sorted(known)


def test_every_other_text(case: Case) -> None:
    """Notes, headings, captions, banners."""
    leave = {"findings", "changes", "samples", "set-up", "reproduce"}
    known = [*_known(case), recommendation(case.sweep, case.judged)]
    # How many columns a table has, which is counted; the version of the program that reports.
    known += [f"All {len(table.headings)} columns" for table in case.page.tables.values()]
    (version,) = case.sweep.common("bench_version")
    known += [f"gan-bench {version}"]
    texts = list(_texts(case.page.root, leave))
    assert [left for text in texts if (left := _unexplained(text, known))] == []
    assert len(texts) > 100


def test_the_set_up(case: Case) -> None:
    section = case.page.section("set-up")
    names, values = ([node.text for node in section.all(tag)] for tag in ("dt", "dd"))
    assert dict(zip(names, values, strict=True)) == facts.facts(case.sweep)


def test_to_reproduce(case: Case) -> None:
    """The grid is what was given, to the letter; numbers in it are configuration."""
    command, grid = (
        "".join(map(str, n.children)) for n in case.page.section("reproduce").all("pre")
    )
    file = case.sweep.folder / "grid.yaml"
    assert command.startswith("bench run --grid ")
    assert command.endswith("/grid.yaml")
    assert grid.strip() == file.read_text(encoding="utf-8").strip()


def test_the_sheets(case: Case) -> None:
    """Epochs, seeds and scores of the samples that the page shows."""
    section, sweep = case.page.section("samples"), case.sweep
    document = next(json.loads(text) for text in case.page.script() if '"sheets"' in text)
    assert document["labels"] == sweep.labels
    scores = sweep.epochs.set_index(["label", "seed", "epoch"])["fcd"].astype("float64")
    shown = 0
    for label, by_seed in zip(document["labels"], document["sheets"], strict=True):
        for seed, by_epoch in zip(document["seeds"], by_seed, strict=True):
            for epoch, sheet in zip(document["epochs"], by_epoch, strict=True):
                if sheet is not None:
                    score = scores[label, seed, epoch]
                    assert sheet[1] == (f"FCD {significant(score)}" if score == score else "")
                    shown += 1
    assert shown >= len(sweep.labels)
    for figure in section.all("figure"):
        label = figure.attributes["data-label"]
        seed, epoch, score = _last(document, label)
        (caption,) = figure.all("figcaption")
        parts = [f"seed {seed}", f"epoch {epoch}", *filter(None, [score])]
        assert caption.text.strip() == f"{label} {', '.join(parts)}"
        alt = figure.all("img")[0].attributes["alt"]
        assert alt == f"Samples of {label}, seed {seed}, after epoch {epoch}"
    options = [node.text for node in section.all("option")]
    seeds = [str(seed) for seed in document["seeds"]]
    assert options[: len(seeds)] == seeds
    (slider,) = section.all("input")
    assert slider.attributes["max"] == str(len(document["epochs"]) - 1)
    (output,) = section.all("output")
    assert output.text == str(document["epochs"][-1])


def _last(document: dict, label: str) -> tuple[int, int, str]:
    """The last sheet of the first seed that has one."""
    for seed, sheets in zip(
        document["seeds"], document["sheets"][document["labels"].index(label)], strict=True
    ):
        for epoch, sheet in reversed(list(zip(document["epochs"], sheets, strict=True))):
            if sheet is not None:
                return seed, epoch, sheet[1]
    pytest.fail(f"{label} has no sheet")


def test_captions_and_comments_of_the_latex(case: Case) -> None:
    """A caption says what a reader of one table alone must know."""
    known = [*_known(case), facts.omitted(case.sweep)]
    known += [f"{name}: {text}." for name, text in facts.facts(case.sweep).items()]
    wrong = []
    for path in sorted((case.folder / "paper" / "tables").glob("*.tex")):
        file = path.read_text(encoding="utf-8")
        (caption,) = re.findall(r"\\caption\{(.*)\}\n", file)
        comments = re.findall(r"^% (.*)$", file, re.M)
        below = file.rpartition(r"\end{tabular}}")[2].splitlines()
        each = [latex.words(caption), *comments, *map(latex.words, below)]
        wrong += [(path.stem, left) for text in each if (left := _unexplained(text, known))]
    assert wrong == []
