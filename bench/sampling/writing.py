"""Samples as a picture, or as a folder of images."""

from __future__ import annotations

from pathlib import Path

import torch

from bench.datasets.mixtures import mixture
from bench.errors import RequestError
from bench.files import unwritable, write_atomically
from bench.pictures import grid
from bench.pictures.scatter import scatter_png
from bench.sampling.drawing import Samples

_REMEDY = "name another place with --out"


def write(samples: Samples, out: Path, *, folder: bool) -> None:
    """Writes samples into a PNG file, or each into a file of a folder.

    Raises:
        RequestError: it cannot be written, or the folder has other things in it.
    """
    if not folder:
        _put(out, _png(samples))
        return
    if samples.values.dim() != 4:
        raise RequestError(f"{out}: these samples are points, not images; name a PNG file.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RequestError(f"{out} is not an empty folder: {_REMEDY}.")
    digits = len(str(len(samples.values) - 1))
    for index, image in enumerate(samples.values):
        content = grid.sample_grid_png(image[None], 1, scale=1)
        _put(out / f"{index:0{max(4, digits)}d}.png", content)


def _png(samples: Samples) -> bytes:
    values = samples.values
    if samples.picture is not None:
        return samples.picture.png(values)
    if values.dim() != 4:
        known = mixture(samples.data.name, samples.data.classes)
        assert known is not None
        return scatter_png(values, torch.tensor(known.modes), known.deviation)
    columns = samples.columns or grid.columns_for(len(values))
    return grid.sample_grid_png(values, columns, headings=samples.headings)


def _put(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise unwritable(path, error, _REMEDY) from error
