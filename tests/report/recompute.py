"""Recomputes what a report says of a sweep from its Parquet files, without the report's code.

Only pandas, numpy and scipy are used, and the definitions in docs/measuring.md. The sweep has one
data set, a baseline, clean timing and one protocol of quality.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats

SHARES = ("precision", "recall", "authenticity", "coverage")
LOGS = ("fcd", "density")
LINEAR = ("kid_mean", "copying")


class Sweep:
    """The files of a results folder."""

    def __init__(self, folder: Path) -> None:
        plan = json.loads((folder / "sweep.json").read_text())
        self.baseline: str = plan["baseline"]
        self.runs = pd.concat(map(pd.read_parquet, sorted(folder.glob("runs/*/run.parquet"))))
        self.runs = self.runs[self.runs["status"] == "completed"]
        self.epochs = pd.concat(map(pd.read_parquet, sorted(folder.glob("runs/*/epochs.parquet"))))
        self.timing = pd.read_parquet(folder / "timing.parquet")
        self.labels = list(dict.fromkeys(run["label"] for run in plan["runs"]))
        self.others = [label for label in self.labels if label != self.baseline]

    def final(self, label: str, column: str) -> pd.Series:
        """The last evaluation's value of each run, by seed."""
        own = self.epochs[
            self.epochs["run_id"].isin(self.runs.loc[self.runs["label"] == label, "run_id"])
        ]
        last = own[own["quality_evaluated"]].sort_values("epoch").groupby("seed").last()
        return last[column].astype(float)

    def lowest(self, label: str) -> pd.Series:
        own = self.epochs[
            self.epochs["run_id"].isin(self.runs.loc[self.runs["label"] == label, "run_id"])
        ]
        return own.groupby("seed")["fcd"].min().astype(float)

    def rounds(self, label: str) -> pd.DataFrame:
        """The turns of a configuration that count, by session and round."""
        own = self.timing[(self.timing["label"] == label) & self.timing["round"].notna()]
        quiet = own[~own["contended"].fillna(False).astype(bool)]
        counted = quiet if len(quiet) >= 5 else own
        return counted.set_index(["session", "round"]).astype({"seconds": float})


def interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Mean and Student's interval."""
    mean, n = values.mean(), len(values)
    reach = stats.t.ppf((1 + level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n)
    return mean, mean - reach, mean + reach


def estimate(values: np.ndarray, scale: str) -> tuple[float, float, float]:
    """Mean and interval on a scale, and back."""
    if scale == "log":
        return tuple(np.exp(interval(np.log(values))))  # type: ignore[return-value]
    if scale == "share":
        found = interval(np.arcsin(np.sqrt(values)))
        return tuple(np.sin(np.clip(found, 0, np.pi / 2)) ** 2)  # type: ignore[return-value]
    return interval(values)


def paired(own: pd.Series, base: pd.Series, level: float) -> tuple[float, float, float]:
    """The geometric mean of the ratios of pairs, and its interval."""
    ratios = (own / base).dropna().to_numpy(float)
    return tuple(np.exp(interval(np.log(ratios), level)))  # type: ignore[return-value]


def per_row(sweep: Sweep, label: str) -> dict[str, tuple[float, ...]]:
    """Of each column of the CSV files, the value, or the value and the ends of its interval."""
    run = sweep.runs[sweep.runs["label"] == label].iloc[0]
    base_run = sweep.runs[sweep.runs["label"] == sweep.baseline].iloc[0]
    found: dict[str, tuple[float, ...]] = {"seeds": (float((sweep.runs["label"] == label).sum()),)}
    for name in (
        "generator_parameters",
        "critic_parameters",
        "generator_macs",
        "critic_macs",
        "train_flops_per_image",
    ):
        found[name] = (float(run[name]),)
        found[f"{name}_ratio"] = (float(run[name]) / float(base_run[name]),)
    per_update = float(run["samples_per_step"])
    found["train_flops_per_generator_update"] = (float(run["train_flops_per_image"]) * per_update,)

    turns, base = sweep.rounds(label), sweep.rounds(sweep.baseline)
    per_image = turns["seconds"] / turns["real_images"].astype(float)
    base_image = base["seconds"] / base["real_images"].astype(float)
    epoch = float(run["samples_seen"]) / float(run["epochs"])
    for name, times in (
        ("seconds_per_1000_images", 1000.0),
        ("seconds_per_generator_update", per_update),
        ("seconds_per_epoch", epoch),
    ):
        found[name] = estimate(per_image.to_numpy() * times, "log")
    together = 0.95 ** (1 / len(sweep.others))  # Šidák
    memory, base_memory = (t["peak_host_added_bytes"].astype(float) for t in (turns, base))
    found["peak_host_added_bytes"] = estimate(memory.to_numpy(), "log")
    found["speed_up"] = paired(base_image, per_image, together)
    found["seconds_per_1000_images_ratio"] = paired(per_image, base_image, together)
    found["peak_host_added_bytes_ratio"] = paired(memory, base_memory, together)
    found["speed_against_baseline"] = found["speed_up"]
    found["memory_against_baseline"] = found["peak_host_added_bytes_ratio"]
    found["flops_against_baseline"] = found["train_flops_per_image_ratio"]

    for names, scale in ((SHARES, "share"), (LOGS, "log"), (LINEAR, "linear")):
        for name in names:
            values = sweep.final(label, name).to_numpy()
            found[f"{name.removesuffix('_mean')}_final"] = estimate(values, scale)
    found["fcd_lowest_over_epochs"] = estimate(sweep.lowest(label).to_numpy(), "log")
    return found


def size(level: float, n: int, m: int) -> float:
    """How often Welch's test at a level rejects equal means, at the worst ratio of the spreads.

    By Lee and Gurland (1975): given the share B ~ Beta((n-1)/2, (m-1)/2) of the first sum of
    squares, the statistic is a constant times Student's with n + m - 2 degrees of freedom.
    """
    steps = 4000
    share = stats.beta.ppf((np.arange(steps) + 0.5) / steps, (n - 1) / 2, (m - 1) / 2)
    worst = 0.0
    for deviation in np.exp(np.linspace(-np.log(100), np.log(100), 41)):
        own, other = deviation**2 / n, 1 / m
        first, second = own * share / (n - 1), other * (1 - share) / (m - 1)
        degrees = (first + second) ** 2 / (first**2 / (n - 1) + second**2 / (m - 1))
        critical = stats.t.ppf(1 - level / 2, degrees)
        scaled = critical * np.sqrt((first + second) * (n + m - 2) / (own + other))
        worst = max(worst, float(2 * stats.t.sf(scaled, n + m - 2).mean()))
    return max(level, worst)


@cache
def nominal_level(level: float, n: int, m: int) -> float:
    """At which Welch's test has this size."""
    return float(optimize.brentq(lambda x: size(x, n, m) - level, level / 100, level, xtol=1e-7))


def verdicts(sweep: Sweep) -> dict[str, dict[str, float | None]]:
    """On the final FCD: the ratio, its interval, and the p value adjusted for all comparisons."""
    base = np.log(sweep.final(sweep.baseline, "fcd").to_numpy())
    found: dict[str, dict[str, float | None]] = {}
    raw: dict[str, float] = {}
    each = 1 - 0.95 ** (1 / len(sweep.others))  # Šidák
    for label in sweep.others:
        own = np.log(sweep.final(label, "fcd").to_numpy())
        n, m = len(own), len(base)
        assert n == m, "of unequal numbers docs/measuring.md has another rule"
        value, error, degrees = welch(own, base)
        raw[label] = size(2 * stats.t.sf(abs(value) / error, degrees), n, m)
        nominal = nominal_level(each, n, m)
        reach = stats.t.ppf(1 - nominal / 2, degrees) * error
        low, high = np.exp(value - reach), np.exp(value + reach)
        found[label] = {"ratio": np.exp(value), "low": low, "high": high}
    adjusted, count = 0.0, len(raw)
    for place, label in enumerate(sorted(raw, key=lambda each: raw[each])):  # Holm
        adjusted = max(adjusted, 1 - (1 - raw[label]) ** (count - place))
        found[label]["p"] = adjusted
    return found


def welch(own: np.ndarray, base: np.ndarray) -> tuple[float, float, float]:
    """The difference, its standard error and Satterthwaite's degrees of freedom."""
    first, second = own.var(ddof=1) / len(own), base.var(ddof=1) / len(base)
    degrees = (first + second) ** 2 / (first**2 / (len(own) - 1) + second**2 / (len(base) - 1))
    return own.mean() - base.mean(), np.sqrt(first + second), degrees


def equal_cost(sweep: Sweep, label: str) -> dict[str, tuple[float, ...] | None]:
    """FCD of both at the largest cost that all runs of both reached; None where there is none."""
    found: dict[str, tuple[float, ...] | None] = {}
    for axis in ("training_flops", "training_seconds"):
        curves = {}
        for each in (label, sweep.baseline):
            turns = sweep.rounds(each)
            logs = np.log(turns["seconds"] / turns["real_images"].astype(float))
            for seed, run in sweep.runs[sweep.runs["label"] == each].set_index("seed").iterrows():
                rows = sweep.epochs[sweep.epochs["run_id"] == run["run_id"]].sort_values("epoch")
                cost = (
                    rows["train_flops"]
                    if axis == "training_flops"
                    else rows["samples_seen"] * np.exp(logs.mean())
                )
                curves[each, seed] = cost.to_numpy(float), rows["fcd"].to_numpy(float)
        budget = min(cost[-1] for cost, _ in curves.values())
        names = [
            f"fcd_at_equal_{axis}",
            f"baseline_fcd_at_equal_{axis}",
            f"fcd_at_equal_{axis}_difference",
        ]
        if any(cost[0] > budget for cost, _ in curves.values()):
            found |= dict.fromkeys([f"equal_{axis}", *names])
            continue
        at = {key: np.interp(budget, *curve) for key, curve in curves.items()}
        own, base = (
            pd.Series({s: v for (e, s), v in at.items() if e == each})
            for each in (label, sweep.baseline)
        )
        found[f"equal_{axis}"] = (budget,)
        found[names[0]], found[names[1]] = (estimate(v.to_numpy(), "log") for v in (own, base))
        found[names[2]] = interval((own - base).to_numpy())
    return found
