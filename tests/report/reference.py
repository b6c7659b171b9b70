"""Renders the reports of the reference results anew.

python tests/report/reference.py
"""

from __future__ import annotations

import os
from pathlib import Path

from bench import report

ROOT = Path(__file__).parents[2]
RESULTS, REPORTS = Path("results/reference"), Path("reports/reference")


def sweeps() -> list[str]:
    """The sweeps that have reference results."""
    return sorted(plan.parent.name for plan in (ROOT / RESULTS).glob("*/sweep.json"))


if __name__ == "__main__":
    os.chdir(ROOT)  # a report names its results as they were given
    for sweep in sweeps():
        print(report.write(RESULTS / sweep, REPORTS / sweep).page)
