"""Variants whose code changes between two sweeps, though their recipes do not.

The environment says which: ``SLOWED`` and ``SPOILED`` each name one.
"""

import os
import time
from typing import ClassVar

from torch import Tensor, nn

import bench.cost.load
from variants.registry import register
from variants.zoo.dcgan import Dcgan

# Costs on a busy machine have no verdict. A sleep is long beside what a busy machine adds.
bench.cost.load.CONTENDED_CORES = 1000.0


class Sleeping(nn.Module):
    """Passes images on, late."""

    def forward(self, images: Tensor) -> Tensor:
        time.sleep(0.05)
        return images


class Noisy(nn.Module):
    """Drowns images in noise."""

    def forward(self, images: Tensor) -> Tensor:
        return images.mul(0.1).add(0.5 * images.new_empty(images.shape).normal_())


class Changing(Dcgan):
    """DCGAN that is what the environment makes of it."""

    known_as: ClassVar[str]

    def make_generator(self, inputs, shape):
        network = super().make_generator(inputs, shape)
        changes = {"SLOWED": Sleeping, "SPOILED": Noisy}
        return nn.Sequential(
            network,
            *(change() for key, change in changes.items() if os.environ.get(key) == self.known_as),
        )


@register("first")
class First(Changing):
    """One of two that differ in nothing but the name."""

    known_as = "first"


@register("second")
class Second(Changing):
    """The other one."""

    known_as = "second"
