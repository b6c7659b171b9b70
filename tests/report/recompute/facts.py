"""What was run, where and when, from the columns of the runs; and what was left out."""

from __future__ import annotations

import pandas as pd

from tests.report.recompute.digits import grouped, listing
from tests.report.recompute.model import margin
from tests.report.recompute.sweep import Sweep


def facts(sweep: Sweep) -> dict[str, str]:
    """The lines of the set-up."""

    def joined(column: str, shown: str = "{}") -> str:
        return ", ".join(shown.format(value) for value in sweep.common(column))

    (images,) = sweep.common("train_images")
    pixels = joined("image_size", "{0} × {0} px")
    first, last = (pd.Timestamp(t) for t in (sweep.started["started_at"].min(), _end(sweep)))
    software = (
        joined("torch_version", "torch {}"),
        joined("cuda_version", "CUDA {}"),
        joined("python_version", "Python {}"),
        joined("bench_version", "gan-bench {}"),
        *map(joined, ("os", "precision", "execution")),
    )
    assert not any(sweep.common("git_dirty"))
    assert first.date() == last.date()
    return {
        "Data set": joined("dataset"),
        "Images": f"{grouped(images)} for training; {pixels}; channels: {joined('channels')}",
        "Seeds": ", ".join(map(str, sorted({seed for _, seed in sweep.planned}))),
        "Epochs": joined("epochs_planned"),
        "Batch size": joined("batch_size"),
        "Machine": "; ".join(
            (
                joined("cpu_model"),
                joined("cpu_cores", "{} cores"),
                joined("threads", "threads per run: {}"),
                joined("gpu_name") or "no GPU",
            )
        ),
        "Software": "; ".join(filter(None, software)),
        "Code": joined("git_commit", "commit {:.12}"),
        "Measured": f"{first:%Y-%m-%d %H:%M} – {last:%H:%M} UTC",
    }


def _end(sweep: Sweep) -> pd.Timestamp:
    return sweep.started["ended_at"].max()


def missing(sweep: Sweep) -> str:
    """``14 of 16 runs completed (1 diverged, 1 failed).``; "" where none is."""
    lost = sweep.started.loc[sweep.started["status"] != "completed", "status"]
    if lost.empty:
        return ""
    parts = ", ".join(f"{count} {status}" for status, count in lost.value_counts().items())
    return f"{len(sweep.runs)} of {len(sweep.planned)} runs completed ({parts})."


def lost_seeds(sweep: Sweep) -> str:
    """``“slim” (seed 1)``: the runs whose final FCD is not finite; "" if none."""
    parts = []
    for label in sweep.labels:
        seeds = [str(seed) for seed in sweep.lost(label)]
        if seeds:
            parts.append(f"“{label}” (seed{'s' * (len(seeds) > 1)} {listing(seeds)})")
    return listing(parts) if parts else ""


def omitted(sweep: Sweep) -> str:
    """Which runs are in no mean, and which only in some."""
    sentences = [missing(sweep)]
    if lost := lost_seeds(sweep):
        sentences.append(f"Not finite at the last evaluation, and so in no mean: {lost}.")
    return " ".join(filter(None, sentences)) or "No run and no configuration was left out."


def of_macros(sweep: Sweep) -> dict[str, str]:
    """By the macro that says it."""
    known = facts(sweep)
    (samples,) = sweep.common("quality_samples")
    return {
        "DataSet": known["Data set"],
        "Seeds": known["Seeds"],
        "Epochs": known["Epochs"],
        "Runs": grouped(len(sweep.planned)),
        "RunsCompleted": grouped(len(sweep.runs)),
        "Samples": grouped(samples),
        "Features": ", ".join(map(str, sweep.common("quality_features"))),
        "Machine": known["Machine"],
        "Software": known["Software"],
        "Baseline": sweep.baseline,
        "Margin": margin(sweep.margin),
        "Omitted": omitted(sweep),
    }
