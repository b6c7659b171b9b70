"""What scorers of mode coverage share.

The scores of VEEGAN (Srivastava et al. 2017, arXiv 1705.07761, §4) and PacGAN (Lin et al.
2018, arXiv 1712.04086, §4), for data whose modes are equally likely.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.measures.measure import Measure
from variants.lazy import LazyModule
from variants.references import Reference

if TYPE_CHECKING:
    import torch
    from torch import Tensor
else:
    torch = LazyModule("torch")

MODES_CAPTURED = Measure(
    name="modes_captured",
    doc="modes with at least one sample: of a 2-D mixture, one within 3 σ; "
    "of stacked digits, one classified as that mode",
    type=int,
    over_epochs="final",
    direction="higher",
    scale="bounded",  # by the number of modes, which is the data's
    heading=("Modes", "captured"),
)
REVERSE_KL = Measure(
    name="reverse_kl",
    doc="Σ p log(p K) of the samples' histogram over the K modes, in nats; "
    "0 where all are equally frequent",
    unit="nats",
    over_epochs="final",
    direction="lower",
    scale="log",
    heading=("Reverse", "KL"),
)

SRIVASTAVA = Reference(
    key="srivastava2017veegan",
    authors="Akash Srivastava and Lazar Valkov and Chris Russell and Michael U. Gutmann and "
    "Charles Sutton",
    title="VEEGAN: Reducing Mode Collapse in GANs using Implicit Variational Learning",
    booktitle="Advances in Neural Information Processing Systems",
    volume="30",
    arxiv="1705.07761",
    year=2017,
)


def reverse_kl(counts: Tensor) -> float:
    """Σ p log(p K), the divergence of a histogram from the uniform one, in nats.

    For n samples that really are uniform, about (K − 1) / 2n is expected: 0.019 for 26,000
    samples of 1000 modes.

    Args:
        counts: (K,), how many samples each mode has; not all 0.
    """
    shares = counts.cpu().double() / counts.sum().item()
    entropy: float = torch.special.entr(shares).sum().item()
    return max(0.0, math.log(len(counts)) - entropy)
