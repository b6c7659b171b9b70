"""Every macro of a report, number or words, is what the Parquet files give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.report.latex import macros
from tests.report.recompute import facts, latex
from tests.report.recompute.conftest import Case
from tests.report.recompute.model import ABSENT, Column, Judged, Value, needed, words
from tests.report.recompute.welch import Verdict

NUMBER = re.compile(r"\\(?:num|qty)\{([-+]?[\d.]+)(?:e(-?\d+))?\}(?:\{([^}]*)\})?")
_FACTORS = {
    "": 1.0,
    r"\second": 1.0,
    r"\milli\second": 1e-3,
    r"\mebi\byte": 2.0**20,
    r"\percent": 0.01,
    "TFLOPs": 1e12,
    "GFLOPs": 1e9,
}
# Whose correction for unequal variances the report interpolates in a table.
_INTERPOLATED = re.compile(r"FcdFinal(VerdictP|(Ratio|AgainstBaseline)(Low|High))$")
_ENDS = {
    "estimate": ("Low", "High", "HalfWidth"),
    "difference": ("Low", "High", "HalfWidth"),
    "ratio": ("Low", "High"),
    "effect": ("Low", "High"),
    "judged": ("Low", "High"),
}


def camel(text: str) -> str:
    text = text.replace("1000", "thousand").replace("speed_up", "speedup")
    return "".join(word.capitalize() for word in re.split("[ _-]", text))


def expected(case: Case) -> dict[str, float | str | None]:
    """What each macro says: a number, words, or nothing."""
    found: dict[str, float | str | None] = dict(facts.of_macros(case.sweep))
    for table in case.tables.values():
        labels = table.get("configuration")
        for key, column in table.items():
            if column is labels:
                continue
            for row in column.cells:
                label = str(labels.cells[row]) if labels else row
                found |= _of_cell(f"{camel(label)}{camel(key)}", column, row)
    return found


def _of_cell(name: str, column: Column, row: str) -> Iterator[tuple[str, float | str | None]]:
    value = column.cells[row]
    if column.kind == "text":
        yield name, column.text(row)
    elif column.kind == "verdict":
        verdict = value if isinstance(value, Verdict) else None
        yield name, verdict and ": ".join(filter(None, (words(verdict), needed(verdict))))
        yield f"{name}P", verdict and verdict.p
        yield f"{name}MoreSeeds", verdict and verdict.more
    else:
        yield name, _part(value, "ratio" if column.kind == "effect" else "value")
        low, high = _part(value, "low"), _part(value, "high")
        half = None if low is None or high is None else (high - low) / 2
        ends = {"Low": low, "High": high, "HalfWidth": half}
        yield from ((f"{name}{end}", ends[end]) for end in _ENDS.get(column.kind, ()))
        if column.kind == "judged":
            judged = value if isinstance(value, Judged) else None
            said = judged and ": ".join(filter(None, (judged.words, judged.detail)))
            yield f"{name}Verdict", said


def _part(value: Value, part: str) -> float | None:
    found = value if part == "value" and isinstance(value, int | float) else None
    return getattr(value, part, found)


def says(name: str, definition: str, value: float | str | None) -> bool:
    """Whether a macro says this; a number within half a unit of its last digit.

    What is interpolated may differ by another 1 %.
    """
    if value is None:
        return definition == "--"
    if isinstance(value, str):
        return latex.words(definition) == value
    found = NUMBER.fullmatch(definition)
    if found is None:
        return False
    text, power, unit = found[1], float(found[2] or 0), found[3] or ""
    shown = value / (10**power * _FACTORS[unit])
    zeros = len(text) - len(text.rstrip("0")) if "." not in text else 0  # 460 of 457 ± 320
    unit_of_last = 10.0 ** (zeros - len(text.partition(".")[2]))
    slack = 0.01 * abs(shown) if _INTERPOLATED.search(name) else 0.0
    return abs(float(text) - shown) <= 0.5001 * unit_of_last + slack


def test_every_macro(case: Case) -> None:
    written = macros((case.folder / "paper" / "macros.tex").read_text(encoding="utf-8"))
    known = expected(case)
    assert sorted(written.keys() - known.keys()) == []
    wrong = [
        (name, definition, known[name])
        for name, definition in written.items()
        if not says(name, definition, known[name])
    ]
    assert wrong == []
    assert len(written) > 300
    assert ABSENT not in written.values()
