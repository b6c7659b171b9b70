"""What the tutorial says of results is what the files it names hold."""

from __future__ import annotations

import re

from tests.docs.blocks import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_the_cell_of_the_tutorial_is_in_the_report_it_names() -> None:
    cell = re.search(r"such as `(↓ .*?)` says", TUTORIAL)
    assert cell is not None
    report = (ROOT / "reports/reference/lightweight/report.md").read_text(encoding="utf-8")
    assert f"| separable | {cell[1]} |" in report
    ratio, low, high = re.findall(r"\d\.\d+", cell[1])
    assert f"{ratio} times the baseline's, its interval is {low} to {high}" in TUTORIAL


def test_the_shares_of_flops_are_those_of_the_table() -> None:
    table = (ROOT / "docs/reference/variants.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([\w-]+)\]\(.* ([\d.]+)\sM \|$", table, re.MULTILINE)
    flops = {name: float(number) for name, number in rows}
    half, separable = (
        flops[f"dcgan-{name}"] / flops["dcgan"] for name in ("lite-critic", "separable")
    )
    assert f"takes {half:.0%} of the baseline's".replace("%", " %") in " ".join(TUTORIAL.split())
    assert f"the separable variant {separable:.0%}".replace("%", " %") in TUTORIAL
