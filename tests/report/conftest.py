"""Synthetic sweeps with known numbers, written through the store as a real sweep is."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bench.measures import (
    Environment,
    EpochRecord,
    EpochResult,
    Looks,
    RunOutcome,
    RunPlan,
    RunSetup,
    Status,
    Turn,
)
from bench.report.data import SweepData
from bench.report.figures import Drawing, Drawn, Figure
from bench.report.tables import Table, all_tables
from bench.store import RunWriter, SweepPlan, add_timing, open_sweep, read_sweep
from tests.report.two_data_sets import DIGITS, opposite
from tests.store.sweeps import epoch_record

STARTED = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
IMAGES = 5000
BATCH = 64
EPOCHS = 5


@dataclass(frozen=True)
class Config:
    """One configuration of a synthetic sweep; quality and time per seed are given or drawn."""

    label: str
    generator_width: int = 64
    critic_width: int = 64
    flops_per_image: int = 100_000_000
    images: int = IMAGES  # real ones per epoch
    steps: int | None = None  # per epoch; None: those of the sweep
    seconds: Sequence[float] = (10.0, 10.5, 9.7)  # per epoch, by seed
    final: Sequence[float] = (20.0, 21.0, 19.5)  # FCD of the last epoch, by seed
    statuses: Sequence[Status | None] = ("completed", "completed", "completed")
    errors: Sequence[str | None] = (None, None, None)
    setup: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    epoch: dict[str, Any] = field(default_factory=dict)
    watts: Sequence[float] = ()  # of the board, by epoch for as long as it was metered
    variant: str = "dcgan"
    dataset: str = "mnist-5k"
    classes: Sequence[int] | None = None
    pack: int = 1
    plan: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    measured: Callable[[int, int], dict[str, Any]] | None = None  # (seed index, epoch) → columns
    pictures: Callable[[int, int], bytes] | None = None  # (seed index, epoch) → a PNG an epoch
    curve: Callable[[int, int, int], float] | None = None  # (seed, epoch, epochs) → FCD
    samples: bool = True
    rounds: Sequence[float] = ()  # of clean timing: the seconds of 1,000 real images in each
    timed: dict[str, Any] = field(default_factory=dict)  # other columns of these turns
    untimed: str | None = None  # why it could not be timed
    lost: Mapping[int, int] = field(default_factory=dict)  # seed index → first step without losses


BASELINE = Config("dcgan")
SMALL_GENERATOR = Config(
    "half generator",
    generator_width=32,
    flops_per_image=80_000_000,
    seconds=(8.0, 8.2, 7.9),
    final=(24.0, 24.5, 23.0),
)
SMALL_CRITIC = Config(
    "half critic",
    critic_width=32,
    flops_per_image=60_000_000,
    seconds=(5.0, 5.1, 4.9),
    final=(32.0, 34.0, 33.0),
)
TRIO = (BASELINE, SMALL_GENERATOR, SMALL_CRITIC)

ENVIRONMENT = Environment(
    device="cpu",
    gpu_name=None,
    gpu_driver=None,
    cuda_version=None,
    cudnn_version=None,
    cpu_model="AMD EPYC 9J14",
    cpu_cores=2,
    cpu_threads=2,
    ram_bytes=8 * 2**30,
    host="desk",
    os="Linux 6.1",
    python_version="3.11.2",
    torch_version="2.15.0",
    numpy_version="2.4.6",
    bench_version="0.1.0",
    git_commit="0123456789abcdef0123456789abcdef01234567",
    git_dirty=False,
    precision="fp32",
    execution="eager",
    tf32=False,
    threads=2,
)


# The recipe, as a run's spec holds it, of PacGAN's experiments on mixtures.
PAPER_RECIPE = {
    "generator_width": 400,
    "generator_layers": 4,
    "critic_width": 200,
    "critic_layers": 3,
    "maxout_pieces": 5,
    "latent_dim": 2,
    "latent": "normal",
    "objective": "non-saturating",
    "gradient_penalty": 0.0,
    "weight_clip": None,
    "updates": "simultaneous",
    "critic_steps": 1,
    "optimizer": "adam",
    "generator_lr": 1e-4,
    "critic_lr": 1e-4,
    "beta1": 0.8,
    "beta2": 0.999,
}


def mixture(
    label: str,
    pack: int,
    modes: Sequence[int],
    *,
    dataset: str = "ring",
    steps: int = 100,
    high_quality: Sequence[float] = (0.9, 0.95, 0.97),
    reverse_kl: Sequence[float] = (0.5, 0.3, 0.4),
    recipe: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Config:
    """A configuration in the paper's set-up whose last evaluation gives these values, by seed.

    One mode fewer is captured an epoch earlier, and so on down to none.
    """
    seeds = len(modes)

    def measured(index: int, epoch: int) -> dict[str, Any]:
        return {
            "modes_captured": max(0, modes[index] - (EPOCHS - epoch)),
            "high_quality_fraction": high_quality[index % len(high_quality)],
            "reverse_kl": reverse_kl[index % len(reverse_kl)],
            "quality_samples": 2500,
        }

    plan = {
        "image_size": None,
        "channels": None,
        "batch_size": 100 * pack,
        "packs_per_step": 100,
        "samples_per_step": 100 * pack,
        "steps_planned": EPOCHS * steps,
    }
    setup = {
        "train_images": 100_000,
        "quality_samples": 2500,
        "generator_parameters": 484_802,
        "critic_parameters": 403_201 + 2000 * pack,
    }
    config = Config(
        label,
        variant="mixture-gan",
        dataset=dataset,
        pack=pack,
        plan=plan | changes.pop("plan", {}),
        setup=setup | changes.pop("setup", {}),
        recipe={**PAPER_RECIPE, "pack": pack, "batch_size": 100 * pack, **(recipe or {})},
        seconds=[10.0] * seeds,
        final=[1.0] * seeds,
        statuses=["completed"] * seeds,
        errors=[None] * seeds,
        measured=measured,
    )
    return replace(config, **changes)


@functools.cache
def png(level: int, tiles: int = 8, size: int = 28) -> bytes:
    """A grid of discs that look a little like generated digits."""
    generator = np.random.default_rng(level)
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    grid = np.zeros((tiles * size, tiles * size), np.uint8)
    for row in range(tiles):
        for column in range(tiles):
            radius = generator.uniform(0.2, 0.4) * size
            ring = np.exp(-((np.hypot(x, y) - radius) ** 2) / 4)
            noisy = 255 * ring + generator.normal(0, 20, ring.shape)
            at = np.s_[row * size : (row + 1) * size, column * size : (column + 1) * size]
            grid[at] = noisy.clip(0, 255)
    sink = io.BytesIO()
    Image.fromarray(grid).save(sink, "PNG")
    return sink.getvalue()


def quality_at(config: Config, seed_index: int, epoch: int, epochs: int) -> float:
    """FCD falling from 100 + final to the configuration's final value."""
    if config.curve is not None:
        return config.curve(seed_index, epoch, epochs)
    progress = (epoch - 1) / max(1, epochs - 1)
    return config.final[seed_index] + 100 * (1 - progress) ** 2


def write_sweep(
    path: Path,
    configs: Sequence[Config] = TRIO,
    *,
    seeds: Sequence[int] = (0, 1, 2),
    epochs: int = EPOCHS,
    steps: int = 20,
    name: str = "synthetic",
    question: str | None = "What does each filter cost, and what does it buy?",
    baseline: str | None = "dcgan",
    quality: bool = True,
    target: Mapping[str, float] | str | None = None,
    facets: bool = False,
    margin: float = 0.1,
    looks: Looks | None = None,
) -> Path:
    """Writes a whole sweep; a status of None plans a run that is never started.

    Args:
        facets: the plan says what each configuration is trained on, as earlier ones did not.
    """
    plans: dict[str, list[RunPlan]] = {}
    for config in configs:
        for seed in seeds:
            planned = RunPlan(
                run_id=f"run{configs.index(config)}-s{seed}",
                sweep=name,
                label=config.label,
                variant=config.variant,
                dataset=config.dataset,
                seed=seed,
                baseline=config.label == baseline,
                spec=json.dumps(
                    {
                        "variant": config.variant,
                        "recipe": {
                            "generator_width": config.generator_width,
                            "critic_width": config.critic_width,
                            "latent_dim": 100,
                            **config.recipe,
                        },
                        "dataset": {"name": config.dataset, "classes": config.classes},
                        "seed": seed,
                    }
                ),
                epochs_planned=epochs,
                image_size=28,
                channels=1,
                batch_size=BATCH,
                pack=config.pack,
                packs_per_step=BATCH // config.pack,
                samples_per_step=BATCH,
                steps_planned=None,
            )
            plans.setdefault(config.label, []).append(replace(planned, **config.plan))
    interleaved = tuple(plan for row in zip(*plans.values(), strict=True) for plan in row)
    configurations = {plan.run_id: plan.run_id.partition("-")[0] for plan in interleaved}
    sweep_plan = SweepPlan(
        name,
        question,
        baseline,
        f"name: {name}\n",
        interleaved,
        configurations=configurations,
        looks=looks,
        target=target,
        facets={config.label: facet_of(config) for config in configs if facets},
        margin=margin,
    )
    open_sweep(path, sweep_plan)
    if turns := [t for i, config in enumerate(configs) for t in turns_of(config, f"run{i}")]:
        add_timing(path, name, turns)
    for config in configs:
        for index, plan in enumerate(plans[config.label]):
            if config.statuses[index] is not None:
                _write_run(path, config, index, plan, epochs, config.steps or steps, quality)
    return path


def facet_of(config: Config) -> dict[str, Any]:
    """What a configuration is trained on, as ``bench run`` writes it into the plan."""
    return {
        "dataset": config.dataset,
        "dataset_given": config.dataset,
        "image_size": config.plan.get("image_size", 28),
        "channels": config.plan.get("channels", 1),
        "classes": config.classes,
    }


def turns_of(config: Config, configuration: str, session: int = 1) -> list[Turn]:
    """The turns of a configuration; a step is of 64 images."""
    keys = {"session": session, "configuration": configuration, "label": config.label}
    environment = replace(ENVIRONMENT, **config.environment)
    if config.untimed is not None:
        return [Turn(round=None, error=config.untimed, **keys)]
    known = {
        "real_images": 6400,
        "generator_updates": 100,
        "peak_host_bytes": 700 * 2**20,
        "peak_host_added_bytes": 200 * 2**20,
        "contended": False,
        "environment": environment,
        **config.timed,
    }
    return [
        Turn(round=index, seconds=6.4 * seconds, **keys, **known)
        for index, seconds in enumerate(config.rounds, 1)
    ]


def _write_run(
    path: Path, config: Config, index: int, plan: RunPlan, epochs: int, steps: int, quality: bool
) -> None:
    status = config.statuses[index]
    assert status is not None
    started = STARTED + timedelta(minutes=index)
    writer = RunWriter(path, plan, started_at=started)
    writer.begin()
    writer.set_up(_setup(config, quality))
    done = epochs if status == "completed" else max(1, epochs // 2)
    generator = np.random.default_rng(100 * index + config.generator_width + config.critic_width)
    for epoch in range(1, done + 1):
        writer.append(
            EpochResult(
                record=_record(config, index, epoch, epochs, steps, quality),
                steps=_steps(generator, epoch, steps, config.lost.get(index)),
                samples_png=_samples(config, index, epoch, last=epoch == done),
            )
        )
    if status != "interrupted":
        ended = started + timedelta(minutes=5)
        writer.finish(
            RunOutcome(
                status=status,
                error=config.errors[index],
                started_at=started,
                ended_at=ended,
            )
        )


def _samples(config: Config, index: int, epoch: int, *, last: bool) -> bytes | None:
    if config.pictures is not None:
        return config.pictures(index, epoch)
    return png(index + epoch) if config.samples and last else None


def _setup(config: Config, quality: bool) -> RunSetup:
    setup = RunSetup(
        environment=replace(ENVIRONMENT, **config.environment),
        train_images=IMAGES,
        data_hash="d" * 64,
        generator_parameters=857_000 * config.generator_width // 64,
        critic_parameters=430_000 * config.critic_width // 64,
        generator_macs=7_250_432 * config.generator_width // 64,
        critic_macs=6_629_504 * config.critic_width // 64,
        generator_activation_bytes=1_000_000,
        critic_activation_bytes=1_000_000,
        critic_flops_per_image=config.flops_per_image // 2,
        generator_flops_per_image=config.flops_per_image // 2,
        train_flops_per_image=config.flops_per_image,
        quality_features="classifier" if quality else None,
        quality_weights_hash="abc123" + "0" * 58 if quality else None,
        quality_reference_hash="fed321" + "0" * 58 if quality else None,
        quality_samples=5000 if quality else None,
        quality_noise_floor=0.8 if quality else None,
        quality_noise_floor_origin="measured" if quality else None,
        setup_seconds=1.5,
    )
    return replace(setup, **config.setup)


def _record(
    config: Config, index: int, epoch: int, epochs: int, steps: int, quality: bool
) -> EpochRecord:
    seconds = config.seconds[index]
    pace = config.images / seconds
    trained = [_train_seconds(seconds, e) for e in range(1, epoch + 1)]
    score = quality_at(config, index, epoch, epochs) if quality else None
    record = {
        "epoch": epoch,
        "samples_seen": epoch * config.images,
        "steps": epoch * steps,
        "train_seconds": trained[-1],
        "warmup_seconds": 1.3 if epoch == 1 else 0.0,
        "evaluation_seconds": 2.0,
        "checkpoint_seconds": 0.0,
        "elapsed_seconds": epoch * (seconds + 2.0),
        "images_per_second": pace,
        "train_flops": epoch * config.images * config.flops_per_image,
        "peak_gpu_allocated_bytes": None,
        "peak_gpu_reserved_bytes": None,
        "peak_gpu_process_bytes": None,
        "peak_host_bytes": (500 + 2 * index + config.generator_width) * 2**20,
        "process_cpu_seconds": 2 * seconds,
        "foreign_load_cores": 0.0,
        "contended": False,
        "energy_joules": _joules(config.watts, trained),
        "critic_loss": 1.0,
        "generator_loss": 1.0,
        "critic_score_real": 1.0,
        "critic_score_fake": -1.0,
        "critic_accuracy_real": 0.8,
        "critic_accuracy_fake": 0.8,
        "fcd": score,
        "kid_mean": None if score is None else score / 1000,
        "kid_std": None if score is None else 0.001,
        "precision": None if score is None else 0.9 - score / 1000,
        "recall": None if score is None else 0.5 - score / 1000,
        "quality_samples": 5000 if quality else None,
    }
    measured = {} if config.measured is None else config.measured(index, epoch)
    return epoch_record(**{**record, **config.epoch, **measured})


def _train_seconds(seconds: float, epoch: int) -> float:
    """The first epoch loses a tenth to warm-up, which train_seconds leaves out."""
    return seconds * 0.9 if epoch == 1 else seconds


def _joules(watts: Sequence[float], trained: Sequence[float]) -> float | None:
    """As the meter has it: cumulative, null below 10 s and once the GPU was shared."""
    if len(trained) > len(watts) or sum(trained) < 10:
        return None
    return sum(w * s for w, s in zip(watts, trained, strict=False))


def _steps(
    generator: np.random.Generator, epoch: int, steps: int, lost: int | None
) -> dict[str, np.ndarray]:
    position = (epoch - 1) * steps + np.arange(steps)
    broken = np.where(position + 1 >= (lost or np.inf), np.nan, 1).astype(np.float32)

    def noisy(level: np.ndarray, spread: float) -> np.ndarray:
        return (level + generator.normal(0, spread, steps)).astype(np.float32)

    decay = np.exp(-position / (2 * steps))
    return {
        "critic_loss": noisy(0.7 + 0.5 * decay, 0.1) * broken,
        "generator_loss": noisy(1.5 - 0.8 * decay, 0.2) * broken,
        "critic_score_real": noisy(1.0 + decay, 0.1),
        "critic_score_fake": noisy(-1.0 - decay, 0.1),
        "critic_accuracy_real": noisy(0.75 + 0.2 * decay, 0.04).clip(0, 1),
        "critic_accuracy_fake": noisy(0.70 + 0.25 * decay, 0.04).clip(0, 1),
    }


class Synthetic:
    """Writes synthetic sweeps into one test's folder."""

    Config = Config
    BASELINE = BASELINE
    SMALL_GENERATOR = SMALL_GENERATOR
    SMALL_CRITIC = SMALL_CRITIC
    IMAGES = IMAGES
    EPOCHS = EPOCHS
    PAPER_RECIPE = PAPER_RECIPE
    mixture = staticmethod(mixture)
    png = staticmethod(png)

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "synthetic"

    def write(self, configs: Sequence[Config] = TRIO, **options: Any) -> Path:
        """The path of a sweep just written."""
        # Durability is tested with the store; here thousands of syncs would only take time.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("os.fsync", lambda handle: None)
            for name in ("sweep.json", "timing.parquet"):  # another sweep, not more of it
                (self.folder / name).unlink(missing_ok=True)
            return write_sweep(self.folder, configs, **options)

    def data(self, configs: Sequence[Config] = TRIO, **options: Any) -> SweepData:
        """A sweep just written, as the report reads it."""
        return SweepData(read_sweep(self.write(configs, **options)))

    def tables(self, labels: Sequence[str]) -> list[Table]:
        """All tables of a sweep with these labels, each with runs of every outcome."""
        configs = [
            replace(
                BASELINE,
                label=label,
                statuses=("completed", "failed", None),
                errors=(None, f"boom {label}", None),
            )
            for label in labels
        ]
        found, sentences = all_tables(self.data(configs, baseline=labels[0]))
        assert sentences == []
        return found


@pytest.fixture
def synthetic(tmp_path: Path) -> Synthetic:
    """A factory of synthetic sweeps; by default three configurations of three seeds."""
    return Synthetic(tmp_path)


@pytest.fixture(scope="session")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default sweep, written once: three configurations of three seeds."""
    return Synthetic(tmp_path_factory.mktemp("trio")).write()


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three configurations on two data sets: what is better on one is worse on the other."""
    synthetic = Synthetic(tmp_path_factory.mktemp("two"))
    return synthetic.write(opposite(synthetic), baseline=f"dcgan dataset={DIGITS}", steps=3)


def unpainted_figure(name: str, drawing: Drawing) -> Figure:
    """A figure of one pixel, for ``bench.report.figures.rendered``."""
    sink = io.BytesIO()
    Image.new("L", (1, 1)).save(sink, "PNG")
    return Figure(name, drawing.title, drawing.caption, sink.getvalue(), b"", drawing.wide)


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are computed and not drawn, which takes most of a report's time."""
    monkeypatch.setattr("bench.report.figures.rendered", unpainted_figure)


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves figures out of reports of which other things are tested: they take seconds."""
    monkeypatch.setattr(
        "bench.report.parts.drawing_figures", lambda data: nullcontext(Drawn([], []))
    )
