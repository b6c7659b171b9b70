"""What a report says by another metric, with other digits, is what the Parquet files give."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bench import report
from bench.report.choices import Choices
from tests.report.latex import macros
from tests.report.recompute import welch
from tests.report.recompute.intervals import estimate, sidak, student
from tests.report.recompute.sweep import Sweep
from tests.report.recompute.test_macros import NUMBER, camel, says
from tests.report.reference import RESULTS, ROOT

LEVEL = 0.05


@dataclass(frozen=True)
class Chosen:
    """A metric, the scale on which it is compared, and the digits that are asked for."""

    metric: str
    scale: str
    precision: int

    @property
    def name(self) -> str:
        return camel(self.metric.removesuffix("_mean"))

    def forward(self, values: np.ndarray) -> np.ndarray:
        return np.log(values) if self.scale == "log" else values

    def back(self, value: float) -> float:
        return float(np.exp(value)) if self.scale == "log" else float(value)


def of_verdicts(sweep: Sweep, chosen: Chosen) -> dict[str, float]:
    """The effect on each configuration, its interval and its p value, by the macro."""
    of = {
        label: chosen.forward(sweep.final(label, chosen.metric).to_numpy(float))
        for label in sweep.labels
    }
    base, found = of[sweep.baseline], {}
    adjusted = welch.holm({label: welch.p_value(of[label], base) for label in sweep.others})
    kind = "Ratio" if chosen.scale == "log" else "Difference"
    for label in sweep.others:
        value = of[label].mean() - base.mean()
        ends = welch.ends(of[label], base, sidak(LEVEL, len(sweep.others)))
        start = f"{camel(label)}{chosen.name}Final"
        for name in (f"{start}{kind}", f"{start}AgainstBaseline"):
            found[name] = chosen.back(value)
            found[f"{name}Low"], found[f"{name}High"] = map(chosen.back, ends)
        found[f"{start}VerdictP"] = adjusted[label]
    return found


def of_scores(sweep: Sweep, chosen: Chosen) -> dict[str, float]:
    """The final scores, and those at equal FLOPs where all runs of both reached these."""
    found: dict[str, float] = {}
    for label in sweep.labels:
        own = estimate(sweep.final(label, chosen.metric), chosen.scale)
        name = f"{camel(label)}{chosen.name}Final"
        found |= {name: own.value, f"{name}Low": own.low, f"{name}High": own.high}
    for label in sweep.others:
        of_both = {}
        for each in (label, sweep.baseline):
            rows = sweep.evaluations(each)
            of_both[each] = [
                (own["train_flops"].to_numpy(float), own[chosen.metric].to_numpy(float))
                for _, own in rows.groupby("seed")
            ]
        every = [curve for of_label in of_both.values() for curve in of_label]
        budget = min(cost[-1] for cost, _ in every)
        if any(cost[0] > budget for cost, _ in every):
            continue
        at = {k: np.array([np.interp(budget, *curve) for curve in v]) for k, v in of_both.items()}
        name = f"{camel(label)}{chosen.name}AtEqualTrainingFlops"
        found[name] = estimate(at[label], chosen.scale).value
        found[f"{name}Difference"] = student(at[label] - at[sweep.baseline]).value
    return found


def near(definition: str, value: float, slack: float) -> bool:
    """Whether a macro shows a number, within half a unit of its last digit and the slack."""
    found = NUMBER.fullmatch(definition)
    if found is None:
        return False
    text, power = found[1], float(found[2] or 0)
    unit_of_last = 10.0 ** (power - len(text.partition(".")[2]))
    return abs(float(text) * 10**power - value) <= 0.5001 * unit_of_last + slack


@pytest.mark.parametrize(
    "chosen", [Chosen("kid_mean", "linear", 5), Chosen("density", "log", 2)], ids=lambda c: c.metric
)
@pytest.mark.usefixtures("without_figures")
def test_macros_by_another_metric(
    chosen: Chosen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    sweep = Sweep(RESULTS / "lightweight")
    choices = Choices(columns=("speed_up",), metric=chosen.metric, precision=chosen.precision)
    made = report.write(RESULTS / "lightweight", tmp_path / "out", choices=choices)
    written = macros((made.folder / "paper/macros.tex").read_text(encoding="utf-8"))
    exact = of_scores(sweep, chosen)
    wrong = [name for name, value in exact.items() if not says(name, written[name], value)]
    verdicts = of_verdicts(sweep, chosen)
    for name, value in verdicts.items():
        slack = 0.0
        # The correction for unequal variances is interpolated.
        if name.endswith(("Low", "High")):
            start = name.removesuffix("Low").removesuffix("High")
            slack = 0.01 * (verdicts[f"{start}High"] - verdicts[f"{start}Low"])
        elif name.endswith("P"):
            slack = 0.02 * value
        if not near(written[name], value, slack):
            wrong.append(name)
    assert wrong == []
    assert len(exact) > 20
    assert not [name for name in written if "FcdFinalVerdict" in name]
