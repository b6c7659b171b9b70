"""One table, its findings and performance profiles across several data sets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench import report
from bench.report.cover import across, cover, table
from bench.report.cover.profiles import profiles
from bench.report.data.facets import Facets, split
from bench.report.statistics.strata import average, contrast, within_of_best
from bench.store import read_sweep
from tests.report.two_data_sets import CLOTHES, DIGITS, facets_of, on, opposite


def test_verdicts_are_those_of_each_facet(two: Path) -> None:
    compared = across(split(read_sweep(two)))
    found = {
        one.facet.title: {label: verdict.kind for label, verdict in one.verdicts.items()}
        for one in compared.each
    }
    assert found == {
        DIGITS: {"half generator": "better", "half critic": "worse"},
        CLOTHES: {"half generator": "worse", "half critic": "better"},
    }
    # One half and twice: no difference on average.
    for label in ("half generator", "half critic"):
        mean = compared.quality[label]
        assert mean is not None
        assert mean.value == pytest.approx(1, abs=0.02)
        assert mean.low is not None
        assert mean.low < 1
    speed_up = compared.speed_up["half critic"]
    assert speed_up is not None
    assert speed_up.value == pytest.approx(10.07 / 5, rel=0.01)
    assert compared.flops["half critic"] == (pytest.approx(0.6), None, None)


def test_one_table_covers_all_facets(two: Path) -> None:
    findings, (shown,), figures = cover(split(read_sweep(two)))
    assert shown.title == "All configurations across the 2 data sets"
    titles = [column.title for column in shown.columns]
    assert titles[1:5] == [
        "mnist-5k FCD (×)",
        "mnist-5k verdict",
        "fashion-mnist FCD (×)",
        "fashion-mnist verdict",
    ]
    assert titles[5:] == [
        "Geometric mean: FCD (×)",
        "Geometric mean: speed-up (×)",
        "Geometric mean: FLOPs per real image (×)",
    ]
    rows = {row[0]: row for row in shown.rows}
    assert rows["half critic"][2] == "worse"
    assert rows["half critic"][4] == "better"
    assert rows["dcgan (baseline)"][1:] == ["–"] * 7
    (record, *_) = [
        row
        for row in csv.DictReader(io.StringIO(shown.csv()))
        if row["configuration"] == "half critic"
    ]
    assert float(record["fashion-mnist_effect"]) == pytest.approx(0.5, rel=0.05)
    assert record["fashion-mnist_verdict"] == "better"
    header = shown.csv().splitlines()[0].split(",")
    assert len(set(header)) == len(header), "no column replaces that of another facet"
    assert [figure.name for figure in figures] == ["performance-profiles"]
    texts = [finding.text for finding in findings]
    assert any(
        "The data sets disagree" in text and "“half critic” is worse (mnist-5k)" in text
        for text in texts
    ), texts


@pytest.mark.usefixtures("without_figures")
def test_a_facet_without_the_baseline(synthetic, tmp_path: Path) -> None:
    configs = opposite(synthetic)
    del configs[1]
    facets = facets_of(synthetic, configs)
    digits, clothes = facets.each
    assert digits.data.baseline == "dcgan"
    assert clothes.data.baseline is None
    compared = across(facets)
    assert compared.quality["half critic"] is None, "a mean needs a ratio on every data set"
    assert compared.each[1].verdicts == {}
    shown = table(compared)
    assert any("fashion-mnist: the grid has no run of the baseline" in n for n in shown.notes)
    text = report.write(facets.each[0].results.path, tmp_path / "out").markdown.read_text()
    assert "The baseline “dcgan” is not among these configurations" in text


def test_a_configuration_that_one_facet_lacks(synthetic) -> None:
    facets = facets_of(synthetic, opposite(synthetic)[:-1])
    compared = across(facets)
    assert compared.quality["half critic"] is None
    assert compared.quality["half generator"] is not None
    shown = table(compared)
    rows = {row[0]: row for row in shown.rows}
    assert rows["half critic"][3:6] == ["–", "–", "–"]
    assert any("the grid has no run of “half critic” here" in note for note in shown.notes)
    assert any(note.startswith("No mean of “half critic”") for note in shown.notes)


def paths_of(facets: Facets) -> Path:
    return facets.each[0].results.path


@pytest.mark.usefixtures("without_figures")
def test_a_baseline_that_has_not_completed(synthetic, tmp_path: Path) -> None:
    configs = opposite(synthetic)
    configs[1] = replace(configs[1], statuses=("interrupted", None, None))
    facets = facets_of(synthetic, configs)
    shown = table(across(facets))
    assert any("fashion-mnist: no run of the baseline has completed" in n for n in shown.notes)
    report.write(paths_of(facets), tmp_path / "out")


def test_unequal_seeds(synthetic) -> None:
    configs = opposite(synthetic)
    configs[5] = replace(configs[5], statuses=("completed", "completed", None))
    compared = across(facets_of(synthetic, configs))
    assert compared.each[1].verdicts["half critic"].n == 2
    assert compared.quality["half critic"] is not None


def test_mixtures_are_compared_by_the_modes_they_capture(synthetic) -> None:
    configs = [
        synthetic.mixture("gan dataset=ring", 1, (2, 3, 2), dataset="ring"),
        synthetic.mixture("pac dataset=ring", 2, (8, 8, 8), dataset="ring"),
        synthetic.mixture("gan dataset=grid-2d", 1, (8, 9, 7), dataset="grid-2d"),
        synthetic.mixture("pac dataset=grid-2d", 2, (24, 25, 25), dataset="grid-2d"),
    ]
    facets = facets_of(synthetic, configs, baseline="gan dataset=ring", quality=False)
    compared = across(facets)
    assert compared.metric == "modes captured"
    assert compared.quality["pac"] is None, "a difference has no geometric mean"
    assert compared.each[0].verdicts["pac"].effect == pytest.approx(8 - 7 / 3)
    shown = table(compared)
    assert "ring modes captured (difference)" in [column.title for column in shown.columns]


def test_an_average_has_the_uncertainty_of_its_strata() -> None:
    first, second = contrast([1.0, 3.0], [0.0, 0.0, 0.0]), contrast([5.0, 5.0], [1.0, 3.0])
    assert first is not None
    found = average([first, second])
    assert found is not None
    assert found.value == pytest.approx((2 + 3) / 2)
    # Variances of the means 1, 0, 0 and 1, each with one degree of freedom or more: 2² / (1 + 1).
    reach = stats.t.ppf(0.975, 2) * 2**0.5 / 2
    assert found.high == pytest.approx(2.5 + reach)
    assert average([first, None]) is None
    single = average([contrast([1.0], [2.0, 3.0])])
    assert single is not None
    assert single == (-1.5, None, None)


def test_intervals_of_averages_cover() -> None:
    generator = np.random.default_rng(0)
    covered = 0
    for _ in range(500):
        spreads = (0.1, 1.0)
        contrasts = [
            contrast(generator.normal(1, s, 3), generator.normal(0, s, 3)) for s in spreads
        ]
        found = average(contrasts)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 1 <= found.high
    assert 0.92 * 500 <= covered <= 0.99 * 500


def test_profiles_count_facets_within_a_factor_of_the_best() -> None:
    ratios = within_of_best({"a": [1.0, 6.0, None], "b": [2.0, 3.0, 5.0], "c": [None] * 3})
    assert ratios["a"] == [1.0, 2.0, float("inf")]
    assert ratios["b"] == [1.0, 1.0, 2.0]
    assert ratios["c"] == [float("inf")] * 3


def test_profiles_of_many_configurations_and_large_factors(synthetic) -> None:
    """With more than can be told apart, and one a hundred times worse than the best."""
    base = replace(synthetic.BASELINE, samples=False)
    finals = {f"dcgan {n}": (20.0 + n,) * 3 for n in range(32)} | {"dcgan 3": (3000.0,) * 3}
    configs = [
        on(replace(base, label=label, final=final), data)
        for data in (DIGITS, CLOTHES)
        for label, final in finals.items()
    ]
    options = {"baseline": f"dcgan 31 dataset={DIGITS}", "epochs": 2, "steps": 1, "seeds": (0,)}
    figure = profiles(facets_of(synthetic, configs, **options))
    assert figure is not None
    assert "Only 30 of the 32 configurations are drawn." in figure.caption


def test_speed_ups_are_those_of_the_rounds_within_each_facet(synthetic) -> None:
    base = replace(synthetic.BASELINE, samples=False)
    fast = replace(synthetic.SMALL_CRITIC, samples=False)
    configs = [
        on(base, DIGITS, rounds=(2.0, 2.2, 2.1)),
        on(fast, DIGITS, rounds=(1.0, 1.1, 1.06)),
        on(base, CLOTHES, rounds=(4.0, 4.1, 4.0)),
        on(fast, CLOTHES, rounds=(1.0, 1.02, 1.01)),
    ]
    facets = facets_of(synthetic, configs)
    digits, clothes = (facet.data.speed_up("half critic") for facet in facets.each)
    assert digits is not None
    assert clothes is not None
    assert digits.value == pytest.approx(2, rel=0.02)
    assert clothes.value == pytest.approx(4, rel=0.02)
    mean = across(facets).speed_up["half critic"]
    assert mean is not None
    assert mean.value == pytest.approx((digits.value * clothes.value) ** 0.5)
    assert mean.low is not None
    assert mean.low > 2.7, "the two differ, and each is known well: the data sets are fixed"


def two_without_rounds(synthetic, seeds=(0, 1, 2), **changes) -> Facets:
    """Two configurations faster than the baseline on both data sets; changes of the first."""
    base, generator, critic = (
        replace(config, samples=False)
        for config in (synthetic.BASELINE, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC)
    )
    return facets_of(
        synthetic,
        [
            on(config, data, **options)
            for data in (DIGITS, CLOTHES)
            for config, options in ((base, {}), (generator, changes), (critic, {}))
        ],
        seeds=seeds,
    )


def said_of_speed(facets: Facets):
    compared = across(facets)
    (found,) = [each for each in cover(facets)[0] if "trains fastest" in each.text]
    return compared, found


def test_the_fastest_on_average_is_tested_against_the_second(synthetic) -> None:
    facets = two_without_rounds(synthetic)
    _, found = said_of_speed(facets)
    # By hand: in each of two data sets the same seconds, of three seeds each.
    own, its = (np.log(c.seconds) for c in (synthetic.SMALL_CRITIC, synthetic.SMALL_GENERATOR))
    gain = its.mean() - own.mean()
    variances = np.array([own.var(ddof=1) / 3, its.var(ddof=1) / 3] * 2)
    freedom = variances.sum() ** 2 / (variances**2 / 2).sum()
    reach = stats.t.ppf(0.975, freedom) * variances.sum() ** 0.5 / 2
    expected = np.exp([gain, gain - reach, gain + reach])
    assert found.evidence["second"] == "half generator"
    assert found.evidence["over_second"] == pytest.approx(tuple(expected))
    assert "; it is ahead of the second, “half generator”, by 1.6" in found.text


def test_what_is_not_shown_or_not_tested_across_facets_is_said(synthetic) -> None:
    close = two_without_rounds(synthetic, seconds=(5.2, 4.9, 5.1))
    _, found = said_of_speed(close)
    assert "; not shown to be ahead of the second, “half generator”, by 1.0" in found.text
    _, found = said_of_speed(two_without_rounds(synthetic, seeds=(0,)))
    assert "2.00), which is not tested; not tested whether it is ahead of the second" in found.text


def test_the_lowest_on_average_is_tested_against_the_second(synthetic) -> None:
    def found(final):
        configs = [
            on(replace(config, samples=False, final=values), data)
            for data in (DIGITS, CLOTHES)
            for config, values in (
                (synthetic.BASELINE, (20.0, 21.0, 19.5)),
                (synthetic.SMALL_GENERATOR, (10.0, 10.2, 9.9)),
                (synthetic.SMALL_CRITIC, final),
            )
        ]
        (said,) = [f for f in cover(facets_of(synthetic, configs))[0] if "lowest" in f.text]
        return said

    surely = found((15.0, 15.2, 14.9))
    assert surely.evidence["label"] == "half generator"
    assert surely.evidence["over_second"].value == pytest.approx(1.5, rel=0.01)
    assert "; it is ahead of the second, “half critic”, by 1.498 (" in surely.text
    assert "; not shown to be ahead of the second, “half critic”, by 1.0" in (
        found((10.1, 10.0, 10.2)).text
    )
