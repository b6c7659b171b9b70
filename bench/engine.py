"""How a round of a game is executed, and in what arithmetic. Nothing here waits for the device.

Rounds return their losses and scalars as tensors on the device; callers keep them there and
read them once an epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor

from bench.spec import Execution, Precision
from variants.game import Batch, Game, Noise, Outcome

# What a round records, in this order; a game without one of them leaves it NaN.
SCALARS = (
    "critic_loss",
    "generator_loss",
    "score_real",
    "score_fake",
    "accuracy_real",
    "accuracy_fake",
    "penalty",
)

# Within it losses are computed; gradients and optimisers' steps are not.
Arithmetic = Callable[[], AbstractContextManager[object]]


def critic_update(
    game: Game,
    batch: Batch,
    latents: Tensor,
    made: Tensor | None = None,
    arithmetic: Arithmetic = nullcontext,
) -> Outcome:
    """One step of the critic's optimiser on one batch, on samples made for it unless given."""
    game.critic.optimizer.zero_grad(set_to_none=True)
    with arithmetic():
        outcome = game.critic_loss(batch, latents, *_given(made))
    outcome.loss.sum().backward()  # type: ignore[no-untyped-call]
    game.critic.optimizer.step()
    game.after_critic_update()
    return Outcome(outcome.loss.detach(), outcome.scalars)


def generator_update(
    game: Game,
    batch: Batch,
    latents: Tensor,
    made: Tensor | None = None,
    arithmetic: Arithmetic = nullcontext,
) -> Outcome:
    """One step of the generator's optimiser, the critic's weights frozen meanwhile."""
    game.generator.optimizer.zero_grad(set_to_none=True)
    with game.critic.frozen():
        with arithmetic():
            outcome = game.generator_loss(batch, latents, *_given(made))
        outcome.loss.sum().backward()  # type: ignore[no-untyped-call]
    game.generator.optimizer.step()
    return Outcome(outcome.loss.detach(), outcome.scalars)


def simultaneous_update(
    game: Game, batch: Batch, latents: Tensor, arithmetic: Arithmetic = nullcontext
) -> tuple[Outcome, Outcome]:
    """Both gradients at the same point, then both steps."""
    game.critic.optimizer.zero_grad(set_to_none=True)
    game.generator.optimizer.zero_grad(set_to_none=True)
    with arithmetic():
        critic, generator = game.losses(batch, latents)
    # What both losses share of the graph serves twice; each player's gradient is its own loss'.
    critic.loss.sum().backward(  # type: ignore[no-untyped-call]
        inputs=list(game.critic.network.parameters()), retain_graph=True
    )
    generator.loss.sum().backward(  # type: ignore[no-untyped-call]
        inputs=list(game.generator.network.parameters())
    )
    game.critic.optimizer.step()
    game.after_critic_update()
    game.generator.optimizer.step()
    return Outcome(critic.loss.detach(), critic.scalars), Outcome(
        generator.loss.detach(), generator.scalars
    )


def play_round(
    game: Game, batches: Sequence[Batch], rng: Noise, arithmetic: Arithmetic = nullcontext
) -> Tensor:
    """One critic update per batch, then one generator update on the last batch's size.

    Returns:
        Float tensor (len(SCALARS),), or (len(SCALARS), S) of a stack, on the device: the
        critic's values averaged over the round's critic updates, NaN for what the game
        does not have.
    """
    *earlier, last = batches
    critics = [
        critic_update(game, batch, game.latents(len(batch), rng), arithmetic=arithmetic)
        for batch in earlier
    ]
    latents = game.latents(len(last), rng)
    if game.simultaneous:
        critic, generator = simultaneous_update(game, last, latents, arithmetic)
    elif game.reuses_samples:
        with arithmetic():
            made = game.make(last, latents)
        critic = critic_update(game, last, latents, made, arithmetic)
        generator = generator_update(game, last, latents, made, arithmetic)
    else:
        critic = critic_update(game, last, latents, arithmetic=arithmetic)
        anew = game.latents(len(last), rng)
        generator = generator_update(game, last, anew, arithmetic=arithmetic)
    critics.append(critic)
    rows = torch.stack([_row(c.loss, generator.loss, c.scalars) for c in critics])
    return rows.mean(0) if len(critics) > 1 else rows[0]


def _given(made: Tensor | None) -> tuple[Tensor, ...]:
    """Samples for a game that reuses them; any other's losses need not take any."""
    return () if made is None else (made,)


def _row(critic_loss: Tensor, generator_loss: Tensor, scalars: Mapping[str, Tensor]) -> Tensor:
    missing = torch.full_like(critic_loss, float("nan"))
    values = {"critic_loss": critic_loss, "generator_loss": generator_loss, **scalars}
    return torch.stack([values.get(name, missing) for name in SCALARS])


def settle(threads: int) -> None:
    """Makes this process ready to train, before its first tensor: threads and arithmetic.

    Numbers too small for their format are taken as zero, which no loss notices; a processor
    takes them for an exception that costs as much as a hundred products. Threads started
    later inherit it.
    """
    torch.set_flush_denormal(True)
    torch.set_num_threads(threads)


class Engine:
    """Plays the rounds of one game, all in one way.

    Args:
        game: its networks are laid out anew in memory where that is quicker.
        noise: the stream of its latents.
        deal: makes a batch of the places of its samples in the data.
        size: samples of a whole batch; rounds with other batches are always played eagerly,
            so that nothing is compiled or captured in the middle of an epoch.
        precision: "fp32" (TF32 off), "tf32", or "bf16": losses under autocast to bfloat16,
            weights, gradients' sums, optimisers and objectives in float32.
        execution: "eager"; "compile", the networks by torch.compile; or "cuda-graph", a round
            captured after a few eager ones and played back.
    """

    def __init__(
        self,
        game: Game,
        noise: Noise,
        deal: Callable[[Tensor], Batch],
        *,
        size: int,
        device: torch.device,
        precision: Precision = "fp32",
        execution: Execution = "eager",
    ) -> None:
        self._game, self._noise, self._deal = game, noise, deal
        self._device = device
        self._whole = [size] * game.critic_steps
        self._precision, self._execution = precision, execution
        self._graph: _Graph | None = None
        self._eager_rounds = 0
        # A captured step may not depend on the default stream, so nothing is played there.
        self._stream: torch.cuda.Stream | None = None
        if execution == "cuda-graph":
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        if device.type == "cpu" or precision != "fp32":
            for player in (game.generator, game.critic):
                player.network.to(memory_format=torch.channels_last)
        if execution == "compile":
            for player in (game.generator, game.critic):
                player.network.compile()
            # Evaluation and rounds of other sizes run as they are.
            torch.compiler.set_stance("force_eager")

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Rounds are played within it; afterwards the caller's settings are as before."""
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

    def play(self, places: Sequence[Tensor]) -> Tensor:
        """One round on the batches of which the samples' places in the data are given.

        Args:
            places: for each critic update int64 (N,), or (S, N) of a stack.

        Returns:
            As :func:`play_round`; to be read before the next round.
        """
        whole = [index.shape[-1] for index in places] == self._whole
        if self._execution == "eager" or not whole:
            return self._eagerly(places)
        if self._execution == "compile":
            with torch.compiler.set_stance("default"):
                return self._eagerly(places)
        if self._graph is None:
            # The first steps of optimisers and libraries allocate what later ones use.
            self._eager_rounds += 1
            if self._eager_rounds <= _ROUNDS_BEFORE_CAPTURE:
                return self._eagerly(places)
            assert self._stream is not None
            self._graph = _Graph(self._eagerly, places, self._noise, self._stream)
        return self._graph.play(places)

    def _eagerly(self, places: Sequence[Tensor]) -> Tensor:
        batches = [self._deal(index) for index in places]
        return play_round(self._game, batches, self._noise, self._arithmetic)

    def _arithmetic(self) -> AbstractContextManager[object]:
        if self._precision == "bf16":
            return torch.autocast(self._device.type, torch.bfloat16)
        return nullcontext()


_ROUNDS_BEFORE_CAPTURE = 3


class _Graph:
    """A round captured as one CUDA graph: its kernels are launched together, without Python.

    Random numbers come from the streams they would come from otherwise, and go on from where
    those stand.
    """

    def __init__(
        self,
        play: Callable[[Sequence[Tensor]], Tensor],
        places: Sequence[Tensor],
        noise: Noise,
        stream: torch.cuda.Stream,
    ) -> None:
        self._places = [index.clone() for index in places]
        self._graph = torch.cuda.CUDAGraph()
        for generator in noise if isinstance(noise, Sequence) else [noise]:
            self._graph.register_generator_state(generator)
        with torch.cuda.graph(self._graph, stream=stream):
            self._row = play(self._places)

    def play(self, places: Sequence[Tensor]) -> Tensor:
        for ours, theirs in zip(self._places, places, strict=True):
            ours.copy_(theirs)
        self._graph.replay()
        return self._row
