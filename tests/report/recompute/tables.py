"""Every table of a report, recomputed: which columns there are, and the value of each cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from tests.report.recompute import digits
from tests.report.recompute.intervals import Interval, estimate, paired_ratio, sidak, student
from tests.report.recompute.model import Column, Judged, Value, margin, needed, words
from tests.report.recompute.sweep import Sweep
from tests.report.recompute.welch import LEVEL, Verdict

Table = dict[str, Column]
_COUNTS = (
    "generator_parameters",
    "critic_parameters",
    "generator_macs",
    "critic_macs",
    "train_flops_per_image",
)
_FINALS = {  # by column of the tables: that of epochs.parquet, and the scale
    "fcd": ("fcd", "log"),
    "kid": ("kid_mean", "linear"),
    "precision": ("precision", "share"),
    "recall": ("recall", "share"),
}
_HELD_OUT = {"authenticity": "share", "copying": "linear", "density": "log", "coverage": "share"}
CONTROL = "held-out real images"


def tables(sweep: Sweep, judged: Mapping[str, Verdict]) -> dict[str, Table]:
    """By the name of its files, each table's columns by their keys."""
    found = {
        "verdicts": _verdicts(sweep, judged),
        "summary": _summary(sweep, judged),
        "against-baseline": _against_baseline(sweep, judged),
        "equal-cost": _equal_cost(sweep),
    }
    if sweep.has("authenticity"):
        found["held-out"] = _held_out(sweep)
    if len(sweep.runs) < len(sweep.planned):
        found["incomplete-runs"] = _incomplete(sweep)
    return found


def _each(sweep: Sweep, value: Callable[[str], Value]) -> dict[str, Value]:
    return {label: value(label) for label in sweep.labels}


def _busy(sweep: Sweep, *, beside: bool = False) -> dict[str, bool]:
    """Which times are marked; of ratios, those of either side."""
    base = beside and sweep.marked(sweep.baseline)
    return {label: sweep.marked(label) or base for label in sweep.labels}


def cost_ratio(
    sweep: Sweep, of: Callable[[str], pd.Series], label: str, *, inverse: bool = False
) -> Interval:
    """Paired by round; all intervals hold together (Šidák)."""
    own, base = of(label), of(sweep.baseline)
    pair = (base, own) if inverse else (own, base)
    return paired_ratio(*pair, level=1 - sidak(LEVEL, len(sweep.others)))


def _summary(sweep: Sweep, judged: Mapping[str, Verdict]) -> Table:
    def images(label: str, per: str) -> float:
        """Real images per epoch or step; a step has one generator update."""
        runs = sweep.completed(label)
        return float((runs["samples_seen"] / runs[per]).mean())

    def flops_per_update(label: str) -> float:
        return sweep.count(label, "train_flops_per_image") * images(label, "steps")

    def timed(times: Callable[[str], pd.Series]) -> Column:
        values = _each(sweep, lambda label: estimate(times(label), "log"))
        return Column("estimate", values, busy=_busy(sweep))

    found = {
        "seeds": Column("count", _each(sweep, lambda label: len(sweep.completed(label)))),
        **{
            name: Column("number", _each(sweep, partial(sweep.count, column=name)))
            for name in _COUNTS
        },
        "train_flops_per_generator_update": Column("number", _each(sweep, flops_per_update)),
        "seconds_per_1000_images": timed(lambda label: sweep.per_image(label) * 1000),
        "seconds_per_generator_update": timed(sweep.per_update),
        "seconds_per_epoch": timed(lambda label: sweep.per_image(label) * images(label, "epochs")),
        "speed_up": Column(
            "ratio", _each(sweep, partial(speed_up, sweep)), busy=_busy(sweep, beside=True)
        ),
        "peak_host_added_bytes": Column(
            "estimate", _each(sweep, lambda label: estimate(sweep.memory(label), "log"))
        ),
        "fcd_lowest_over_epochs": Column(
            "estimate", _each(sweep, lambda label: estimate(sweep.lowest(label), "log"))
        ),
        "fcd_final_verdict": Column("verdict", _each(sweep, judged.get)),
    }
    for name, (column, scale) in _FINALS.items():
        found[f"{name}_final"] = _final(sweep, column, scale)
    if len(sweep.runs) < len(sweep.planned):
        found["runs"] = Column("text", _each(sweep, partial(_state, sweep)))
    return found


def speed_up(sweep: Sweep, label: str) -> Interval:
    return cost_ratio(sweep, sweep.per_image, label, inverse=True)


def _final(sweep: Sweep, column: str, scale: str) -> Column:
    lost = {label: len(sweep.lost(label, column)) for label in sweep.labels}
    values = _each(sweep, lambda label: estimate(sweep.final(label, column), scale))
    return Column("estimate", values, lost=lost)


def _state(sweep: Sweep, label: str) -> str:
    planned = sum(own == label for own, _ in sweep.planned)
    statuses = sweep.started.loc[sweep.started["label"] == label, "status"].value_counts()
    done = f"{statuses.get('completed', 0)} of {planned} completed"
    others = [f"{n} {status}" for status, n in sorted(statuses.items()) if status != "completed"]
    return ", ".join([done, *others])


def _against_baseline(sweep: Sweep, judged: Mapping[str, Verdict]) -> Table:
    def counted(label: str, column: str) -> float:
        return sweep.count(label, column) / sweep.count(sweep.baseline, column)

    lost = set(sweep.lost(sweep.baseline))
    return {
        **{
            f"{name}_ratio": Column("number", _each(sweep, partial(counted, column=name)))
            for name in _COUNTS
        },
        "seconds_per_1000_images_ratio": Column(
            "ratio",
            _each(sweep, partial(cost_ratio, sweep, sweep.per_image)),
            busy=_busy(sweep, beside=True),
        ),
        "peak_host_added_bytes_ratio": Column(
            "ratio", _each(sweep, partial(cost_ratio, sweep, sweep.memory))
        ),
        "fcd_final_ratio": Column(
            "effect",
            _each(sweep, judged.get),
            lost={label: len(lost | set(sweep.lost(label))) for label in sweep.labels},
        ),
        "fcd_final_verdict": Column("verdict", _each(sweep, judged.get)),
    }


def _held_out(sweep: Sweep) -> Table:
    """The last row is what real images that are held out score, the same in every run."""
    found = {}
    for name, scale in _HELD_OUT.items():
        column = _final(sweep, name, scale)
        control = f"{name}_held_out"
        values: set[float] = set()
        if sweep.has(control):
            values = {float(v) for label in sweep.labels for v in sweep.final(label, control)}
        (value,) = values or (None,)
        found[f"{name}_final"] = Column(
            "estimate", {**column.cells, CONTROL: value}, lost=column.lost
        )
    return found


def _incomplete(sweep: Sweep) -> Table:
    """By place, since a configuration may have several such runs."""
    known = sweep.started.set_index(["label", "seed"])
    rows = [known.loc[pair] for pair in sweep.planned if known.loc[pair]["status"] != "completed"]
    places = [str(place) for place in range(len(rows))]
    return {
        "configuration": Column("text", {p: r.name[0] for p, r in zip(places, rows, strict=True)}),
        "seed": Column("count", {p: int(r.name[1]) for p, r in zip(places, rows, strict=True)}),
        "status": Column("text", {p: r["status"] for p, r in zip(places, rows, strict=True)}),
        "error": Column("text", {p: r["error"] for p, r in zip(places, rows, strict=True)}),
    }


def equal_cost(
    sweep: Sweep, labels: list[str], axis: str
) -> tuple[float, dict[str, pd.Series]] | None:
    """The largest cost that all runs reached, and FCD there by seed; None where there is none."""
    curves = {
        (label, int(seed)): sweep.curve(label, int(seed), axis)
        for label in labels
        for seed in sweep.completed(label)["seed"]
    }
    budget = min(cost[-1] for cost, _ in curves.values())
    if any(cost[0] > budget for cost, _ in curves.values()):
        return None
    at = {key: float(np.interp(budget, *curve)) for key, curve in curves.items()}
    return float(budget), {
        label: pd.Series({seed: value for (own, seed), value in at.items() if own == label})
        for label in labels
    }


def _equal_cost(sweep: Sweep) -> Table:
    found = {}
    for axis in ("training_flops", "training_seconds"):
        pairs = {label: equal_cost(sweep, [label, sweep.baseline], axis) for label in sweep.others}
        parts: dict[str, dict[str, Value]] = {"own": {}, "base": {}, "difference": {}}
        lost: dict[str, dict[str, int]] = {"own": {}, "base": {}, "difference": {}}
        for label, pair in pairs.items():
            for part in parts:
                parts[part][label], lost[part][label] = None, 0
            if pair is None:
                continue
            own, base = pair[1][label], pair[1][sweep.baseline]
            parts["own"][label] = estimate(own.dropna(), "log")
            parts["base"][label] = estimate(base.dropna(), "log")
            parts["difference"][label] = student((own - base).dropna().to_numpy())
            missing = set(own.index[own.isna()]), set(base.index[base.isna()])
            lost["own"][label], lost["base"][label] = map(len, missing)
            lost["difference"][label] = len(missing[0] | missing[1])
        busy = _busy(sweep, beside=True) if axis == "training_seconds" else {}
        budgets = {label: None if pair is None else pair[0] for label, pair in pairs.items()}
        key = f"fcd_at_equal_{axis}"
        found[f"equal_{axis}"] = Column("number", budgets, busy={k: busy[k] for k in pairs if busy})
        found[key] = Column("estimate", parts["own"], lost["own"])
        found[f"baseline_{key}"] = Column("estimate", parts["base"], lost["base"])
        found[f"{key}_difference"] = Column("difference", parts["difference"], lost["difference"])
    return found


def _verdicts(sweep: Sweep, judged: Mapping[str, Verdict]) -> Table:
    base = sweep.baseline
    pace = estimate(1 / sweep.per_image(base), "log")
    flops = sweep.count(base, "train_flops_per_image")
    memory = estimate(sweep.memory(base), "log")

    def column(judge: Callable[[str], Judged], own: str, **marks: Mapping[str, bool]) -> Column:
        values = _each(sweep, lambda label: None if label == base else judge(label))
        return Column("judged", values, base=own, **marks)

    return {
        "fcd_final_against_baseline": column(
            lambda label: _on_quality(judged[label]),
            digits.estimate(estimate(sweep.final(base, "fcd"), "log")),
        ),
        "speed_against_baseline": column(
            lambda label: _on_cost(sweep, speed_up(sweep, label), "faster", "slower", "as fast"),
            digits.estimate(pace),
            busy=_busy(sweep, beside=True),
        ),
        "flops_against_baseline": column(
            lambda label: _on_flops(sweep.count(label, "train_flops_per_image") / flops),
            f"{digits.significant(flops / 1e6)} MFLOPs",
        ),
        "memory_against_baseline": column(
            lambda label: _on_cost(
                sweep, cost_ratio(sweep, sweep.memory, label), "larger", "smaller", "as small"
            ),
            f"{digits.estimate(memory, 2.0**20)} MiB",
        ),
    }


def _times(text: str) -> str:
    value, space, ends = text.partition(" ")
    return f"{value} ×{space}{ends}"


def _on_quality(found: Verdict) -> Judged:
    effect = _times(digits.ratio(found.ratio, found.low, found.high))
    ends = found.ratio, found.low, found.high
    return Judged(*ends, found.kind, effect, words(found), needed(found))


def _on_cost(sweep: Sweep, found: Interval, more: str, less: str, alike: str) -> Judged:
    """Shown where the interval excludes 1; of a cost less is better, of a speed more."""
    small = 1 / (1 + sweep.margin) < found.low and found.high < 1 + sweep.margin
    within, detail = margin(sweep.margin), ""
    if found.low <= 1 <= found.high:
        kind, said = ("equivalent", f"{alike} within {within}") if small else ("undecided",) * 2
        detail = "" if small else "the interval includes no difference"
    else:
        kind = "better" if (found.value > 1) == (more == "faster") else "worse"
        said = more if found.value > 1 else less
        said += f" by less than {within}" * small
    effect = _times(digits.ratio(*found[:3]))
    return Judged(*found[:3], kind, effect, said, detail)


def _on_flops(found: float) -> Judged:
    kind = "equivalent" if found == 1 else "better" if found < 1 else "worse"
    said = {"equivalent": "the same", "better": "cheaper", "worse": "costlier"}[kind]
    return Judged(found, None, None, kind, f"{digits.significant(found)} ×", said)
