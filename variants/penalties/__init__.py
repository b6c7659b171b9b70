"""Terms that are added to the critic's loss: the contract and the registry.

One penalty is one decorated class in a file of this folder, or in a plug-in::

    from variants.penalties import Penalty, penalty

    @penalty("my-penalty")
    class MyPenalty(Penalty):
        '''One line on what it is.'''

        def __call__(self, critic, real, fake, noise, packs): ...

Importing these files costs no torch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from variants.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Penalty(ABC):
    """A term of the critic's loss. Penalties hold no state.

    Attributes:
        per_sample: its value is an expectation over samples that the critic must judge one by
            one, which batch norm does not.
        differentiates_twice: its gradient is a second derivative of the critic.
        revision: raised with every change of what the class computes; see CONTRIBUTING.md.
    """

    per_sample: ClassVar[bool] = True
    differentiates_twice: ClassVar[bool] = True
    revision: ClassVar[int] = 1

    @classmethod
    def summary(cls) -> str:
        """One line on what the penalty is."""
        return ((cls.__doc__ or "").strip().splitlines() or [""])[0]

    @abstractmethod
    def __call__(
        self,
        critic: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
        noise: torch.Generator,
        packs: int,
    ) -> Tensor:
        """The penalty with weight 1, a scalar tensor of float32 at least.

        Args:
            critic: samples (N, …) → one scalar each, or one per pack of N / packs in a row, (P, 1).
            real: (N, …).
            fake: of the same shape, without a graph.
            noise: the run's random stream, on the device of the samples.
            packs: P, how many outputs the critic gives for the batch.
        """


PENALTIES: Registry[type[Penalty]] = Registry("penalty", packages=["variants.penalties"])
penalty = PENALTIES.register
