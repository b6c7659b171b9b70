"""``bench describe``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bench.cli import completion, display
from bench.cli.options import PluginFiles, load_plugins


def describe(
    variant: Annotated[
        str,
        typer.Argument(
            help="A variant; bench list variants names them.", autocompletion=completion.variants
        ),
    ],
    against: Annotated[
        str | None,
        typer.Option(
            help="Explain the differences from this variant.", autocompletion=completion.variants
        ),
    ] = None,
    image_size: Annotated[
        int | None,
        typer.Option(min=1, help="Pixels; if left out, 28 or the smallest that VARIANT makes."),
    ] = None,
    channels: Annotated[int, typer.Option(min=1, help="1 grey, 3 RGB.")] = 1,
    classes: Annotated[
        int, typer.Option(min=1, help="Number of classes, for conditional variants.")
    ] = 10,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set a field of VARIANT."),
    ] = None,
    form: Annotated[
        Literal["text", "markdown", "latex"],
        typer.Option("--format", help="For the terminal, a Markdown file or a LaTeX document."),
    ] = "text",
    plugin: PluginFiles = None,
) -> None:
    """Explain a variant layer by layer: sizes, costs, and why it is cheaper than another."""
    load_plugins(plugin)
    from bench import grid
    from bench.datasets import DataSpec

    size = image_size or grid.usual_size(variant)
    data = DataSpec(name="", image_size=size, channels=channels)
    this = grid.recipe(variant, data, classes, grid.parse_settings(settings or []))
    other = grid.recipe(against, data, classes, {}) if against is not None else None

    from bench import describe as descriptions
    from bench import plugins

    with plugins.blaming(variant):
        described = descriptions.describe(variant, *this)
    compared = None
    if against and other:
        with plugins.blaming(against):
            compared = descriptions.describe(against, *other)
    with plugins.blaming(variant):
        blocks = descriptions.document(described, compared)
    if form == "text":
        display.console().print(descriptions.terminal(blocks))
    else:
        print((descriptions.markdown if form == "markdown" else descriptions.latex)(blocks))
