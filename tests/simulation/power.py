"""The table in docs/measuring.md of what verdicts find, next to the rule until now.

    python tests/simulation/power.py

writes it anew, between its two marks. Five configurations and a baseline; all equal, or three of
the five 40 % worse, on the log scale.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "simulation"))
DOCUMENT = ROOT / "docs" / "measuring.md"
BEGIN, END = "<!-- power: tests/simulation/power.py -->", "<!-- end of power -->"
SWEEPS = 20_000
SEEDS = (3, 5, 8, 12)
WORSE = np.log(1.4)


def table() -> str:
    """The table in Markdown; the same every time."""
    from sweeps import World, earlier_rule, judge

    lines = [
        "| seeds | spreads | earlier rule: sweeps with a false verdict | verdicts: the same | "
        "earlier rule: differences found | verdicts: the same | verdicts: all decided |",
        "|--:|:--|--:|--:|--:|--:|--:|",
    ]
    for seeds in SEEDS:
        for name, spreads, size in (
            ("0.03 to 0.3", "tenfold", 0.03),
            ("all 0.05", "equal", 0.05),
            ("all 0.15", "equal", 0.15),
        ):
            random = np.random.default_rng(seeds)
            equal = World(seeds, [0.0] * 5, spreads=spreads, size=size).draw(SWEEPS, random)
            half = [0.0, WORSE, 0.0, WORSE, WORSE]
            worse = World(seeds, half, spreads=spreads, size=size).draw(SWEEPS, random)
            differ = np.array(half) > 0
            judged = judge(worse)
            shares = (
                earlier_rule(equal).any(axis=1).mean(),
                judge(equal).wrong([0.0] * 5),
                earlier_rule(worse)[:, differ].mean(),
                (judged.sign[:, differ] == 1).mean(),
                ((judged.sign != 0) | judged.equivalent).mean(),
            )
            cells = [str(seeds), name, *(f"{100 * share:.0f} %" for share in shares)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def renewed(document: str) -> str:
    """The document with the table of today."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
