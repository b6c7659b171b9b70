"""Figures of ordinary sweeps: whatever configurations are called, text is legible and in place."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from bench.report.data import SweepData
from bench.report.figures import FIGURES, Drawing, all_figures
from bench.report.figures.names import fitting_names, width
from bench.report.figures.style import publication_style
from tests.report.conftest import BASELINE, Synthetic

THREE_AXES = [
    f"wgan-gp critic_norm={norm} gradient_penalty={penalty} generator_average={average}"
    for norm, penalty, average in itertools.product(
        ("layer", "spectral"), ("0.5", "10.0"), ("null", "1000")
    )
]
LONG = [f"a generator of half the width, and the critic number {i}, trained twice" for i in "abc"]
ALIKE = [f"{'the same beginning ' * 3}{i}{' and the same end' * 3}" for i in "abc"]
MANY = [f"configuration {i}" for i in range(20)]


def sweep(folder: Path, labels: list[str], **options: object) -> SweepData:
    configs = [
        replace(
            BASELINE,
            label=label,
            flops_per_image=100_000_000 * (1 + index % 4),
            final=(20.0 + 3 * index, 21.0 + 3 * index, 19.0 + 3 * index),
            seconds=(10.0 + index, 10.5 + index, 9.7 + index),
        )
        for index, label in enumerate(labels)
    ]
    defaults = {"seeds": [0], "epochs": 2, "baseline": labels[0]}
    return Synthetic(folder).data(configs, **{**defaults, **options})


def drawings(data: SweepData, only: tuple[str, ...]) -> Iterator[Drawing]:
    """Some of the figures, or all, drawn as they are saved."""
    with publication_style():
        for name in only or FIGURES.names():
            made = FIGURES.get(name).function(data)
            for drawing in made if isinstance(made, list) else [made]:
                if isinstance(drawing, Drawing):
                    drawing.canvas.draw_without_rendering()
                    yield drawing


def texts(canvas: Canvas) -> list[Text]:
    """All texts but the numbers at the axes."""
    found = [*canvas.texts, *(text for legend in canvas.legends for text in legend.get_texts())]
    for ax in canvas.axes:
        found += [*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label]
    return [text for text in found if text.get_text().strip()]


def inside(text: Text, frame: Bbox) -> bool:
    box = text.get_window_extent()
    within_x = frame.x0 - 1 <= box.x0 <= box.x1 <= frame.x1 + 1
    return within_x and frame.y0 - 1 <= box.y0 <= box.y1 <= frame.y1 + 1


@pytest.mark.parametrize(
    ("labels", "only"),
    [
        (THREE_AXES, ()),
        (LONG, ("samples", "losses", "quality-epoch", "pareto-flops")),
        (ALIKE, ("losses", "quality-epoch", "pareto-flops")),
        (MANY, ("quality-epoch", "pareto-flops")),
    ],
)
def test_text_is_on_the_canvas_and_covers_no_other(
    tmp_path: Path, labels: list[str], only: tuple[str, ...]
) -> None:
    for drawing in drawings(sweep(tmp_path, labels), only):
        canvas = drawing.canvas
        for text in texts(canvas):
            assert inside(text, canvas.bbox), f"{drawing.title}: {text.get_text()!r}"
        for ax in canvas.axes:
            for text in ax.texts:
                assert inside(text, ax.get_window_extent()) or not text.get_text()
        titles = [ax.title.get_window_extent() for ax in canvas.axes if ax.get_title()]
        for one, other in itertools.combinations(titles, 2):
            assert not one.overlaps(other), drawing.title
        for legend in canvas.legends:
            entries = [text.get_window_extent() for text in legend.get_texts()]
            for one, other in itertools.combinations(entries, 2):
                assert not one.overlaps(other), drawing.title


def test_default_labels_name_what_varies() -> None:
    found = fitting_names(THREE_AXES, 400, 8, of=THREE_AXES)
    assert found.texts[0] == "critic_norm=layer gradient_penalty=0.5 generator_average=null"
    assert found.note == ""
    short = fitting_names(THREE_AXES, 120, 8, of=THREE_AXES)
    assert short.texts[:2] == ["layer, 0.5, null", "layer, 0.5, 1000"]
    assert short.note == " Names: critic_norm, gradient_penalty and generator_average."
    mixed = [f"{name} latent_dim={dim} pack=2" for name in ("dcgan", "gan") for dim in (32, 64)]
    assert fitting_names(mixed, 60, 8, of=mixed).texts == [
        "dcgan, 32",
        "dcgan, 64",
        "gan, 32",
        "gan, 64",
    ]


def test_what_fits_stays_as_it_is() -> None:
    for labels in (["dcgan", "half generator"], ["$x_1$", "<b>"], ["dcgan width_factor=1"]):
        found = fitting_names(labels, 200, 8, of=labels)
        assert (found.texts, found.note) == (labels, "")


def test_long_labels_are_cut_and_stay_different() -> None:
    found = fitting_names([*LONG[:1], "dcgan"], 100, 8, of=LONG)
    assert "…" in found.texts[0]
    assert all(width(text, 8) <= 100 for text in found.texts)


def test_numbers_have_a_key_and_agree_between_figures() -> None:
    alike = fitting_names(ALIKE, 100, 8, of=["dcgan", *ALIKE])
    assert alike.texts == ["2", "3", "4"]
    assert f"2 “{ALIKE[0]}”" in alike.note
    assert fitting_names(MANY[5:], 500, 8, of=MANY, most=10).texts[0] == "6"


def test_one_step_a_run_is_seen(tmp_path: Path) -> None:
    data = sweep(tmp_path, ["dcgan"], epochs=1, steps=1)
    with publication_style():
        (drawing,) = FIGURES.get("losses").function(data)
        lines = [line for line in drawing.canvas.axes[0].lines if len(line.get_xdata()) == 1]
        assert len(lines) == 2
        for line in lines:
            assert line.get_marker() == "o"
            assert line.get_xdata()[0] == 1
        low, high = drawing.canvas.axes[0].get_ylim()
        assert all(low < line.get_ydata()[0] < high for line in lines)


@pytest.mark.parametrize("tall", [0.3, 2.0])
def test_samples_have_room_for_their_titles(tmp_path: Path, tall: float) -> None:
    """Letters with accents reach higher than others; the picture as saved has a white edge."""
    data = sweep(tmp_path, ["Ǻ Ḗ Ấ", "dcgan", "ÀÉÎ", "fourth"])
    for png in data.results.path.glob("runs/*/samples/*.png"):
        Image.new("L", (200, round(200 * tall))).save(png)
    found, _ = all_figures(data, ["samples"])
    with Image.open(io.BytesIO(found[0].png)) as picture:
        pixels = np.asarray(picture.convert("L"))
    assert (pixels[0] == 255).all()
    inked = np.flatnonzero((pixels < 128).any(axis=1))
    assert inked[0] > 3
