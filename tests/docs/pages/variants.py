"""The page of all variants: what each is, its sizes and costs, its networks, and digits it drew."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bench import grid
from bench.datasets import DataSpec
from bench.describe import Description, describe
from bench.units import count
from pages import markdown
from pages.architecture import drawing
from pages.markdown import code, plain
from variants.registry import VARIANTS

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "results" / "reference"
# Settings of training, which networks do not show.
_HOW_LONG = {"batch_size", "generator_lr", "critic_lr", "lr_decay", "schedules", "packs"}


class Sheet(NamedTuple):
    """A picture of samples from the reference results."""

    file: Path
    sweep: str
    label: str
    epoch: int
    dataset: str
    changed: tuple[str, ...]


def files() -> dict[str, str]:
    """The page, and a drawing for each variant."""
    introduction = (
        "What `bench describe VARIANT` shows, for each variant at the size in the table, grey and, "
        "where it needs classes, with ten. Costs are of the defaults: parameters that are "
        "trained, multiply–accumulates (MACs) of one forward pass, and FLOPs of training per real "
        "image ([how they are counted](../measuring.md)). In the drawings a box is a size that "
        "the data has on its way through the network; its height follows the pixels and its width "
        "the channels. Samples are from "
        "[the reference results](../../results/reference/README.md), "
        "which say how they were trained. [Variants](../variants.md) explains what the fields do, "
        "and [keys](keys.md#keys-of-variants) lists them."
    )
    described = {name: _described(name) for name in VARIANTS}
    rows = [_costs(name, each) for name, each in described.items()]
    header = ["variant", "px", "parameters G", "D", "MACs G", "D", "training FLOPs per image"]
    parts = [markdown.table(header, rows), *(_section(*item) for item in described.items())]
    drawings = {f"{name}.svg": drawing(name, each.networks) for name, each in described.items()}
    return {"variants.md": markdown.page("All variants", introduction, parts), **drawings}


def _described(name: str) -> Description:
    data = DataSpec(name="", image_size=grid.usual_size(name), channels=1)
    return describe(name, *grid.recipe(name, data, 10, {}))


def _costs(name: str, described: Description) -> tuple[str, ...]:
    counts, shape = described.counts, described.shape
    return (
        f"[{name}](#{name})",
        str(getattr(getattr(shape, "target", shape), "size", "points")),
        f"{counts.generator_parameters:,}",
        f"{counts.critic_parameters:,}",
        *(
            count(each).replace(" ", "\N{NO-BREAK SPACE}")
            for each in (
                counts.generator_macs,
                counts.critic_macs,
                counts.train_flops_per_image,
            )
        ),
    )


def _section(name: str, described: Description) -> str:
    recipe = described.recipe
    about = [plain(recipe.summary())]
    if recipe.source:
        about.append(f"Source: {plain(recipe.source)}.")
    if recipe.image_sizes:
        about.append(f"Images of {', '.join(map(str, recipe.image_sizes))} px.")
    parts = [f"## {name}", " ".join(about), f"![The networks of {name}]({name}.svg)"]
    sheet = _sheet(name)
    if sheet is None:
        parts.append("There are no samples of it among the reference results.")
    else:
        with_ = f" with {', '.join(map(code, sheet.changed))}" if sheet.changed else ""
        parts.append(f"![Samples of {name}](../../{sheet.file.relative_to(ROOT).as_posix()})")
        parts.append(
            f"Samples after epoch {sheet.epoch} of the sweep `{sheet.sweep}`, trained on "
            f"`{sheet.dataset}`{with_}."
        )
    return "\n\n".join(parts)


def _sheet(name: str) -> Sheet | None:
    """The reference run that has the variant's name, else that is most like its defaults."""
    found = [sheet for variant, sheet in _sheets() if variant == name]
    return min(found, key=lambda sheet: (sheet.label != name, len(sheet.changed)), default=None)


@cache
def _sheets() -> list[tuple[str, Sheet]]:
    """The last pictures of the first seeds of all reference results, with their variants."""
    found = []
    for file in sorted(REFERENCE.glob("*/runs/*/run.parquet")):
        pictures = sorted((file.parent / "samples").glob("epoch-*.png"))
        run = pd.read_parquet(file).iloc[0]
        if not pictures or run["seed"] != 0 or run["variant"] not in VARIANTS:
            continue
        given = json.loads(run["spec"])["recipe"]
        defaults = VARIANTS.get(run["variant"])().model_dump(mode="json")
        changed = [
            f"{key}: {json.dumps(value)}"
            for key, value in given.items()
            if key in defaults and defaults[key] != value and key not in _HOW_LONG
        ]
        sheet = Sheet(
            pictures[-1],
            file.parents[2].name,
            run["label"],
            int(pictures[-1].stem.partition("-")[2]),
            run["dataset"],
            tuple(changed),
        )
        found.append((run["variant"], sheet))
    return found
