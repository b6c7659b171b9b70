"""A recipe: everything about a variant that a grid may set, as plain checked data.

An instance is one point in the product space of architectures and objectives. It
imports no torch until it builds something.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from variants.lazy import LazyModule

if TYPE_CHECKING:
    import torch
    from torch import nn

    from variants import game as games
    from variants.game import Game
    from variants.networks import joining
else:
    torch = LazyModule("torch")
    nn = LazyModule("torch.nn")
    games = LazyModule("variants.game")
    joining = LazyModule("variants.networks.joining")


Objective = Literal[
    "non-saturating", "minimax", "wasserstein", "least-squares", "hinge", "product-metric"
]


class ImageShape(NamedTuple):
    """The images a variant works on: (channels, size, size) in [−1, 1]."""

    channels: int
    size: int
    classes: int = 0  # of the data set; 0 where it has none

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return (self.channels, self.size, self.size)


class PointShape(NamedTuple):
    """The points a variant works on, such as those of a 2-D mixture."""

    coordinates: int = 2

    @property
    def dimensions(self) -> tuple[int, ...]:
        """The shape of one sample."""
        return (self.coordinates,)


SampleShape = ImageShape | PointShape


class Refusal(NamedTuple):
    """Why a variant cannot work on some samples, and the grid's key to change."""

    key: str
    reason: str


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
    # The fewest packs per update the players train on: batch norm over feature maps takes
    # one, as each pixel is a sample; batch norm after a dense layer needs two.
    smallest_batch: ClassVar[int] = 1
    # Packs per update where a grid gives neither them nor a batch size; None: batch_size's default.
    default_packs: ClassVar[int | None] = None

    batch_size: int = Field(64, ge=1, description="real images per critic update")
    drop_last_batch: bool = Field(
        False, description="leave out an epoch's last, smaller batch instead of training on it"
    )
    pack: int = Field(
        1, ge=1, description="samples the critic judges together, joined as channels (PacGAN)"
    )
    conditional: bool = Field(
        False, description="give both players the class: with the latent, and as an image plane"
    )
    critic_steps: int = Field(1, ge=1, description="critic updates per generator update")
    updates: Literal["alternating", "simultaneous"] = Field(
        "alternating",
        description="whether the generator answers the updated critic or the one before",
    )
    reuse_samples: bool = Field(
        False,
        description="the generator answers on the samples that the critic has just seen, made "
        "once for both, instead of on new ones",
    )
    objective: Objective = Field("non-saturating", description="what the players minimise")
    critic_outputs: int | None = Field(
        None,
        ge=1,
        description="length of a vector critic's output (objective product-metric); "
        "null for every unit of its last hidden layer",
    )
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
        return [*cls.model_fields, "packs"]

    @model_validator(mode="before")
    @classmethod
    def _apply_packs(cls, fields: Any) -> Any:
        """Turns ``packs`` into ``batch_size``, so that ``pack`` can be swept at equal packs."""
        if not isinstance(fields, dict):
            return fields
        if "packs" not in fields and (cls.default_packs is None or "batch_size" in fields):
            return fields
        fields = dict(fields)
        packs = fields.pop("packs", cls.default_packs)
        if type(packs) is not int or packs < 1:
            raise ValueError(f"packs is {packs!r}; give a whole number from 1")
        if "batch_size" in fields:
            raise ValueError("packs and batch_size both give the batch; keep one of them")
        pack = fields.get("pack", cls.model_fields["pack"].default)
        if type(pack) is int and pack >= 1:
            fields["batch_size"] = packs * pack
        return fields

    @model_validator(mode="after")
    def _check_packs(self) -> Self:
        over = self.batch_size % self.pack
        if over:
            below = self.batch_size - over
            sizes = f"{below} or {below + self.pack}" if below else str(self.pack)
            raise ValueError(
                f"batch_size {self.batch_size} is not a multiple of pack {self.pack}; set it to "
                f"{sizes}, or give packs: {self.batch_size}"
            )
        return self

    @model_validator(mode="after")
    def _check_vector(self) -> Self:
        if self.critic_outputs is not None and self.objective != "product-metric":
            raise ValueError(
                f"critic_outputs is {self.critic_outputs}, but only objective: product-metric "
                "judges by a vector; set critic_outputs: null, or objective: product-metric"
            )
        return self

    @property
    def least_batch(self) -> int:
        """The fewest real samples per update the players train on."""
        return self.smallest_batch * self.pack

    @property
    def stackable(self) -> bool:
        """Whether runs that differ in their seed only can be trained as one stack."""
        return False

    def refusal(self, shape: SampleShape) -> Refusal | None:
        """Why this recipe cannot work on such samples, or None where it can."""
        if isinstance(shape, PointShape):
            return Refusal("dataset", "makes images, not points")
        if self.image_sizes and shape.size not in self.image_sizes:
            sizes = _either(self.image_sizes)
            return Refusal("image_size", f"makes images of {sizes} px, not {shape.size}")
        if shape.channels not in self.channel_counts:
            counts = _either(self.channel_counts)
            return Refusal("channels", f"makes images of {counts} channels, not {shape.channels}")
        if self.conditional and shape.classes < 2:
            return Refusal("conditional", "with conditional: true needs a data set with classes")
        return None

    def generator(self, shape: SampleShape) -> nn.Module:
        """The generator: latents (N, latent_dim) → samples (N, …) in [−1, 1].

        A conditional one takes labels (N,) as a second argument.
        """
        if not self.conditional:
            return self.make_generator(self.latent_dim, shape)
        assert isinstance(shape, ImageShape)
        network = self.make_generator(self.latent_dim + shape.classes, shape)
        return joining.LabelledGenerator(network, shape.classes)

    def critic(self, shape: SampleShape) -> nn.Module:
        """The critic: samples (N, …) → scores (N / pack, 1), or (N / pack, n) of a vector critic.

        A conditional one takes labels (N,) as a second argument.
        """
        if not self.conditional:
            network = self.make_critic(self.pack * shape.dimensions[0], shape)
            return joining.PackedCritic(network, self.pack) if self.pack > 1 else network
        assert isinstance(shape, ImageShape)
        network = self.make_critic(self.pack * (shape.channels + 1), shape)
        return joining.LabelledCritic(network, self.pack, shape.classes, shape.size)

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        """The bare generator: (N, inputs) → samples (N, …) in [−1, 1]."""
        raise NotImplementedError

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        """The bare critic: (N, channels, H, W), or points (N, channels) → its outputs.

        ``channels`` counts those of a whole pack and of label planes. End it with
        :meth:`head`.
        """
        raise NotImplementedError

    def head(self, last: Callable[[int], nn.Module], *, flatten: bool = False) -> nn.Module:
        """The critic's end: one score, or the non-negative outputs of a vector critic.

        Args:
            last: makes the layer from the last hidden one to so many outputs.
            flatten: the last hidden layer's outputs are maps, (N, F, H, W), and ``last``
                makes (N, n, 1, 1) of them.
        """
        end: list[nn.Module] = [nn.Flatten()] if flatten else []
        if self.objective != "product-metric":
            return nn.Sequential(last(1), *end)
        if self.critic_outputs is None:
            return nn.Sequential(*end, nn.ReLU())
        # A ReLU could leave so few outputs all at zero, without a slope to get away by.
        return nn.Sequential(last(self.critic_outputs), *end, nn.Softplus())

    def build(self, shape: SampleShape, device: torch.device) -> Game:
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
        return [*super().grid_keys(), *cls.FACTORS]

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
