"""How many modes of the data a generator finds, and how evenly.

The scores of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761, §4) and PacGAN (Lin et al.
2018, arXiv 1712.04086, §4), for data whose modes are equally likely.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor


class ModeScores(NamedTuple):
    """Mode coverage of classified samples."""

    modes_captured: int  # modes that at least one sample belongs to
    reverse_kl: float  # nats, in 0…log K


def score_modes(labels: Tensor, modes: int) -> ModeScores:
    """The scores of samples by the mode each belongs to.

    Args:
        labels: int64 (n,), n ≥ 1, each in 0…modes − 1.
        modes: K, how many there are.

    Raises:
        ValueError: no sample, or a label that is no mode.
    """
    if labels.dim() != 1 or len(labels) < 1 or labels.min() < 0 or labels.max() >= modes:
        raise ValueError(f"labels {tuple(labels.shape)} must be (n ≥ 1,) in 0…{modes - 1}")
    counts = torch.bincount(labels, minlength=modes)
    return ModeScores(int((counts > 0).sum()), reverse_kl(counts))


def reverse_kl(counts: Tensor) -> float:
    """Σ p log(p K), the divergence of a histogram from the uniform one, in nats.

    Of n samples that are uniform indeed, about (K − 1) / 2n is expected: 0.019 for 26,000
    samples of 1000 modes.

    Args:
        counts: (K,), how many samples each mode has; not all 0.
    """
    shares = counts.cpu().double() / counts.sum().item()
    entropy: float = torch.special.entr(shares).sum().item()
    return max(0.0, math.log(len(counts)) - entropy)
