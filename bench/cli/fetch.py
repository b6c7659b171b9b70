"""``bench fetch``."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.cli.options import DataRoot


def fetch(
    name: Annotated[str, typer.Argument(help="A data set (bench list datasets), or inception.")],
    data_root: DataRoot = None,
) -> None:
    """Download a data set, or the Inception weights that FID needs."""
    if name == "inception":
        from bench.quality.extractors.inception import fetch_inception

        print(fetch_inception())
        return
    from bench import datasets

    root = data_root or datasets.default_data_root()
    datasets.fetch(name, data_root=root)
    print(root)
