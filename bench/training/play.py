"""One run's game, its data and its random streams, and how its steps are executed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from bench.engine import Engine
from bench.spec import RunSpec
from bench.training.average import GeneratorAverage
from bench.training.batches import Batches
from bench.training.evaluation import Ways
from bench.training.resources import Resources
from bench.training.schedules import Schedules
from variants.game import Game, Inputs, Noise

T = TypeVar("T")


class Shown(NamedTuple):
    """Samples of some steps."""

    real: int  # shown to the critic
    generated: int  # in generator updates


class Solo:
    """One run with everything that its seed decides.

    Attributes:
        game: with freshly drawn weights.
        batches: of the data, in the run's order.
        noise: the stream that the game draws from.
    """

    def __init__(self, spec: RunSpec, resources: Resources) -> None:
        weights_seed, order_seed, noise_seed = _streams(spec.seed)
        torch.manual_seed(weights_seed)
        self.game: Game = spec.recipe.build(spec.shape, resources.device)
        self.batches = Batches(
            resources.data,
            spec.recipe,
            resources.device,
            torch.Generator().manual_seed(order_seed),
            spec.steps_per_epoch,
            resident=resources.execution == "cuda-graph",
        )
        self.noise = torch.Generator(resources.device).manual_seed(noise_seed)

    def state(self, game: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
        """All that decides how the run continues: players, streams, position in the data.

        Args:
            game: the state of the run's game.
        """
        cuda = device.type == "cuda"
        return {
            "game": game,
            "batches": self.batches.state(),
            "noise": self.noise.get_state(),
            "torch": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state(device) if cuda else None,
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Restores what :meth:`state` returned, but for torch's global streams."""
        self.game.load_state(state["game"])
        self.batches.load_state(state["batches"])
        self.noise.set_state(state["noise"].cpu())


class Play:
    """Executes the steps of one run. A stack of runs does the same; see ``stack``.

    Attributes:
        game: what is played.
        epoch_steps: steps of a whole epoch.
    """

    def __init__(self, specs: Sequence[RunSpec], resources: Resources) -> None:
        self.runs = [Solo(spec, resources) for spec in specs]
        self._device = resources.device
        self._spec = specs[0]
        self._execution = resources.execution
        self._start()

    def _start(self) -> None:
        """Makes the game, its batches and its engine from the runs."""
        (run,) = self.runs
        self._set_up(run.game, run.batches, run.noise)

    def _set_up(self, game: Game, batches: Any, noise: Noise) -> None:
        self.game = game
        self._batches = batches
        self.epoch_steps: int = batches.steps
        self._engine = Engine(
            game,
            noise,
            batches.at,
            size=self._spec.recipe.batch_size,
            device=self._device,
            precision=self._spec.precision,
            execution=self._execution,
        )
        self._schedules = Schedules(game, self._spec.recipe, self._spec.epochs)
        half_life = self._spec.recipe.generator_average
        self._average: GeneratorAverage | None = None
        if half_life is not None:
            self._average = GeneratorAverage(game.generator.network, half_life)

    @property
    def averages(self) -> bool:
        """Whether there is an averaged generator beside the trained one."""
        return self._average is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what each step records, in the order of its row."""
        return self._engine.columns

    def states(self) -> list[dict[str, Any]]:
        """All that decides how each run continues."""
        return [self._state(index, run.game.state()) for index, run in enumerate(self.runs)]

    def _state(self, index: int, game: Mapping[str, Any]) -> dict[str, Any]:
        state = self.runs[index].state(game, self._device)
        if self._average is not None:
            state["average"] = self._average.state(index if len(self.runs) > 1 else None)
        return state

    def load_states(self, states: Sequence[Mapping[str, Any]]) -> None:
        """Restores what :meth:`states` returned."""
        for run, state in zip(self.runs, states, strict=True):
            run.load_state(state)
        self._load_average(states)
        torch.set_rng_state(states[0]["torch"].cpu())
        if self._device.type == "cuda" and states[0]["cuda"] is not None:
            torch.cuda.set_rng_state(states[0]["cuda"].cpu(), self._device)

    def _load_average(self, states: Sequence[Mapping[str, Any]]) -> None:
        if self._average is not None:
            self._average.load_state(*(state["average"] for state in states))

    def begin(self, epoch: int) -> None:
        """Prepares the players for an epoch, as its number alone decides."""
        self._schedules.begin(epoch)

    def steps(self, epoch: int) -> int:
        """Steps of an epoch; the last one of a run whose length is in steps may have fewer."""
        if self._spec.steps is None:
            return self.epoch_steps
        return min(self.epoch_steps, self._spec.steps - (epoch - 1) * self.epoch_steps)

    def indices(self, steps: int) -> Iterator[list[Tensor]]:
        """Which samples each of the next steps trains on."""
        found: Iterator[list[Tensor]] = self._batches.indices(steps)
        return found

    def run(self, steps: Iterator[list[Tensor]], rows: Tensor) -> Shown:
        """Executes one step per row and records it there."""
        real = generated = 0
        with self._engine.settings():
            for row, indices in zip(rows, steps, strict=False):
                row.copy_(self._engine.step(indices).view(row.shape))
                if self._average is not None:  # after a whole step, so no graph captures it
                    self._average.update(indices[-1].shape[-1])
                real += sum(index.shape[-1] for index in indices)
                generated += indices[-1].shape[-1]
        return Shown(real, generated)

    def sample(self, index: int, inputs: Inputs) -> Tensor:
        """Samples of one of the runs, its generator in evaluation mode."""
        with self._evaluating():
            return self.game.sample(inputs)

    def sample_back(self, images: Tensor) -> Tensor:
        """Sources made from images by a game both ways, likewise."""
        with self._evaluating():
            return self.game.sample_back(images)

    def ways(self, index: int) -> Ways:
        """What makes samples of one of the runs, and sources where its game goes both ways."""
        return Ways(partial(self.sample, index), self.sample_back if self.game.both_ways else None)

    def averaged_ways(self, index: int) -> Ways:
        """The same of the averaged generator."""
        sample, back = self.ways(index)
        return Ways(self._averaged(sample), None if back is None else self._averaged(back))

    def _averaged(self, made: Callable[[T], Tensor]) -> Callable[[T], Tensor]:
        def of_average(given: T) -> Tensor:
            assert self._average is not None
            with self._average.in_place():
                return made(given)

        return of_average

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        network = self.game.generator.network
        network.eval()
        try:
            yield
        finally:
            network.train()


def _streams(seed: int) -> tuple[int, int, int]:
    """Independent seeds for weights and dropout, order of the data, and the game's noise."""
    state = np.random.SeedSequence(seed).generate_state(3, np.uint32)
    return int(state[0]), int(state[1]), int(state[2])
