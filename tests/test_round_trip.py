"""Evaluation of games that translate both ways, in the training loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from bench import tasks
from bench.quality.evaluator import Conditions, QualityProtocol
from bench.tasks import Picture
from bench.training import evaluation as evaluation_module
from bench.training.evaluation import Evaluation, Ways
from variants.game import Inputs

SAMPLES, SIZE = 5, 4


class TwoWays:
    """A game whose translation is the negative, and whose way back is darker by a quarter."""

    conditional, both_ways = False, True

    def inputs(self, count: int, noise: object, labels: object, source: Tensor) -> Inputs:
        assert source.dtype == torch.float32
        return Inputs(source=source)


@dataclass
class Judge:
    """Keeps what it is given."""

    samples: int = SAMPLES
    protocol: QualityProtocol = field(default_factory=QualityProtocol)
    prepared: bool = False
    seen: dict[str, Tensor] = field(default_factory=dict)

    def prepare_back(self) -> None:
        self.prepared = True

    def evaluate(self, draw: Any, conditions: Conditions, /, back: Any = None) -> Mapping[str, Any]:
        samples = draw(0, SAMPLES)
        self.seen = {"samples": samples, "again": back(samples)}
        return {"l1": 1.0}


class Task:
    """Black images."""

    def conditions(self, data: object, count: int, *, conditional: bool) -> Conditions:
        return Conditions(sources=torch.zeros(count, 1, SIZE, SIZE, dtype=torch.uint8))

    def picture(self, spec: object, data: object, *, conditional: bool, shown: object) -> Picture:
        conditions = self.conditions(None, 2, conditional=False)
        return Picture(2, conditions, lambda _: b"one way", self.drawn)

    def drawn(self, samples: Tensor, again: Tensor) -> bytes:
        assert samples.shape == again.shape == (2, 1, SIZE, SIZE)
        return b"round trip"


class Memory:
    @contextmanager
    def apart(self) -> Iterator[None]:
        yield


@pytest.mark.parametrize("both_ways", [True, False])
def test_both_directions_are_judged_and_drawn(
    both_ways: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "get", lambda name: Task())
    monkeypatch.setattr(evaluation_module, "_DRAW_PIXELS", 2 * SIZE**2 - 1)  # for one image
    at_once: list[int] = []

    def sample(inputs: Inputs) -> Tensor:
        assert inputs.source is not None
        assert inputs.source.dtype == torch.float32
        at_once.append(len(inputs.source))
        return -inputs.source

    def back(images: Tensor) -> Tensor:
        at_once.append(len(images))
        return images / 2

    game, judge = TwoWays(), Judge()
    game.both_ways = both_ways
    if not both_ways:
        judge.evaluate = lambda draw, conditions: {"l1": 2.0}  # type: ignore[assignment]
    spec: Any = SimpleNamespace(
        task="pairs",
        data=None,
        samples_shown=None,
        epochs=1,
        quality=SimpleNamespace(every=1),
        pictured=lambda epoch: True,
    )
    resources: Any = SimpleNamespace(
        evaluator=judge, device=torch.device("cpu"), memory=Memory(), data=None
    )
    ways = Ways(sample, back if both_ways else None)
    evaluation = Evaluation(spec, game, ways, resources)  # type: ignore[arg-type]
    found = evaluation.of(1)
    assert judge.prepared == both_ways
    if both_ways:
        assert found.png == b"round trip"
        assert torch.equal(judge.seen["samples"], torch.ones(SAMPLES, 1, SIZE, SIZE))
        assert torch.equal(judge.seen["again"], torch.full((SAMPLES, 1, SIZE, SIZE), 0.5))
        assert found.scores == {"quality_evaluated": True, "l1": 1.0}
    else:
        assert found.png == b"one way"
        assert found.scores == {"quality_evaluated": True, "l1": 2.0}
    assert set(at_once) == {1}
