"""What configurations take to reach a target: synthetic sweeps with a known answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.report.data import SweepData
from bench.report.data.time_to_target import TimeToTarget, time_to_target
from bench.report.figures.time_to_target import share_by_cost
from bench.report.findings.time_to_target import first_to_target
from bench.report.page import compose
from bench.report.paper.tabular import latex
from bench.report.tables.time_to_target import time_to_target_table
from bench.store import read_sweep

ALL = ("completed",) * 3


def falling(*reach: int | None) -> Callable[[int, int, int], float]:
    """FCD that is 5 from a seed's epoch of ``reach`` on, and 50 before, or always."""

    def curve(seed: int, epoch: int, epochs: int) -> float:
        first = reach[seed % len(reach)]
        return 5.0 + seed if first is not None and epoch >= first else 50.0

    return curve


def found_in(synthetic: Any, *configs: Any, **options: Any) -> tuple[SweepData, TimeToTarget]:
    options = {"target": {"fcd": 8.0}, "steps": 3, **options}
    data = synthetic.data([replace(config, samples=False) for config in configs], **options)
    found = time_to_target(data)
    assert found is not None
    return data, found


def test_costs_are_those_of_the_first_evaluation_that_meets_it(synthetic) -> None:
    base = replace(synthetic.BASELINE, curve=falling(2, 3, 4))
    _, found = found_in(synthetic, base)
    images = [run.costs["samples_seen"] for run in found.arrivals["dcgan"]]
    assert images == [10_000, 15_000, 20_000]
    flops = found.median("dcgan", "training_flops")
    assert flops is not None
    assert flops.value == 15_000 * 1e8
    seconds = found.observed("dcgan", "training_seconds")
    assert [round(run.cost, 2) for run in seconds] == [
        round(1.3 + 0.9 * pace + more * pace, 2) for pace, more in ((10, 1), (10.5, 2), (9.7, 3))
    ], "warm-up included"
    assert found.reached("dcgan") == 3
    assert not found.known("joules"), "unknown is null"


def test_clean_seconds_are_images_times_their_rate(synthetic) -> None:
    base = replace(synthetic.BASELINE, curve=falling(2, 3, 4), rounds=(2.0, 2.0, 2.0))
    _, found = found_in(synthetic, base)
    seconds = [run.costs["training_seconds"] for run in found.arrivals["dcgan"]]
    assert seconds == pytest.approx([20, 30, 40])


def test_joules_are_images_times_those_of_one(synthetic) -> None:
    base = replace(synthetic.BASELINE, curve=falling(2, 3, None), watts=[100.0] * 5)
    _, found = found_in(synthetic, base)
    joules = [run.costs["joules"] for run in found.arrivals["dcgan"]]
    # The last never gets there, and counts as followed as long as the costliest of its length.
    assert joules == pytest.approx([2 * 1000, 3 * 1050, 5 * 1050])


def test_runs_that_never_reach_it_are_censored(synthetic) -> None:
    base = replace(synthetic.BASELINE, curve=falling(2, 3, 4))
    never = replace(synthetic.SMALL_CRITIC, curve=falling(5, None, None))
    data, found = found_in(synthetic, base, never)
    assert found.reached("half critic") == 1
    median = found.median("half critic", "samples_seen")
    assert median is not None
    assert (median.value, median.beyond) == (None, 25_000)
    table = time_to_target_table(data)
    assert not isinstance(table, str)
    assert table is not None
    rows = {row[0]: row for row in table.rows}
    assert rows["dcgan (baseline)"][1:3][0] == "3 of 3"
    assert rows["half critic"][1] == "1 of 3"
    assert rows["half critic"][4] == "> 25.0"
    finding = first_to_target(data)
    assert finding is not None
    assert finding.text.startswith("“dcgan” takes least to reach FCD ≤ 8: 31.8 s in")
    assert "1 of 3 seeds of “half critic”" in finding.text
    assert share_by_cost(data) is not None


def test_the_first_is_tested_against_the_second(synthetic) -> None:
    """Where neither is the baseline, of which the tests are given anyway."""
    base = replace(synthetic.BASELINE, curve=falling(5, 5, None))
    near = replace(synthetic.SMALL_GENERATOR, curve=falling(4, 5, 4))
    first = replace(synthetic.SMALL_CRITIC, curve=falling(2, 3, 2))
    data, found = found_in(synthetic, base, near, first)
    finding = first_to_target(data)
    assert finding is not None
    race = found.race("half critic", "half generator")
    assert race is not None
    # All of one before all of the other: one of the 20 ways, and its mirror image.
    assert race.p == pytest.approx(0.1)
    assert (finding.evidence["second"], finding.evidence["over_second"]) == ("half generator", race)
    assert "; not shown to be sooner than the second, “half generator” (log-rank test)." in (
        finding.text
    )
    data, _ = found_in(synthetic, base, first)
    finding = first_to_target(data)
    assert finding is not None
    assert "the second" not in finding.text


def test_a_run_that_diverged_does_not_reach_it_later(synthetic) -> None:
    base = replace(synthetic.BASELINE, curve=falling(2, 3, 4))
    broken = replace(
        synthetic.SMALL_CRITIC,
        curve=falling(3, 3, 5),
        statuses=("completed", "completed", "diverged"),
        errors=(None, None, "the loss is not finite"),
    )
    _, found = found_in(synthetic, base, broken)
    *_, last = found.arrivals["half critic"]
    assert not last.reached
    assert last.costs["samples_seen"] == 25_000, "as one that was trained to the end"
    failed = replace(broken, statuses=("completed", "completed", "failed"))
    _, found = found_in(synthetic, base, failed)
    assert len(found.arrivals["half critic"]) == 2


def test_nothing_reaches_it(synthetic) -> None:
    configs = [
        replace(c, curve=falling(None)) for c in (synthetic.BASELINE, synthetic.SMALL_CRITIC)
    ]
    data, found = found_in(synthetic, *configs)
    assert found.races["half critic"].p == 1
    finding = first_to_target(data)
    assert finding is not None
    assert finding.text.startswith("No configuration reaches FCD ≤ 8 in half of its seeds")
    assert share_by_cost(data) is not None
    assert time_to_target_table(data) is not None


def test_all_at_the_same_epoch_differ_by_what_an_epoch_costs(synthetic) -> None:
    """Three seeds each are too few to tell: p is 0.1 at least, and the table says so."""
    configs = [replace(c, curve=falling(3)) for c in (synthetic.BASELINE, synthetic.SMALL_CRITIC)]
    data, found = found_in(synthetic, *configs)
    assert found.compared_by == "training_seconds"
    race = found.races["half critic"]
    assert race.test.excess > 0
    assert (race.p, race.verdict) == (pytest.approx(0.1), "undecided")
    table = time_to_target_table(data)
    assert not isinstance(table, str)
    assert table is not None
    assert any("p cannot be below 0.1" in note for note in table.notes)
    assert any("Fewer than six seeds" in note for note in table.notes)


def test_enough_seeds_decide(synthetic) -> None:
    six = {"statuses": ("completed",) * 6, "errors": (None,) * 6, "final": (1.0,) * 6}
    base = replace(
        synthetic.BASELINE, curve=falling(4), seconds=(10, 10.1, 9.9, 10.2, 9.8, 10), **six
    )
    fast = replace(
        synthetic.SMALL_CRITIC, curve=falling(2), seconds=(5, 5.1, 4.9, 5.2, 4.8, 5), **six
    )
    late = replace(synthetic.SMALL_GENERATOR, curve=falling(5), seconds=base.seconds, **six)
    options = {"seeds": range(6), "target": {"fcd": 15.0}}
    data, found = found_in(synthetic, base, fast, late, **options)
    assert {label: race.verdict for label, race in found.races.items()} == {
        "half critic": "sooner",
        "half generator": "later",
    }
    assert found.races["half critic"].p == pytest.approx(2 * 2 / 924, rel=0.01), "Holm"
    median = found.median("half critic", "training_seconds")
    assert median is not None
    assert median.low is not None
    assert median.high is not None
    drawing = share_by_cost(data)
    assert drawing is not None
    assert "Bands" in drawing.caption


def test_a_measure_of_which_more_is_better(synthetic) -> None:
    mixture = replace(synthetic.mixture("dcgan", 1, (8, 8, 3)), samples=False)
    data = synthetic.data([mixture], target={"modes_captured": 7}, quality=False, steps=3)
    found = time_to_target(data)
    assert found is not None
    # One mode fewer an epoch earlier: seven in the last but one.
    images = [run.costs["samples_seen"] for run in found.arrivals["dcgan"]]
    assert images == [20_000, 20_000, 25_000]
    assert [run.reached for run in found.arrivals["dcgan"]] == [True, True, False]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"fid": 8.0}, "The target is given in fid, which no run has measured."),
        ({"modes": 8.0}, "The target is given in modes, which a plug-in declares"),
        (None, None),
    ],
)
def test_a_target_that_cannot_be_used_is_said(synthetic, target, said) -> None:
    data = synthetic.data([synthetic.BASELINE], target=target, steps=3)
    found = time_to_target_table(data)
    if said is None:
        assert found is None
    else:
        assert str(found).startswith(said)
    assert time_to_target(data) is None
    assert first_to_target(data) is None
    assert share_by_cost(data) is None


def test_the_report_has_table_finding_and_figure(synthetic) -> None:
    base = replace(synthetic.BASELINE, curve=falling(2, 3, 4), samples=False)
    page = compose(read_sweep(synthetic.write([base], target={"fcd": 8.0}, steps=3)))
    assert "time-to-target" in [table.name for table in page.tables]
    assert "time-to-target" in [figure.name for figure in page.figures]
    assert any("to reach FCD ≤ 8" in f.text for part in page.parts for f in part.findings)
    (table,) = [table for table in page.tables if table.name == "time-to-target"]
    assert "training_seconds_to_target" in table.csv()
    assert r"$\leq$" in latex(table)


def test_without_times_of_their_own_runs_are_compared_by_flops(synthetic) -> None:
    stacked = {"setup": {"stacked_runs": 3}}
    base = replace(synthetic.BASELINE, curve=falling(2, 3, 4), **stacked)
    cheap = replace(synthetic.SMALL_CRITIC, curve=falling(2, 3, 4), **stacked)
    data, found = found_in(synthetic, base, cheap)
    assert found.compared_by == "training_flops"
    assert found.races["half critic"].test.excess > 0
    table = time_to_target_table(data)
    assert not isinstance(table, str)
    assert table is not None
    assert "training_seconds_to_target" not in [column.key for column in table.columns]
    assert share_by_cost(data) is not None
