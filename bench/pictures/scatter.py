"""Generated points over the real modes, as PacGAN's and VEEGAN's papers show them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from torch import Tensor

from bench.quality.scorers.mixture_modes import HIGH_QUALITY_DEVIATIONS

_INCHES = 3.0
_DOTS_PER_INCH = 200
_MARGIN = 1.35  # the axes' half width over that of the modes
_BLUE = (1, 115, 178)  # the first colour of the report's figures
_LEVELS = 16
_SMALL, _LARGE = 7, 7.5  # font sizes in points


def scatter_png(samples: Tensor, modes: Tensor, deviation: float) -> bytes:
    """A square picture of generated points as PNG, 600 × 600 pixels.

    A grey disc around each mode marks where points are of high quality. Axes, size and palette
    depend only on the modes, so that an animation of one mixture does not move or flicker.
    A note gives the number of points that are outside the axes or not finite.

    Args:
        samples: floats (n, 2), on any device.
        modes: (K, 2), K ≥ 1, the centres of the real mixture.
        deviation: σ, of each mode along each axis.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.collections import EllipseCollection
    from matplotlib.figure import Figure

    points = samples.detach().cpu().double()
    finite = points.isfinite().all(dim=1)
    centres = modes.detach().cpu().double()
    low, high = centres.min(dim=0).values, centres.max(dim=0).values
    middle, half = (low + high) / 2, _MARGIN * ((high - low).max().item() / 2 or 1.0)
    inside = finite & ((points - middle).abs() <= half).all(dim=1)

    figure = Figure(figsize=(_INCHES, _INCHES), dpi=_DOTS_PER_INCH, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.12, 0.09, 0.85, 0.85))
    diameter = 2 * HIGH_QUALITY_DEVIATIONS * deviation
    axes.add_collection(
        EllipseCollection(
            widths=[diameter],
            heights=[diameter],
            angles=[0],
            units="xy",
            offsets=centres.numpy(),
            offset_transform=axes.transData,
            facecolors="0.85",
            edgecolors="0.6",
            linewidths=0.5,
        )
    )
    shown = points[inside].numpy()
    axes.scatter(
        shown[:, 0], shown[:, 1], s=2, color=[level / 255 for level in _BLUE], alpha=0.5, lw=0
    )
    axes.set_xlim(middle[0].item() - half, middle[0].item() + half)
    axes.set_ylim(middle[1].item() - half, middle[1].item() + half)
    axes.tick_params(labelsize=_SMALL, length=2.5, width=0.6, color="0.3", labelcolor="0.2")
    axes.spines[:].set(linewidth=0.6, color="0.3")
    note = _note(int((finite & ~inside).sum()), int((~finite).sum()), len(points))
    figure.text(0.97, 0.955, note, ha="right", va="bottom", fontsize=_LARGE, color="0.2")
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    picture = Image.fromarray(pixels).convert("RGB")
    png = io.BytesIO()
    picture.quantize(palette=_palette(), dither=Image.Dither.NONE).save(png, format="PNG")
    return png.getvalue()


def _note(outside: int, not_finite: int, count: int) -> str:
    """How many of ``count`` points the picture does not show; empty if it shows all."""
    found = [(outside, "outside"), (not_finite, "not finite")]
    parts = [f"{number:,} {what}" for number, what in found if number]
    return f"{', '.join(parts)} of {count:,} points" if parts else ""


def _palette() -> Image.Image:
    """Every grey blended with every share of blue: one palette for all pictures.

    The frames of an animation then have the colours of the pictures and do not flicker.
    """
    colours: list[int] = []
    for grey in range(_LEVELS):
        for share in range(_LEVELS):
            t, background = share / (_LEVELS - 1), 255 * grey / (_LEVELS - 1)
            colours += [round((1 - t) * background + t * level) for level in _BLUE]
    palette = Image.new("P", (1, 1))
    palette.putpalette(colours)
    return palette
