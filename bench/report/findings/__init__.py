"""The report's findings: sentences computed from the data, none where the data cannot tell.

A file named with ``--plugin`` adds one in the same way::

    from bench.report.findings import Finding, finding

    @finding("most-seeds")
    def most_seeds(data):
        label = max(data.labels, key=data.seeds)
        return Finding(f"“{label}” has the most seeds.", {"label": label})
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.report.contributions import Contributions

if TYPE_CHECKING:
    from bench.report.data import SweepData


@dataclass(frozen=True)
class Finding:
    """One sentence and the numbers it was computed from.

    Attributes:
        weak: whether it is of little value and comes after the others.
    """

    text: str
    evidence: dict[str, Any]
    weak: bool = False


finding: Contributions[Finding] = Contributions("finding", "bench.report.findings", Finding)
FINDINGS = finding.registry


def all_findings(
    data: SweepData, only: Collection[str] | None = None
) -> tuple[list[Finding], list[str]]:
    """What the data says, most important first, and sentences about what is left out.

    Args:
        only: the registered names of the findings to compute; None computes all.
    """
    found, sentences = finding.collect(data, lambda _, returned: returned, only)
    found.sort(key=lambda each: (each.rank[0], each.value.weak))  # stable: positions stay
    return [each.value for each in found], sentences
