"""Which configurations are on the Pareto front of final FCD against FLOPs, and how surely.

The report draws 2,000 means of each; here other draws are made, and more of them. What it shows may
differ from these by three standard errors of its own draws, and by rounding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from tests.report.recompute.digits import listing
from tests.report.recompute.sweep import Sweep

_DRAWS, _OWN = 2_000, 50_000
_CHANCE = r"(> 99|< 1|\d+) %"


def chances(sweep: Sweep) -> dict[str, float]:
    """By configuration: means are Student's about those of the seeds, on the log scale."""
    random = np.random.default_rng(1)
    drawn = []
    for label in sweep.labels:
        logs = np.log(sweep.final(label, "fcd").to_numpy())
        error = logs.std(ddof=1) / np.sqrt(len(logs))
        drawn.append(logs.mean() + error * random.standard_t(len(logs) - 1, _OWN))
    on = _on([flops(sweep, label) for label in sweep.labels], np.array(drawn))
    return dict(zip(sweep.labels, on.mean(axis=1), strict=True))


def flops(sweep: Sweep, label: str) -> float:
    """Of a whole run."""
    rows = sweep.evaluations(label)
    return float(rows.groupby("seed")["train_flops"].max().mean())


def _on(costs: list[float], losses: np.ndarray) -> np.ndarray:
    """Whether each of n configurations is on the front: (n, draws)."""
    found = np.ones(losses.shape, dtype=bool)
    for own in range(len(costs)):
        for other in range(len(costs)):
            no_worse = (costs[other] <= costs[own]) & (losses[other] <= losses[own])
            better = (costs[other] < costs[own]) | (losses[other] < losses[own])
            found[own] &= ~(no_worse & better)
    return found


def front(sweep: Sweep, cost: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """By the means: those on it, cheapest first, and the others."""
    means = [[np.log(sweep.final(label, "fcd")).mean()] for label in sweep.labels]
    on = _on([cost[label] for label in sweep.labels], np.array(means))[:, 0]
    kept = [label for label, is_on in zip(sweep.labels, on, strict=True) if is_on]
    off = [label for label, is_on in zip(sweep.labels, on, strict=True) if not is_on]
    return sorted(kept, key=lambda label: cost[label]), off


def said(sweep: Sweep, text: str) -> str:
    """The sentence with the chances that a page gives, if these agree with the recomputed ones."""
    known = chances(sweep)
    shown = {label: re.search(rf"“{label}” \({_CHANCE}\)", text) for label in sweep.labels}
    named = {}
    for label, found in shown.items():
        assert found is not None, f"no chance of {label}"
        assert _agrees(found[1], known[label]), (label, found[1], known[label])
        named[label] = f"“{label}” ({found[1]} %)"
    on, off = front(sweep, {label: flops(sweep, label) for label in sweep.labels})
    return (
        "On the Pareto front of final FCD against training FLOPs by the means: "
        f"{listing([named[label] for label in on])}; dominated: "
        f"{listing([named[label] for label in off])}."
    )


def _agrees(shown: str, chance: float) -> bool:
    margin = 0.006 + 3 * np.sqrt(max(chance * (1 - chance), 1e-4) / _DRAWS)
    value = {"< 1": 0.0, "> 99": 1.0}.get(shown)
    return abs((float(shown) / 100 if value is None else value) - chance) <= margin
