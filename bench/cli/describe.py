"""``bench describe``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import display
from bench.cli.options import PluginFiles, load_plugins

if TYPE_CHECKING:
    from variants.recipe import SampleShape


def describe(
    variant: Annotated[str, typer.Argument(help="A variant; bench list variants names them.")],
    against: Annotated[
        str | None, typer.Option(help="Explain the differences from this variant.")
    ] = None,
    image_size: Annotated[int, typer.Option(min=1, help="Pixels.")] = 28,
    channels: Annotated[int, typer.Option(min=1, help="1 grey, 3 RGB.")] = 1,
    classes: Annotated[
        int, typer.Option(min=1, help="Number of classes, for conditional variants.")
    ] = 10,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set a field of VARIANT."),
    ] = None,
    plugin: PluginFiles = None,
) -> None:
    """Explain a variant layer by layer: sizes, costs, and why it is cheaper than another."""
    load_plugins(plugin)
    from bench import grid

    fields = grid.parse_settings(settings or [])
    shape = _shape(variant, image_size, channels, classes)
    this = grid.recipe(variant, shape, fields)
    other = grid.recipe(against, shape, {}) if against is not None else None

    from bench import describe as descriptions

    display.console().print(
        descriptions.show(
            descriptions.describe(variant, this, shape),
            descriptions.describe(against, other, shape) if against and other else None,
        )
    )


def _shape(variant: str, image_size: int, channels: int, classes: int) -> SampleShape:
    """What the variant generates."""
    # task: ask the variant's task for the shape.
    from bench import grid
    from variants.recipe import ImageShape, PointShape

    if grid.is_of_points(variant):
        return PointShape()
    return ImageShape(channels, image_size, classes)
