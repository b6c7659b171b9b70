"""What is declared in English elsewhere has its name in every other catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import texts
from bench.describe import swap
from bench.measures import EPOCH_MEASURES, FLOORS, RUN_MEASURES, Measure
from bench.report.titles import key_of, legend_of, title
from bench.texts import speaking
from tests.texts.catalogues import catalogue
from variants import objectives, registry
from variants.effect import effect
from variants.scalars import BUILT_IN, Scalar

OTHERS = [code for code in texts.languages() if code != "en"]
TOPICS = [each for each in vars(swap).values() if isinstance(each, swap.Topic)]


def shown() -> Iterator[Measure]:
    """The measures of this package that a report can name."""
    for measures in (EPOCH_MEASURES, RUN_MEASURES):
        for name, measure in measures.items():
            made = measure.averaged or measure.floor or measure.level == "step"
            wanted = measure.direction or measure.over_epochs == "final" or measure.heading
            if wanted and not made and "bench" in Path(measures.place(name).file).parts:
                yield measure


def reasons() -> Iterator[str]:
    """Why changes of fields and of layers change a cost, clause by clause."""
    for name in registry.names():
        kind = registry.get(name)
        if not kind.__module__.startswith("variants."):
            continue  # what another test has registered
        for field, info in kind.model_fields.items():
            found = effect(kind, field)
            if not found.free and not callable(found.why):
                yield from (found.why or info.description or "").split("; ")
    for topic in TOPICS:
        yield from topic.why.split("; ")


@pytest.mark.parametrize("code", OTHERS)
def test_every_measure_and_number_of_a_step_has_a_name(code: str) -> None:
    known = catalogue(code).messages
    keys = {f"measure-{measure.name}" for measure in shown()}
    assert {"measure-fid", "measure-seconds_per_1000_images"} <= keys
    keys |= {f"scalar-{scalar.name}" for scalar in BUILT_IN}
    keys |= {f"floor-{floor}" for floor in FLOORS}
    assert sorted(keys - known.keys()) == []
    named = {key for key in known if key.startswith(("measure-", "scalar-"))}
    assert sorted(named - keys) == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_reason_of_a_cost_is_translated(code: str) -> None:
    known = catalogue(code).messages
    every = set(reasons())
    assert sorted(each for each in every if f"effect-{key_of(each)}" not in known) == []
    assert len({key_of(each) for each in every}) == len(every), "the first words tell them apart"
    for topic in TOPICS:
        assert not topic.name or f"topic-{key_of(topic.name)}" in known


@pytest.mark.parametrize("code", OTHERS)
def test_what_objectives_need_is_translated(code: str) -> None:
    known = catalogue(code).messages
    for name in objectives.OBJECTIVES.names():
        if not objectives.OBJECTIVES.get(name).__module__.startswith("variants."):
            continue
        for clause in objectives.needs(name).split("; "):
            own = key_of(clause.removeprefix(f"{name} "))
            assert f"effect-of-{own}" in known or f"effect-{own}" in known, clause


def test_what_a_plug_in_declares_keeps_its_own_name() -> None:
    with speaking("es"):
        assert title(Measure(name="my_score", doc="", heading=("My", "score"))) == ("My", "score")
        assert legend_of(Scalar("my_number", "", heading="my number")) == "my number"
        assert title(EPOCH_MEASURES.get("recall")) == ("Exhaustividad",)
        cost = RUN_MEASURES.get("seconds_per_1000_images")
        assert title(cost, "points") == ("Tiempo", "por cada 1000", "puntos reales")
    assert title(cost, "points") == ("Time", "per 1,000", "real points")
