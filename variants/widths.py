"""Width factors of a grid, turned into the widths of networks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from variants.effect import Effect

if TYPE_CHECKING:
    from pydantic import BaseModel

FILTERS = Effect(
    why="a convolution between hidden layers takes kernel² × inputs × outputs MACs per position, "
    "so its cost goes with the square of the width; at the image and the latent one side is fixed"
)
SPLIT = Effect(
    False,
    "the k×k convolutions between hidden layers are split into one per channel and a 1×1 across "
    "channels: k² + outputs instead of k² × outputs MACs per input (seconds change less, as a "
    "kernel per channel reuses little data)",
)
FACTORS: dict[str, tuple[str, ...]] = {
    "width_factor": ("generator_width", "critic_width"),
    "generator_width_factor": ("generator_width",),
    "critic_width_factor": ("critic_width",),
}


def apply_factors(kind: type[BaseModel], fields: Any) -> Any:
    """Turns factors into widths, so that one network has one spelling and one run id.

    Args:
        kind: the recipe, whose defaults are multiplied where a grid gives no width.
        fields: what a grid gives; returned as it is where that is no mapping.

    Raises:
        ValueError: a factor is not a number above 0.
    """
    if not isinstance(fields, dict):
        return fields
    fields = dict(fields)
    for key, widths in FACTORS.items():
        if key not in fields:
            continue
        factor = fields.pop(key)
        problem = f"{key} is {factor!r}; give a number above 0, such as 0.5"
        number = isinstance(factor, (int, float)) and not isinstance(factor, bool)
        if not number or not 0 < factor < math.inf:
            raise ValueError(problem)
        for name in widths:
            width = fields.get(name, kind.model_fields[name].default)
            if isinstance(width, int):
                try:
                    fields[name] = max(1, round(width * factor))
                except OverflowError as error:
                    raise ValueError(problem) from error
    return fields
