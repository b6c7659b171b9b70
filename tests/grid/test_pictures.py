"""How often samples are pictured, how many are shown, and how fast the animation is."""

from __future__ import annotations

import pytest

from bench import grid
from bench.bundled import bundled_questions
from bench.errors import GridError
from tests.grid.loading import WriteGrid, load


def pictured(write_grid: WriteGrid, text: str) -> list[int]:
    (run,) = load(write_grid, f"{{variants: [dcgan], {text}}}").runs
    return [epoch for epoch in range(1, run.epochs + 1) if run.pictured(epoch)]


def test_every_epoch_has_a_picture_and_long_runs_have_a_hundred(write_grid: WriteGrid) -> None:
    assert pictured(write_grid, "epochs: 20") == list(range(1, 21))
    assert pictured(write_grid, "epochs: 100") == list(range(1, 101))
    assert pictured(write_grid, "epochs: 101")[-3:] == [98, 100, 101]
    assert pictured(write_grid, "epochs: 5000") == list(range(50, 5001, 50))
    assert len(pictured(write_grid, "steps: 400000, steps_per_epoch: 1000")) == 100
    assert pictured(write_grid, "epochs: 300, samples_every: 1") == list(range(1, 301))
    assert pictured(write_grid, "epochs: 25, samples_every: 10") == [10, 20, 25]


def test_no_bundled_grid_makes_more_than_a_hundred_pictures_of_a_run() -> None:
    for name in bundled_questions():
        for run in grid.load(name).configurations:
            count = sum(map(run.pictured, range(1, run.epochs + 1)))
            assert min(run.epochs, 51) <= count <= 100, (name, run.label)


def test_pictures_are_not_part_of_a_runs_identity(write_grid: WriteGrid) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    text = "{variants: [dcgan], samples_every: 3, samples_shown: 25, gif_fps: 12.5}"
    found = load(write_grid, text)
    (other,) = found.runs
    assert other.run_id == plain.run_id
    assert (other.samples_every, other.samples_shown, other.gif_fps) == (3, 25, 12.5)
    assert load(write_grid, found.to_yaml()).runs == found.runs
    assert load(write_grid, "{variants: [dcgan], gif_fps: 10}").runs[0].gif_fps == 10


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("samples_shown: 0", "line 2: samples_shown is 0; it should be greater than or equal to 1"),
        ("samples_shown: 7x7", "line 2: samples_shown is '7x7'; it should be a whole number"),
        (
            "samples_shown: 401",
            "line 2: samples_shown is 401; a picture has room for 400 images, and so has the "
            r"column of a class\. Lower it",
        ),
        ("samples_shown: [1, 2]", "samples_shown cannot be a list"),
        ("gif_fps: 0", "line 2: gif_fps is 0; it should be greater than 0"),
        ("gif_fps: 60", "line 2: gif_fps is 60; it should be less than or equal to 50"),
    ],
)
def test_what_cannot_be_shown_is_refused(write_grid: WriteGrid, text: str, sentence: str) -> None:
    with pytest.raises(GridError, match=sentence):
        load(write_grid, f"variants: [dcgan]\n{text}")


def test_a_scatter_plot_has_room_for_many_points(write_grid: WriteGrid) -> None:
    text = "{{dataset: ring, variants: [mixture-gan], samples_shown: {}}}"
    assert load(write_grid, text.format(10_000)).runs[0].samples_shown == 10_000
    with pytest.raises(GridError, match="is 10,001; a picture has room for 10,000 points"):
        load(write_grid, text.format(10_001))
