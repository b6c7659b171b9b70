"""Translations beside those that learn nothing: rows of tables, findings, figures."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from bench.report.data import SweepData
from bench.report.data.floors import floors
from bench.report.figures import all_figures
from bench.report.findings.translation import above_the_floors
from bench.report.tables import all_tables

FLOORS = {
    **{"l1_identity": 60.0, "l1_mean_target": 45.0},
    **{"psnr_identity": 9.0, "psnr_mean_target": 11.0},
    **{"ssim_identity": 0.40, "ssim_mean_target": 0.30},
    **{"content_accuracy_identity": 0.5, "content_accuracy_mean_target": 0.1},
    **{"fcd_identity": 25.0, "fcd_mean_target": 90.0},
    **{"kid_mean_identity": 0.9, "kid_mean_mean_target": 2.0},
    "content_accuracy_chance": 0.125,
}


def scores(ssim: float, content: float, **others: float) -> dict[str, float]:
    own = {"l1": 30.0, "psnr": 14.0, "ssim": ssim, "content_accuracy": content}
    return {**own, **FLOORS, **others}


def configs(synthetic: Any) -> list[Any]:
    """Two variants: one that translates, one that does not."""
    setup = {"quality_classifier_accuracy": 0.98}
    good = replace(
        synthetic.BASELINE,
        measured=lambda seed, epoch: {"ssim": 0.7 + 0.01 * seed + 0.01 * epoch},
        epoch=scores(0.0, 0.9),
        setup=setup,
        final=(5.0, 5.5, 5.2),
    )
    bad = replace(
        synthetic.SMALL_CRITIC,
        measured=lambda seed, epoch: {"ssim": (0.20, 0.45, 0.55)[seed]},
        epoch=scores(0.0, 0.05, cycle_error=12.0, cycle_error_identity=0.0),
        setup=setup,
    )
    return [good, bad]


@pytest.fixture
def data(synthetic: Any) -> SweepData:
    return synthetic.data(configs(synthetic))  # type: ignore[no-any-return]


def test_the_floors_are_the_last_rows_with_every_measure(data: SweepData) -> None:
    tables = {table.name: table for table in all_tables(data)[0]}
    summary = tables["summary"]
    by_key = {column.key: column for column in summary.columns}
    assert by_key["configuration"].entries[-2:] == ("identity mapping", "mean target")

    def cells(key: str) -> list[str]:
        return [by_key[key].cell(row) for row in (2, 3)]

    assert cells("ssim_final") == ["0.400", "0.300"]
    assert cells("l1_final") == ["60.0", "45.0"]
    assert cells("psnr_final") == ["9.00", "11.0"]
    assert cells("content_accuracy_final") == ["50.0", "10.0"]
    assert cells("fcd_final") == ["25.0", "90.0"]
    assert cells("cycle_error_final") == ["0", "–"]
    assert cells("seeds") == cells("seconds_per_1000_images") == ["–", "–"]
    assert cells("fcd_lowest_over_epochs") == ["–", "–"]
    assert cells("content_accuracy_ceiling") == ["–", "–"]
    assert by_key["content_accuracy_ceiling"].cell(0) == "98.0 ± 0"
    assert by_key["content_accuracy_chance_final"].cell(1) == "12.5 ± 0"
    assert by_key["kid_final"].cell(3) == "2000"
    assert not any("identity" in key or "mean_target" in key for key in by_key)
    assert any(note.startswith("Identity mapping: the source") for note in summary.notes)
    rows = pd.read_csv(io.StringIO(summary.csv())).set_index("configuration")
    assert rows.loc["mean target", "ssim_final_mean"] == 0.3
    assert summary.emphasised == 0
    quality = {column.key: column for column in tables["quality"].columns}
    of_quality = ("configuration", "fcd_final", "kid_final", "content_accuracy_final", "ssim_final")
    for key in of_quality:
        assert quality[key].entries == by_key[key].entries
    assert "seconds_per_1000_images" not in quality
    assert len(tables["against-baseline"].columns[0].entries) == 2


def test_protocols_of_their_own_have_floors_of_their_own(synthetic: Any) -> None:
    good, bad = configs(synthetic)
    other = replace(
        bad,
        setup={**bad.setup, "quality_reference": "held-out", "data_hash": "e" * 64},
        epoch={**bad.epoch, "fcd_identity": 31.0},
        dataset="cifar10",
    )
    tables = {t.name: t for t in all_tables(synthetic.data([good, other]))[0]}
    for index, expected in ((1, "25.0"), (2, "31.0")):
        table = tables[f"quality-protocol-{index}"]
        column = next(c for c in table.columns if c.key == "fcd_final")
        assert table.columns[0].entries[-2:] == ("identity mapping", "mean target")
        assert column.cell(2) == expected
    names = tables["summary"].columns[0].entries[2:]
    assert names == (
        *("identity mapping, mnist-5k", "identity mapping, cifar10"),
        *("mean target, mnist-5k", "mean target, cifar10"),
    )


def test_other_sweeps_have_no_floors(synthetic: Any) -> None:
    data = synthetic.data()
    assert floors(data) == []
    assert above_the_floors(data) is None
    summary = all_tables(data)[0][0]
    assert len(summary.columns[0].entries) == 3
    assert all_figures(data, ["translation"]) == ([], [])


def test_the_finding_says_who_is_better_than_both_floors(data: SweepData) -> None:
    found = above_the_floors(data)
    assert found is not None
    ssim, content, fcd = found.text.partition(" – ")[2].split("; ")
    assert ssim == (
        "SSIM: better than both with 3 seeds: “dcgan” (0.760 ± 0.025), not shown to be better "
        "than both with 3 seeds: “half critic” (0.4 ± 0.4) "
        "(identity mapping 0.400, mean target 0.300)"
    )
    assert "better than both with 3 seeds: “dcgan” (90.0 ± 0 %)" in content
    assert "worse than one of them with 3 seeds: “half critic” (5.00 ± 0 %)" in content
    assert "better than both with 3 seeds: “dcgan”" in fcd
    assert "worse than one of them with 3 seeds: “half critic”" in fcd
    assert found.evidence["ssim"]["floors"] == {"identity mapping": 0.4, "mean target": 0.3}
    assert found.evidence["fcd"]["scores"]["dcgan"].mean == pytest.approx(15.7 / 3, rel=0.002)


def test_one_seed_has_no_interval(synthetic: Any) -> None:
    data = synthetic.data(configs(synthetic), seeds=[0])
    found = above_the_floors(data)
    assert found is not None
    assert "better than both with 1 seed, without an interval: “dcgan” (0.750)" in found.text
    assert "no better than both with 1 seed, without an interval: “half critic”" in found.text


def test_similarity_content_and_cycle_error_are_drawn_with_the_floors(data: SweepData) -> None:
    figures, sentences = all_figures(data, ["translation"])
    assert not sentences
    assert [figure.name for figure in figures] == [
        *("translation-content-accuracy", "translation-cycle-error", "translation-ssim"),
    ] or [figure.name for figure in figures] == [
        *("translation-ssim", "translation-content-accuracy", "translation-cycle-error"),
    ]
    by_name = {figure.name: figure for figure in figures}
    assert "Dotted: identity mapping and mean target." in by_name["translation-ssim"].caption
    assert "Dotted: identity mapping." in by_name["translation-cycle-error"].caption


def test_without_features_quality_is_the_distance_of_ssim_from_1(synthetic: Any) -> None:
    without = {
        **{"quality_features": "targets", "quality_weights_hash": None},
        **{"quality_reference_hash": None, "quality_noise_floor": None},
        **{"quality_noise_floor_origin": None},
    }
    nothing = dict.fromkeys(("fcd", "kid_mean", "kid_std", "precision", "recall"))
    both = [
        replace(each, setup=without, epoch={**each.epoch, **nothing}) for each in configs(synthetic)
    ]
    data = synthetic.data(both)
    assert data.protocol is not None
    assert data.protocol.metric == "1 − SSIM"
    assert data.protocol.sentence() == "1 − SSIM of the targets, 5,000 generated samples."
    quality = data.estimate("dcgan", "quality_final", 0)
    assert quality is not None
    assert quality.mean == pytest.approx(1 - 0.76, rel=0.002)
    tables = {table.name: table for table in all_tables(data)[0]}
    keys = {column.key for column in tables["summary"].columns}
    assert {"one_minus_ssim_final", "ssim_final"} <= keys
    assert "fcd_final" not in keys
    column = next(c for c in tables["summary"].columns if c.key == "one_minus_ssim_final")
    assert [column.cell(row) for row in (2, 3)] == ["0.600", "0.700"]
    drawn = {figure.name for figure in all_figures(data)[0]}
    assert {"quality-epoch", "quality-flops", "pareto-flops"} <= drawn


def test_pictures_of_translations_are_of_images_not_of_latents(synthetic: Any) -> None:
    translated = [replace(each, plan={"task": "pairs"}) for each in configs(synthetic)]
    (figure,), _ = all_figures(synthetic.data(translated), ["samples"])
    assert figure.caption.startswith("Translations of the last epoch, of the same images, from")
    (figure,), _ = all_figures(synthetic.data(), ["samples"])
    assert "from the same fixed latents" in figure.caption
