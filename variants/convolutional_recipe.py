"""Adversarial recipes whose networks are widened or narrowed by one number each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from variants.adversarial_recipe import AdversarialRecipe
from variants.widths import FACTORS, FILTERS, apply_factors


class ConvolutionalRecipe(AdversarialRecipe):
    """An adversarial recipe whose networks have one width each."""

    generator_width: Annotated[int, FILTERS] = Field(
        64, ge=1, description="filters of the generator's last hidden layer"
    )
    critic_width: Annotated[int, FILTERS] = Field(
        64, ge=1, description="filters of the critic's first layer"
    )

    @classmethod
    def grid_keys(cls) -> list[str]:
        return [*super().grid_keys(), *FACTORS]

    @model_validator(mode="before")
    @classmethod
    def _apply_width_factors(cls, fields: Any) -> Any:
        return apply_factors(cls, fields)
