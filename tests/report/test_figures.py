"""The figures: present when the data allows, faithful to it, and legible."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from PIL import Image
from scipy import stats

from bench.errors import ResultsError
from bench.report import figures, write
from bench.report.data import SweepData
from bench.report.data.over_seeds import over_seeds, smoothed
from bench.report.data.trajectories import BINS
from bench.report.figures.placement import label_points
from bench.report.figures.samples import samples
from bench.report.figures.style import publication_style, styles
from bench.store import read_sweep
from tests.report.conftest import TRIO

SVG = "{http://www.w3.org/2000/svg}"
QUALITY = ("quality-epoch", "quality-seconds", "quality-flops", "pareto-flops", "pareto-seconds")
HOSTILE = ["$\\frac{$", "_hidden", "<b>&", "100 %", "日本"]


def drawn(synthetic, *args, only=None, **options) -> dict[str, figures.Figure]:
    found, _ = figures.all_figures(synthetic.data(*args, **options), only)
    return {figure.name: figure for figure in found}


def quality(synthetic, *args, **options) -> dict[str, figures.Figure]:
    """The figures of quality alone, which are quicker to draw."""
    return drawn(synthetic, *args, only=QUALITY, **options)


@pytest.fixture(scope="module")
def of_trio(trio: Path) -> dict[str, figures.Figure]:
    found, omissions = figures.all_figures(SweepData(read_sweep(trio)))
    assert omissions == []
    return {figure.name: figure for figure in found}


def words(figure: figures.Figure) -> list[str]:
    tree = ElementTree.fromstring(figure.svg)
    return ["".join(text.itertext()) for text in tree.iter(f"{SVG}text")]


def test_every_figure_is_fit_to_print(of_trio) -> None:
    assert list(of_trio) == [
        "samples",
        "quality-epoch",
        "quality-seconds",
        "quality-flops",
        "pareto-flops",
        "pareto-seconds",
        "losses",
        "critic-accuracy",
        "critic-scores",
    ]
    for figure in of_trio.values():
        with Image.open(io.BytesIO(figure.png)) as image:
            assert image.info["dpi"][0] >= 200 - 0.1
            inches = image.width / image.info["dpi"][0]
            assert inches <= (7.25 if figure.wide else 3.55)
        assert figure.caption.endswith(".")


def test_text_in_the_svg_is_text(of_trio) -> None:
    found = of_trio
    assert "FCD (lower is better)" in words(found["quality-flops"])
    assert "Training compute (TFLOPs)" in words(found["quality-flops"])
    assert {"dcgan", "half critic"} <= set(words(found["pareto-flops"]))
    assert {"critic", "generator", "half generator"} <= set(words(found["losses"]))
    assert "dcgan" in " ".join(words(found["samples"]))


def test_labels_are_drawn_as_written(synthetic) -> None:
    configs = [replace(synthetic.BASELINE, label=label) for label in HOSTILE]
    found = drawn(synthetic, configs, baseline=HOSTILE[0], seeds=[0], epochs=2)
    for name in ("quality-epoch", "pareto-seconds", "losses", "samples"):
        assert set(HOSTILE) <= {word.splitlines()[0] for word in words(found[name])}


def test_configurations_differ_in_marker_and_dash_not_only_colour(synthetic) -> None:
    configs = [replace(synthetic.BASELINE, label=f"c{i}") for i in range(12)]
    chosen = styles(synthetic.data(configs, baseline="c3", epochs=1))
    assert len({(style.marker, str(style.dash)) for style in chosen.values()}) == 12
    assert chosen["c3"].colour == "black"


def test_without_quality_the_page_says_so(synthetic) -> None:
    found, omissions = figures.all_figures(synthetic.data([synthetic.BASELINE], quality=False))
    assert [figure.name for figure in found] == [
        "samples",
        "losses",
        "critic-accuracy",
        "critic-scores",
    ]
    assert any("Quality was not measured" in sentence for sentence in omissions)


def test_without_samples_the_page_says_so(synthetic) -> None:
    found, omissions = figures.all_figures(
        synthetic.data([replace(synthetic.BASELINE, samples=False)], quality=False)
    )
    assert "samples" not in [figure.name for figure in found]
    assert any("sample grid" in sentence for sentence in omissions)


def test_samples_are_those_of_the_first_completed_seed(synthetic) -> None:
    broken = replace(
        synthetic.BASELINE,
        statuses=("failed", "completed", "completed"),
        errors=("boom", None, None),
    )
    (picture,) = drawn(synthetic, [broken], only=["samples"], epochs=2).values()
    assert "FCD 21.0, seed 1" in words(picture)


def test_samples_by_epoch_say_the_epoch(synthetic) -> None:
    config = replace(synthetic.BASELINE, pictures=lambda index, epoch: synthetic.png(epoch))
    (figure,) = drawn(synthetic, [config], only=["samples-by-epoch"], epochs=3).values()
    shown = [word for word in words(figure) if word.startswith(("epoch", "step"))]
    assert shown == ["epoch 1", "epoch 2", "epoch 3"]


def test_protocols_have_figures_of_their_own(synthetic) -> None:
    other = replace(synthetic.SMALL_CRITIC, setup={"quality_samples": 100})
    configs = [synthetic.BASELINE, synthetic.SMALL_GENERATOR, other]
    names = set(drawn(synthetic, configs, seeds=[0], epochs=2))
    assert {"quality-flops-protocol-1", "quality-flops-protocol-2", "pareto-flops-protocol-1"} <= (
        names
    )
    assert "pareto-flops-protocol-2" not in names  # one point is no front


def test_the_noise_floor_is_drawn_or_mentioned(synthetic, of_trio) -> None:
    low = of_trio["quality-epoch"]
    assert "noise floor" not in words(low)
    assert "0.800, is below the axis" in low.caption
    configs = [
        replace(config, setup={"quality_noise_floor": 18.0})
        for config in (synthetic.BASELINE, synthetic.SMALL_CRITIC)
    ]
    for figure in quality(synthetic, configs).values():
        assert "noise floor" in words(figure)
        assert "Dotted: the noise floor, 18.0." in figure.caption


def test_a_run_that_diverged_is_shown_but_not_averaged(synthetic) -> None:
    broken = replace(
        synthetic.SMALL_CRITIC,
        statuses=("completed", "diverged", "completed"),
        errors=(None, "nan", None),
    )
    caption = quality(synthetic, [synthetic.BASELINE, broken])["quality-epoch"].caption
    assert "did not complete; the means exclude it" in caption


def test_the_seeds_are_shown_as_an_interval(synthetic, of_trio) -> None:
    figure = of_trio["quality-epoch"]
    assert "Lines: means over the seeds; bands: 95 % intervals, as in the tables." in figure.caption
    assert b",band," in figure.data
    assert figure.svg.count(b"stroke-opacity: 0.55") == 0
    one = quality(synthetic, seeds=[0])["quality-epoch"].caption
    assert "seeds" not in one


def test_curves_end_at_the_tables_values(synthetic) -> None:
    """The mean and the interval are on the scale of what is measured, as in the tables."""
    data = synthetic.data()
    for curve in over_seeds(data, "quality", "epoch"):
        table = data.estimate(curve.label, "quality_final", 0)
        drawn_last = curve.mean[-1], curve.low[-1], curve.high[-1]
        assert drawn_last == pytest.approx((table.mean, table.low, table.high))
        logs = np.log(next(config.final for config in TRIO if config.label == curve.label))
        ends = stats.t.interval(0.95, 2, logs.mean(), stats.sem(logs))
        assert drawn_last[1:] == pytest.approx(np.exp(ends))


def test_two_seeds_are_drawn_themselves(synthetic) -> None:
    (curve,) = over_seeds(synthetic.data([synthetic.BASELINE], seeds=(0, 1)), "quality", "epoch")
    assert not curve.banded
    found = quality(synthetic, [synthetic.BASELINE], seeds=(0, 1))["quality-epoch"]
    assert "Thick lines: means over the seeds; thin lines: the 2 seeds." in found.caption
    assert found.svg.count(b"stroke-opacity: 0.55") == 2
    assert b",band," not in found.data


def test_many_evaluations_are_smoothed_but_for_the_ends(synthetic) -> None:
    generator = np.random.default_rng(0)
    noise = {(seed, epoch): generator.normal(0, 3) for seed in range(3) for epoch in range(101)}
    noisy = replace(synthetic.BASELINE, curve=lambda seed, epoch, _: 50 + noise[seed, epoch])
    (curve,) = over_seeds(synthetic.data([noisy], epochs=100, steps=1), "quality", "epoch")
    assert curve.neighbours == 7
    raw = np.array([[50 + noise[seed, epoch] for epoch in range(1, 101)] for seed in range(3)])
    assert curve.mean[[0, -1]] == pytest.approx(np.exp(np.log(raw[:, [0, -1]]).mean(axis=0)))
    middle = np.exp(np.log(raw[:, 47:54].mean(axis=1)).mean())
    assert curve.mean[50] == pytest.approx(middle)
    assert curve.mean[1] == pytest.approx(np.exp(np.log(raw[:, :3].mean(axis=1)).mean()))
    found = quality(synthetic, [noisy], epochs=100, steps=1)["quality-epoch"]
    assert "averaged over 7 neighbouring evaluations, but for its ends." in found.caption


def test_smoothing_leaves_out_what_is_missing() -> None:
    values = np.array([[1.0], [2.0], [np.nan], [4.0], [9.0]])
    assert smoothed(values, 1)[:, 0] == pytest.approx([1, 1.5, np.nan, 6.5, 9], nan_ok=True)
    assert smoothed(values, 0) is values


def test_trajectories_are_binned_means_of_each_run(synthetic) -> None:
    data = synthetic.data([synthetic.BASELINE], steps=100)
    (trajectory,) = data.trajectories.found
    assert data.trajectories.missing == ()
    steps = data.results.steps()
    width = math.ceil(500 / BINS)
    first = steps[steps["step"] <= width].groupby("seed")["critic_loss"].mean().astype(float)
    assert len(trajectory.step) == math.ceil(500 / width) <= BINS
    assert trajectory.seeds == (0, 1, 2)
    assert trajectory.runs["critic_loss"][:, 0] == pytest.approx(first.tolist())


def test_contended_timings_are_noted_under_the_figure(synthetic) -> None:
    shared = replace(synthetic.SMALL_CRITIC, epoch={"contended": True})
    found = quality(synthetic, [synthetic.BASELINE, shared])
    assert "Other processes used the machine" in found["pareto-seconds"].caption
    assert "Other processes used the machine" not in found["pareto-flops"].caption


def test_truncated_pictures_are_named(synthetic) -> None:
    path = synthetic.write([synthetic.BASELINE])
    (first, *_) = sorted(path.glob("runs/*-s0/samples/*.png"))
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(ResultsError, match=r"epoch-0005\.png is truncated"):
        write(path, path.parent / "out")
    assert not (path.parent / "out").exists()


@pytest.mark.parametrize("tall", [1.0, 1.07, 2.0, 5.0])
def test_sheets_of_any_shape_have_their_titles_above_them(synthetic, tall: float) -> None:
    """A column for each class: ten rows of two classes are five times as high as wide."""
    path = synthetic.write([synthetic.BASELINE, synthetic.SMALL_CRITIC])
    for png in path.glob("runs/*-s0/samples/*.png"):
        if "run0" in str(png.parent):
            Image.new("L", (100, round(100 * tall))).save(png)
    with publication_style():
        canvas = samples(SweepData(read_sweep(path))).canvas
        canvas.draw_without_rendering()
    shapes = set()
    for ax in canvas.axes:
        title, frame = ax.title.get_window_extent(), ax.get_window_extent()
        assert title.y1 <= canvas.bbox.y1
        assert title.y0 >= frame.y1
        assert frame.y0 >= canvas.bbox.y0
        shapes.add(round(frame.height / frame.width, 1))
    assert shapes == {1.0, round(tall, 1)}


def test_names_of_points_cover_nothing() -> None:
    generator = np.random.default_rng(0)
    points = generator.uniform(0, 10, (9, 2))
    canvas = Canvas(figsize=(3.5, 2.7), layout="constrained")
    ax = canvas.subplots()
    ax.plot(*points.T, "o", markersize=5)
    ax.margins(0.25)
    label_points(canvas, ax, points, [f"name {i}" for i in range(9)], np.empty((0, 2, 2)))
    canvas.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    pixels = ax.transData.transform(points)
    frame = ax.get_window_extent()
    assert len(boxes) == 9
    for i, box in enumerate(boxes):
        assert frame.x0 <= box.x0 <= box.x1 <= frame.x1
        assert frame.y0 <= box.y0 <= box.y1 <= frame.y1
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
        assert not any(box.contains(*pixel) for pixel in pixels)
