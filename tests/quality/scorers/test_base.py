from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.errors import QualityError
from bench.measures.measure import EPOCH_MEASURES, Measure
from bench.quality.evaluator import Conditions, Evaluator
from bench.quality.images import to_uint8
from bench.quality.scorers import base
from bench.quality.scorers.base import SCORERS, Context, Scored, Scorer, scorer
from variants.registry import DuplicateName


@pytest.fixture(autouse=True)
def _own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    for registry in (SCORERS, EPOCH_MEASURES):
        registry.names()
        for kept in ("_entries", "_places"):
            monkeypatch.setattr(registry, kept, dict(getattr(registry, kept)))
    monkeypatch.setattr(base, "_declared", dict(base._declared))


def column(name: str, **about: Any) -> Measure:
    return Measure(name=name, doc="of a test", **{"over_epochs": "final", **about})


def returning(scores: Any, *measures: Measure) -> type[Scorer]:
    """A scorer that always returns the same."""

    class Constant(Scorer):
        def score(self, scored: Scored) -> Mapping[str, Any]:
            return scores  # type: ignore[no-any-return]

    Constant.measures = measures
    return Constant


def images(count: int = 20) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, 3, 8, 8, generator=generator) * 2 - 1


@pytest.fixture
def evaluate(projection: Any, random_images: Any, make_evaluator: Any) -> Any:
    """The scores of twenty images by all scorers registered at the time of the call."""

    def scores(conditions: Conditions | None = None, **about: Any) -> Mapping[str, Any]:
        evaluator: Evaluator = make_evaluator(projection, random_images(50), 20, **about)
        drawn = images()
        return evaluator.evaluate(lambda a, b: drawn[a:b], conditions or Conditions())

    return scores


def test_a_scorer_adds_a_column(evaluate: Any) -> None:
    before = evaluate()

    @scorer("brightness")
    class Brightness(Scorer):
        measures = (column("brightness"),)
        needs = frozenset({"images"})

        def score(self, scored: Scored) -> Mapping[str, Any]:
            return {"brightness": scored.images.float().mean()}

    assert EPOCH_MEASURES.get("brightness") is Brightness.measures[0]
    expected = to_uint8(images()).float().mean().item()
    assert evaluate() == {**before, "brightness": expected}


def test_pairs_are_scored_where_the_task_has_them(evaluate: Any) -> None:
    @scorer("pairs")
    class Pairs(Scorer):
        measures = (column("pair_distance"),)
        needs = frozenset({"samples", "images", "targets", "sources"})

        def score(self, scored: Scored) -> Mapping[str, Any]:
            assert torch.equal(to_uint8(scored.samples), scored.images)
            distance = (scored.images.float() - scored.targets).abs().mean()
            return {"pair_distance": distance + scored.sources.float().mean()}

    assert "pair_distance" not in evaluate()
    targets = to_uint8(images())
    sources = torch.full_like(targets, 3)
    scores = evaluate(Conditions(sources=sources, targets=targets))
    assert scores["pair_distance"] == 3.0
    with pytest.raises(ValueError, match=r"targets \(19, 3, 8, 8\) must have one row for each"):
        evaluate(Conditions(sources=sources, targets=targets[1:]))


def test_a_scorer_runs_in_its_tasks_only(evaluate: Any) -> None:
    found = returning({"x": 1.0}, column("x"))
    found.tasks = ("paired", "inpainting")
    scorer("of-pairs")(found)
    assert "x" not in evaluate()
    assert evaluate(task="inpainting")["x"] == 1.0


def test_a_scorer_may_require_more_samples(evaluate: Any) -> None:
    found = returning({"x": 1.0}, column("x"))
    found.fewest_samples = 21
    scorer("many")(found)
    with pytest.raises(QualityError, match="samples: 20 are too few: choose at least 21"):
        evaluate()


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (float, math.nan, None),
        (float, torch.tensor(-math.inf), None),
        (float, np.float32(0.5), 0.5),
        (float, 2, 2.0),
        (int, np.int64(7), 7),
        (int, torch.tensor(7), 7),
        (bool, True, True),
        (str, "a", "a"),
        (float, None, None),
    ],
)
def test_scores_become_values_of_their_column(
    kind: type, value: object, stored: object, evaluate: Any
) -> None:
    scorer("one")(returning({"x": value}, column("x", type=kind)))
    found = evaluate()["x"]
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ({"y": 1.0}, r"scorer 'one' returned the column 'y', which is not among its .* \(x\)"),
        ({"x": "high"}, "scorer 'one' returned 'high' for 'x', which is declared as float"),
    ],
)
def test_columns_that_are_not_declared_are_errors(
    scores: Mapping[str, Any], message: str, evaluate: Any
) -> None:
    scorer("one")(returning(scores, column("x")))
    with pytest.raises(ValueError, match=message):
        evaluate()


def test_an_error_of_a_scorer_is_not_hidden(evaluate: Any) -> None:
    @scorer("broken")
    class Broken(Scorer):
        measures = (column("x"),)

        def score(self, scored: Scored) -> Mapping[str, Any]:
            raise ZeroDivisionError("broken")

    with pytest.raises(ZeroDivisionError, match="broken"):
        evaluate()


def test_only_what_a_scorer_needs_can_be_read(evaluate: Any) -> None:
    @scorer("forgetful")
    class Forgetful(Scorer):
        measures = (column("x"),)

        def score(self, scored: Scored) -> Mapping[str, Any]:
            return {"x": scored.features.mean()}

    with pytest.raises(LookupError, match="add 'features' to its needs"):
        evaluate()


def test_two_scorers_may_share_a_measure_but_not_a_name() -> None:
    shared = column("x")
    scorer("first")(returning({}, shared))
    scorer("second")(returning({}, shared))
    with pytest.raises(DuplicateName, match=r"'x' is already registered \(.*test_base.py, line"):
        scorer("third")(returning({}, column("x")))
    with pytest.raises(DuplicateName, match=r"'fid' is already registered \(.*frechet.py, line"):
        scorer("third")(returning({}, column("fid")))
    with pytest.raises(DuplicateName, match=r"the scorer 'kernel' is already registered"):
        scorer("kernel")(returning({}, column("z")))


@pytest.mark.parametrize("about", [{"level": "run"}, {"nullable": False}, {"over_epochs": None}])
def test_measures_that_a_scorer_cannot_have_are_refused(about: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="measure 'x' of scorer 'one' must have level"):
        scorer("one")(returning({}, column("x", **about)))


def test_unknown_needs_are_refused_with_the_nearest() -> None:
    found = returning({}, column("x"))
    found.needs = frozenset({"feature"})
    with pytest.raises(ValueError, match="'one' needs 'feature'; did you mean 'features'"):
        scorer("one")(found)


def test_a_run_without_reference_has_no_real_features(random_images: Any) -> None:
    context = Context(task="x", device=torch.device("cpu"), samples=4, data=random_images(5))
    with pytest.raises(ValueError, match="no reference features"):
        _ = context.real_features
    scores = Evaluator(context).evaluate(lambda a, b: images(b - a))
    assert scores == {"quality_samples": 4}


def test_columns_are_known_without_torch() -> None:
    code = """
import sys
from bench.measures.measure import EPOCH_MEASURES
from bench.quality.extractors.registry import choices
from bench.quality.scorers.base import SCORERS
assert {"fid", "modes_captured", "quality_samples"} <= set(EPOCH_MEASURES.names())
assert "manifold" in SCORERS.names() and "inception" in choices()
sys.exit("torch" in sys.modules or "numpy" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
