"""Adversarial recipes of images whose networks are widened or narrowed by one number each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from variants.adversarial_recipe import AdversarialRecipe
from variants.augmentations import Augmentation, check_policy, of_policy
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.shapes import ImageShape, SampleShape
from variants.widths import FACTORS, FILTERS, apply_factors

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import joining, layers, score_heads
else:
    joining = LazyModule("variants.networks.joining")
    layers = LazyModule("variants.networks.layers")
    score_heads = LazyModule("variants.networks.score_heads")

# Numbers per kernel of minibatch discrimination, as in the code of Salimans et al.
_KERNEL_LENGTH = 5


class ConvolutionalRecipe(AdversarialRecipe):
    """An adversarial recipe of images whose networks have one width each."""

    generator_width: Annotated[int, FILTERS] = Field(
        64, ge=1, description="filters of the generator's last hidden layer"
    )
    critic_width: Annotated[int, FILTERS] = Field(
        64, ge=1, description="filters of the critic's first layer"
    )
    critic_condition: Annotated[
        Literal["plane", "projection"],
        Effect(
            "plane",
            "a plane is one more channel of the critic's input, made by a dense layer; a "
            "projection embeds the class in the features of the last layer",
        ),
    ] = Field(
        "plane",
        description="how a conditional critic receives the class: as an image plane, or projected "
        "onto its last features",
    )
    minibatch_kernels: Annotated[
        int,
        Effect(0, "a dense layer takes 5 numbers of each kernel from the critic's last features"),
    ] = Field(
        0,
        ge=0,
        description="kernels of minibatch discrimination before the critic's score; 0 for none",
    )

    augment: Annotated[str, Effect("", free=True)] = Field(
        "",
        description="differentiable augmentation of all that the critic sees: some of color, "
        "translation and cutout, with commas",
    )

    @classmethod
    def grid_keys(cls) -> list[str]:
        return [*super().grid_keys(), *FACTORS]

    @model_validator(mode="before")
    @classmethod
    def _apply_width_factors(cls, fields: Any) -> Any:
        return apply_factors(cls, fields)

    @field_validator("augment")
    @classmethod
    def _check_augment(cls, policy: str) -> str:
        return check_policy(policy)

    @model_validator(mode="after")
    def _check_end(self) -> Self:
        vector = self._objective.head == "vector"
        if self.critic_condition == "projection" and not self.conditional:
            raise ValueError(
                "critic_condition is projection, and the critic receives no class; set "
                "conditional: true"
            )
        if self.critic_condition == "projection" and vector:
            raise ValueError(
                f"critic_condition: projection adds to a score, and objective: {self.objective} "
                "judges by a vector; set critic_condition: plane"
            )
        if self.minibatch_kernels and vector:
            raise ValueError(
                f"minibatch_kernels adds to a score, and objective: {self.objective} judges by a "
                "vector; set minibatch_kernels: 0"
            )
        if self.minibatch_kernels and any(kind.per_sample for kind, _ in self.weighted_penalties):
            raise ValueError(
                "minibatch_kernels compares the samples of a batch, and the penalties need a "
                "gradient per sample; keep one of them"
            )
        return self

    @property
    def augmentations(self) -> list[Augmentation]:
        return of_policy(self.augment)

    @property
    def least_batch(self) -> int:
        compared = 2 if self.minibatch_kernels else 1
        return max(super().least_batch, compared * self.pack)

    @property
    def _projected(self) -> bool:
        return self.conditional and self.critic_condition == "projection"

    def head(self, last: Callable[[int], nn.Module], *, flatten: bool = False) -> nn.Module:
        if self._projected:
            return score_heads.FeatureHead(self.score(last, flatten=flatten))
        return super().head(last, flatten=flatten)

    def score(self, last: Callable[[int], nn.Module], *, flatten: bool) -> nn.Module:
        score = super().score(last, flatten=flatten)
        if not self.minibatch_kernels:
            return score
        features = score_heads.inputs_of(score)
        return score_heads.MinibatchHead(score, features, self.minibatch_kernels, _KERNEL_LENGTH)

    def critic(self, shape: SampleShape) -> nn.Module:
        if not self._projected:
            return super().critic(shape)
        assert isinstance(shape, ImageShape)
        network = self.make_critic(self.pack * shape.channels, shape)
        head = next(m for m in network.modules() if isinstance(m, score_heads.FeatureHead))
        critic = joining.ProjectionCritic(
            network,
            self.pack,
            shape.classes,
            score_heads.inputs_of(head.score),
            keep_features=self._objective.head == "features",
        )
        if score_heads.is_normalised_spectrally(network):
            layers.normalise_spectrally(critic.embedding)
        return critic
