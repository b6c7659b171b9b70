"""Sweeps that add seeds until their verdicts are given: looks, what they spend, what is due."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import report
from bench.measures import Looks, Status
from bench.report.comparisons import compare
from bench.report.course import course
from bench.report.data import SweepData
from bench.report.looks import Course, follow
from bench.report.statistics import sequential
from bench.report.verdicts import Comparison, against
from bench.store import read_sweep
from tests.report.conftest import Config, write_sweep

LABELS = ["base", "clear", "close"]
PLAN = Looks((0, 1, 2), 8)  # looks at 3, 5 and 8 seeds

Values = dict[str, dict[int, float | None]]


def judge(
    base: Sequence[float], others: Mapping[str, Sequence[float]], *, level: float
) -> dict[str, Comparison]:
    return against(base, others, scale="log", direction="lower", margin=0.1, level=level)


def values(seeds: int, label: str, centre: float) -> dict[int, float | None]:
    generator = np.random.default_rng(LABELS.index(label))
    spread = 0.3 if label == "close" else 0.05
    return {seed: centre * math.exp(generator.normal(0, spread)) for seed in range(seeds)}


def grown(**seeds: int) -> Values:
    centres = {"base": 10.0, "clear": 20.0, "close": 10.9}
    return {label: values(n, label, centres[label]) for label, n in seeds.items()}


def followed(ended: Values) -> Course:
    return follow(PLAN, "base", LABELS, ended, judge)


def test_the_whole_is_spent_at_the_last_look_and_never_more() -> None:
    """Lan and DeMets (1983), α₂*: α ln(1 + (e − 1) t)."""
    assert sequential.spent(0, 0.05) == 0
    assert sequential.spent(1, 0.05) == pytest.approx(0.05)
    assert sequential.spent(0.5, 0.05) == pytest.approx(0.05 * math.log(1 + 0.5 * (math.e - 1)))
    found = followed(grown(base=8, clear=3, close=8))
    assert sum(look.level for look in found.looks) == pytest.approx(0.05)
    assert all(look.level > 0 for look in found.looks)


def test_the_first_look_waits_for_the_first_seeds_of_all() -> None:
    found = followed({"base": {0: 10.0}, "clear": {0: 20.0}, "close": {}})
    assert (found.looks, found.state) == ((), "due")
    assert found.due == tuple(
        (label, seed) for seed in (0, 1, 2) for label in LABELS if (label, seed) not in
        (("base", 0), ("clear", 0))
    )  # fmt: skip


def test_seeds_go_to_the_undecided_and_the_baseline() -> None:
    found = followed(grown(base=3, clear=3, close=3))
    assert found.looks[0].decided == ["clear"]
    assert found.due == (("base", 3), ("close", 3), ("base", 4), ("close", 4))
    assert found.state == "due"


def test_it_stops_when_every_configuration_has_a_verdict() -> None:
    ended = grown(base=8, clear=3, close=8)
    ended["close"] = {seed: 30.0 * (1 + 0.01 * seed) for seed in range(3)}
    found = followed(ended)
    assert (found.state, found.due, len(found.looks)) == ("decided", (), 1)
    assert {label: each.kind for label, each in found.found.items()} == {
        "clear": "worse",
        "close": "worse",
    }


def test_it_stops_at_the_most_seeds() -> None:
    found = followed(grown(base=8, clear=3, close=8))
    assert [len(look.seeds) for look in found.looks] == [3, 5, 8]
    assert found.state == "at most"
    assert not found.found["close"].decided


def test_a_verdict_stays_whatever_its_later_seeds_say() -> None:
    """Seeds beyond the look that decided are of no account, as when another call adds them."""
    ended = grown(base=8, clear=8, close=8)
    ended["clear"] |= dict.fromkeys(range(3, 8), 10.0)
    found = followed(ended)
    assert found.found["clear"] == followed(grown(base=8, clear=3, close=8)).found["clear"]


def test_runs_without_a_value_are_used_up() -> None:
    ended = grown(base=8, clear=3, close=8)
    ended["close"] |= {1: None, 2: None}  # one value left: never to be decided
    found = followed(ended)
    assert (found.state, len(found.looks)) == ("decided", 1)
    assert found.found["close"].kind == "untested"
    ended = grown(base=3, clear=3, close=3)
    ended["base"] |= {0: None, 1: None}
    assert followed(ended).state == "decided"


def test_false_verdicts_of_equal_configurations_stay_rare() -> None:
    """Six equal ones, with spreads that differ tenfold, up to four looks."""
    plan = Looks((0, 1, 2), 12)
    generator = np.random.default_rng(5)
    labels = ["base", *"abcde"]
    spreads = dict(zip(labels, (0.06, 0.35, 0.03, 0.28, 0.13, 0.14), strict=True))
    wrong = 0
    repeats = 120
    for _ in range(repeats):
        ended: Values = {
            label: dict(enumerate(np.exp(generator.normal(0, spread, 12)).tolist()))
            for label, spread in spreads.items()
        }
        found = follow(plan, "base", labels, ended, judge).found
        wrong += any(each.kind in ("better", "worse") for each in found.values())
    assert wrong / repeats <= 0.1  # 5 % and two and a half standard errors


DONE: list[Status | None] = ["completed"] * 3


def config(label: str, final: Sequence[float], later: Sequence[Status | None]) -> Config:
    """Of five seeds, the last two of which have these statuses."""
    none: list[str | None] = [None] * 5
    return Config(label, seconds=[9.0] * 5, final=final, statuses=[*DONE, *later], errors=none)


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    """At 3 seeds one is clearly worse; the other is looked at with 5, the most."""
    configs = [
        config("dcgan", [20.0, 21, 19, 20.5, 20.2], ["completed", "completed"]),
        config("clear", [40.0, 41, 39, 1, 1], [None, None]),
        config("close", [21.0, 17, 24, 21, 21], ["completed", "completed"]),
    ]
    return write_sweep(tmp_path / "results", configs, seeds=range(5), looks=Looks((0, 1, 2), 5))


def test_the_report_gives_the_verdicts_of_the_looks(sweep: Path) -> None:
    results = read_sweep(sweep)
    data = SweepData(results)
    found = course(data)
    assert found is not None
    assert [len(look.seeds) for look in found.looks] == [3, 5]
    assert compare(data, "quality_final") == found.found
    assert found.found["clear"].kind == "worse"
    (progress,) = report.progress(results)
    assert progress.due == ()
    assert progress.sentences[0].startswith("Look 1, at 3 seeds: “clear” worse; without")
    assert "5 is the most that was asked for" in progress.sentences[-1]
    page = report.write(sweep, sweep / "report").markdown.read_text()
    assert "Look 2, at 5 seeds" in page
    assert "with looks at 3 and 5 seeds" in page


def test_other_measures_are_compared_at_the_same_looks(sweep: Path) -> None:
    data = SweepData(read_sweep(sweep))
    kid = compare(data, "kid_mean_final")
    assert list(kid) == ["clear", "close"]
    assert (kid["clear"].n, kid["close"].n) == (3, 5)


def test_an_unfinished_look_is_due(tmp_path: Path) -> None:
    configs = [
        config("dcgan", [20.0, 21, 19, 20, 20], [None, None]),
        config("close", [21.0, 17, 24, 21, 21], ["interrupted", None]),
    ]
    path = write_sweep(tmp_path / "r", configs, seeds=range(5), looks=Looks((0, 1, 2), 5))
    (progress,) = report.progress(read_sweep(path))
    assert progress.due == (("dcgan", 3), ("close", 3), ("dcgan", 4), ("close", 4))
    page = report.write(path, path / "report").markdown.read_text()
    assert "4 runs of the next look are due" in page


def test_each_facet_has_looks_of_its_own(tmp_path: Path) -> None:
    """Runs are due by their labels in the sweep; a facet is decided by its own baseline."""
    both: list[Status | None] = [None, None]
    configs = [
        config("dcgan dataset=a", [20.0, 21, 19, 0, 0], both),
        config("wide dataset=a", [40.0, 41, 39, 0, 0], both),
        config("dcgan dataset=b", [20.0, 21, 19, 0, 0], both),
        config("wide dataset=b", [21.0, 17, 24, 0, 0], both),
    ]
    configs = [replace(each, dataset=each.label[-1]) for each in configs]
    path = write_sweep(
        tmp_path / "r",
        configs,
        seeds=range(5),
        baseline="dcgan dataset=a",
        looks=Looks((0, 1, 2), 5),
        facets=True,
    )
    first, second = report.progress(read_sweep(path))
    assert first.due == ()
    assert second.due == (
        ("dcgan dataset=b", 3),
        ("wide dataset=b", 3),
        ("dcgan dataset=b", 4),
        ("wide dataset=b", 4),
    )
    assert first.sentences[0] == "a – Look 1, at 3 seeds: “wide” worse."
