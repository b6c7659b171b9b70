"""What PacGAN's paper reports about mode collapse, and which runs of a sweep repeat it.

Lin, Khetan, Fanti and Oh (2018), PacGAN: The power of two samples in generative
adversarial networks, arXiv 1712.04086, section 4 and Table 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.datasets.mixtures import POINTS
from bench.report.data import SweepData
from bench.report.statistics import TrialMean
from bench.report.text import listing, span_text
from bench.texts import grouped, say

STEPS = 400_000
TRIALS = 10
VARIANT = "mixture-gan"

# The recipe of the experiments on mixtures, except ``pack`` and the batch that follows from it.
RECIPE: dict[str, Any] = {
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
    "penalties": {},
    "constraints": {},
}
# Fields that recipes stored by earlier versions lack; they then had the value above.
_LATER = frozenset({"penalties", "constraints"})
# Columns of a run: packs per update, size of the training set, samples judged, arithmetic.
RUN = {
    "packs_per_step": 100,
    "train_images": POINTS,
    "quality_samples": 2500,
    "precision": "fp32",
}


@dataclass(frozen=True)
class Published:
    """One row of Table 1; ``values`` by column of an epoch's record, in its unit."""

    name: str
    pack: int
    values: dict[str, TrialMean]


def _row(
    name: str,
    pack: int,
    modes: tuple[float, float],
    percent: tuple[float, float],
    divergence: tuple[float, float],
) -> Published:
    """Each value as printed: (mean, standard error)."""
    share, error = (value / 100 for value in percent)
    return Published(
        name,
        pack,
        {
            "modes_captured": TrialMean(TRIALS, *modes),
            "high_quality_fraction": TrialMean(TRIALS, share, error),
            "reverse_kl": TrialMean(TRIALS, *divergence),
        },
    )


TABLE_1 = {
    "ring": (
        _row("GAN", 1, (6.3, 0.5), (98.2, 0.2), (0.45, 0.09)),
        _row("PacGAN2", 2, (7.9, 0.1), (95.6, 2.0), (0.07, 0.03)),
        _row("PacGAN3", 3, (7.8, 0.1), (97.7, 0.3), (0.10, 0.02)),
        _row("PacGAN4", 4, (7.8, 0.1), (95.9, 1.4), (0.07, 0.02)),
    ),
    "grid-2d": (
        _row("GAN", 1, (17.3, 0.8), (94.8, 0.7), (0.70, 0.07)),
        _row("PacGAN2", 2, (23.8, 0.7), (91.3, 0.8), (0.13, 0.04)),
        _row("PacGAN3", 3, (24.6, 0.4), (94.2, 0.4), (0.06, 0.02)),
        _row("PacGAN4", 4, (24.8, 0.2), (93.6, 0.6), (0.04, 0.01)),
    ),
}

NAMES = {
    "modes_captured": "modes",
    "high_quality_fraction": "high-quality samples",
    "reverse_kl": "reverse KL",
}


@dataclass(frozen=True)
class Repetition:
    """The configurations of a sweep that are in the paper's set-up, for one data set.

    Attributes:
        rows: label and published row, in grid order.
        steps: fewest and most steps of their completed runs.
        trials: fewest and most completed runs of one configuration.
    """

    dataset: str
    rows: tuple[tuple[str, Published], ...]
    steps: tuple[int, int]
    trials: tuple[int, int]

    @property
    def complete(self) -> bool:
        """Whether every run made as many steps as the paper's, so that they are comparable."""
        return self.steps[0] >= STEPS

    @property
    def share(self) -> str:
        """How much of the paper's benchmark was run."""
        return f"{_share(self.steps, STEPS, 'steps')}, {_share(self.trials, TRIALS, 'trials')}"


def _share(run: tuple[int, int], whole: int, noun: str) -> str:
    low, high = run
    much = "all" if low == high == whole else "more" if high > whole else "part"
    return say(f"published-{noun}-{much}", run=span_text(run), whole=grouped(whole))


def repetitions(data: SweepData) -> list[Repetition]:
    """The parts of Table 1 that a sweep repeats in the paper's set-up."""
    found = []
    for dataset, published in TABLE_1.items():
        rows = []
        for label in data.labels:
            if (
                _candidate(data, label, dataset)
                and data.trials(label, "modes_captured_final") is not None
                and not departures(data, label)
            ):
                pack = data.pack(label)
                rows += [(label, row) for row in published if row.pack == pack]
        steps = [span for label, _ in rows if (span := data.steps(label)) is not None]
        if steps:
            seeds = [data.seeds(label) for label, _ in rows]
            found.append(
                Repetition(
                    dataset,
                    tuple(rows),
                    (min(low for low, _ in steps), max(high for _, high in steps)),
                    (min(seeds), max(seeds)),
                )
            )
    return found


def departures_note(data: SweepData) -> str | None:
    """Which runs of the benchmark's variant are not compared with the paper's, and why."""
    parts = [
        f"“{label}” ({listing(differing)})"
        for label in data.labels
        if any(_candidate(data, label, dataset) for dataset in TABLE_1)
        and (differing := departures(data, label))
    ]
    if not parts:
        return None
    return say("published-departures", which="; ".join(parts))


def departures(data: SweepData, label: str) -> list[str]:
    """How a configuration differs from the paper's: ``latent_dim 8 instead of 2``."""
    recipe = data.recipe(label)
    settings = {
        name: (recipe.get(name, wanted if name in _LATER else None), wanted)
        for name, wanted in RECIPE.items()
    }
    settings |= {name: (data.common(label, name), wanted) for name, wanted in RUN.items()}
    return [
        say("published-instead", field=name, own=str(own), wanted=str(wanted))
        for name, (own, wanted) in settings.items()
        if own != wanted
    ]


def _candidate(data: SweepData, label: str, dataset: str) -> bool:
    return (
        data.common(label, "variant") == VARIANT
        and data.common(label, "dataset") == dataset
        and data.pack(label) in {row.pack for row in TABLE_1[dataset]}
    )
