"""Names of LaTeX macros, which have letters only."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection

_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
# What is one word in the running text of papers.
_WORDS = {"speed_up": "speedup"}


def camel(text: str) -> str:
    """``HalfCritic`` of ``half critic``, ``FiveZero`` of ``50 %``; "" where no letter is left.

    Letters with accents lose them; those of other scripts are left out.
    """
    for several, one in _WORDS.items():
        text = text.replace(several, one)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spelt = re.sub("[0-9]", lambda digit: f" {_DIGITS[int(digit[0])]} ", plain)
    return "".join(word[0].upper() + word[1:] for word in re.findall("[A-Za-z]+", spelt))


def spelt(number: int) -> str:
    """``OneTwo`` of 12."""
    return camel(str(number))


def unused(name: str, taken: Collection[str]) -> str:
    """The name, or where it is taken the first of ``…Two``, ``…Three`` that is not."""
    if name not in taken:
        return name
    return next(
        numbered
        for count in itertools.count(2)
        if (numbered := f"{name}{spelt(count)}") not in taken
    )
