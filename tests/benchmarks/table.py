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
    """Writes the lines, their targets and the machine to a Parquet file.

    Lines that are there already, of the same machine and not measured now, are kept.
    """
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
    if path.exists():
        frame = _renewed(pd.read_parquet(path), frame)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)


def _renewed(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """The old lines, each in its place, as far as they are not measured anew."""
    alike = ["cpu_model", "cpu_cores", "threads", "gpu_name", "torch_version"]
    if (
        not old[alike]
        .drop_duplicates()
        .reset_index(drop=True)
        .equals(new[alike].drop_duplicates().reset_index(drop=True))
    ):
        return new
    key = ["what", "against", "device"]
    every = pd.concat([old, new], ignore_index=True)
    place = every.groupby(key, sort=False).ngroup()
    last = every.drop_duplicates(key, keep="last")
    return last.loc[place[last.index].sort_values().index].reset_index(drop=True)


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
PROFILES = SAVED.with_name("step-profiles.csv")  # of profiles.py
ALL = _ROOT / "docs" / "speed.md"
README = _ROOT / "README.md"

# The lines that README.md shows.
SELECTED = (
    "images/s, dcgan-tutorial 28 px, batch 256, fp32",
    "images/s, dcgan-tutorial 28 px, batch 256, bf16",
    "an epoch of dcgan 28 px as the harness trains it",
    "quality of an epoch, 5,000 samples, classifier features",
    "starting a run after the first",
)


def machine(path: Path) -> str:
    """The machine that the lines of a file were measured on, and when, in one sentence."""
    frame = pd.read_parquet(path)
    row = frame.iloc[0]
    parts = [row.gpu_name] if pd.notna(row.gpu_name) else []
    parts += [f"{row.cpu_model}, {row.cpu_cores} cores, {row.threads} threads"]
    parts += [f"{row.ram_bytes / 1e9:.0f} GB", f"torch {row.torch_version}"]
    days = sorted({f"{day:%Y-%m-%d}": f"{day:%-d %B %Y}" for day in frame["measured_at"]}.items())
    return f"Measured on {'; '.join(parts)}, on {' and '.join(day for _, day in days)}."


def section(path: Path, selected: Sequence[str] | None = None) -> str:
    """What a document shows between its two marks, marks included.

    Args:
        selected: which lines, in this order; None for all of them.
    """
    lines = load(path)
    if selected is not None:
        lines = [line for what in selected for line in lines if line.what == what]
    return _marked("performance", f"{as_markdown(lines)}\n\n{machine(path)}")


def profile_section(path: Path) -> str:
    """Where the time of steps goes, between its two marks: shares, and speeds as ratios."""
    table = pd.read_csv(path)
    speeds = [column for column in table if column.startswith("FLOP/s")]
    shares = [column for column in table.columns[1:] if column not in speeds]
    headings = ["one step on one thread", *shares, *speeds]
    rows = [headings, ["---"] * len(headings)]
    for row in table.to_dict("records"):
        percent = [f"{100 * row[column]:.0f} %" for column in shares]
        rows.append([row["case"], *percent, *(f"{row[column]:.2f} ×" for column in speeds)])
    return _marked("profiles", "\n".join(f"| {' | '.join(row)} |" for row in rows))


def _marked(name: str, text: str) -> str:
    begin, end = _marks(name)
    return f"{begin}\n\n{text}\n\n{end}"


def _marks(name: str) -> tuple[str, str]:
    return f"<!-- {name} -->", f"<!-- end of {name} -->"


def current(text: str, name: str = "performance") -> str:
    """The part of a document between the two marks of a table, marks included."""
    begin, end = _marks(name)
    return text[text.index(begin) : text.index(end) + len(end)]


def main() -> None:
    """Updates both documents from the saved lines and profiles."""
    parts = {ALL: [section(SAVED), profile_section(PROFILES)], README: [section(SAVED, SELECTED)]}
    for document, sections in parts.items():
        text = document.read_text(encoding="utf-8")
        for name, part in zip(("performance", "profiles"), sections, strict=False):
            text = text.replace(current(text, name), part)
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
