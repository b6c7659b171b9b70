"""The numbers in the text of a cell, so that LaTeX shows the same digits as the page."""

from __future__ import annotations

import re
from typing import NamedTuple

from bench.report.text import CONTENDED, DRIFTED, PARTLY_FINITE

_MARKS = f"{CONTENDED}{DRIFTED}{PARTLY_FINITE}"
_NUMBER = r"[+−-]?\d[\d,\u202f]*(?:\.\d+)?(?:e[−-]?\d+)?"
_PLAIN = re.compile(_NUMBER)
_CELL = re.compile(
    rf"(?P<bound>> )?(?P<value>{_NUMBER})(?: ×)?"
    rf"(?: ± (?P<half>{_NUMBER})| \((?P<inside>[^()]*)\))?"
    rf"(?P<marks>[{_MARKS}]*)"
)
_ENDS = re.compile(rf"(?P<low>{_NUMBER}|–)(?:–| \w+ )(?P<high>{_NUMBER}|–)")


class Number(NamedTuple):
    """What a cell shows. All but ``marks`` and ``words`` as siunitx reads numbers.

    Attributes:
        bound: whether the value is a lower bound, as of what was not reached.
        half: the half-width of the interval, or the standard error; "" where the interval has
            ends, or there is none.
        low, high: the interval's ends; "" where there are none, or where one is unknown.
        words: in brackets instead of an interval.
        marks: that refer to notes, such as † for a doubtful time.
    """

    value: str
    bound: bool = False
    half: str = ""
    low: str = ""
    high: str = ""
    words: str = ""
    marks: str = ""

    @property
    def bare(self) -> bool:
        """Whether there is nothing but a value."""
        return self == Number(self.value)


def number(text: str) -> Number | None:
    """The number in a cell's text; None where that is something else."""
    found = _CELL.fullmatch(text)
    if found is None:
        return None
    inside = found["inside"] or ""
    ends = _ENDS.fullmatch(inside)
    return Number(
        plain(found["value"]),
        found["bound"] is not None,
        plain(found["half"] or ""),
        plain(ends["low"]) if ends else "",
        plain(ends["high"]) if ends else "",
        "" if ends else inside,
        found["marks"],
    )


def plain(text: str) -> str:
    """A number as siunitx and other programs read it; "" for an unknown end."""
    text = text.replace("−", "-").replace(",", "").replace("\u202f", "")
    return text if _PLAIN.fullmatch(text) else ""


def marks(text: str) -> str:
    """The marks at the end of a cell's text."""
    return text[len(text.rstrip(_MARKS)) :]
