"""What a cell of a table holds, and what the page, LaTeX, the CSV and the macros make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.report.recompute import digits
from tests.report.recompute.intervals import Interval
from tests.report.recompute.welch import MOST, Verdict

ABSENT = "–"
# By how much what a heading gives in brackets is to be multiplied. An unknown unit is an error.
UNITS: Mapping[str, float] = {
    "": 1.0,
    "×": 1.0,
    "×10⁻³": 1e-3,
    "%": 0.01,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "GFLOPs": 1e9,
    "TFLOPs": 1e12,
    "s": 1.0,
    "ms": 1e-3,
    "MiB": 2.0**20,
}


@dataclass(frozen=True)
class Judged:
    """A cell of the table of verdicts: the effect, and what follows from it in words.

    Attributes:
        effect: as shown; its arrow, value and interval.
        words, detail: the verdict, and what it needs where there is none.
    """

    value: float
    low: float | None
    high: float | None
    kind: str
    effect: str
    words: str
    detail: str = ""

    @property
    def arrow(self) -> str:
        return "=" if self.value == 1 else "↑" if self.value > 1 else "↓"


Value = None | str | int | float | Interval | Verdict | Judged


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        kind: count, number, estimate, difference, ratio, effect, verdict, judged or text.
        cells: by row.
        lost: by row, of how many runs the value is not finite; empty where that has no place.
        busy: by row, whether others used the machine; empty for what is not timed.
        base: the baseline's own value in a column of verdicts, as shown.
    """

    kind: str
    cells: Mapping[str, Value]
    lost: Mapping[str, int] = field(default_factory=dict)
    busy: Mapping[str, bool] = field(default_factory=dict)
    base: str = ""

    def text(self, row: str, factor: float = 1.0) -> str:
        """What the page shows, in the unit of the heading."""
        value = self.cells[row]
        marks = "‡" * bool(self.lost.get(row)) + "†" * bool(self.busy.get(row))
        if isinstance(value, Judged):
            said = (value.arrow, f"{value.effect}{marks}", value.words, value.detail)
            return " ".join(filter(None, said))
        text = self.base if value is None else self._text(value, factor)
        return f"{text}{marks}" if text else ABSENT

    def _text(self, value: str | float | Interval | Verdict, factor: float) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, Verdict):
            if self.kind == "effect":
                return digits.ratio(value.ratio, value.low, value.high)
            return ": ".join(filter(None, (words(value), needed(value))))
        if isinstance(value, Interval):
            if self.kind == "ratio":
                return digits.ratio(*value[:3])
            show = digits.signed if self.kind == "difference" else digits.estimate
            return show(value, factor)
        return digits.grouped(value) if self.kind == "count" else digits.significant(value / factor)

    def fields(self, key: str) -> dict[str, dict[str, float | str | None]]:
        """The columns of the CSV file, by row."""
        names = _FIELDS.get(self.kind, {"value": ""})
        found: dict[str, dict[str, float | str | None]] = {
            f"{key}{ending}": {row: _part(value, part) for row, value in self.cells.items()}
            for part, ending in names.items()
        }
        if any(self.lost.values()):
            found[f"{key}_not_finite"] = {row: self.lost.get(row, 0) for row in self.cells}
        if any(self.busy.values()):
            found[f"{key}_contended"] = {
                row: None if value is None and not self.base else str(self.busy[row]).lower()
                for row, value in self.cells.items()
            }
        return found


_ENDS = {"low": "_low_95", "high": "_high_95"}
_FIELDS = {
    "estimate": {"value": "_mean", **_ENDS},
    "difference": {"value": "_mean", **_ENDS},
    "ratio": {"value": "", **_ENDS},
    "effect": {"ratio": "", **_ENDS},
    "verdict": {"kind": "", "p": "_p", "more": "_more_seeds_needed"},
    "judged": {"value": "", **_ENDS, "kind": "_verdict"},
}


def _part(value: Value, part: str) -> float | str | None:
    if isinstance(value, Interval | Verdict | Judged):
        found: float | str | None = getattr(value, part)
        return found
    return value if part == "value" or value is None else None


def margin(share: float) -> str:
    return f"{100 * share:.3g} %"


def words(found: Verdict, share: float = 0.1) -> str:
    """A verdict on quality."""
    if found.kind == "equivalent":
        return f"equivalent within {margin(share)}"
    small = found.small and found.kind in ("better", "worse")
    return f"{found.kind} by less than {margin(share)}" if small else found.kind


def needed(found: Verdict) -> str:
    """What a verdict that is not given needs."""
    if found.more is None:
        return ""
    if found.more > MOST:
        return f"more than {MOST} more seeds needed"
    return f"about {found.more} more seed{'s' * (found.more != 1)} needed"
