"""TEMPORARY: the integrator deletes this file once scorers declare their own measures."""

from __future__ import annotations

from bench.measures.measure import Measure, declare

for _measure in (
    Measure(
        name="fid",
        doc="Fréchet distance over Inception features: FID proper",
        over_epochs="final",
        direction="lower",
        heading=("FID",),
        headline=True,
    ),
    Measure(
        name="fcd",
        doc="Fréchet classifier distance: the same over the features of a classifier of the data "
        "set",
        over_epochs="final",
        direction="lower",
        heading=("FCD",),
        headline=True,
    ),
    Measure(
        name="kid_mean",
        doc="kernel distance over the same features, mean over subsets",
        over_epochs="final",
        direction="lower",
        heading=("KID",),
    ),
    Measure(name="kid_std", doc="the kernel distance's standard deviation over subsets"),
    Measure(
        name="precision",
        doc="improved precision, 3 neighbours, over the same features",
        over_epochs="final",
        direction="higher",
    ),
    Measure(
        name="recall",
        doc="improved recall, 3 neighbours, over the same features",
        over_epochs="final",
        direction="higher",
    ),
    Measure(name="quality_samples", type=int, doc="generated samples scored"),
    Measure(
        name="conditional_accuracy",
        doc="share of samples that the classifier assigns to the class they were generated for; "
        "null where none was given or the features cannot tell",
        unit="%",
        over_epochs="final",
        direction="higher",
        heading=("Conditional", "accuracy"),
    ),
    Measure(
        name="modes_captured",
        type=int,
        doc="modes with at least one sample: of a 2-D mixture one within 3 σ, of stacked digits "
        "one classified as the mode",
        over_epochs="final",
        direction="higher",
        heading=("Modes", "captured"),
    ),
    Measure(
        name="high_quality_fraction",
        doc="of a 2-D mixture: share of samples within 3 σ of their nearest mode; 0.989 for real "
        "data",
        unit="%",
        over_epochs="final",
        direction="higher",
        heading=("High-quality", "samples"),
    ),
    Measure(
        name="reverse_kl",
        doc="Σ p log(p K) of the samples' histogram over the K modes; 0 where all are equally "
        "frequent",
        unit="nats",
        over_epochs="final",
        direction="lower",
        heading=("Reverse", "KL"),
    ),
):
    declare(_measure)
