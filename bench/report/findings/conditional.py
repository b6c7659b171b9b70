"""Whether conditional generators generate the requested class."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.findings.words import name
from bench.report.notes import left_out
from bench.report.text import estimate_text, listing


@finding("conditional-accuracy", position=8)
def conditional_accuracy(data: SweepData) -> Finding | None:
    """How often a classifier assigns samples to the requested class."""
    shares = {
        label: estimate
        for label in data.labels
        if (estimate := data.estimate(label, "conditional_accuracy_final")) is not None
    }
    if not shares:
        return None
    parts = [f"{name(label)} {estimate_text(share, 0.01)} %" for label, share in shares.items()]
    return Finding(
        f"Samples that the data set’s classifier assigns to the requested class: {listing(parts)}."
        + left_out(data, data.labels, "conditional_accuracy_final"),
        {"conditional_accuracy": shares},
    )
