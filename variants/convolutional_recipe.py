"""Adversarial recipes whose networks are widened or narrowed by one number each."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from variants.adversarial_recipe import AdversarialRecipe
from variants.effect import Effect

_FILTERS = Effect(
    why="a convolution between hidden layers takes kernel² × inputs × outputs MACs per position, "
    "so its cost goes with the square of the width; at the image and the latent one side is fixed"
)


class ConvolutionalRecipe(AdversarialRecipe):
    """An adversarial recipe whose networks have one width each."""

    generator_width: Annotated[int, _FILTERS] = Field(
        64, ge=1, description="filters of the generator's last hidden layer"
    )
    critic_width: Annotated[int, _FILTERS] = Field(
        64, ge=1, description="filters of the critic's first layer"
    )

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
