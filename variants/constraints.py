"""What is done to the critic's weights after each of its updates: the contract and the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from variants.references import Reference, cites
from variants.registry import Registry

if TYPE_CHECKING:
    from torch import nn

# Changes a network in place, under no_grad; the number is what the recipe gives it.
Constraint = Callable[["nn.Module", float], None]

CONSTRAINTS: Registry[Constraint] = Registry("constraint")
constraint = CONSTRAINTS.register

ARJOVSKY = Reference(
    key="arjovsky2017wasserstein",
    authors="Martin Arjovsky and Soumith Chintala and Léon Bottou",
    title="Wasserstein Generative Adversarial Networks",
    booktitle="International Conference on Machine Learning",
    pages="214-223",
    arxiv="1701.07875",
    year=2017,
)


@constraint("clip")
@cites(ARJOVSKY)
def clip(network: nn.Module, bound: float) -> None:
    """Clips every weight to ± the bound (WGAN, arXiv 1701.07875, Algorithm 1, line 7)."""
    for parameter in network.parameters():
        parameter.clamp_(-bound, bound)
