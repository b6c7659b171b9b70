"""How a training step is executed, and in what precision. Nothing here waits for the device.

A step is one or more critic updates and one generator update. Steps return their losses and
scalars as tensors on the device; callers keep them there and read them once per epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor

from bench.run_keys import Execution, Precision
from variants.game import Batch, Game, Noise, Outcome
from variants.scalars import LOSSES

# Losses are computed within it; gradients and optimiser steps are not.
Arithmetic = Callable[[], AbstractContextManager[object]]


def critic_update(
    game: Game, batch: Batch, noise: Noise, arithmetic: Arithmetic = nullcontext
) -> Outcome:
    """One step of the critic's optimiser on one batch."""
    game.critic.optimizer.zero_grad(set_to_none=True)
    with arithmetic():
        outcome = game.critic_loss(batch, noise)
    outcome.loss.sum().backward()  # type: ignore[no-untyped-call]
    game.critic.optimizer.step()
    game.after_critic_update()
    return Outcome(outcome.loss.detach(), outcome.scalars)


def generator_update(
    game: Game, batch: Batch, noise: Noise, arithmetic: Arithmetic = nullcontext
) -> Outcome:
    """One step of the generator's optimiser, with the critic's weights frozen."""
    game.generator.optimizer.zero_grad(set_to_none=True)
    with game.critic.frozen():
        with arithmetic():
            outcome = game.generator_loss(batch, noise)
        outcome.loss.sum().backward()  # type: ignore[no-untyped-call]
    game.generator.optimizer.step()
    game.after_generator_update()
    return Outcome(outcome.loss.detach(), outcome.scalars)


def simultaneous_update(
    game: Game, batch: Batch, noise: Noise, arithmetic: Arithmetic = nullcontext
) -> tuple[Outcome, Outcome]:
    """Both gradients at the same point, then both optimisers' steps."""
    game.critic.optimizer.zero_grad(set_to_none=True)
    game.generator.optimizer.zero_grad(set_to_none=True)
    with arithmetic():
        critic, generator = game.losses(batch, noise)
    # Both losses share a part of the graph; each player gets the gradient of its own loss.
    critic.loss.sum().backward(  # type: ignore[no-untyped-call]
        inputs=list(game.critic.network.parameters()), retain_graph=True
    )
    generator.loss.sum().backward(  # type: ignore[no-untyped-call]
        inputs=list(game.generator.network.parameters())
    )
    game.critic.optimizer.step()
    game.after_critic_update()
    game.generator.optimizer.step()
    game.after_generator_update()
    return Outcome(critic.loss.detach(), critic.scalars), Outcome(
        generator.loss.detach(), generator.scalars
    )


def train_step(
    game: Game, batches: Sequence[Batch], noise: Noise, arithmetic: Arithmetic = nullcontext
) -> Tensor:
    """One critic update per batch, then one generator update on the last batch.

    Returns:
        A float tensor (columns,), or (columns, S) of a stack, on the device, in the order of
        :func:`columns`. The critic's values are averaged over its updates; NaN marks what the
        game did not report.

    Raises:
        ValueError: the game reports a number that its ``scalars`` do not name.
    """
    *earlier, last = batches
    critics = [critic_update(game, batch, noise, arithmetic) for batch in earlier]
    if game.simultaneous:
        critic, generator = simultaneous_update(game, last, noise, arithmetic)
    else:
        critic = critic_update(game, last, noise, arithmetic)
        generator = generator_update(game, last, noise, arithmetic)
    critics.append(critic)
    rows = [_row(game, critic, generator) for critic in critics]
    if len(rows) == 1:
        return rows[0]
    # The updates side by side: rounding then does not depend on the number of columns.
    updates = torch.stack(rows, -1)
    row = updates.mean(-1)
    if len({frozenset(critic.scalars) for critic in critics}) > 1:
        # A number that some updates did not report has the mean of the others.
        row[len(LOSSES) :] = updates[len(LOSSES) :].nanmean(-1)
    return row


def columns(game: Game) -> tuple[str, ...]:
    """The names of what each step records: the losses, then what the game names."""
    return tuple(scalar.name for scalar in (*LOSSES, *game.scalars))


def _row(game: Game, critic: Outcome, generator: Outcome) -> Tensor:
    names = columns(game)
    missing = torch.full_like(critic.loss, float("nan"))
    values = dict(zip(names, (critic.loss, generator.loss), strict=False))
    values |= {**critic.scalars, **generator.scalars}
    unnamed = values.keys() - set(names)
    if unnamed:
        raise ValueError(
            f"{type(game).__name__} reports {', '.join(sorted(unnamed))}, which its scalars do not "
            "name; add a Scalar for it"
        )
    return torch.stack([values.get(name, missing) for name in names])


def settle(threads: int) -> None:
    """Prepares this process for training, before its first tensor: threads and arithmetic.

    Flushes denormals to zero; losses are unaffected. A processor handles denormal numbers as an
    exception that costs as much as a hundred products. Threads started later inherit the setting.
    """
    torch.set_flush_denormal(True)
    torch.set_num_threads(threads)


@contextmanager
def repeatable() -> Iterator[None]:
    """Steps within it give the same numbers each time, on a GPU too, where they are then slower.

    cuDNN otherwise adds a convolution's gradients in any order. Within a few updates of a GAN the
    rounding grows to per cents.
    """
    before = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    try:
        yield
    finally:
        torch.backends.cudnn.deterministic = before


class Engine:
    """Executes the steps of one game.

    Attributes:
        columns: the names of what each step records.

    Args:
        game: its networks get another memory layout where that is faster.
        noise: the stream that the game draws from.
        batch_at: makes the batch of the samples at given indices of the data.
        size: samples of a whole batch; steps with other batches are always executed eagerly,
            so that nothing is compiled or captured in the middle of an epoch.
        precision: "fp32" (TF32 off), "tf32", or "bf16": losses under autocast to bfloat16;
            weights, gradient sums, optimisers and objectives in float32.
        execution: "eager"; "compile", the networks by torch.compile; or "cuda-graph", a step
            captured after a few eager ones and replayed.
    """

    def __init__(
        self,
        game: Game,
        noise: Noise,
        batch_at: Callable[[Tensor], Batch],
        *,
        size: int,
        device: torch.device,
        precision: Precision = "fp32",
        execution: Execution = "eager",
    ) -> None:
        self.columns = columns(game)
        self._game, self._noise, self._batch_at = game, noise, batch_at
        self._device = device
        self._whole = [size] * game.critic_steps
        self._precision, self._execution = precision, execution
        self._graph: _Graph | None = None
        self._eager_steps = 0
        # A captured step may not depend on the default stream, so no step runs there.
        self._stream: torch.cuda.Stream | None = None
        if execution == "cuda-graph":
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        if device.type == "cpu" or precision != "fp32":
            for player in (game.generator, game.critic):
                player.network.to(memory_format=torch.channels_last)
        if execution == "compile":
            for player in (game.generator, game.critic):
                for network in player.networks:
                    network.compile()
            # Evaluation and batches of other sizes run eagerly.
            torch.compiler.set_stance("force_eager")

    @contextmanager
    def settings(self) -> Iterator[None]:
        """Steps are executed within it; afterwards the caller's settings are as before."""
        tf32 = self._precision == "tf32"
        before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        try:
            if self._stream is None:
                yield
                return
            outer = torch.cuda.current_stream(self._device)
            self._stream.wait_stream(outer)
            with torch.cuda.stream(self._stream):
                yield
            outer.wait_stream(self._stream)
        finally:
            torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before

    def step(self, indices: Sequence[Tensor]) -> Tensor:
        """One training step on the samples at given indices of the data.

        Args:
            indices: for each critic update int64 (N,), or (S, N) of a stack.

        Returns:
            As :func:`train_step`; to be read before the next step.
        """
        whole = [index.shape[-1] for index in indices] == self._whole
        if self._execution == "eager" or not whole:
            return self._eagerly(indices)
        if self._execution == "compile":
            with torch.compiler.set_stance("default"):
                return self._eagerly(indices)
        if self._graph is None:
            # The first steps of optimisers and libraries allocate what later ones use.
            self._eager_steps += 1
            if self._eager_steps <= _STEPS_BEFORE_CAPTURE:
                return self._eagerly(indices)
            assert self._stream is not None
            self._graph = _Graph(self._eagerly, indices, self._noise, self._stream)
        return self._graph.replay(indices)

    def _eagerly(self, indices: Sequence[Tensor]) -> Tensor:
        batches = [self._batch_at(index) for index in indices]
        return train_step(self._game, batches, self._noise, self._arithmetic)

    def _arithmetic(self) -> AbstractContextManager[object]:
        if self._precision == "bf16":
            return torch.autocast(self._device.type, torch.bfloat16)
        return nullcontext()


_STEPS_BEFORE_CAPTURE = 3


class _Graph:
    """A step captured as one CUDA graph: its kernels are launched together, without Python.

    Random numbers come from the same streams as in eager steps and continue their sequence.
    """

    def __init__(
        self,
        step: Callable[[Sequence[Tensor]], Tensor],
        indices: Sequence[Tensor],
        noise: Noise,
        stream: torch.cuda.Stream,
    ) -> None:
        self._indices = [index.clone() for index in indices]
        self._graph = torch.cuda.CUDAGraph()
        for generator in noise if isinstance(noise, Sequence) else [noise]:
            self._graph.register_generator_state(generator)
        with torch.cuda.graph(self._graph, stream=stream):
            self._row = step(self._indices)

    def replay(self, indices: Sequence[Tensor]) -> Tensor:
        for own, given in zip(self._indices, indices, strict=True):
            own.copy_(given)
        self._graph.replay()
        return self._row
