"""``bench sample``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli import completion, display
from bench.cli.options import DataRoot, PluginFiles, load_plugins, output_folder


def sample(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN",
            help="A run: its folder, or SWEEP/RUN-ID, such as results/lightweight/dcgan-s0-….",
            autocompletion=completion.runs,
        ),
    ],
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many samples.")] = 64,
    of_class: Annotated[
        str | None,
        typer.Option("--class", metavar="CLASS", help="Name or number; all in turn if left out."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the noise.")] = 0,
    interpolate: Annotated[
        bool, typer.Option("--interpolate", help="Walk from one latent point to the next.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FILE.png | FOLDER/",
            help="A picture of all samples, or a folder with an image of each.",
            show_default="RUN-ID.png",
        ),
    ] = None,
    data_root: DataRoot = None,
    plugin: PluginFiles = None,
) -> None:
    """Draw samples from a finished run; a translation translates images that it has not seen."""
    load_plugins(plugin)
    from bench import plugins, sampling

    trained = sampling.find(run)
    with plugins.blaming(str(trained.row["variant"])):
        samples = sampling.draw(
            trained,
            count=count,
            seed=seed,
            of_class=of_class,
            interpolate=interpolate,
            data_root=data_root,
        )
    place = Path(f"{run.name}.png") if out is None else out
    sampling.write(samples, place, folder=place.suffix.lower() != ".png")
    display.note(samples.text)
    print(place)
