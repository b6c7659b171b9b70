"""What games from images to images have in common."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from variants.accuracy import accuracies
from variants.game import Game, Inputs
from variants.objectives import Objective
from variants.scalars import (
    ACCURACY_FAKE,
    ACCURACY_REAL,
    ADVERSARIAL_TERM,
    PAIRWISE_ACCURACY,
    SCORE_FAKE,
    SCORE_REAL,
    Scalar,
)


class TranslationGame(Game):
    """A generator that receives images, and a critic of patches.

    The generator is updated on the images of the last critic update, as in the papers' code.
    """

    scalars: tuple[Scalar, ...] = (
        SCORE_REAL,
        SCORE_FAKE,
        ACCURACY_REAL,
        ACCURACY_FAKE,
        PAIRWISE_ACCURACY,
        ADVERSARIAL_TERM,
    )

    def inputs(
        self,
        count: int,
        noise: torch.Generator,
        labels: Tensor | None = None,
        source: Tensor | None = None,
    ) -> Inputs:
        """Nothing but the source.

        Raises:
            ValueError: there is none.
        """
        return Inputs(source=given(source))


def given(source: Tensor | None) -> Tensor:
    """The source.

    Raises:
        ValueError: there is none.
    """
    if source is None:
        raise ValueError("a game that translates needs source images; its data have none")
    return source


def judge(critic: nn.Module, images: Tensor) -> Tensor:
    """Scores of the patches of images (N, C, H, W), one a row: (N · patches, 1), float32."""
    scores: Tensor = critic(images)
    return full(scores.reshape(-1, 1))


def full(x: Tensor) -> Tensor:
    """Losses in mixed precision use float32: bfloat16 has three digits."""
    return x.float() if x.dtype == torch.bfloat16 else x


def judgements(objective: Objective, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    """Scalars of a critic from its scores (P, 1); a share of samples is one of patches."""
    real, fake = real.detach(), fake.detach()
    means = {SCORE_REAL.name: real.mean(), SCORE_FAKE.name: fake.mean()}
    return means | accuracies(objective, real, fake)


def distance(one: Tensor, other: Tensor) -> Tensor:
    """L1 per value, as a mean over the batch."""
    return (one - other).abs().mean()
