"""The table of the benchmarks: one line per ratio, with its target.

``python tests/benchmarks/table.py`` writes it into docs/speed.md, and a selection into README.md.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import torch

from bench.cost import environment
from bench.cost.nvml import open_gpu


@dataclass(frozen=True)
class Line:
    """A ratio, measured in several rounds.

    Attributes:
        what: what is measured.
        against: what it is compared with, whose time, rate or memory is 1.
        ratios: one per round.
        at_most: the target if less is better, else None.
        at_least: the target if more is better, else None. With neither the line is informative.
        device: "cpu" or "cuda".
    """

    what: str
    against: str
    ratios: list[float]
    at_most: float | None = None
    at_least: float | None = None
    device: str = "cpu"

    @property
    def median(self) -> float:
        return statistics.median(self.ratios)

    @property
    def quartiles(self) -> tuple[float, float]:
        if len(self.ratios) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.ratios, n=4)
        return low, high

    @property
    def reached(self) -> bool | None:
        """Whether the median meets the target; None without a target."""
        if self.at_most is not None:
            return self.median <= self.at_most
        if self.at_least is not None:
            return self.median >= self.at_least
        return None

    @property
    def target(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g} ×"
        return "–" if self.at_least is None else f"≥ {self.at_least:g} ×"

    @property
    def verdict(self) -> str:
        return {None: "–", True: "reached", False: "falls short"}[self.reached]


_HEADINGS = ("what", "against", "device", "median", "quartiles", "rounds", "target", "")


def cells(line: Line) -> tuple[str, ...]:
    """The cells of a line in the table."""
    low, high = line.quartiles
    digits = 3 if line.median < 1 else 2
    return (
        line.what,
        line.against,
        line.device,
        f"{line.median:.{digits}f} ×",
        f"{low:.{digits}f}–{high:.{digits}f}",
        str(len(line.ratios)),
        line.target,
        line.verdict,
    )


def as_text(lines: list[Line]) -> str:
    """The table for a terminal."""
    rows = [_HEADINGS, *map(cells, lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def as_markdown(lines: list[Line]) -> str:
    """The table in Markdown."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(cells, lines)]
    return "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows)


def save(lines: list[Line], path: Path) -> None:
    """Writes the lines, their targets and the machine to a Parquet file."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    machine = asdict(
        environment.describe(device, open_gpu(device), threads=torch.get_num_threads())
    )
    for per_run in ("device", "precision", "execution", "tf32", "host"):
        del machine[per_run]
    rows = [
        {
            **asdict(line),
            "median": line.median,
            "lower_quartile": line.quartiles[0],
            "upper_quartile": line.quartiles[1],
            "rounds": len(line.ratios),
            "reached": line.reached,
            "measured_at": datetime.now(UTC),
            **machine,
        }
        for line in lines
    ]
    frame = pd.DataFrame(rows).astype(
        {"at_most": "float64", "at_least": "float64", "reached": "boolean"}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)


def load(path: Path) -> list[Line]:
    """Reads the lines from a file that :func:`save` wrote."""
    frame = pd.read_parquet(path)
    return [
        Line(
            row.what,
            row.against,
            list(row.ratios),
            None if pd.isna(row.at_most) else row.at_most,
            None if pd.isna(row.at_least) else row.at_least,
            row.device,
        )
        for row in frame.itertuples()
    ]


_ROOT = Path(__file__).parents[2]
SAVED = _ROOT / "results" / "reference" / "performance.parquet"
ALL = _ROOT / "docs" / "speed.md"
README = _ROOT / "README.md"
_BEGIN, _END = "<!-- performance -->", "<!-- end of performance -->"

# The lines that README.md shows.
SELECTED = (
    "images/s, dcgan-tutorial 28 px, batch 256, fp32",
    "images/s, dcgan-tutorial 28 px, batch 256, bf16",
    "an epoch of dcgan 28 px as the harness trains it",
    "quality of an epoch, 5,000 samples, classifier features",
    "starting a run after the first",
)


def machine(path: Path) -> str:
    """The machine that the lines of a file were measured on, in one sentence."""
    row = pd.read_parquet(path).iloc[0]
    parts = [row.gpu_name] if pd.notna(row.gpu_name) else []
    parts += [f"{row.cpu_model}, {row.cpu_cores} cores, {row.threads} threads"]
    parts += [f"{row.ram_bytes / 1e9:.0f} GB", f"torch {row.torch_version}"]
    return f"Measured on {'; '.join(parts)}, on {row.measured_at:%-d %B %Y}."


def section(path: Path, selected: Sequence[str] | None = None) -> str:
    """What a document shows between its two marks, marks included.

    Args:
        selected: which lines, in this order; None for all of them.
    """
    lines = load(path)
    if selected is not None:
        lines = [line for what in selected for line in lines if line.what == what]
    return f"{_BEGIN}\n\n{as_markdown(lines)}\n\n{machine(path)}\n\n{_END}"


def current(text: str) -> str:
    """The part of a document between its two marks, marks included."""
    return text[text.index(_BEGIN) : text.index(_END) + len(_END)]


def main() -> None:
    """Updates both documents from the saved lines."""
    for document, selected in ((ALL, None), (README, SELECTED)):
        text = document.read_text(encoding="utf-8")
        updated = text.replace(current(text), section(SAVED, selected))
        document.write_text(updated, encoding="utf-8")


if __name__ == "__main__":
    main()
