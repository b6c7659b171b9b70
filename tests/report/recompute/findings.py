"""The sentences of the findings, with recomputed numbers.

Only those that the reports of the tests have: another one has numbers that nobody recomputed.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tests.report.recompute import conditions, digits
from tests.report.recompute.digits import listing, significant
from tests.report.recompute.intervals import Interval, estimate, paired_ratio, student
from tests.report.recompute.model import needed, words
from tests.report.recompute.sweep import Sweep
from tests.report.recompute.tables import equal_cost, speed_up
from tests.report.recompute.welch import Verdict, family

Judged = Mapping[str, Verdict]


def detail(found: Verdict) -> str:
    """What is said of a verdict in brackets."""
    effect = f"ratio {digits.ratio(found.ratio, found.low, found.high)}"
    if found.kind in ("better", "worse"):
        p = "p < 0.001" if found.p < 0.001 else f"p = {significant(found.p, 1)}"
        return f"{effect}, {p}"
    return f"{effect}, {needed(found)}" if needed(found) else effect


def final(sweep: Sweep, label: str) -> Interval:
    return estimate(sweep.final(label, "fcd"), "log")


def flops(value: float) -> str:
    scale, letter = (1e12, "T") if value >= 1e12 else (1e9, "G")
    return f"{significant(value / scale)} {letter}FLOPs"


def findings(sweep: Sweep, judged: Judged) -> list[str]:
    """All sentences with numbers that findings may have."""
    left = "".join(f" {sentence}" for sentence in conditions.left_out(sweep))
    return [
        learning(sweep),
        *signs(sweep),
        fastest(sweep, judged),
        quality(sweep, judged) + left,
        shrinking(sweep),
        *best(sweep),
        noise_floor(sweep),
        *drift(sweep),
        *incomplete(sweep),
    ]


def learning(sweep: Sweep) -> str:
    """Means of the runs whose first and last evaluation are finite; all of them learned."""
    parts = []
    for label in sweep.labels:
        by_seed = sweep.evaluations(label).groupby("seed")["fcd"]
        pairs = pd.DataFrame(
            {"first": by_seed.nth(0).to_numpy(), "last": by_seed.nth(-1).to_numpy()}
        )
        pairs = pairs.astype(float).replace([np.inf, -np.inf], np.nan).dropna()
        gain = student(np.log(pairs["first"] / pairs["last"]).to_numpy())
        assert gain.low > 0, "docs/measuring.md: learned"
        assert (pairs["last"] < pairs["first"]).all()
        first, last = pairs.mean()
        parts.append(f"“{label}” ({significant(first)} → {significant(last)})")
    return (
        "Does it learn? By the FCD of the first and of the last evaluation (means over the seeds) "
        f"– learned: {listing(parts)}."
    )


def signs(sweep: Sweep) -> list[str]:
    """Losses and last scores that are not finite, and since which step (the median of the runs)."""
    found = []
    diverged, unscored = [], []
    for label in sweep.labels:
        runs = sweep.started[sweep.started["label"] == label]
        lost = [
            _lost_step(sweep, each) for each in runs.loc[runs["status"] == "diverged", "run_id"]
        ]
        if lost:
            diverged.append(_sign(label, len(runs), lost))
        ends = [_unscored_step(sweep, label, seed) for seed in sweep.lost(label)]
        if ends:
            unscored.append(_sign(label, len(runs), ends))
    if diverged:
        found.append(f"losses that are not finite, which ends a run: {listing(diverged)}.")
    if unscored:
        found.append(f"scores of the last evaluation that are not finite: {listing(unscored)}.")
    return [f"Sign of failure: {each}" for each in found]


def _sign(label: str, of: int, steps: list[int]) -> str:
    since = digits.grouped(round(float(np.median(steps))))
    return f"“{label}” ({len(steps)} of {of} seeds, since about step {since})"


def _lost_step(sweep: Sweep, run_id: str) -> int:
    steps = pd.read_parquet(sweep.folder / "runs" / run_id / "steps.parquet").sort_values("step")
    losses = steps[["critic_loss", "generator_loss"]].to_numpy(float)
    return int(steps.loc[~np.isfinite(losses).all(axis=1), "step"].iloc[0])


def _unscored_step(sweep: Sweep, label: str, seed: int) -> int:
    """Of the first of the last evaluations that are not finite."""
    rows = sweep.evaluations(label)
    rows = rows[rows["seed"] == seed]
    known = np.flatnonzero(np.isfinite(rows["fcd"].astype("float64")))
    return int(rows["steps"].iloc[known[-1] + 1])


def fastest(sweep: Sweep, judged: Judged) -> str:
    """Which trains fastest, and whether it is ahead of the second (an ordinary 95 % interval)."""
    ratios = {label: speed_up(sweep, label) for label in sweep.others}
    first, second = sorted(ratios, key=lambda label: -ratios[label].value)[:2]
    found = ratios[first]
    assert found.low > 1
    over = paired_ratio(sweep.per_image(second), sweep.per_image(first))
    shown = "it is ahead of" if over.low > 1 else "not shown to be ahead of"
    busy = sweep.marked(first) or sweep.marked(sweep.baseline)
    doubt = ", although other processes used the machine during timing" if busy else ""
    verdict = judged[first]
    return (
        f"“{first}” trains fastest per real image: {digits.ratio(*found[:3])} times the speed of "
        f"the baseline “{sweep.baseline}” ({found.n} rounds); {shown} the second fastest, "
        f"“{second}”, by {digits.ratio(*over[:3])} times{doubt}; verdict on its final FCD: "
        f"{words(verdict)} ({detail(verdict)})."
    )


def quality(sweep: Sweep, judged: Judged) -> str:
    groups: dict[str, list[str]] = {}
    for kind in ("better", "worse", "equivalent", "undecided"):
        for label, found in judged.items():
            if found.kind == kind:
                groups.setdefault(words(found), []).append(f"“{label}” ({detail(found)})")
    parts = "; ".join(f"{heading}: {listing(those)}" for heading, those in groups.items())
    base = final(sweep, sweep.baseline)
    return (
        f"Compared with the baseline’s final FCD of {digits.estimate(base)} ({base.n} seeds), "
        f"verdicts that hold together at 95 % – {parts}."
    )


def shrinking(sweep: Sweep, critic: str = "half critic", generator: str = "half generator") -> str:
    """Those that differ from the baseline in one width, at the FLOPs that all three reached."""
    found = equal_cost(sweep, [sweep.baseline, critic, generator], "training_flops")
    assert found is not None
    budget, at = found
    base = at[sweep.baseline]
    lost = {each: student((at[each] - base).dropna().to_numpy()) for each in (critic, generator)}
    between = student((at[critic] - at[generator]).dropna().to_numpy())
    gained = max(each.value for each in lost.values()) <= 0
    more = "generator" if (between.value > 0) == gained else "critic"
    less = {"critic": "generator", "generator": "critic"}[more]
    verdict = f"shrinking the {more} lost more quality than shrinking the {less}"
    if between.low <= 0 <= between.high:
        verdict = f"no significant difference between the two with {between.n} seeds"
    elif gained:
        verdict = f"neither lost quality, and shrinking the {more} gained more"
    return (
        f"At equal training FLOPs ({flops(budget)}, the largest budget that all three reached), "
        f"the narrower critic (“{critic}”) changed FCD by {digits.signed(lost[critic])}, the "
        f"narrower generator (“{generator}”) by {digits.signed(lost[generator])}, relative to the "
        f"baseline: {verdict}."
    )


def best(sweep: Sweep) -> list[str]:
    """The best two at the FLOPs that all reached, by an ordinary test of the two; none without."""
    found = equal_cost(sweep, sweep.labels, "training_flops")
    if found is None:
        return []
    budget, at = found
    means = {label: estimate(values.dropna(), "log") for label, values in at.items()}
    first, second = sorted(means, key=lambda label: means[label].value)[:2]
    ahead = family({first: at[first].dropna()}, at[second].dropna(), sweep.margin)[first]
    said = f"no significant difference with {len(at[first].dropna())} seeds"
    if ahead.kind == "better":
        ratio = digits.ratio(ahead.ratio, ahead.low, ahead.high)
        said = f"the difference is significant (ratio {ratio})"
    return [
        f"Quality at equal compute: after {flops(budget)} of training, the largest budget that all "
        f"reached, “{first}” has the lowest FCD, {digits.estimate(means[first])}, followed by "
        f"“{second}”, {digits.estimate(means[second])} – {said}."
    ]


def noise_floor(sweep: Sweep) -> str:
    (floor,) = sweep.common("quality_noise_floor")
    base = final(sweep, sweep.baseline)
    return (
        f"The baseline’s final FCD of {digits.estimate(base)} is "
        f"{significant(base.value / floor, 2)} times the noise floor of {significant(floor)} "
        f"({conditions.floor_is(sweep)}): the measure has room to show an improvement."
    )


def drift(sweep: Sweep) -> list[str]:
    """Epochs of completed runs before or after which a fixed convolution was 5 % off its median."""
    names = ["calibration_before_flops_per_second", "calibration_after_flops_per_second"]
    if not all(name in sweep.epochs for name in names):
        return []
    off = sweep.epochs[names].astype(float)
    off = off / np.nanmedian(off.to_numpy()) - 1
    before, after = (off[name] for name in names)
    later = after.abs() > before.abs().fillna(-1)  # of two, the one that is further off
    epochs = sweep.epochs.assign(off=after.where(later, before))
    epochs = epochs[epochs["completed"] & epochs["off"].notna()]
    marked = epochs[epochs["off"].abs() > 0.05]
    seed = marked["seed"].value_counts().index[0]
    speeds = [significant(1 + end) for end in (marked["off"].min(), marked["off"].max())]
    return [
        f"The machine’s speed drifted: around {len(marked)} of {len(epochs)} calibrated epochs a "
        f"fixed convolution ran more than 5 % off its median speed ({speeds[0]} to {speeds[1]} "
        f"times it), most often in seed {seed} ({(marked['seed'] == seed).sum()} of "
        f"{(epochs['seed'] == seed).sum()})."
    ]


def incomplete(sweep: Sweep) -> list[str]:
    """Runs that were started and did not complete."""
    lost = sweep.started[sweep.started["status"] != "completed"]
    parts = [
        f"{status}: “{label}” ({len(rows)} run{'s' * (len(rows) > 1)})"
        for (status, label), rows in lost.groupby(["status", "label"], sort=False)
    ]
    counted = "These runs are counted here and excluded from all means."
    return [f"Started but not completed – {'; '.join(parts)}. {counted}"] if parts else []
