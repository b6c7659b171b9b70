"""A recipe: everything about a variant that a grid may set, as plain checked data.

An instance is one point in the product space of architectures and objectives. It
imports no torch until it builds something.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from variants import revisions
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.references import Cited, Reference, references_of, references_of_fields
from variants.schedules import Schedule
from variants.shapes import ImageShape, PointShape, SampleShape

if TYPE_CHECKING:
    import torch
    from torch import nn

    from variants import optimizers
    from variants.game import Game, Player
else:
    optimizers = LazyModule("variants.optimizers")

KINGMA = Reference(
    key="kingma2015adam",
    authors="Diederik P. Kingma and Jimmy Ba",
    title="Adam: A Method for Stochastic Optimization",
    booktitle="International Conference on Learning Representations",
    arxiv="1412.6980",
    year=2015,
)


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

    # The task that `bench describe` builds the variant for.
    task: ClassVar[str] = "images"
    image_sizes: ClassVar[tuple[int, ...]] = ()
    channel_counts: ClassVar[tuple[int, ...]] = (1, 3)
    source: ClassVar[str] = ""
    references: ClassVar[tuple[Reference, ...]] = ()  # given by variants.references.cites
    # Raised with every change of what this class defines; see CONTRIBUTING.md.
    revision: ClassVar[int] = 1

    batch_size: Annotated[
        int, Effect(why="an update trains on a batch; the cost of one image stays the same")
    ] = Field(64, ge=1, description="real images per critic update")
    drop_last_batch: Annotated[bool, Effect(free=True)] = Field(
        False, description="leave out an epoch's last, smaller batch instead of training on it"
    )
    critic_steps: Annotated[
        int,
        Effect(
            why="a generator update follows so many critic updates: per real image its cost is "
            "shared by their batches, per generator update all of them are paid"
        ),
    ] = Field(1, ge=1, description="critic updates per generator update")
    optimizer: Annotated[
        Literal["adam", "rmsprop"], Effect(free=True), Cited(KINGMA, unless="rmsprop")
    ] = Field("adam", description="of both players")
    generator_lr: Annotated[float, Effect(free=True)] = Field(
        2e-4, gt=0, description="the generator's learning rate"
    )
    critic_lr: Annotated[float, Effect(free=True)] = Field(
        2e-4, gt=0, description="the critic's learning rate"
    )
    beta1: Annotated[float, Effect(free=True)] = Field(
        0.5, ge=0, lt=1, description="Adam's β1, both players"
    )
    beta2: Annotated[float, Effect(free=True)] = Field(
        0.999, ge=0, lt=1, description="Adam's β2, both players"
    )
    generator_average: Annotated[float | None, Effect(None, free=True)] = Field(
        None,
        gt=0,
        description="half-life, in samples of generator updates, of an average of the generator's "
        "weights that is evaluated beside them; null for none",
    )
    lr_decay: Annotated[Literal["none", "linear"], Effect("none", free=True)] = Field(
        "none",
        description="linear: learning rates stay in the first half of the epochs and then fall "
        "linearly towards 0, so that a longer run is another run",
    )
    schedules: Annotated[dict[str, Schedule], Effect({}, free=True)] = Field(
        {},
        description="what changes over the epochs, such as {lr: {kind: cosine, to: 0.25}}: lr and "
        "penalties, to a share of what is given; beta2, to a value. A longer run is another run",
    )

    @classmethod
    def summary(cls) -> str:
        """One line on what the variant is."""
        return ((cls.__doc__ or "").strip().splitlines() or [""])[0]

    # What schedules may name.
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "beta2")

    @model_validator(mode="before")
    @classmethod
    def _drop_constants(cls, fields: Any) -> Any:
        """What is scheduled to stay is not scheduled, so that one run has one id."""
        given = fields.get("schedules") if isinstance(fields, dict) else None
        if not isinstance(given, dict):
            return fields
        changing = {
            name: of_name
            for name, of_name in given.items()
            if not isinstance(of_name, dict) or of_name.get("kind") != "constant"
        }
        return {**fields, "schedules": changing}

    @model_validator(mode="after")
    def _check_schedules(self) -> Self:
        for name in self.schedules:
            if name not in self.scheduled:
                raise ValueError(
                    f"schedules has {name!r}; what can change over the epochs is "
                    f"{', '.join(self.scheduled)}"
                )
        if "lr" in self.schedules and self.lr_decay != "none":
            raise ValueError("schedules has lr, and lr_decay lowers it too; keep one of them")
        beta2 = self.schedules.get("beta2")
        if beta2 is not None and self.optimizer != "adam":
            raise ValueError(f"schedules has beta2, which optimizer {self.optimizer} has not")
        if beta2 is not None and beta2.to >= 1:
            raise ValueError(f"schedules has beta2 go to {beta2.to:g}; it should be below 1")
        return self

    @classmethod
    def grid_keys(cls) -> list[str]:
        """Every key a grid may write under this variant."""
        return list(cls.model_fields)

    @property
    def parts(self) -> Sequence[object]:
        """The registered things besides the variant that decide what is computed."""
        return ()

    @property
    def cited(self) -> tuple[Reference, ...]:
        """The publications of the variant and of the parts and fields that this recipe uses."""
        of_parts = [each for kind in (type(self), *self.parts) for each in references_of(kind)]
        return tuple(dict.fromkeys((*of_parts, *references_of_fields(self))))

    @property
    def whole_revision(self) -> int:
        """The revision of the variant and of the parts that this recipe uses."""
        return revisions.together(map(revisions.of, (type(self), *self.parts)))

    @property
    def judged_together(self) -> int:
        """Samples that the critic judges as one; a batch is a multiple of it."""
        return 1

    @property
    def least_batch(self) -> int:
        """The fewest real samples per update that the players train on."""
        return 1

    @property
    def needs_classes(self) -> bool:
        """Whether the players receive the class of each sample."""
        return False

    @property
    def stackable(self) -> bool:
        """Whether runs that differ only in their seed can be trained as one stack."""
        return False

    @property
    def differentiates_twice(self) -> bool:
        """Whether the critic's loss has a second derivative, which torch.compile refuses."""
        return False

    @property
    def simultaneous(self) -> bool:
        """Whether both players are updated from one point of the game, which rules out compiling.

        torch.compile frees or overwrites what the first backward pass has read.
        """
        return False

    @property
    def varying(self) -> tuple[str, ...]:
        """Fields that make one step differ from another."""
        decaying = ("lr_decay",) if self.lr_decay != "none" else ()
        return (*decaying, *(("schedules",) if self.schedules else ()))

    @property
    def depends_on_length(self) -> bool:
        """Whether a step depends on how many epochs there will be."""
        return self.lr_decay != "none" or bool(self.schedules)

    @property
    def capturable(self) -> bool:
        """Whether every step runs the same operations, as a CUDA graph needs."""
        return not self.varying

    def refusal(self, shape: SampleShape) -> Refusal | None:
        """Why this recipe cannot work on such samples, or None where it can."""
        if isinstance(shape, PointShape):
            return Refusal("dataset", "makes images, not points")
        if not isinstance(shape, ImageShape):
            return Refusal("dataset", "makes images from noise; this data set is for another task")
        if self.image_sizes and shape.size not in self.image_sizes:
            sizes = _either(self.image_sizes)
            return Refusal("image_size", f"makes images of {sizes} px, not {shape.size}")
        if shape.channels not in self.channel_counts:
            counts = _either(self.channel_counts)
            return Refusal("channels", f"makes images of {counts} channels, not {shape.channels}")
        if self.needs_classes and shape.classes < 2:
            return Refusal("conditional", "with conditional: true needs a data set with classes")
        return None

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        """The game with freshly initialised players on ``device``.

        Weights are drawn on the CPU from torch's global generator, so that one seed
        gives the same weights on every device.
        """
        raise NotImplementedError

    def player(self, network: nn.Module, rate: float) -> Player:
        """A network, or an ``nn.ModuleDict`` of several, with the recipe's optimiser."""
        return optimizers.player(network, self.optimizer, rate, (self.beta1, self.beta2))


def _either(values: tuple[int, ...]) -> str:
    *most, last = [str(v) for v in values]
    return f"{', '.join(most)} or {last}" if most else last
