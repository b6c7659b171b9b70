"""When the seeds of a sweep are looked at that adds seeds until its verdicts are given."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Where neither grid nor command line says otherwise.
FIRST_SEEDS = (0, 1, 2)
MOST_SEEDS = 12


@dataclass(frozen=True)
class Looks:
    """The seeds of a sweep that adds seeds, and how many there are at each look.

    The numbers are fixed before the first run: what each look may spend of the error depends on
    them. Each look has half as many seeds again as the one before, so there are few of them.

    Attributes:
        first: the seeds that every configuration gets.
        at_most: the number of seeds of a configuration at the last look.
    """

    first: tuple[int, ...]
    at_most: int

    @property
    def counts(self) -> tuple[int, ...]:
        """How many seeds an undecided configuration has at each look, such as 3, 5, 8, 12."""
        counts = [len(self.first)]
        while counts[-1] < self.at_most:
            counts.append(min(self.at_most, -(-counts[-1] * 3 // 2)))
        return tuple(counts)

    def seeds(self, count: int) -> tuple[int, ...]:
        """The first ``count`` seeds: those given, and then the smallest others."""
        others = (seed for seed in itertools.count() if seed not in self.first)
        more = itertools.islice(others, max(0, count - len(self.first)))
        return (*self.first[:count], *more)

    def document(self) -> dict[str, Any]:
        """As a plan holds it."""
        return {"first": list(self.first), "at_most": self.at_most}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Looks:
        """What :meth:`document` gave.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        first: Sequence[int] = document["first"]
        return cls(tuple(int(seed) for seed in first), int(document["at_most"]))
