"""Processes that take turns without training: what they are asked, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import grid
from bench.executors import Limits, RunRequest
from bench.executors.timed import Go, Prepared, Unfit
from bench.measures import Counts
from bench.training import TurnCost
from tests.report.conftest import ENVIRONMENT

GIB = 2**30


def requests(*labels: str, **fields: Any) -> list[RunRequest]:
    """A request for each label; the first is the baseline's."""
    variants = [
        {"name": "dcgan", "label": label, "latent_dim": 10 + index}
        for index, label in enumerate(labels)
    ]
    content = {"name": "sweep", "subset": 64, "variants": variants, **fields}
    return [request(run) for run in grid.expand(grid.Document("test.yaml", content)).runs]


def request(spec: Any) -> RunRequest:
    return RunRequest(
        spec=spec,
        data=Path(),
        labelled=Path(),
        features=None,
        counts=Counts(**dict.fromkeys(Counts.__dataclass_fields__, 1)),
        device="cpu",
        threads=2,
        exclusive=True,
        log=Path(),
        limits=Limits(seconds=spec.timeout_seconds),
    )


COST = TurnCost(
    seconds=1.0,
    real_images=640,
    generator_updates=10,
    peak_host_bytes=GIB,
    peak_host_added_bytes=GIB // 4,
    process_cpu_seconds=2.0,
    foreign_load_cores=0.0,
    steal_share=0.0,
    contended=False,
    **dict.fromkeys(
        (
            "energy_joules",
            "cpu_energy_joules",
            "peak_gpu_allocated_bytes",
            "peak_gpu_reserved_bytes",
            "peak_gpu_process_bytes",
        )
    ),
)
PREPARED = Prepared(
    seconds_per_step=0.1,
    period=1,
    images_per_step=64,
    environment=ENVIRONMENT,
    host_bytes=GIB // 2,
)


@dataclass
class FakeTalk:
    """A process that is set up at once, and whose turns take what ``seconds`` says."""

    executor: FakeExecutor
    label: str
    answers: list[Any] = field(default_factory=list)
    turns: int = 0
    closed: bool = False

    def send(self, message: object) -> None:
        assert isinstance(message, Go)
        executor = self.executor
        assert not any(talk.answers for talk in executor.talks), "it is another one's turn"
        executor.asked.append((self.label, message.steps))
        self.turns += 1
        self.answers.append(executor.cost(self.label, self.turns))

    def receive(self, seconds: float | None = None) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True


def _even(label: str, turn: int) -> float:
    return 1.0 + 0.001 * (turn % 3)


@dataclass
class FakeExecutor:
    """Starts fakes; ``unfit`` says which cannot be set up, given how many others there are."""

    seconds: Callable[[str, int], float | Unfit | Exception] = _even
    unfit: Callable[[str, int], Unfit | None] = lambda label, others: None
    prepared: Mapping[str, Prepared] = field(default_factory=dict)
    stopping: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)
    talks: list[FakeTalk] = field(default_factory=list)

    def talk(self, work: Any, request: RunRequest, limits: Any = None) -> FakeTalk:
        label = request.spec.label
        others = sum(not talk.closed for talk in self.talks)
        answer = self.unfit(label, others) or self.prepared.get(label, PREPARED)
        self.talks.append(FakeTalk(self, label, [answer]))
        return self.talks[-1]

    def cost(self, label: str, turn: int) -> Any:
        found = self.seconds(label, turn)
        return replace(COST, seconds=found) if isinstance(found, float) else found


@dataclass
class Heard:
    """An observer that remembers what it is told."""

    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    rounds: list[tuple[int, int]] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def timing(self, doing: str, done: int, total: int) -> None:
        if "round" in doing:
            self.rounds.append((done, total))
