"""Writes what every bundled variant, objective and penalty is to revisions.json.

    python tests/variants/revisions.py

For a variant that is its defaults and the losses of its first two steps, so that a change of the
mathematics shows like a change of a default. What has changed without a new revision is refused.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench import engine
from bench.run_keys import plain, run_keys
from bench.spec import TRAINING_REVISION
from variants import registry, revisions
from variants.constraints import CONSTRAINTS
from variants.game import Batch
from variants.objectives import OBJECTIVES
from variants.penalties import PENALTIES
from variants.shapes import ImageShape, PairShape, PointShape

FILE = Path(__file__).with_name("revisions.json")
COMMAND = "python tests/variants/revisions.py"
_DIGITS, _TOLERANCE = 6, 1e-4  # processors differ by rounding
_PACKS = 4
_SMALL = ImageShape(1, 32, 10)  # of pairs

# What the defaults of bundled variants at 28 px do not reach.
_FURTHER: dict[str, tuple[str, dict[str, Any], ImageShape | PairShape]] = {
    "32 px in colour": ("dcgan", {}, ImageShape(3, 32, 10)),
    "64 px in colour": ("dcgan", {}, ImageShape(3, 64, 10)),
    "layer norm": ("wgan-gp", {"critic_norm": "layer"}, ImageShape(1, 28, 10)),
    "spectral norm": ("dcgan", {"critic_norm": "spectral"}, ImageShape(1, 28, 10)),
    "separable critic": ("dcgan", {"critic_separable": True}, ImageShape(1, 28, 10)),
    "penalties": ("dcgan", {"critic_norm": "none", "penalties": {"r1": 1.0}}, ImageShape(1, 28)),
    "reused samples": ("dcgan", {"reuse_samples": True}, ImageShape(1, 28, 10)),
    "simultaneous": ("dcgan", {"updates": "simultaneous"}, ImageShape(1, 28, 10)),
    "hidden vector": ("vector-critic", {"critic_outputs": None}, ImageShape(1, 28, 10)),
    "feature matching": (
        "dcgan",
        {"objective": "feature-matching"},
        ImageShape(1, 28, 10),
    ),
    "augmented": ("dcgan", {"augment": "color,translation,cutout"}, ImageShape(3, 32, 10)),
    "minibatch kernels": ("dcgan", {"minibatch_kernels": 4}, ImageShape(1, 28, 10)),
    "uniform latents": ("gan", {"latent": "uniform"}, ImageShape(1, 28, 10)),
    "U-Net of one image": ("pix2pix", {"batch_size": 1}, PairShape(_SMALL, _SMALL)),
    "U-Net of 64 px": ("pix2pix", {}, PairShape(ImageShape(3, 64), ImageShape(3, 64))),
}

Entry = dict[str, Any]


def present() -> dict[str, Entry]:
    """What there is now, by kind and name."""
    found: dict[str, Entry] = {
        "training": {
            "revision": TRAINING_REVISION,
            "defaults": {
                declared.field: plain(declared.default)
                for declared in run_keys()
                if declared.key.outcome
            },
        }
    }
    with _exact():
        for name, recipe in registry.VARIANTS.items():
            if recipe.__module__.startswith("variants."):
                found[f"variant {name}"] = {
                    "revision": recipe().whole_revision,
                    "defaults": recipe().model_dump(),
                    "values": _first_steps(name),
                }
        for name, objective in OBJECTIVES.items():
            if objective.__module__.startswith("variants."):
                found[f"objective {name}"] = {
                    "revision": revisions.of(objective),
                    "values": _losses(objective()),
                }
        for name, (variant, fields, shape) in _FURTHER.items():
            found[f"network {name}"] = {
                "revision": registry.get(variant)(**fields).whole_revision,
                "values": _first_steps(variant, fields, shape),
            }
        for name, constraint in CONSTRAINTS.items():
            if constraint.__module__.startswith("variants."):
                found[f"constraint {name}"] = {
                    "revision": revisions.of(constraint),
                    "values": _constrained(constraint),
                }
        for name, penalty in PENALTIES.items():
            if penalty.__module__.startswith("variants."):
                found[f"penalty {name}"] = {
                    "revision": revisions.of(penalty),
                    "values": [_rounded(_penalty(penalty()))],
                }
    return found


def changed_silently(before: dict[str, Entry], now: dict[str, Entry]) -> list[str]:
    """What differs from the file though its revision does not, a sentence each.

    A new field is no change: at its default the runs are the same, as the values show.
    """
    sentences = []
    for name in before.keys() & now.keys():
        old, new = before[name], now[name]
        if new["revision"] < old["revision"]:
            sentences.append(f"{name}: its revision went down; it may only go up.")
        if new["revision"] != old["revision"]:
            continue
        defaults = _flat(old.get("defaults", {})), _flat(new.get("defaults", {}))
        moved = [
            f"{key} from {defaults[0][key]!r} to {defaults[1][key]!r}"
            for key in defaults[0].keys() & defaults[1].keys()
            if defaults[0][key] != defaults[1][key]
        ]
        if moved:
            sentences.append(f"{name}: {', '.join(sorted(moved))}; raise its revision.")
        elif not _close(old.get("values", []), new.get("values", [])):
            sentences.append(f"{name}: it computes something else; raise its revision.")
    return sorted(sentences)


def committed() -> dict[str, Entry]:
    """What the file has."""
    found: dict[str, Entry] = json.loads(FILE.read_text())
    return found


def _flat(defaults: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The fields of groups, such as quality's, each by its own name."""
    found: dict[str, Any] = {}
    for key, value in defaults.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def _close(old: list[float], new: list[float]) -> bool:
    return len(old) == len(new) and all(
        math.isclose(*pair, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
        for pair in zip(old, new, strict=True)
    )


def without_rounding(entries: dict[str, Entry]) -> dict[str, Entry]:
    """The entries without their numbers, whose last digits depend on the processor."""
    return {name: {**entry, "values": None} for name, entry in entries.items()}


@contextmanager
def _exact() -> Iterator[None]:
    """Everything is float64 and drawn from one seed."""
    before = torch.get_default_dtype()
    with torch.random.fork_rng(devices=[]):
        torch.set_default_dtype(torch.float64)
        try:
            yield
        finally:
            torch.set_default_dtype(before)


def _first_steps(
    name: str,
    fields: dict[str, Any] | None = None,
    images: ImageShape | PairShape = ImageShape(1, 28, 10),  # noqa: B008, immutable
) -> list[float]:
    """Losses of both players in two steps on noise, at a fraction of the width."""
    kind = registry.get(name)
    narrow = {"width_factor": 0.125} if "width_factor" in kind.grid_keys() else {}
    size = {"batch_size": _PACKS * kind().judged_together}
    recipe = kind(**size | narrow | (fields or {}))
    shapes = (images, PointShape(), PairShape(_SMALL, _SMALL))
    shape = next(shape for shape in shapes if recipe.refusal(shape) is None)
    source = isinstance(shape, PairShape)
    torch.manual_seed(0)
    game = recipe.build(shape, torch.device("cpu"))
    noise = torch.Generator().manual_seed(1)
    rows = []
    for _ in range(2):
        batches = [
            Batch(
                torch.rand(recipe.batch_size, *shape.dimensions) * 2 - 1,
                torch.rand(recipe.batch_size, *shape.dimensions) * 2 - 1 if source else None,
                labels=torch.randint(0, 10, (recipe.batch_size,)),
            )
            for _ in range(game.critic_steps)
        ]
        rows.append(engine.train_step(game, batches, noise)[:2])
    return [_rounded(value) for value in torch.stack(rows).flatten()]


def _losses(objective: Any) -> list[float]:
    """Both losses and the potential on fixed outputs."""
    outputs = 1 if objective.head == "score" else 3
    real = torch.linspace(-1, 2, 8 * outputs).reshape(8, outputs)
    fake = torch.linspace(1.5, -2, 8 * outputs).reshape(8, outputs)
    if outputs > 1:
        real, fake = real.exp(), fake.exp()
    given = real if objective.compares else None
    potential = objective.potential((real + fake) / 2, torch.Generator().manual_seed(0))
    found = objective.critic(real, fake), objective.generator(given, fake), potential.sum()
    return [_rounded(value) for value in found]


@torch.no_grad()
def _constrained(constraint: Any) -> list[float]:
    """Fixed weights under the bound 0.3."""
    layer = torch.nn.Linear(3, 2)
    layer.weight.copy_(torch.linspace(-1, 1, 6).reshape(2, 3))
    layer.bias.copy_(torch.tensor([-0.2, 0.5]))
    constraint(layer, 0.3)
    return [_rounded(value) for weights in layer.parameters() for value in weights.flatten()]


def _penalty(penalty: Any) -> Tensor:
    """Its value for D(x) = ‖x‖³ at fixed samples."""
    real = torch.linspace(-1, 1, 24).reshape(4, 1, 2, 3)
    fake = torch.linspace(1, -0.5, 24).reshape(4, 1, 2, 3)
    noise = torch.Generator().manual_seed(0)

    def critic(samples: Tensor) -> Tensor:
        return samples.flatten(1).square().sum(1, keepdim=True) ** 1.5

    value: Tensor = penalty(critic, real, fake, noise, 4)
    return value


def _rounded(value: Tensor) -> float:
    return float(f"{value.item():.{_DIGITS}g}")


if __name__ == "__main__":
    entries = present()
    if FILE.exists() and (silent := changed_silently(committed(), entries)):
        sys.exit("\n".join(silent))
    FILE.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n")
