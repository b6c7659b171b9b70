"""What a field does to the cost of training, said where the field is declared.

::

    pack: Annotated[int, Effect(1, "the critic makes one pass per pack")] = Field(1, ge=1, …)

``bench describe A --against B`` changes one field at a time and counts; the effect gives the value
that stands for a variant without the field, and the reason. A subclass that declares the field
again with another default keeps the effect; one whose field means something else gives its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic import BaseModel


class _None:
    """No value is neutral."""

    def __repr__(self) -> str:
        return "NO_NEUTRAL"


NO_NEUTRAL: Final = _None()


@dataclass(frozen=True)
class Effect:
    """What a field does to the cost of training.

    Attributes:
        neutral: the value that has the same effect as not having the field; NO_NEUTRAL if there
            is none, as with a width.
        why: why a change of the field changes a cost, true in either direction; or a function of
            the two values.
        free: whether the field changes neither FLOPs nor parameters, whatever its value.
    """

    neutral: Any = NO_NEUTRAL
    why: str | Callable[[Any, Any], str] = ""
    free: bool = False

    def reason(self, before: Any, after: Any) -> str:
        """Why the change from one value to another changes a cost; "" if nothing is declared."""
        return self.why(before, after) if callable(self.why) else self.why


def effect(kind: type[BaseModel], field: str) -> Effect:
    """The effect of a field of a recipe; one without a neutral value where none is declared."""
    for base in kind.__mro__:
        info = getattr(base, "model_fields", {}).get(field)
        for given in info.metadata if info else ():
            if isinstance(given, Effect):
                return given
    return Effect()


def same_field(one: type[BaseModel], other: type[BaseModel], field: str) -> bool:
    """Whether both recipes have the field from one class and with one effect."""
    return (
        field in one.model_fields
        and field in other.model_fields
        and _root(one, field) is _root(other, field)
        and effect(one, field) == effect(other, field)
    )


def _root(kind: type[BaseModel], field: str) -> type:
    """The class that declares the field first."""
    return [base for base in kind.__mro__ if field in getattr(base, "model_fields", {})][-1]
