"""How often a classifier finds the class that was wanted, and how often chance would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def agreement(found: Tensor, wanted: Tensor) -> tuple[float, float]:
    """The share of equal classes, and that of the class that is wanted most often.

    The second is what samples score that are all of that class.

    Args:
        found: of each sample, as it is classified: int64 (n,).
        wanted: int64 (n,), on any device.
    """
    wanted = wanted.to(found.device)
    share = (found == wanted).double().mean().item()
    return share, wanted.bincount().max().item() / len(wanted)
