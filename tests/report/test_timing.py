"""Costs come from timing apart from training where there is one, paired within rounds."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bench.report.data import SweepData
from bench.report.findings.speed import fastest
from bench.report.notes import timing_notes
from bench.report.tables.against_baseline import against_baseline
from bench.report.tables.equal_cost import equal_cost
from bench.report.tables.summary import summary
from bench.store import add_timing, read_sweep
from tests.report.conftest import turns_of

# A machine that becomes 30 % slower, half of it from one round to the next.
DRIFT = np.array([1.0, 1.0, 1.05, 1.05, 1.2, 1.2, 1.25, 1.3, 1.3, 1.3])
MEAN = float(stats.gmean(DRIFT))
NOISE = np.array([0.01, -0.01, 0.005, -0.005, 0.0, 0.01, -0.01, 0.0, -0.005, 0.005])


def rows(table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.csv())))


def timed(synthetic, **of_second) -> list:
    """A baseline of 0.4 s per 1,000 images, and one that takes half of it in every round."""
    base = replace(synthetic.BASELINE, rounds=tuple(0.4 * DRIFT))
    half = replace(synthetic.SMALL_CRITIC, rounds=tuple(0.2 * DRIFT * np.exp(NOISE)), **of_second)
    return [base, half]


@pytest.fixture
def data(synthetic) -> SweepData:
    return synthetic.data(timed(synthetic))


def test_speed_ups_are_paired_within_rounds_on_the_log_scale(data: SweepData) -> None:
    ratio = data.speed_up("half critic")
    assert ratio.n == 10
    logs = math.log(2) - NOISE
    reach = stats.t.ppf(0.975, 9) * logs.std(ddof=1) / math.sqrt(10)
    assert ratio.value == pytest.approx(2)
    assert ratio.low == pytest.approx(2 * math.exp(-reach))
    assert ratio.high == pytest.approx(2 * math.exp(reach))
    # The drift of 30 % is in the costs, and not in their ratio.
    cost = data.cost("dcgan", "seconds_per_1000_images")
    assert cost.half_width / cost.mean > 10 * reach
    assert data.speed_up("half critic", "update").value == pytest.approx(2)


def test_costs_are_those_of_the_rounds(data: SweepData) -> None:
    assert data.cost("dcgan", "seconds_per_1000_images").mean == pytest.approx(0.4 * MEAN)
    per_update = data.cost("dcgan", "seconds_per_generator_update").mean
    assert per_update == pytest.approx(0.0256 * MEAN)
    per_epoch = data.cost("dcgan", "seconds_per_epoch").mean
    assert per_epoch == pytest.approx(0.4 * MEAN * 5)  # of 5,000 images
    assert data.cost("dcgan", "only_peak_host_added_bytes").mean == 200 * 2**20
    assert data.cost("dcgan", "energy_joules_per_1000_images") is None
    (row, _) = rows(summary(data))
    assert float(row["seconds_per_1000_images_mean"]) == pytest.approx(0.4 * MEAN)
    assert float(row["peak_host_added_bytes_mean"]) == 200 * 2**20
    ratios = rows(against_baseline(data))
    assert float(ratios[1]["seconds_per_1000_images_ratio"]) == pytest.approx(0.5)
    # The time of a whole run: its real images at the rate of the timing.
    budgets = rows(equal_cost(data))
    assert float(budgets[0]["equal_training_seconds"]) == pytest.approx(0.2 * MEAN * 25, rel=1e-3)


def test_energy_is_compared_within_rounds(synthetic) -> None:
    joules = {"energy_joules": 64.0}
    base, half = timed(synthetic, timed=joules)
    data = synthetic.data([replace(base, timed={"energy_joules": 128.0}), half])
    assert data.cost("dcgan", "energy_joules_per_1000_images").mean == pytest.approx(20)
    assert data.cost_ratio("half critic", "energy_joules_per_1000_images").value == 0.5
    assert "energy_joules_per_1000_images_mean" in rows(summary(data))[0]


def test_without_timing_costs_are_those_of_the_runs(synthetic) -> None:
    data = synthetic.data()
    assert data.rounds is None
    for label in data.labels:
        key = "seconds_per_1000_images"
        assert data.cost(label, key) == data.estimate(label, key)
        confidence = 0.95**0.5  # of two comparisons that hold together
        alone = data.ratio(label, key, inverse=True, confidence=confidence)
        found = data.speed_up(label)
        assert (found.value, found.low) == pytest.approx((alone.value, alone.low))


def test_a_configuration_that_could_not_be_timed_has_no_time(synthetic) -> None:
    third = replace(synthetic.SMALL_GENERATOR, untimed="ValueError: too wide")
    data = synthetic.data([*timed(synthetic), third])
    assert data.cost("half generator", "seconds_per_1000_images") is None
    assert data.speed_up("half generator") is None
    assert data.speed_up("half critic") is not None
    assert rows(summary(data))[2]["speed_up"] == ""
    notes = " ".join(timing_notes(data))
    assert "“half generator” could not be timed (ValueError: too wide)." in notes


def test_times_of_runs_do_not_replace_those_of_a_configuration_that_was_not_timed(
    synthetic,
) -> None:
    data = synthetic.data([*timed(synthetic), synthetic.SMALL_GENERATOR])
    assert data.cost("half generator", "seconds_per_1000_images") is None
    assert "Not timed apart from training: half generator." in " ".join(timing_notes(data))


def test_notes_say_where_times_come_from_and_how_much_rounds_differ(data: SweepData) -> None:
    (note,) = timing_notes(data)
    assert "in 10 interleaved rounds" in note
    assert "took 31.0 % longer" in note  # 1.3 and half of the noise
    assert "other programs" not in note


def test_turns_in_which_others_were_busy_are_counted_and_mark_times(synthetic) -> None:
    data = synthetic.data(timed(synthetic, timed={"contended": True}))
    notes = timing_notes(data)
    assert "took processor time in 10 of 20 turns" in notes[0]
    assert notes[1].startswith("†")
    assert data.contended("half critic")
    assert not data.contended("dcgan")


def test_turns_in_which_others_were_busy_do_not_count(synthetic) -> None:
    """Two rounds took four times as long, and the counters of the load say why."""
    base, half = timed(synthetic)
    slow = [4.0 if n in (3, 4) else 1.0 for n in range(10)]
    configs = [
        replace(config, rounds=tuple(s * f for s, f in zip(config.rounds, slow, strict=True)))
        for config in (base, half)
    ]
    path = synthetic.write(configs)
    results = read_sweep(path)
    turns = results.timing
    turns["contended"] = turns["round"].isin([4, 5])
    data = SweepData(replace(results, timing=turns))
    assert data.speed_up("half critic").n == 8
    assert data.speed_up("half critic").value == pytest.approx(2, rel=0.01)
    assert not data.contended("half critic")
    assert "in 8 interleaved rounds" in timing_notes(data)[0]
    assert "in 4 of 20 turns, which do not count" in timing_notes(data)[0]


def test_sessions_are_not_paired_with_each_other(synthetic) -> None:
    """The third was timed later with the baseline, when the machine was half as fast."""
    base, half = timed(synthetic)
    third = replace(synthetic.SMALL_GENERATOR)
    path = synthetic.write([base, half, third])
    again = replace(base, rounds=(0.8, 0.8, 0.8))
    late = replace(third, rounds=(0.4, 0.4, 0.4))
    add_timing(path, "synthetic", [*turns_of(again, "run0", 2), *turns_of(late, "run2", 2)])
    data = SweepData(read_sweep(path))
    assert data.speed_up("half generator").value == pytest.approx(2)
    assert data.speed_up("half generator").n == 3
    assert data.speed_up("half critic").value == pytest.approx(2)
    assert data.speed_up("half critic").n == 10


def test_a_renamed_configuration_keeps_its_timing(synthetic) -> None:
    base, half = timed(synthetic)
    path = synthetic.write([base, half])
    plan = (path / "sweep.json").read_text()
    (path / "sweep.json").write_text(plan.replace('"half critic"', '"narrow critic"'))
    data = SweepData(read_sweep(path))
    assert data.speed_up("narrow critic").value == pytest.approx(2)


def test_costs_of_stacked_runs_are_those_of_the_timing(synthetic) -> None:
    configs = [replace(c, setup={"stacked_runs": 3}) for c in timed(synthetic)]
    data = synthetic.data(configs)
    assert data.has_own_costs
    assert data.speed_up("half critic").value == pytest.approx(2)
    assert "left out" not in " ".join(timing_notes(data))


def test_the_fastest_is_found_by_the_timing(synthetic) -> None:
    """Runs that trained side by side took longer; the timing says which is faster."""
    base, half = timed(synthetic)
    slow = replace(half, seconds=(20.0, 20.0, 20.0))
    found = fastest(synthetic.data([base, slow]))
    assert "“half critic” trains fastest per real image: 2.00" in found.text
    assert "(10 rounds)" in found.text


def test_a_report_says_that_runs_trained_side_by_side(synthetic) -> None:
    packed = [replace(config, setup={"packed_runs": 4}) for config in timed(synthetic)]
    assert "Up to 4 runs trained side by side" in " ".join(timing_notes(synthetic.data(packed)))
