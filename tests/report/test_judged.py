"""The verdict table: arrows, ratios, intervals and words, from comparisons and cost ratios."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.report.comparisons import compare
from bench.report.data.outcome import outcome
from bench.report.judged import Judged, of_cost, of_count, of_quality
from bench.report.recommendation import recommend
from bench.report.statistics import Ratio
from bench.report.tables import all_tables
from bench.report.verdicts import against


def verdicts(data):
    (found,), _ = all_tables(data, only=["verdicts"])
    return found


def column(table, start):
    (found,) = [each for each in table.columns if each.title.startswith(start)]
    return found


@pytest.mark.parametrize(
    ("ratio", "subject", "kind", "text"),
    [
        (Ratio(9, 1.5, 1.4, 1.6), "speed", "better", "↑ 1.50 × (1.40–1.60), faster"),
        (Ratio(9, 0.5, 0.4, 0.6), "speed", "worse", "↓ 0.50 × (0.40–0.60), slower"),
        (Ratio(9, 0.5, 0.4, 0.6), "memory", "better", "↓ 0.50 × (0.40–0.60), smaller"),
        (Ratio(9, 1.05, 1.02, 1.08), "memory", "worse", "larger by less than 10 %"),
        (Ratio(9, 1.01, 0.95, 1.07), "speed", "equivalent", "as fast within 10 %"),
        (Ratio(9, 1.01, 0.85, 1.2), "speed", "undecided", "undecided: the interval includes"),
        (Ratio(1, 2.0, None, None), "memory", "untested", "untested: one measurement"),
    ],
)
def test_a_cost_is_judged_by_its_interval(ratio, subject, kind, text) -> None:
    found = of_cost(ratio, subject, margin=0.1)
    assert found.kind == kind
    assert text in str(found)


def test_counts_need_no_interval() -> None:
    assert str(of_count(0.25, "FLOPs")) == "↓ 0.250 ×, cheaper"
    assert str(of_count(1.0, "FLOPs")) == "= 1.00 ×, the same"
    assert of_count(2.0, "FLOPs").kind == "worse"


def test_quality_has_the_verdict_of_the_comparison() -> None:
    found = against(
        [10.0, 10.5, 9.8],
        {"good": [5.0, 5.2, 4.9], "far": [9.0, 14.0, 8.0]},
        scale="log",
        direction="lower",
    )
    good, far = of_quality(found["good"]), of_quality(found["far"])
    assert good is not None
    assert (good.kind, good.arrow, good.words) == ("better", "↓", "better")
    assert (good.low, good.high) == (found["good"].low, found["good"].high)
    assert far is not None
    assert far.words == "undecided"
    assert far.detail.endswith("more seeds needed")


def test_the_table_has_what_the_report_says_elsewhere(synthetic) -> None:
    data = synthetic.data()
    table = verdicts(data)
    assert table.leads
    quality, speed = column(table, "Quality"), column(table, "Speed")
    for row, label in enumerate(data.labels):
        if label == data.baseline:
            assert isinstance(quality.entries[row], str)
            continue
        found, ratio = compare(data, "quality_final")[label], data.speed_up(label)
        judged = quality.entries[row]
        assert isinstance(judged, Judged)
        assert (judged.kind, judged.value, judged.low) == (found.kind, found.effect, found.low)
        assert speed.entries[row].value == ratio.value
        assert speed.entries[row].low == ratio.low


def test_the_baseline_row_has_its_rate(synthetic) -> None:
    data = synthetic.data()
    seconds = data.cost("dcgan", "seconds_per_1000_images")
    text = column(verdicts(data), "Speed").entries[0]
    assert float(text.split()[0]) == pytest.approx(1000 / seconds.mean, rel=0.01)


def test_without_a_baseline_there_are_no_verdicts(synthetic) -> None:
    assert all_tables(synthetic.data(baseline=None), only=["verdicts"])[0] == []
    assert all_tables(synthetic.data([synthetic.BASELINE]), only=["verdicts"])[0] == []


def test_modes_are_judged_where_there_is_no_distance(synthetic) -> None:
    configs = [synthetic.mixture("gan", 1, [3, 4, 3]), synthetic.mixture("packed", 4, [7, 8, 7])]
    data = synthetic.data(configs, baseline="gan", quality=False)
    cell = column(verdicts(data), "Quality").cell(1)
    assert cell.startswith("↑ +4")


def test_what_judges_a_sweep_without_features_are_its_modes(synthetic) -> None:
    configs = [synthetic.mixture("gan", 1, [3, 4, 3]), synthetic.mixture("packed", 4, [7, 8, 7])]
    data = synthetic.data(configs, baseline="gan", quality=False)
    judged = outcome(data)
    assert judged is not None
    assert (judged.column, judged.measure) == ("modes_captured_final", "modes_captured")
    found = recommend(data)
    assert found is not None
    assert found.use["quality"] in data.labels


def test_several_protocols_judge_nothing(synthetic) -> None:
    other = replace(
        synthetic.SMALL_CRITIC,
        setup={"quality_features": "inception", "quality_weights_hash": "f" * 64},
        epoch={"fid": 55.5, "fcd": None},
    )
    assert outcome(synthetic.data([synthetic.BASELINE, other])) is None
