"""Noise to samples, and a critic that scores them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor

from variants.accuracy import accuracies
from variants.augmentations import Augmentation
from variants.constraints import Constraint
from variants.game import Batch, Example, Game, Inputs, Noise, Outcome, Player
from variants.objectives import Objective
from variants.penalties import Penalty, ScorePenalty
from variants.scalars import (
    ACCURACY_FAKE,
    ACCURACY_REAL,
    MIDPOINT_FAKE,
    MIDPOINT_REAL,
    PAIRWISE_ACCURACY,
    PENALTY,
    SCORE_FAKE,
    SCORE_REAL,
    Scalar,
)
from variants.shapes import SampleShape

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How an adversarial game is played.

    Attributes:
        shape: of one sample.
        objective: what the players minimise.
        latent_dim: length of a latent.
        latent: its distribution, N(0, 1) or U(−1, 1).
        pack: samples that the critic judges together.
        conditional: both players receive the class of each sample.
        critic_steps: critic updates per generator update.
        simultaneous: both players are updated from one point of the game.
        reuse_samples: the generator's loss is taken on the samples of the last critic update.
        penalties: on the critic, each with its weight.
        penalty_interval: penalties that need the critic itself are evaluated every so many critic
            updates, and multiplied by as much.
        constraints: on the critic's weights, each with its bound.
        augmentations: changes of all images that the critic judges, in this order.
    """

    shape: SampleShape
    objective: Objective
    latent_dim: int
    latent: Literal["normal", "uniform"] = "normal"
    pack: int = 1
    conditional: bool = False
    critic_steps: int = 1
    simultaneous: bool = False
    reuse_samples: bool = False
    penalties: Sequence[tuple[Penalty, float]] = field(default=())
    penalty_interval: int = 1
    constraints: Sequence[tuple[Constraint, float]] = field(default=())
    augmentations: Sequence[Augmentation] = field(default=())


class AdversarialGame(Game):
    """Latents to samples, and a critic that scores them."""

    scalars: tuple[Scalar, ...] = (
        SCORE_REAL,
        SCORE_FAKE,
        ACCURACY_REAL,
        ACCURACY_FAKE,
        PENALTY,
        MIDPOINT_REAL,
        MIDPOINT_FAKE,
        PAIRWISE_ACCURACY,
    )

    def __init__(self, rules: Rules, generator: Player, critic: Player) -> None:
        self.rules = rules
        self.scalars = (*type(self).scalars, *rules.objective.scalars)
        self.generator = generator
        self.critic = critic
        self.critic_steps = rules.critic_steps
        self.simultaneous = rules.simultaneous
        self.conditional = rules.conditional
        lazy = any(not isinstance(penalty, ScorePenalty) for penalty, _ in rules.penalties)
        self.cost_period = rules.penalty_interval if lazy else 1
        self._critic_updates = 0
        self._fake: Tensor | None = None  # the last critic update's, for the generator's loss

    def state(self) -> dict[str, Any]:
        own = {"critic_updates": self._critic_updates}
        remembered = [penalty.state() for penalty, _ in self.rules.penalties]
        return super().state() | own | ({"penalties": remembered} if any(remembered) else {})

    def load_state(self, state: Mapping[str, Any]) -> None:
        super().load_state(state)
        # Earlier versions evaluated every penalty in every update, and counted none.
        self._critic_updates = state.get("critic_updates", 0)
        for (penalty, _), own in zip(
            self.rules.penalties, state.get("penalties", ()), strict=False
        ):
            penalty.load_state(own)

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        if self.rules.reuse_samples:
            self._fake = self._generate(self.latents(len(batch), noise), batch.labels)
            fake = self._fake.detach()
        else:
            with torch.no_grad():
                fake = self._generate(self.latents(len(batch), noise), batch.labels)
        real = self._judge(batch.target, batch.labels, noise)
        return self._critic_outcome(
            batch, fake, real, self._judge(fake, batch.labels, noise), noise
        )

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        fake, self._fake = self._fake, None
        if fake is None:
            fake = self._generate(self.latents(len(batch), noise), batch.labels)
        judged = self._judge(fake, batch.labels, noise)
        real = None
        if self.rules.objective.compares:
            with torch.no_grad():
                real = self._judge(batch.target, batch.labels, noise)
        return self._generator_outcome(real, judged)

    def losses(self, batch: Batch, noise: Noise) -> tuple[Outcome, Outcome]:
        """Both losses from one graph: samples are generated and judged once."""
        self._fake = None
        fake = self._generate(self.latents(len(batch), noise), batch.labels)
        real, judged = (
            self._judge(batch.target, batch.labels, noise),
            self._judge(fake, batch.labels, noise),
        )
        critic = self._critic_outcome(batch, fake.detach(), real, judged, noise)
        return critic, self._generator_outcome(real.detach(), judged)

    def latents(self, count: int, noise: Noise) -> Tensor:
        """``count`` latents from ``noise``, on its device: (count, d), or (S, count, d)."""
        if isinstance(noise, Sequence):
            return torch.stack([self.latents(count, stream) for stream in noise])
        shape = (count, self.rules.latent_dim)
        if self.rules.latent == "uniform":
            return torch.rand(shape, generator=noise, device=noise.device) * 2 - 1
        return torch.randn(shape, generator=noise, device=noise.device)

    def inputs(
        self,
        count: int,
        noise: torch.Generator,
        labels: Tensor | None = None,
        source: Tensor | None = None,
    ) -> Inputs:
        return Inputs(self.latents(count, noise), labels if self.conditional else None)

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        assert inputs.latents is not None
        return self._generate(inputs.latents, inputs.labels)

    def example_inputs(self) -> list[Example]:
        rules = self.rules
        latent = torch.zeros(1, rules.latent_dim)
        pack = torch.zeros(rules.pack, *rules.shape.dimensions)
        labels = torch.zeros(rules.pack, dtype=torch.int64)
        return [
            Example("generator", self.generator.network, self._given(latent, labels[:1])),
            Example("critic", self.critic.network, self._given(pack, labels), images=rules.pack),
        ]

    @torch.no_grad()
    def after_critic_update(self) -> None:
        self._critic_updates += 1
        for constraint, bound in self.rules.constraints:
            constraint(self.critic.network, bound)

    def _generate(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        samples: Tensor = self.generator.network(*self._given(latents, labels))
        return samples

    def _judge(self, samples: Tensor, labels: Tensor | None, noise: Noise) -> Tensor:
        """The critic's outputs on samples, which are augmented first."""
        for augment in self.rules.augmentations:
            assert isinstance(noise, torch.Generator), "runs that augment are not stacked"
            samples = augment(samples, noise)
        scores: Tensor = self.critic.network(*self._given(samples, labels))
        # Losses in mixed precision use float32: bfloat16 has three digits.
        return scores.float() if scores.dtype == torch.bfloat16 else scores

    def _given(self, first: Tensor, labels: Tensor | None) -> tuple[Tensor, ...]:
        """The arguments of a network's forward pass."""
        if not self.conditional:
            return (first,)
        if labels is None:
            raise ValueError("a conditional game needs the labels of its samples")
        return first, labels

    def _each(self, function: Callable[..., T], *scores: Tensor) -> T:
        """A loss or the scalars from the scores; a stack of runs has one for each run."""
        return function(*scores)

    def _critic_outcome(
        self, batch: Batch, fake: Tensor, real_scores: Tensor, fake_scores: Tensor, noise: Noise
    ) -> Outcome:
        objective = self.rules.objective
        real, judged = (
            objective.scores(real_scores).detach(),
            objective.scores(fake_scores).detach(),
        )
        scalars = {SCORE_REAL.name: real.mean((-2, -1)), SCORE_FAKE.name: judged.mean((-2, -1))}
        scalars |= accuracies(objective, real, judged)
        scalars |= self._each(objective.reported, real, judged)
        loss = self._each(objective.critic, real_scores, fake_scores)
        penalty = self._penalty(batch, fake, real_scores, fake_scores, noise)
        if penalty is not None:
            scalars[PENALTY.name] = penalty.detach()
            loss = loss + penalty
        return Outcome(loss, scalars)

    def _penalty(
        self, batch: Batch, fake: Tensor, real_scores: Tensor, fake_scores: Tensor, noise: Noise
    ) -> Tensor | None:
        """The sum of those that are due in this update, with weights; None where none is."""
        if not self.rules.penalties:
            return None
        assert isinstance(noise, torch.Generator), "penalised runs are not stacked"
        objective, interval = self.rules.objective, self.rules.penalty_interval
        packs = len(fake) // self.rules.pack

        def potential(samples: Tensor) -> Tensor:
            return objective.potential(self._judge(samples, batch.labels, noise), noise)

        terms = []
        for penalty, weight in self.rules.penalties:
            if isinstance(penalty, ScorePenalty):
                scores = objective.scores(real_scores), objective.scores(fake_scores)
                terms.append(weight * penalty.on(*scores))
            elif self._critic_updates % interval == 0:
                found = penalty(potential, batch.target, fake, noise, packs)
                terms.append(interval * weight * found)
        if not terms:
            return None
        whole = torch.stack(terms).sum() if len(terms) > 1 else terms[0]
        return whole if self.penalty_share == 1 else self.penalty_share * whole

    def _generator_outcome(self, real: Tensor | None, fake: Tensor) -> Outcome:
        def loss(fake: Tensor, *real: Tensor) -> Tensor:
            return self.rules.objective.generator(real[0] if real else None, fake)

        compared = (real,) if real is not None and self.rules.objective.compares else ()
        return Outcome(self._each(loss, fake, *compared), {})
