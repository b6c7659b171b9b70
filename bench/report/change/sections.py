"""Each newer sweep against the older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import ResultsError
from bench.report.change.judged import Change, judged
from bench.report.change.measured import measured
from bench.report.change.sides import Matched, match, side
from bench.report.change.surroundings import Difference, differences
from bench.report.change.values import Apart, Measured


@dataclass(frozen=True)
class Section:
    """One newer sweep against the older one.

    Attributes:
        old, new: the paths that the user gave.
        surroundings: how their environments differ.
        revised: the configurations that are of another revision, with both numbers.
        apart: what is not compared, and why.
        grown: the sweeps that added seeds until their verdicts were given, and the number of seeds
            that count here.
    """

    old: str
    new: str
    surroundings: tuple[Difference, ...]
    matched: Matched
    revised: tuple[tuple[str, int, int], ...]
    changes: tuple[Change, ...]
    apart: tuple[Apart, ...]
    grown: tuple[tuple[str, int], ...] = ()

    @property
    def regressions(self) -> list[Change]:
        """What is worse by more than the margin, or lost."""
        return [change for change in self.changes if change.is_regression]


def compare(old: Path, new: Sequence[Path]) -> list[Section]:
    """Compares sweeps with an older one; the comparisons of a measure hold together over all.

    Raises:
        ResultsError: a folder cannot be read, or has no configuration in common with ``old``.
    """
    before = side(old)
    others = [side(path) for path in new]
    matches = [match(before, other) for other in others]
    for other, matched in zip(others, matches, strict=True):
        if not matched.pairs:
            raise ResultsError(
                f"{old} and {other.name} have no configuration in common; compare results of the "
                "same grid (bench report shows several in one report)."
            )
    found = [[each for pair in m.pairs for each in measured(pair)] for m in matches]
    compared = [[each for each in one if isinstance(each, Measured)] for one in found]
    verdicts = iter(judged([each for one in compared for each in one]))
    return [
        Section(
            before.name,
            other.name,
            tuple(differences(before.results, other.results)),
            matched,
            tuple(
                (pair.label, pair.old.revision, pair.new.revision)
                for pair in matched.pairs
                if pair.old.revision != pair.new.revision
            ),
            tuple(next(verdicts) for _ in own),
            tuple(each for each in all_of if isinstance(each, Apart)),
            tuple(
                (each.name, len(each.results.looks.first))
                for each in (before, other)
                if each.results.looks is not None
            ),
        )
        for other, matched, own, all_of in zip(others, matches, compared, found, strict=True)
    ]
