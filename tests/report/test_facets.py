"""Sweeps over several data sets are as many comparisons, each with a baseline of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import report
from bench.report.data.facets import Facets, split
from bench.report.page import compose
from bench.store import read_sweep
from tests.report.test_page import parsed
from tests.report.two_data_sets import CLOTHES, DIGITS, facets_of, on, opposite


def test_each_facet_has_its_own_baseline(two: Path) -> None:
    facets = split(read_sweep(two))
    assert [(facet.title, facet.anchor) for facet in facets.each] == [
        (DIGITS, "mnist-5k"),
        (CLOTHES, "fashion-mnist"),
    ]
    assert (facets.called, facets.baseline) == ("data sets", "dcgan")
    for facet in facets.each:
        assert facet.data.labels == ["dcgan", "half generator", "half critic"]
        assert facet.data.baseline == "dcgan"
        assert facet.data.distinct("dataset") == [facet.title]
        assert facet.whole["half critic"] == f"half critic dataset={facet.title}"
        assert facet.results.runs["baseline"].sum() == 3
        ratio = facet.data.ratio("half critic", "quality_final", protocol=0)
        assert ratio is not None
        assert ratio.value == pytest.approx(0.5 if facet.title == CLOTHES else 2, rel=0.05)


def test_the_page_has_a_section_for_each_facet(two: Path, tmp_path: Path) -> None:
    paths = report.write(two, tmp_path / "out")
    page = paths.page.read_text()
    parsed(paths.page)
    for anchor, title in {
        "across": "Across the 2 data sets",
        "facet-mnist-5k": DIGITS,
        "facet-fashion-mnist": CLOTHES,
    }.items():
        assert f'<a href="#{anchor}">{title}</a>' in page
        assert f'id="{anchor}"' in page
    names = [path.name for path in (*paths.tables, *paths.figures)]
    assert len(set(names)) == len(names)
    assert {"across-facets.md", "mnist-5k--summary.csv", "fashion-mnist--summary.csv"} <= set(names)
    assert {"performance-profiles.svg", "mnist-5k--pareto-flops.png"} <= set(names)
    markdown = paths.markdown.read_text()
    assert "## fashion-mnist" in markdown
    assert "](figures/fashion-mnist--losses.png)" in markdown
    tex = (paths.folder / "paper" / "tables" / "fashion-mnist--summary.tex").read_text()
    assert r"\label{tab:fashion-mnist--summary}" in tex
    assert "(fashion-mnist)" in tex
    assert "preliminary" not in page


@pytest.mark.usefixtures("without_figures")
def test_one_facet_is_as_before(trio: Path) -> None:
    facets = split(read_sweep(trio))
    assert not facets.several
    assert facets.each[0].results.planned["label"].unique().tolist() == facets.labels
    page = compose(read_sweep(trio))
    assert [(part.title, part.anchor) for part in page.parts] == [("", "")]
    assert "summary" in [table.name for table in page.tables]


def test_one_data_set_that_the_labels_name_is_one_facet(synthetic) -> None:
    facets = facets_of(synthetic, [on(synthetic.BASELINE, DIGITS)])
    assert not facets.several
    assert facets.labels == [f"dcgan dataset={DIGITS}"], "nothing is taken from the labels"


def not_started(synthetic: Any, **options: Any) -> Facets:
    waiting = {"statuses": (None, None, None)}
    configs = [
        replace(config, **waiting) if config.dataset == CLOTHES else config
        for config in opposite(synthetic)
    ]
    return facets_of(synthetic, configs, **options)


@pytest.mark.usefixtures("without_figures")
def test_a_facet_that_has_not_started(synthetic, tmp_path: Path) -> None:
    facets = not_started(synthetic, facets=True)
    assert [facet.started for facet in facets.each] == [True, False]
    path = facets.each[0].results.path
    text = report.write(path, tmp_path / "out").markdown.read_text()
    assert "9 of 18 runs completed" in text
    assert "## fashion-mnist" in text
    assert "No run has been started here yet." in text
    assert "fashion-mnist: no run has been started." in text
    assert report.summaries(read_sweep(path))[0].title == DIGITS


def test_plans_of_earlier_versions_do_not_say_what_has_not_started(synthetic) -> None:
    facets = not_started(synthetic)
    assert not facets.several
    assert len(facets.labels) == 6


def test_sizes_channels_and_classes_are_facets_too(synthetic) -> None:
    base = replace(synthetic.BASELINE, samples=False)
    configs = [
        base,
        replace(base, label="dcgan image_size=32", plan={"image_size": 32}),
        replace(
            base, label="dcgan image_size=32 channels=3", plan={"image_size": 32, "channels": 3}
        ),
        replace(base, label="dcgan classes=1+7", classes=[1, 7]),
    ]
    facets = facets_of(synthetic, configs, baseline="dcgan")
    assert [facet.title for facet in facets.each] == [
        "28 px, grey, all classes",
        "32 px, grey, all classes",
        "32 px, 3 channels, all classes",
        "28 px, grey, classes 1+7",
    ]
    assert facets.called == "facets"
    assert all(facet.data.labels == ["dcgan"] == [facet.data.baseline] for facet in facets.each)
    sizes = facets_of(synthetic, configs[:2], baseline="dcgan")
    assert ([f.title for f in sizes.each], sizes.called) == (["28 px", "32 px"], "image sizes")


def test_other_axes_stay_in_the_labels(synthetic) -> None:
    configs = [
        replace(on(synthetic.BASELINE, data), label=f"dcgan latent_dim={dim} dataset={data}")
        for data in (DIGITS, CLOTHES)
        for dim in (32, 64)
    ]
    facets = facets_of(synthetic, configs, baseline=f"dcgan latent_dim=64 dataset={CLOTHES}")
    assert facets.labels == ["dcgan latent_dim=32", "dcgan latent_dim=64"]
    assert [facet.data.baseline for facet in facets.each] == ["dcgan latent_dim=64"] * 2


def test_the_terminal_has_a_table_for_each_facet(two: Path) -> None:
    digits, clothes, cover_table = report.summaries(read_sweep(two))
    assert (digits.title, clothes.title) == (DIGITS, CLOTHES)
    assert [row["Configuration"] for row in clothes.rows] == [
        "dcgan (baseline)",
        "half generator",
        "half critic",
    ]
    assert cover_table.rows[2]["fashion-mnist verdict"] == "better"
