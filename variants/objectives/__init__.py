"""What the players minimise, as functions of the critic's outputs: the contract and the registry.

One objective is one decorated class in a file of this folder, or in a plug-in::

    from variants.objectives import Objective, objective

    @objective("my-loss")
    class MyLoss(Objective):
        '''One line on what it is.'''

        def critic(self, real, fake): ...
        def generator(self, real, fake): ...

Importing these files costs no torch.
"""

from __future__ import annotations

from abc import ABC, ABCMeta, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from variants.registry import Registry, registers_for_callers
from variants.scalars import Scalar, declare

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# A class declares its scalars, so their place is that of the class statement.
registers_for_callers(__file__)
registers_for_callers(ABCMeta.__new__.__code__.co_filename)


class Objective(ABC):
    """The losses of both players. Every score is a logit.

    Outputs on real and generated samples (or packs of them) have the shape (N, 1), or (N, n) of a
    vector critic; every loss is a scalar tensor. Objectives hold no state.

    Attributes:
        threshold: outputs above it judge a sample real; None where outputs have no such value.
        head: what the critic ends in: one score; a non-negative vector; or one score with the
            features that it is made of beside it, (N, 1 + n).
        compares: whether the generator's loss needs the outputs on real samples too, which costs
            one more pass of the critic.
        smallest_batch: packs per update that the losses need.
        revision: raised with every change of what the class computes; see CONTRIBUTING.md.
        scalars: what :meth:`reported` gives at every step.
    """

    threshold: ClassVar[float | None] = None
    head: ClassVar[Literal["score", "vector", "features"]] = "score"
    compares: ClassVar[bool] = False
    smallest_batch: ClassVar[int] = 1
    revision: ClassVar[int] = 1
    scalars: ClassVar[tuple[Scalar, ...]] = ()

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        declare(cls.scalars)

    @classmethod
    def summary(cls) -> str:
        """One line on what the objective is."""
        return ((cls.__doc__ or "").strip().splitlines() or [""])[0]

    @abstractmethod
    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """What the critic minimises."""

    @abstractmethod
    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """What the generator minimises; ``real`` is None unless the objective compares."""

    def scores(self, outputs: Tensor) -> Tensor:
        """The part of the critic's outputs that judges samples: (N, 1), or the vectors (N, n)."""
        return outputs

    def potential(self, outputs: Tensor, noise: torch.Generator) -> Tensor:
        """The scalar function (N, 1) of samples whose gradient penalties bound.

        Args:
            outputs: of the critic at the points where the penalty is taken.
            noise: draws what the function leaves to chance.
        """
        return outputs

    def reported(self, real: Tensor, fake: Tensor) -> Mapping[str, Tensor]:
        """The value of each of ``scalars``, by name, from outputs without a graph.

        Every value is a scalar tensor on the device of the outputs, and nothing waits for it.
        """
        return {}


OBJECTIVES: Registry[type[Objective]] = Registry("objective", packages=["variants.objectives"])
objective = OBJECTIVES.register


def needs(*names: str) -> str:
    """What objectives need of a training step, which is why another objective may cost more."""
    found = []
    for name in names:
        kind = OBJECTIVES.get(name)
        if kind.head == "vector":
            found.append(f"{name} ends the critic in a {kind.head} instead of a score")
        if kind.compares:
            found.append(f"{name} judges the real samples again in the generator's loss")
    return "; ".join(found) or "the losses need other passes of the critic"


def check_scores(*scores: Tensor) -> None:
    """Refuses critic outputs that are not one score each.

    Raises:
        ValueError: a shape other than (N, 1); a (N,) one would broadcast to (N, N) unnoticed.
    """
    for score in scores:
        if score.ndim != 2 or score.shape[1] != 1:
            raise ValueError(f"expected critic outputs of shape (N, 1), got {tuple(score.shape)}")
