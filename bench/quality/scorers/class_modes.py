"""How many modes of the data a generator covers, and how evenly, as a classifier counts them.

For stacked digits, whose 1000 classes are the modes. See :mod:`bench.quality.scorers.modes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from bench.measures.measure import Value
from bench.quality.extractors.base import ClassifyingExtractor
from bench.quality.scorers.base import Context, Scored, Scorer, scorer
from bench.quality.scorers.modes import MODES_CAPTURED, REVERSE_KL, SRIVASTAVA, reverse_kl
from variants.lazy import LazyModule
from variants.packs import LIN
from variants.references import cites

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")


class ModeScores(NamedTuple):
    """Mode coverage of classified samples."""

    modes_captured: int  # modes that at least one sample belongs to
    reverse_kl: float  # nats, in 0…log K


def score_modes(labels: Tensor, modes: int) -> ModeScores:
    """The scores of samples, given the mode of each.

    Args:
        labels: int64 (n,), n ≥ 1, each in 0…modes − 1.
        modes: K, how many there are.

    Raises:
        ValueError: no sample, or a label that is not a mode.
    """
    if labels.dim() != 1 or len(labels) < 1 or labels.min() < 0 or labels.max() >= modes:
        raise ValueError(f"labels {tuple(labels.shape)} must be (n ≥ 1,) in 0…{modes - 1}")
    counts = torch.bincount(labels, minlength=modes)
    return ModeScores(int((counts > 0).sum()), reverse_kl(counts))


@scorer("class-modes")
@cites(SRIVASTAVA, LIN)
class ClassModes(Scorer):
    """Mode coverage of images whose classes are the modes of the data."""

    measures = (MODES_CAPTURED, REVERSE_KL)
    needs = frozenset({"classes"})

    @classmethod
    def applies(cls, context: Context) -> bool:
        return _modes(context) is not None

    def score(self, scored: Scored) -> Mapping[str, Value]:
        modes = _modes(self.context)
        assert modes is not None
        return score_modes(scored.classes, modes)._asdict()


def _modes(context: Context) -> int | None:
    found = context.extractor
    return found.modes if isinstance(found, ClassifyingExtractor) else None
