"""A sweep as large as a thesis has, made of the rows of real runs.

python tests/report/large.py FOLDER writes 24 configurations of 10 seeds and 100 epochs there, some
hundred megabytes, to look at or to profile a report of it.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.store import schema
from bench.store.schema import parquet_bytes, row_table
from bench.store.states import run_file

REAL = Path(__file__).resolve().parents[2] / "results/reference/lightweight"
CONFIGURATIONS, SEEDS, EPOCHS = 24, 10, 100
_WIDTHS = (64, 56, 48, 40)  # by which a real configuration becomes several
_SCORES = ("fcd", "kid_mean", "precision", "recall", "density", "coverage", "authenticity")
_STEP_COLUMNS = {  # what the games report at every step: where it begins, where it ends, its noise
    "critic_loss": (1.2, 0.7, 0.2),
    "generator_loss": (0.8, 1.6, 0.4),
    "critic_score_real": (1.0, 2.5, 0.8),
    "critic_score_fake": (-1.0, -2.0, 0.8),
    "critic_accuracy_real": (0.7, 0.85, 0.07),
    "critic_accuracy_fake": (0.7, 0.88, 0.07),
}


def write_large(
    path: Path,
    configurations: int = CONFIGURATIONS,
    seeds: int = SEEDS,
    epochs: int = EPOCHS,
    pictured: int | None = None,
) -> Path:
    """Writes a finished sweep, with clean timing, losses of every step and sheets of every epoch.

    Args:
        pictured: epochs with a sheet, the first ones; None for all.
    """
    plan = json.loads((REAL / "sweep.json").read_text())
    labels = list(dict.fromkeys(run["label"] for run in plan["runs"]))
    real = {label: [r["run_id"] for r in plan["runs"] if r["label"] == label] for label in labels}
    path.mkdir(parents=True)
    planned = []
    names: dict[str, str] = {}
    for place in range(configurations):
        width = _WIDTHS[place // len(labels)]
        source = labels[place % len(labels)]
        label = source if width == _WIDTHS[0] else f"{source} critic_width={width}"
        names[label] = source
        for seed in range(seeds):
            run_id = f"large-{place}-s{seed}"
            folder, own = path / "runs" / run_id, real[source]
            flops = _write_run(folder, REAL / "runs" / own[seed % len(own)], label, width, epochs)
            _picture(folder, REAL / "runs" / own[seed % len(own)], epochs, pictured or epochs)
            planned.append(
                {"run_id": run_id, "label": label, "seed": seed, "epochs": epochs}
                | {"flops_per_epoch": flops, "configuration": f"large-{place}-s0"}
            )
    facets = {label: plan["facets"][source] for label, source in names.items()}
    changed = {"name": "large", "runs": planned, "facets": facets}
    (path / "sweep.json").write_text(json.dumps(plan | changed))
    (path / "grid.yaml").write_text((REAL / "grid.yaml").read_text())
    ids = {label: real[source][0] for label, source in names.items()}
    configuration = {run["label"]: run["configuration"] for run in planned}
    _time(path, {configuration[label]: (label, source) for label, source in ids.items()})
    return path


def _write_run(folder: Path, source: Path, label: str, width: int, epochs: int) -> float:
    """Writes one run with the rows of a real one, longer; returns its FLOPs per epoch."""
    folder.mkdir(parents=True)
    seed = int(folder.name.rpartition("-s")[2])
    keys = {"sweep": "large", "run_id": folder.name, "label": label, "seed": seed}
    random = np.random.default_rng([seed, width, len(label)])
    known = pq.read_table(source / "epochs.parquet").to_pylist()
    own = random.normal(0, 0.05)
    rows = []
    for epoch in range(1, epochs + 1):
        row = known[(epoch - 1) * len(known) // epochs] | keys
        share = epoch / int(row["epoch"])
        for name in ("samples_seen", "steps", "train_flops"):
            row[name] = round(row[name] * share)
        row["elapsed_seconds"] *= share
        for name in _SCORES:
            if row.get(name) is not None:
                row[name] *= math.exp(own + random.normal(0, 0.03))
        rows.append(row | {"epoch": epoch})
    (folder / "epochs.parquet").write_bytes(parquet_bytes(row_table(schema.epochs(), rows)))
    last = rows[-1]
    (folder / "steps.parquet").write_bytes(_steps(keys, last, epochs, random))
    (run,) = pq.read_table(source / "run.parquet").to_pylist()
    spec = json.loads(run["spec"])
    spec["recipe"]["critic_width"] = width
    run |= keys | {"spec": json.dumps(spec | {"epochs": epochs}), "epochs_planned": epochs}
    run |= {name: last[name] for name in ("samples_seen", "steps", "train_flops")}
    run |= {name: sum(row[name] for row in rows) for name in ("train_seconds", "warmup_seconds")}
    (folder / "run.parquet").write_bytes(run_file(run | {"epochs": epochs}))
    return float(last["train_flops"]) / epochs


def _steps(
    keys: dict[str, Any], last: dict[str, Any], epochs: int, random: np.random.Generator
) -> bytes:
    count, declared = int(last["steps"]), schema.steps()
    step = np.arange(1, count + 1)
    progress = 1 - np.exp(-4 * step / count)
    known: dict[str, Any] = {"schema_version": last["schema_version"], "attempt": 1} | keys
    known |= {"variant": last["variant"], "step": step}
    known["epoch"] = 1 + (step - 1) * epochs // count
    for name, (first, end, noise) in _STEP_COLUMNS.items():
        known[name] = first + (end - first) * progress + random.normal(0, noise, count)
        if "accuracy" in name:
            known[name] = known[name].clip(0, 1)
    arrays = [
        pa.array(np.broadcast_to(np.asarray(known[field.name]), count)).cast(field.type)
        if field.name in known
        else pa.nulls(count, field.type)
        for field in declared
    ]
    return parquet_bytes(pa.table(arrays, schema=declared))


def _picture(folder: Path, source: Path, epochs: int, pictured: int) -> None:
    """Links to the real run's sheets, each for several epochs."""
    known = sorted((source / "samples").glob("epoch-*.png"))
    (folder / "samples").mkdir()
    for epoch in range(1, pictured + 1):
        picture = known[(epoch - 1) * len(known) // epochs]
        (folder / "samples" / f"epoch-{epoch:04d}.png").symlink_to(picture)


def _time(path: Path, by_configuration: dict[str, tuple[str, str]]) -> None:
    """The turns of the real configurations, as those of these."""
    known = pq.read_table(REAL / "timing.parquet").to_pylist()
    rows = [
        row | {"configuration": configuration, "label": label, "sweep": "large"}
        for configuration, (label, source) in by_configuration.items()
        for row in known
        if row["configuration"] == source
    ]
    (path / "timing.parquet").write_bytes(parquet_bytes(row_table(schema.timings(), rows)))


if __name__ == "__main__":
    print(write_large(Path(sys.argv[1])))
