"""A recipe: everything about a variant that a grid may set, as plain checked data.

An instance is one point in the product space of architectures and objectives. It
imports no torch until it builds something.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from variants.lazy import LazyModule

if TYPE_CHECKING:
    import torch
    from torch import nn

    from variants import game as games
    from variants.game import Game
else:
    torch = LazyModule("torch")
    games = LazyModule("variants.game")


Objective = Literal["non-saturating", "minimax", "wasserstein", "least-squares", "hinge"]


class ImageShape(NamedTuple):
    """The images a variant works on: (channels, size, size) in [−1, 1]."""

    channels: int
    size: int


class Recipe(BaseModel):
    """Fields common to every game; a variant adds its own and overrides defaults.

    The first line of the class docstring is what ``bench list`` shows.

    Raises:
        pydantic.ValidationError: a field is unknown, of the wrong type or out of range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    image_sizes: ClassVar[tuple[int, ...]] = ()
    channel_counts: ClassVar[tuple[int, ...]] = (1, 3)
    source: ClassVar[str] = ""
    # The fewest images per update the players train on: batch norm over feature maps takes
    # one, as each pixel is a sample; batch norm after a dense layer needs two.
    smallest_batch: ClassVar[int] = 1

    batch_size: int = Field(64, ge=1, description="real images per critic update")
    drop_last_batch: bool = Field(
        False, description="leave out an epoch's last, smaller batch instead of training on it"
    )
    critic_steps: int = Field(1, ge=1, description="critic updates per generator update")
    updates: Literal["alternating", "simultaneous"] = Field(
        "alternating",
        description="whether the generator answers the updated critic or the one before",
    )
    objective: Objective = Field("non-saturating", description="what the players minimise")
    gradient_penalty: float = Field(
        0.0, ge=0, description="λ of the gradient penalty on the critic; 0 for none"
    )
    weight_clip: float | None = Field(
        None, gt=0, description="the critic's weights are clipped to ± this after each update"
    )
    latent_dim: int = Field(100, ge=1, description="length of the latent vector")
    latent: Literal["normal", "uniform"] = Field(
        "normal", description="N(0, 1) or U(−1, 1) latent vectors"
    )
    optimizer: Literal["adam", "rmsprop"] = Field("adam", description="of both players")
    generator_lr: float = Field(2e-4, gt=0, description="the generator's learning rate")
    critic_lr: float = Field(2e-4, gt=0, description="the critic's learning rate")
    beta1: float = Field(0.5, ge=0, lt=1, description="Adam's β1, both players")
    beta2: float = Field(0.999, ge=0, lt=1, description="Adam's β2, both players")

    @classmethod
    def summary(cls) -> str:
        """One line on what the variant is."""
        return (cls.__doc__ or "").strip().splitlines()[0]

    @classmethod
    def grid_keys(cls) -> list[str]:
        """Every key a grid may write under this variant."""
        return list(cls.model_fields)

    @classmethod
    def refusal(cls, shape: ImageShape) -> str | None:
        """Why this variant cannot work on images of this shape, or None where it can."""
        if shape.size not in cls.image_sizes:
            return f"makes images of {_either(cls.image_sizes)} px, not {shape.size}"
        if shape.channels not in cls.channel_counts:
            return f"makes images of {_either(cls.channel_counts)} channels, not {shape.channels}"
        return None

    def generator(self, shape: ImageShape) -> nn.Module:
        """The generator: latents (N, latent_dim) → images (N, C, H, W) in [−1, 1]."""
        raise NotImplementedError

    def critic(self, shape: ImageShape) -> nn.Module:
        """The critic: images (N, C, H, W) → logits (N, 1)."""
        raise NotImplementedError

    def build(self, shape: ImageShape, device: torch.device) -> Game:
        """The game with freshly initialised players on ``device``.

        Weights are drawn on the CPU from torch's global generator, so that one seed
        gives the same weights on every device.
        """
        generator = self.generator(shape).to(device)
        critic = self.critic(shape).to(device)
        return games.AdversarialGame(self, generator, critic)


class ConvolutionalRecipe(Recipe):
    """A recipe whose networks are widened by one number each."""

    generator_width: int = Field(
        64, ge=1, description="filters of the generator's last hidden layer"
    )
    critic_width: int = Field(64, ge=1, description="filters of the critic's first layer")

    FACTORS: ClassVar[dict[str, tuple[str, ...]]] = {
        "width_factor": ("generator_width", "critic_width"),
        "generator_width_factor": ("generator_width",),
        "critic_width_factor": ("critic_width",),
    }

    @classmethod
    def grid_keys(cls) -> list[str]:
        return [*cls.model_fields, *cls.FACTORS]

    @model_validator(mode="before")
    @classmethod
    def _apply_width_factors(cls, fields: Any) -> Any:
        """Turns factors into widths, so that one network has one spelling and one run id."""
        if not isinstance(fields, dict):
            return fields
        fields = dict(fields)
        for key, widths in cls.FACTORS.items():
            if key not in fields:
                continue
            factor = fields.pop(key)
            problem = f"{key} is {factor!r}; give a number above 0, such as 0.5"
            number = isinstance(factor, (int, float)) and not isinstance(factor, bool)
            if not number or not 0 < factor < math.inf:
                raise ValueError(problem)
            for name in widths:
                width = fields.get(name, cls.model_fields[name].default)
                if isinstance(width, int):
                    try:
                        fields[name] = max(1, round(width * factor))
                    except OverflowError as error:
                        raise ValueError(problem) from error
        return fields


def _either(values: tuple[int, ...]) -> str:
    *most, last = [str(v) for v in values]
    return f"{', '.join(most)} or {last}" if most else last
