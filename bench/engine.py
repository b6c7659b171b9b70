"""How an update is executed. Nothing here waits for the device.

Updates return their losses and scalars as tensors on the device; callers keep them
there and read them once an epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

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


def critic_update(game: Game, batch: Batch, latents: Tensor) -> Outcome:
    """One step of the critic's optimiser on one batch."""
    game.critic.optimizer.zero_grad(set_to_none=True)
    outcome = game.critic_loss(batch, latents)
    outcome.loss.sum().backward()  # type: ignore[no-untyped-call]
    game.critic.optimizer.step()
    game.after_critic_update()
    return Outcome(outcome.loss.detach(), outcome.scalars)


def generator_update(game: Game, batch: Batch, latents: Tensor) -> Outcome:
    """One step of the generator's optimiser, the critic's weights frozen meanwhile."""
    game.generator.optimizer.zero_grad(set_to_none=True)
    with game.critic.frozen():
        outcome = game.generator_loss(batch, latents)
        outcome.loss.sum().backward()  # type: ignore[no-untyped-call]
    game.generator.optimizer.step()
    return Outcome(outcome.loss.detach(), outcome.scalars)


def simultaneous_update(game: Game, batch: Batch, latents: Tensor) -> tuple[Outcome, Outcome]:
    """Both gradients at the same point, then both steps."""
    game.critic.optimizer.zero_grad(set_to_none=True)
    game.generator.optimizer.zero_grad(set_to_none=True)
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


def play_round(game: Game, batches: Sequence[Batch], rng: Noise) -> Tensor:
    """One critic update per batch, then one generator update on the last batch's size.

    Returns:
        Float tensor (len(SCALARS),), or (len(SCALARS), S) of a stack, on the device: the
        critic's values averaged over the round's critic updates, NaN for what the game
        does not have.
    """
    *earlier, last = batches
    critics = [critic_update(game, batch, game.latents(len(batch), rng)) for batch in earlier]
    latents = game.latents(len(last), rng)
    if game.simultaneous:
        critic, generator = simultaneous_update(game, last, latents)
        critics.append(critic)
    else:
        critics.append(critic_update(game, last, latents))
        generator = generator_update(game, last, game.latents(len(last), rng))
    rows = torch.stack([_row(c.loss, generator.loss, c.scalars) for c in critics])
    return rows.mean(0) if len(critics) > 1 else rows[0]


def _row(critic_loss: Tensor, generator_loss: Tensor, scalars: Mapping[str, Tensor]) -> Tensor:
    missing = torch.full_like(critic_loss, float("nan"))
    values = {"critic_loss": critic_loss, "generator_loss": generator_loss, **scalars}
    return torch.stack([values.get(name, missing) for name in SCALARS])
