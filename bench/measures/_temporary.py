"""TEMPORARY: today's columns as measures. To delete once records and scorers declare their own.

Integrator: delete this file and its import in ``bench/report/data/columns.py``. The order of the
final values is that of the summary table's last columns.
"""

from __future__ import annotations

from typing import Any

from bench.measures.measure import Measure, declare


def _epoch(name: str, **about: Any) -> None:
    declare(Measure(name=name, doc=about.pop("doc", name.replace("_", " ")), **about))


def _run(name: str, **about: Any) -> None:
    declare(Measure(name=name, doc=name.replace("_", " "), level="run", **about))


for _name in (
    "train_seconds",
    "warmup_seconds",
    "evaluation_seconds",
    "checkpoint_seconds",
    "elapsed_seconds",
    "images_per_second",
    "process_cpu_seconds",
    "foreign_load_cores",
    "energy_joules",
):
    _epoch(_name, shared=True)
_epoch("contended", type=bool, shared=True)
for _name in (
    "peak_gpu_allocated_bytes",
    "peak_gpu_reserved_bytes",
    "peak_gpu_process_bytes",
    "peak_host_bytes",
):
    _epoch(_name, type=int, unit="B", shared=True)
_run("setup_seconds", unit="s", shared=True)

for _name in ("fid", "fcd", "kid_mean"):
    _epoch(_name, over_epochs="final", direction="lower")
_epoch("kid_std", over_epochs="final")
for _name in ("precision", "recall"):
    _epoch(_name, over_epochs="final", direction="higher", unit="%")
_epoch("quality_samples", type=int, over_epochs="final")
_epoch(
    "conditional_accuracy",
    over_epochs="final",
    direction="higher",
    unit="%",
    heading=("Conditional", "accuracy"),
)
_epoch(
    "modes_captured",
    type=int,
    over_epochs="final",
    direction="higher",
    heading=("Modes", "captured"),
)
_epoch(
    "high_quality_fraction",
    over_epochs="final",
    direction="higher",
    unit="%",
    heading=("High-quality", "samples"),
)
_epoch("reverse_kl", over_epochs="final", direction="lower", unit="nats", heading=("Reverse", "KL"))
