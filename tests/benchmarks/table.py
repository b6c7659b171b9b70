"""The table that the benchmarks make: a line for each ratio, with its aim."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import torch

from bench.cost import environment
from bench.cost.nvml import open_gpu


@dataclass(frozen=True)
class Line:
    """A ratio, measured round by round.

    Attributes:
        what: whose ratio.
        against: whose time, rate or memory is 1.
        ratios: of each round.
        at_most: the aim, where less is better; else None.
        at_least: the aim, where more is better; else None. With neither it is for information.
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
        """Whether the median keeps to the aim; None where there is none."""
        if self.at_most is not None:
            return self.median <= self.at_most
        if self.at_least is not None:
            return self.median >= self.at_least
        return None

    @property
    def aim(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g} ×"
        return "–" if self.at_least is None else f"≥ {self.at_least:g} ×"

    @property
    def verdict(self) -> str:
        return {None: "–", True: "reached", False: "falls short"}[self.reached]


_HEADINGS = ("what", "against", "device", "median", "quartiles", "rounds", "aim", "")


def cells(line: Line) -> tuple[str, ...]:
    """A line as the table shows it."""
    low, high = line.quartiles
    digits = 3 if line.median < 1 else 2
    return (
        line.what,
        line.against,
        line.device,
        f"{line.median:.{digits}f} ×",
        f"{low:.{digits}f}–{high:.{digits}f}",
        str(len(line.ratios)),
        line.aim,
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
    """The table as the README shows it."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(cells, lines)]
    return "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in rows)


def save(lines: list[Line], path: Path) -> None:
    """Writes the lines, their aims and the machine to a Parquet file."""
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
    """The lines of such a file."""
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
README = _ROOT / "README.md"
_BEGIN, _END = "<!-- performance -->", "<!-- end of performance -->"


def machine(path: Path) -> str:
    """What the lines of a file were measured on, in one sentence."""
    row = pd.read_parquet(path).iloc[0]
    parts = [row.gpu_name] if pd.notna(row.gpu_name) else []
    parts += [f"{row.cpu_model}, {row.cpu_cores} cores, {row.threads} threads"]
    parts += [f"{row.ram_bytes / 1e9:.0f} GB", f"torch {row.torch_version}"]
    return f"Measured on {'; '.join(parts)}, on {row.measured_at:%-d %B %Y}."


def section(path: Path) -> str:
    """What stands in the README between the two marks."""
    return f"{_BEGIN}\n\n{as_markdown(load(path))}\n\n{machine(path)}\n\n{_END}"


def current(readme: str) -> str:
    """What stands there now."""
    return readme[readme.index(_BEGIN) : readme.index(_END) + len(_END)]


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(text.replace(current(text), section(SAVED)), encoding="utf-8")
