"""Dropout whose masks are a function of a counter: the same on every device, and fast."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_MASK_BITS = 16
_PER_WORD = 64 // _MASK_BITS


def _signed(word: int) -> int:
    """The int64 of the same 64 bits, since torch computes with signed numbers."""
    return word - (1 << 64) if word >> 63 else word


_GOLDEN = 0x9E3779B97F4A7C15
_GAMMA = _signed(_GOLDEN)
_FIRST, _SECOND = _signed(0xBF58476D1CE4E5B9), _signed(0x94D049BB133111EB)


def splitmix64(state: Tensor, count: int) -> Tensor:
    """The next ``count`` numbers of SplitMix64 after ``state``.

    Steele, Lea and Flood 2014 (Fast splittable pseudorandom number generators, OOPSLA),
    figure 17: number i is a mix of the bits of state + i·γ, so all can be computed at once.

    Args:
        state: int64, of any shape (…).

    Returns:
        int64 (…, count), the generator's unsigned 64 bits; the same on every device.
    """
    words = torch.arange(1, count + 1, device=state.device).mul_(_GAMMA) + state.unsqueeze(-1)
    for shift, factor in ((30, _FIRST), (27, _SECOND)):
        words.bitwise_xor_(_shifted(words, shift)).mul_(factor)
    return words.bitwise_xor_(_shifted(words, 31))


def _shifted(words: Tensor, by: int) -> Tensor:
    """A right shift that fills with zeros; torch's own repeats the sign."""
    return torch.bitwise_right_shift(words, by).bitwise_and_((1 << (64 - by)) - 1)


class Dropout(nn.Module):
    """Sets a share of its inputs to zero and scales up the others, (N, …) → (N, …).

    Srivastava et al. 2014, section 4, like ``nn.Dropout``, with masks from :func:`splitmix64`
    instead of the device's own stream: 16 bits decide on an input, so the share is exact to
    1/65,536. On a CPU torch draws a mask number by number. The numbers are assigned to the inputs
    of an image (N, C, H, W) in the order (N, H, W, C).

    Args:
        share: of inputs set to zero, 0 ≤ share < 1.
    """

    state: Tensor

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        # Drawn from torch's global stream, as weights are, and saved with them.
        self.register_buffer("state", torch.randint(-(2**63), 2**63 - 1, ()))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.share == 0:
            return x
        words = splitmix64(self.state, -(-x.numel() // _PER_WORD))
        self.state += _signed(len(words) * _GOLDEN % 2**64)
        return _dropped(x, words, self.share)

    def extra_repr(self) -> str:
        return f"p={self.share}"


class SeededDropout(nn.Module):
    """Dropout that is a generator's noise: its masks are a function of one seed per sample.

    As in pix2pix (Isola et al. 2017, arXiv 1611.07004, section 3.1) it is on in evaluation too.
    What a sample becomes depends on its seed and on no other sample. Masks are as those of
    :class:`Dropout`.

    Args:
        share: of inputs set to zero, 0 ≤ share < 1.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor, seeds: Tensor | None = None) -> Tensor:
        """(N, C, H, W) → (N, C, H, W).

        Args:
            seeds: int64 (N,); None leaves the inputs as they are.
        """
        if seeds is None or self.share == 0:
            return x
        return _dropped(x, splitmix64(seeds, -(-x[0].numel() // _PER_WORD)), self.share)

    def extra_repr(self) -> str:
        return f"p={self.share}"


def _dropped(x: Tensor, words: Tensor, share: float) -> Tensor:
    """``x`` without a share of its values.

    Args:
        words: int64 (W,), or (N, W) for each sample (N, …) of ``x`` its own.
    """
    dropped = round(share * 2**_MASK_BITS)
    wanted = x.numel() if words.ndim == 1 else x[0].numel()
    draws = words.view(torch.int16)[..., :wanted]
    mask = torch.empty(draws.shape, dtype=x.dtype, device=x.device)
    torch.ge(draws, dropped - 2 ** (_MASK_BITS - 1), out=mask)
    mask.mul_(1 / (1 - dropped / 2**_MASK_BITS))
    if x.ndim == 4:
        count, channels, height, width = x.shape
        return x * mask.view(count, height, width, channels).permute(0, 3, 1, 2)
    return x * mask.view(x.shape)
