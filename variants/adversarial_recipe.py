"""Recipes of adversarial games: every choice that does not depend on the networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from variants import objectives
from variants.augmentations import Augmentation
from variants.constraints import CONSTRAINTS, Constraint
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.objectives import OBJECTIVES, Objective
from variants.packs import LIN, apply_packs
from variants.penalties import PENALTIES, Penalty, ScorePenalty
from variants.penalties.weights import Weight, check_weights, weight_on
from variants.recipe import Recipe
from variants.references import Cited, Reference
from variants.registry import numbers_by_name, suggestion
from variants.shapes import ImageShape, SampleShape
from variants.spelling import spelled_once

if TYPE_CHECKING:
    import torch
    from torch import nn

    from variants import adversarial
    from variants.adversarial import AdversarialGame
    from variants.networks import joining, score_heads, vector_head
else:
    nn = LazyModule("torch.nn")
    adversarial = LazyModule("variants.adversarial")
    joining = LazyModule("variants.networks.joining")
    score_heads = LazyModule("variants.networks.score_heads")
    vector_head = LazyModule("variants.networks.vector_head")


_PENALISED = (
    "each penalty differentiates the critic's gradient on one more batch in each critic update"
)

MIRZA = Reference(
    key="mirza2014conditional",
    authors="Mehdi Mirza and Simon Osindero",
    title="Conditional Generative Adversarial Nets",
    arxiv="1411.1784",
    year=2014,
)


class AdversarialRecipe(Recipe):
    """Fields common to games from noise to samples with one generator and one critic.

    A variant defines :meth:`make_generator` and :meth:`make_critic`; packs, classes, vector
    critics, penalties and constraints then work for it.
    """

    # The fewest packs per update the players train on: batch norm over feature maps needs
    # one, as each pixel is a sample; batch norm after a dense layer needs two.
    smallest_batch: ClassVar[int] = 1
    # Packs per update where a grid gives neither packs nor batch_size; None: batch_size's default.
    default_packs: ClassVar[int | None] = None
    scheduled: ClassVar[tuple[str, ...]] = ("lr", "beta2", "penalties")

    pack: Annotated[
        int,
        Effect(1, "the critic makes one pass per pack, of which only the first layer grows"),
        Cited(LIN, unless=1),
    ] = Field(
        1, ge=1, description="samples the critic judges together, joined as channels (PacGAN)"
    )
    conditional: Annotated[
        bool,
        Effect(
            False,
            "the class adds inputs to the generator's first layer, and to the critic a dense "
            "layer and the plane that it makes",
        ),
        Cited(MIRZA, unless=False),
    ] = Field(
        False, description="give both players the class: with the latent, and as an image plane"
    )
    updates: Annotated[
        Literal["alternating", "simultaneous"],
        Effect(
            "alternating",
            "in simultaneous updates samples are generated and judged once for both losses",
        ),
    ] = Field(
        "alternating",
        description="whether the generator is updated against the updated critic or the one before",
    )
    reuse_samples: Annotated[
        bool,
        Effect(False, "on reused samples the generator's update has a pass of the generator less"),
    ] = Field(
        False,
        description="update the generator on the samples of the last critic update instead of on "
        "new ones",
    )
    objective: Annotated[str, Effect(why=objectives.needs)] = Field(
        "non-saturating", description="what the players minimise"
    )
    critic_outputs: Annotated[
        int | None,
        Effect(
            None,
            "the vector is a layer of that many outputs, each connected to the whole last hidden "
            "layer; it ends in softplus, which is curved, so a gradient penalty also "
            "differentiates the values",
        ),
    ] = Field(
        None,
        ge=1,
        description="length of a vector critic's output (objective product-metric); "
        "null for every unit of its last hidden layer",
    )
    gradient_penalty: Annotated[float, Effect(0.0, _PENALISED)] = Field(
        0.0, ge=0, description="λ of the gradient penalty on the critic; 0 for none"
    )
    penalties: Annotated[dict[str, Weight], Effect({}, _PENALISED)] = Field(
        {},
        description="weights of further penalties on the critic, such as {r1: 1, r2: 1}; "
        "{r1: auto} is 0.0002 · px² / batch_size",
    )
    penalty_interval: Annotated[
        int, Effect(1, "only every n-th critic update evaluates the penalties")
    ] = Field(
        1,
        ge=1,
        description="evaluate penalties only in every n-th critic update, multiplied by n; "
        "those on the scores alone, such as lecam, in every update",
    )
    weight_clip: Annotated[float | None, Effect(None, free=True)] = Field(
        None, gt=0, description="the critic's weights are clipped to ± this after each update"
    )
    constraints: Annotated[dict[str, float], Effect({}, free=True)] = Field(
        {}, description="bounds of further constraints on the critic's weights, by name"
    )
    latent_dim: Annotated[
        int, Effect(why="the latent's numbers are the inputs of the generator's first layer")
    ] = Field(100, ge=1, description="length of the latent vector")
    latent: Annotated[Literal["normal", "uniform"], Effect("normal", free=True)] = Field(
        "normal", description="N(0, 1) or U(−1, 1) latent vectors"
    )

    @classmethod
    def grid_keys(cls) -> list[str]:
        return [*super().grid_keys(), "packs"]

    @model_validator(mode="before")
    @classmethod
    def _apply_packs(cls, fields: Any) -> Any:
        return apply_packs(cls, fields)

    @model_validator(mode="before")
    @classmethod
    def _spell_once(cls, fields: Any) -> Any:
        return spelled_once(fields)

    @field_validator("objective")
    @classmethod
    def _check_objective(cls, name: str) -> str:
        if name not in OBJECTIVES:
            *most, last = map(repr, sorted(OBJECTIVES.names()))
            hint = suggestion(name, OBJECTIVES, f"it should be {', '.join(most)} or {last}")
            raise ValueError(f"objective is {name!r}; {hint}")
        return name

    @field_validator("penalties")
    @classmethod
    def _check_penalties(cls, given: dict[str, Weight]) -> dict[str, Weight]:
        return check_weights(given)

    @field_validator("constraints")
    @classmethod
    def _check_constraints(cls, given: dict[str, float]) -> dict[str, float]:
        return numbers_by_name("constraints", given, CONSTRAINTS)

    @model_validator(mode="after")
    def _check_reuse(self) -> Self:
        if self.reuse_samples and self.simultaneous:
            raise ValueError(
                "reuse_samples is given with updates: simultaneous, which generates a step's "
                "samples once anyway; keep one of them"
            )
        return self

    @model_validator(mode="after")
    def _check_interval(self) -> Self:
        if self.penalty_interval > 1 and not self._lazy:
            raise ValueError(
                "penalty_interval is given without a penalty; set gradient_penalty or penalties"
                if not self.penalised
                else "penalty_interval is given, and the penalties are on scores, which cost "
                "nothing and are never left out; remove it"
            )
        return self

    @model_validator(mode="after")
    def _check_scheduled_penalties(self) -> Self:
        if "penalties" in self.schedules and not self.penalised:
            raise ValueError("schedules has penalties, of which there are none; set penalties")
        return self

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
        if self.critic_outputs is not None and self._objective.head != "vector":
            vectors = [name for name, kind in OBJECTIVES.items() if kind.head == "vector"]
            only = " or ".join(vectors)
            raise ValueError(
                f"critic_outputs is {self.critic_outputs}, but only objective: {only} "
                f"judges by a vector; set critic_outputs: null, or objective: {only}"
            )
        return self

    @property
    def _objective(self) -> type[Objective]:
        return OBJECTIVES.get(self.objective)

    @property
    def _lazy(self) -> bool:
        """Whether some penalty may be left out in updates."""
        return any(not issubclass(kind, ScorePenalty) for kind, _ in self.weighted_penalties)

    @property
    def weighted_penalties(self) -> list[tuple[type[Penalty], Weight]]:
        """Every penalty on the critic, with its weight."""
        named: dict[str, Weight] = {}
        if self.gradient_penalty:
            named["gradient"] = self.gradient_penalty
        return [(PENALTIES.get(n), w) for n, w in (named | self.penalties).items()]

    @property
    def bounded_constraints(self) -> list[tuple[Constraint, float]]:
        """Every constraint on the critic's weights, with its bound."""
        named = {"clip": self.weight_clip} if self.weight_clip is not None else {}
        return [(CONSTRAINTS.get(n), bound) for n, bound in (named | self.constraints).items()]

    @property
    def augmentations(self) -> list[Augmentation]:
        """What is done to images before the critic judges them."""
        return []

    @property
    def parts(self) -> Sequence[object]:
        penalties = [kind for kind, _ in self.weighted_penalties]
        constraints = [constraint for constraint, _ in self.bounded_constraints]
        return [self._objective, *penalties, *constraints, *self.augmentations]

    @property
    def penalised(self) -> bool:
        """Whether the critic's loss has a penalty."""
        return bool(self.gradient_penalty or self.penalties)

    @property
    def judged_together(self) -> int:
        return self.pack

    @property
    def least_batch(self) -> int:
        return max(self.smallest_batch, self._objective.smallest_batch) * self.pack

    @property
    def needs_classes(self) -> bool:
        return self.conditional

    @property
    def differentiates_twice(self) -> bool:
        return any(kind.differentiates_twice for kind, _ in self.weighted_penalties)

    @property
    def simultaneous(self) -> bool:
        return self.updates == "simultaneous"

    @property
    def varying(self) -> tuple[str, ...]:
        return (*super().varying, *(("penalty_interval",) if self.penalty_interval > 1 else ()))

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
        planes = self.pack if self.conditional else 0
        network = self.make_critic(self.pack * shape.dimensions[0] + planes, shape)
        vector_head.align(network)
        if not self.conditional:
            return joining.PackedCritic(network, self.pack) if self.pack > 1 else network
        assert isinstance(shape, ImageShape)
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
        if self._objective.head == "score":
            return self.score(last, flatten=flatten)
        if self._objective.head == "features":
            return score_heads.FeatureHead(self.score(last, flatten=flatten))
        end: list[nn.Module] = [nn.Flatten()] if flatten else []
        if self.critic_outputs is None:
            return nn.Sequential(*end, nn.ReLU())
        return vector_head.VectorHead(last(self.critic_outputs), flatten=flatten)

    def score(self, last: Callable[[int], nn.Module], *, flatten: bool) -> nn.Module:
        """The part of the critic's end that gives the score; the arguments are those of head."""
        return nn.Sequential(last(1), *([nn.Flatten()] if flatten else []))

    def build(self, shape: SampleShape, device: torch.device) -> AdversarialGame:
        generator = self.generator(shape).to(device)
        critic = self.critic(shape).to(device)
        return self.assemble(generator, critic, shape)

    def assemble(
        self, generator: nn.Module, critic: nn.Module, shape: SampleShape
    ) -> AdversarialGame:
        """The game of two given networks, which stay where they are."""
        rules = adversarial.Rules(
            shape=shape,
            objective=self._objective(),
            latent_dim=self.latent_dim,
            latent=self.latent,
            pack=self.pack,
            conditional=self.conditional,
            critic_steps=self.critic_steps,
            simultaneous=self.simultaneous,
            reuse_samples=self.reuse_samples,
            penalties=[
                (kind(), weight_on(kind, weight, shape, self.batch_size))
                for kind, weight in self.weighted_penalties
            ],
            penalty_interval=self.penalty_interval,
            constraints=self.bounded_constraints,
            augmentations=self.augmentations,
        )
        players = self.player(generator, self.generator_lr), self.player(critic, self.critic_lr)
        return self.game_type()(rules, *players)

    def game_type(self) -> type[AdversarialGame]:
        """The class of the game; a variant that reports more or trains otherwise overrides it."""
        return adversarial.AdversarialGame
