"""Verdicts err in at most 5 % of sweeps and intervals hold in 95 %, on sweeps whose truth is known.

A short set in every run of the tests; `tox -e simulation` has the long one.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bench.measures import Looks
from bench.report.looks import follow
from bench.report.verdicts import against
from tests.simulation.sweeps import (
    LEVEL,
    MARGIN,
    World,
    judge,
    judge_until_decided,
)

MOST_WRONG = 0.055
SPREADS = ("equal", "tenfold", "baseline", "others", "one")
LOOKS = (Looks((0, 1, 2), 12).counts, Looks((0, 1), 12).counts, tuple(range(3, 13)))


def chance(sweeps: int) -> float:
    """Three standard errors of a share of 5 % among so many sweeps."""
    return 3 * math.sqrt(0.05 * 0.95 / sweeps)


def truths(k: int) -> list[list[float]]:
    """All equal; all at the margin; and half of each, of which steps pass their level on."""
    return [[0.0] * k, [MARGIN] * k, [0.0] * (k - k // 2) + [MARGIN] * (k // 2)]


def check(world: World, sweeps: int, looks: tuple[int, ...] = ()) -> None:
    values = world.draw(sweeps, np.random.default_rng(15))
    judged = judge_until_decided(values, looks) if looks else judge(values)
    assert judged.wrong(world.true) <= MOST_WRONG + chance(sweeps), world
    assert judged.covered(world.true) >= 0.95 - 0.005 - chance(sweeps), world


@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
def test_few_verdicts_are_wrong(seeds: int) -> None:
    for k, spreads in itertools.product((1, 5, 12), SPREADS):
        check(World(seeds, [0.0] * k, spreads=spreads), 2000)
    check(World(seeds, [0.0] * 5, noise="heavy", spreads="tenfold"), 2000)
    check(World(seeds, truths(5)[2], spreads="tenfold", size=0.01), 2000)


@pytest.mark.parametrize("spreads", SPREADS)
def test_few_verdicts_are_wrong_though_one_looks_often(spreads: str) -> None:
    for looks in LOOKS:
        check(World(12, truths(6)[2], spreads=spreads, size=0.02), 1000, looks)
        check(World(12, [0.0] * 6, spreads=spreads), 1000, looks)


def test_looking_often_without_spending_errs_far_more_often() -> None:
    """What the spending is there for: every look at the full level."""
    world = World(12, [0.0])
    values = world.draw(4000, np.random.default_rng(3))
    found = np.zeros((4000, 1), bool)
    for count in LOOKS[-1]:
        found |= judge(values[..., :count]).sign != 0
    assert found.mean() > 0.12


def test_intervals_hold_about_as_often_as_they_say() -> None:
    """With ten seeds little is lost; with two or three, intervals hold more often than 95 %."""
    for world in (World(10, [0.0] * 5), World(10, [0.3] * 5, spreads="tenfold")):
        covered = judge(world.draw(8000, np.random.default_rng(4))).covered(world.true)
        assert 0.94 <= covered <= 0.97


@pytest.mark.parametrize("looks", [(), LOOKS[0]])
def test_the_simulation_judges_as_reports_do(looks: tuple[int, ...]) -> None:
    """Log-normal values, through the function that reports use."""
    world = World(12 if looks else 3, [0.0, 0.2, -0.5, 0.02], spreads="tenfold", size=0.02)
    values = world.draw(60, np.random.default_rng(5))
    judged = judge_until_decided(values, looks) if looks else judge(values)
    kinds = {(-1, False): "better", (1, False): "worse", (0, True): "equivalent"}
    for index, sweep in enumerate(np.exp(values)):
        base, *others = ([float(v) for v in row] for row in sweep)
        named = {str(place): row for place, row in enumerate(others)}
        if looks:
            ended = {str(place): dict(enumerate(row)) for place, row in enumerate([base, *others])}
            plan = Looks((0, 1, 2), 12)
            course = follow(
                plan,
                "0",
                list(ended),
                ended,
                lambda b, o, level: against(b, o, scale="log", direction="lower", level=level),
            )
            found = {label: course.found[label] for label in ended if label != "0"}
        else:
            found = against(base, named, scale="log", direction="lower", level=LEVEL)
        for place, each in enumerate(found.values()):
            key = int(judged.sign[index, place]), bool(judged.equivalent[index, place])
            assert each.kind == kinds.get(key, "undecided")
            if not looks:
                assert math.log(each.low) == pytest.approx(judged.low[index, place])


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["normal", "heavy"])
@pytest.mark.parametrize("spreads", SPREADS)
@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
def test_few_verdicts_are_wrong_long(noise: str, spreads: str, seeds: int) -> None:
    for k in (1, 2, 3, 5, 8, 12):
        for true in truths(k):
            for size in (0.008, 0.015, 0.03):
                check(World(seeds, true, noise, spreads, size), 20_000)


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["normal", "heavy"])
@pytest.mark.parametrize("spreads", SPREADS)
@pytest.mark.parametrize("looks", LOOKS, ids=str)
def test_few_verdicts_are_wrong_until_decided_long(
    noise: str, spreads: str, looks: tuple[int, ...]
) -> None:
    for k in (1, 2, 5, 12):
        for true in truths(k):
            for size in (0.01, 0.03):
                check(World(12, true, noise, spreads, size), 10_000, looks)


@pytest.mark.slow
@pytest.mark.parametrize("spreads", SPREADS)
def test_skewed_values_err_more_often_where_spreads_differ_systematically(spreads: str) -> None:
    """What docs/measuring.md says: no rule that knows a few values only can help it."""
    most = MOST_WRONG if spreads in ("equal", "tenfold") else 0.10
    for seeds, k in itertools.product((2, 3, 5, 10), (1, 5)):
        world = World(seeds, [0.0] * k, "skewed", spreads)
        judged = judge(world.draw(20_000, np.random.default_rng(15)))
        assert judged.wrong(world.true) <= most + chance(20_000), world
