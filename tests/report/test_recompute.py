"""Every number of a report's macros is what the Parquet files give.

``recompute.py`` shares no code with the report. Numbers are found by parsing what was written, so
one that it does not know fails. Only the number of further seeds that an undecided verdict needs,
a simulation-free estimate of power, and the ceiling of held-out images are not computed anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import report
from tests.report import recompute
from tests.report.latex import macros
from tests.report.reference import RESULTS, ROOT

_NUMBER = re.compile(r"\\(?:num|qty)\{([-+]?[\d.]+)(?:e(-?\d+))?\}(?:\{([^}]*)\})?")
_FACTORS = {
    "": 1.0,
    r"\second": 1.0,
    r"\milli\second": 1e-3,
    r"\mebi\byte": 2.0**20,
    r"\percent": 0.01,
    "TFLOPs": 1e12,
    "GFLOPs": 1e9,
}
_WORDS = {"1000": "thousand", "speed_up": "speedup"}


def camel(text: str) -> str:
    for several, one in _WORDS.items():
        text = text.replace(several, one)
    return "".join(word.capitalize() for word in re.split("[ _]", text))


# Whose correction for unequal variances the report interpolates in a table: p values of verdicts
# and the intervals of their ratios.
_INTERPOLATED = re.compile(r"FcdFinal(VerdictP|(Ratio|AgainstBaseline)(Low|High|HalfWidth))$")


def agrees(name: str, definition: str, expected: float) -> bool:
    """Whether a macro shows this number, within half a unit of its last digit.

    What is interpolated may differ by another 1 %.
    """
    found = _NUMBER.fullmatch(definition)
    if found is None:
        return False
    text, power, unit = found[1], float(found[2] or 0), found[3] or ""
    factor = 10**power * _FACTORS[unit]
    zeros = len(text) - len(text.rstrip("0")) if "." not in text else 0  # 460 of 457 ± 320
    unit_of_last = 10.0 ** (zeros - len(text.partition(".")[2]))
    slack = 0.01 * abs(expected / factor) if _INTERPOLATED.search(name) else 0.0
    return abs(float(text) - expected / factor) <= 0.5001 * unit_of_last + slack


def expected_macros(sweep: recompute.Sweep) -> dict[str, float | None]:
    """All numbers that a macro may have; None for what is not known."""
    found: dict[str, float | None] = {}

    def add(label: str, key: str, values: tuple[float, ...] | None) -> None:
        name = f"{camel(label)}{camel(key)}"
        value, low, high = (*values, None, None)[:3] if values else (None, None, None)
        found[name], found[f"{name}Low"], found[f"{name}High"] = value, low, high
        found[f"{name}HalfWidth"] = None if low is None or high is None else (high - low) / 2

    judged = recompute.verdicts(sweep)
    for label in sweep.labels:
        for key, values in recompute.per_row(sweep, label).items():
            add(
                label,
                key,
                None if label == sweep.baseline and key.endswith("_against_baseline") else values,
            )
        own = judged.get(label)
        ratio = None if own is None else (own["ratio"], own["low"], own["high"])
        for key in ("fcd_final_ratio", "fcd_final_against_baseline"):
            add(label, key, ratio)
        found[f"{camel(label)}FcdFinalVerdictP"] = None if own is None else own["p"]
        if own is not None:
            for key, values in recompute.equal_cost(sweep, label).items():
                add(label, key, values)
    return found


@pytest.mark.usefixtures("without_figures")
def test_every_macro_of_the_reference_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    sweep = recompute.Sweep(RESULTS / "lightweight")
    written = (
        report.write(RESULTS / "lightweight", tmp_path / "out").folder / "paper" / "macros.tex"
    )
    found = {
        name: text
        for name, text in macros(written.read_text()).items()
        if "\\num{" in text or "\\qty{" in text or text == "--"
    }
    expected = expected_macros(sweep)
    left = [
        name for name in found if name.endswith("MoreSeeds") or name.startswith("HeldOutRealImages")
    ]
    wrong = []
    for name in found.keys() - set(left):
        if found[name] == "--":
            if expected.get(name) is not None or (
                name not in expected and not name.endswith("Verdict")
            ):
                wrong.append((name, "--", expected.get(name)))
        elif expected.get(name) is None or not agrees(name, found[name], expected[name]):
            wrong.append((name, found[name], expected.get(name)))
    assert sorted(wrong) == []
    assert len(found) > 600
