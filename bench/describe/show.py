"""A description as tables for the terminal."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import zip_longest

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.describe.description import Description
from bench.describe.explain import explain
from bench.describe.layers import Layer
from bench.units import binary, count, ratio
from variants.recipe import Recipe


def show(this: Description, other: Description | None) -> RenderableType:
    """The description as tables; with ``other``, side by side and with the reasons in words."""
    parts: list[RenderableType] = [Text(this.name, style="bold"), Text(this.recipe.summary())]
    if this.recipe.source:
        parts.append(Text(f"Source: {this.recipe.source}", style="dim"))
    if other is None:
        parts.append(_fields(this.recipe))
    for title, own in this.networks.items():
        theirs = other.networks.get(title, []) if other else None
        parts.append(_layer_table(title, this.name, own, other.name if other else "", theirs))
    parts.append(_totals(this, other))
    if other is not None:
        parts += [Text(sentence) for sentence in explain(this, other)]
    return Group(*parts)


def _fields(recipe: Recipe) -> Table:
    table = Table(title="Fields a grid may set", title_justify="left", box=box.SIMPLE)
    table.add_column("field")
    table.add_column("default")
    table.add_column("meaning")
    for name, field in type(recipe).model_fields.items():
        table.add_row(name, str(getattr(recipe, name)), field.description or "")
    return table


def _layer_table(
    title: str, name: str, ours: list[Layer], other: str, theirs: list[Layer] | None
) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    columns = ["layer", "output", "parameters", "MACs", "activation"]
    for column in columns:
        heading = f"{column}\n[dim]{name}" if theirs is not None and column == "layer" else column
        table.add_column(heading, justify="left" if column == "layer" else "right")
    if theirs is None:
        for layer in ours:
            table.add_row(*_cells(layer))
        return table
    table.add_column(f"layer\n[dim]{other}")
    table.add_column("parameters", justify="right")
    table.add_column("MACs", justify="right")
    for own, its in _aligned(ours, theirs):
        left = _cells(own) if own else [""] * len(columns)
        right = _cells(its) if its else [""] * len(columns)
        same = own == its
        style = "dim" if same else ""
        right = ["same", "", ""] if same else [right[0], right[2], right[3]]
        table.add_row(*left, *right, style=style)
    return table


def _aligned(ours: list[Layer], theirs: list[Layer]) -> list[tuple[Layer | None, Layer | None]]:
    """Pairs layers of one kind and map size in order, so that an added layer has no partner."""
    own, its = (
        [(layer.kind.split(",")[0], layer.output[1:]) for layer in x] for x in (ours, theirs)
    )
    pairs: list[tuple[Layer | None, Layer | None]] = []
    for _, i, j, k, m in SequenceMatcher(None, own, its, autojunk=False).get_opcodes():
        pairs += zip_longest(ours[i:j], theirs[k:m])
    return pairs


def _cells(layer: Layer) -> list[str]:
    return [
        layer.kind,
        "×".join(map(str, layer.output)),
        f"{layer.parameters:,}" if layer.parameters else "",
        f"{layer.macs:,}" if layer.macs else "",
        binary(layer.bytes),
    ]


_TOTALS = (
    ("generator parameters", "generator_parameters", count),
    ("critic parameters", "critic_parameters", count),
    ("generator MACs per image, forward", "generator_macs", count),
    ("critic MACs per image, forward", "critic_macs", count),
    ("generator activation memory per image", "generator_activation_bytes", binary),
    ("critic activation memory per image", "critic_activation_bytes", binary),
    ("critic update per image", "critic_flops_per_image", lambda n: count(n, "FLOPs")),
    ("generator update per image", "generator_flops_per_image", lambda n: count(n, "FLOPs")),
    ("training per real image", "train_flops_per_image", lambda n: count(n, "FLOPs")),
)


def _totals(this: Description, other: Description | None) -> Table:
    table = Table(title="Total", title_justify="left", box=box.SIMPLE)
    table.add_column("")
    table.add_column(this.name, justify="right")
    if other is not None:
        table.add_column(other.name, justify="right")
        table.add_column("ratio", justify="right")
    for title, key, text in _TOTALS:
        ours = getattr(this.counts, key)
        row = [title, text(ours)]
        if other is not None:
            theirs = getattr(other.counts, key)
            row += [text(theirs), ratio(ours, theirs)]
        table.add_row(*row)
    return table
