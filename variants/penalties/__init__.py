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
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from variants.registry import Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from variants.shapes import SampleShape


class Penalty(ABC):
    """A term of the critic's loss. One that remembers earlier updates says so in its state.

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

    @classmethod
    def automatic_weight(cls, shape: SampleShape, batch_size: int) -> float | None:
        """The weight that ``auto`` stands for on such samples; None where there is no rule."""
        return None

    def state(self) -> dict[str, Any]:
        """What it remembers, as tensors and numbers by name; nothing where it is empty."""
        return {}

    def load_state(self, state: Mapping[str, Any]) -> None:  # noqa: B027 - most remember nothing
        """Restores what :meth:`state` returned."""

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


class ScorePenalty(Penalty):
    """A penalty on the critic's scores, which the loss has already.

    It costs no pass of the critic, so it is evaluated in every update, whatever the interval of
    the others.
    """

    per_sample = False
    differentiates_twice = False

    @abstractmethod
    def on(self, real: Tensor, fake: Tensor) -> Tensor:
        """The penalty with weight 1 of scores (N, 1) on real and on generated samples."""

    def __call__(
        self,
        critic: Callable[[Tensor], Tensor],
        real: Tensor,
        fake: Tensor,
        noise: torch.Generator,
        packs: int,
    ) -> Tensor:
        return self.on(critic(real), critic(fake))


PENALTIES: Registry[type[Penalty]] = Registry("penalty", packages=["variants.penalties"])
penalty = PENALTIES.register
