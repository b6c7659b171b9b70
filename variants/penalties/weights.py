"""Weights of penalties as a grid gives them: numbers, or ``auto`` for a penalty's own rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import PlainSerializer, WrapValidator

from variants.penalties import PENALTIES, Penalty
from variants.registry import numbers_by_name
from variants.shapes import SampleShape

AUTO: Literal["auto"] = "auto"


def _number_or_auto(given: Any, check: Any) -> Any:
    return AUTO if given == AUTO else check(given)


if TYPE_CHECKING:
    Weight = float | Literal["auto"]
else:  # so that what is neither is refused as a number would be
    Weight = Annotated[float, WrapValidator(_number_or_auto), PlainSerializer(lambda given: given)]


def check_weights(given: dict[str, Weight]) -> dict[str, Weight]:
    """The given weights, checked to be of registered penalties.

    Raises:
        ValueError: a number or a name is wrong, or ``auto`` is given to a penalty without a rule.
    """
    numbers = {n: w if isinstance(w, float | int) else 1.0 for n, w in given.items()}
    numbers_by_name("penalties", numbers, PENALTIES)
    for name, weight in given.items():
        if weight == AUTO and not has_rule(PENALTIES.get(name)):
            ruled = [other for other, kind in PENALTIES.items() if has_rule(kind)]
            raise ValueError(
                f"penalties gives {name} the weight auto, for which only {' and '.join(ruled)} "
                "have a rule; give a number above 0"
            )
    return given


def has_rule(kind: type[Penalty]) -> bool:
    """Whether ``auto`` means something for a penalty."""
    return kind.automatic_weight.__func__ is not Penalty.automatic_weight.__func__  # type: ignore[attr-defined]


def weight_on(kind: type[Penalty], weight: Weight, shape: SampleShape, batch_size: int) -> float:
    """The number that a weight is for such samples and batches.

    Raises:
        ValueError: it is ``auto``, and the penalty has no rule for such samples.
    """
    if not isinstance(weight, str):
        return weight
    found = kind.automatic_weight(shape, batch_size)
    if found is None:
        raise ValueError("the weight auto of a penalty is for images; give a number")
    return found
