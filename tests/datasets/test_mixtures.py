"""``ring`` and ``grid-2d``: the points have the distribution given in the paper."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.datasets import DataSpec, ImageData, open_prepared, prepare
from bench.datasets.mixtures import MIXTURES, Mixture, mixture
from bench.datasets.registry import lookup
from bench.datasets.sources import mixtures as source
from bench.errors import DataError

NAMES = ["ring", "grid-2d"]


def points(name: str, **options: object) -> DataSpec:
    return replace(DataSpec(name=name, image_size=None, channels=None), **options)  # type: ignore[arg-type]


@pytest.fixture(params=NAMES)
def drawn(request: pytest.FixtureRequest) -> tuple[Mixture, ImageData]:
    return MIXTURES[request.param], open_prepared(prepare(points(request.param)))


def residuals(known: Mixture, data: ImageData) -> np.ndarray:
    """Distances of the points from their own mode, in standard deviations."""
    centres: np.ndarray = np.array(known.modes)[data.labels]
    return (data.images - centres) / known.deviation


def test_the_ring_is_eight_modes_at_distance_one() -> None:
    ring = MIXTURES["ring"]
    angles = sorted(math.degrees(math.atan2(y, x)) % 360 for x, y in ring.modes)
    assert angles == pytest.approx([0, 45, 90, 135, 180, 225, 270, 315])
    assert [math.hypot(x, y) for x, y in ring.modes] == pytest.approx([1] * 8)
    assert ring.deviation == 0.01


def test_the_grid_is_five_by_five_two_apart() -> None:
    grid = MIXTURES["grid-2d"]
    assert len(grid.modes) == len(set(grid.modes)) == 25
    assert {x for x, _ in grid.modes} == {y for _, y in grid.modes} == {-4, -2, 0, 2, 4}
    assert grid.deviation == 0.05


@pytest.mark.parametrize("name", NAMES)
def test_a_mixture_is_found_by_its_name(name: str) -> None:
    found = mixture(name)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", ["mnist-5k", "stacked:mnist-5k", "folder:ring"])
def test_other_data_sets_are_not_mixtures(name: str) -> None:
    assert mixture(name) is None


def test_the_arrays_are_points_and_their_modes(drawn: tuple[Mixture, ImageData]) -> None:
    known, data = drawn
    assert data.images.shape == (100_000, 2)
    assert data.images.dtype == np.float32
    assert isinstance(data.images, np.memmap)
    assert data.labels is not None
    assert data.labels.dtype == np.int64
    assert len(data.class_names) == len(set(data.class_names)) == len(known.modes)
    # Every point is nearest to the mode that is its label.
    distances = np.linalg.norm(
        np.asarray(data.images)[:, np.newaxis] - np.array(known.modes), axis=2
    )
    np.testing.assert_array_equal(distances.argmin(1), data.labels)


def test_the_modes_are_named_by_their_coordinates() -> None:
    ring = open_prepared(prepare(points("ring", subset=1))).class_names
    assert ring[:3] == ("1.00, 0.00", "0.71, 0.71", "0.00, 1.00")
    assert (ring[4], ring[6]) == ("-1.00, 0.00", "0.00, -1.00")  # and no "-0.00"
    assert open_prepared(prepare(points("grid-2d", subset=1))).class_names[0] == "-4.00, -4.00"


def test_modes_are_drawn_uniformly(drawn: tuple[Mixture, ImageData]) -> None:
    known, data = drawn
    counts = np.bincount(data.labels, minlength=len(known.modes))  # type: ignore[arg-type]
    assert stats.chisquare(counts).pvalue > 0.001
    assert counts.std() > 0  # drawn at random, not equal numbers


def test_points_are_normally_distributed_about_their_mode(drawn: tuple[Mixture, ImageData]) -> None:
    known, data = drawn
    about = residuals(known, data)
    for axis in (0, 1):
        assert stats.kstest(about[:, axis], "norm").pvalue > 0.001
    assert abs(stats.pearsonr(about[:, 0], about[:, 1]).statistic) < 0.015
    # Each mode has the same deviation.
    deviations = [about[data.labels == mode].std() for mode in range(len(known.modes))]
    np.testing.assert_allclose(deviations, 1, atol=0.05)


def test_the_share_of_high_quality_is_the_expected_one(
    drawn: tuple[Mixture, ImageData],
) -> None:
    """Within 3 deviations lie 1 − exp(−4.5) = 98.9 % of an isotropic Gaussian of the plane."""
    within = (np.linalg.norm(residuals(*drawn), axis=1) <= 3).mean()
    assert within == pytest.approx(1 - math.exp(-4.5), abs=0.001)


def test_the_points_never_change() -> None:
    data = open_prepared(prepare(points("ring")))
    assert data.labels is not None
    assert data.labels[:8].tolist() == [7, 7, 4, 0, 2, 4, 1, 4]
    first = [[0.7172008, -0.6902042], [0.7165570, -0.7149040]]
    np.testing.assert_allclose(data.images[:2], first, atol=1e-6)


def test_another_process_draws_the_same_points(tmp_path: Path) -> None:
    here = open_prepared(prepare(points("grid-2d"))).content_hash
    program = (
        "from pathlib import Path; from bench.datasets import *;"
        "spec = DataSpec(name='grid-2d', image_size=None, channels=None);"
        f"print(open_prepared(prepare(spec, cache=Path({str(tmp_path / 'other')!r}))).content_hash)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == here


def test_classes_and_subset_select_points_like_images() -> None:
    whole = open_prepared(prepare(points("ring")))
    three = open_prepared(prepare(points("ring", classes=(3, 5))))
    np.testing.assert_array_equal(three.images, whole.images[np.isin(whole.labels, (3, 5))])  # type: ignore[arg-type]
    few, fewer = (open_prepared(prepare(points("ring", subset=n))) for n in (500, 20))
    np.testing.assert_array_equal(few.images[:20], fewer.images)
    assert len(np.unique(few.images, axis=0)) == 500


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        (points("ring", classes=(8,)), r"ring has no class 8: choose from 0 \(1\.00, 0\.00\), 1"),
        (points("ring", subset=100_001), "ring has 100,000 points, so subset: 100001 is"),
        (points("ring", image_size=28), "ring holds points, not images: leave out image_size"),
        (points("grid-2d", channels=1), "grid-2d holds points, not images: .* and channels"),
        (points("mnist-5k", channels=1), "mnist-5k with image_size: None: choose at least 1"),
        (points("mnist-5k", image_size=28), r"mnist-5k with channels: None: choose 1 \(grey\)"),
    ],
)
def test_a_spec_that_does_not_fit_points_is_refused(
    spec: DataSpec, says: str, cached: Callable[[], list[str]]
) -> None:
    with pytest.raises(DataError, match=says):
        prepare(spec)
    assert cached() == []


def test_the_mixture_is_part_of_the_key(
    monkeypatch: pytest.MonkeyPatch, cached: Callable[[], list[str]]
) -> None:
    """Points prepared by a release with another definition are not reused."""
    first = prepare(points("ring"))
    changes = (
        ("MIXTURES", MIXTURES | {"ring": replace(MIXTURES["ring"], deviation=0.02)}),
        ("MIXTURES", MIXTURES | {"ring": replace(MIXTURES["ring"], modes=((0.0, 1.0),))}),
        ("_VERSION", 99),
        ("_SEED", 99),
        ("POINTS", 99),
    )
    for name, value in changes:
        with monkeypatch.context() as patch:
            patch.setattr(source, name, value)
            prepare(points("ring"))
    assert prepare(points("ring")) == first
    assert len(cached()) == 1 + len(changes)


def test_points_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = prepare(points("ring"))

    def again(mixture: Mixture) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(source, "draw", again)
    assert prepare(points("ring")) == first


def test_they_need_no_file() -> None:
    entry, argument = lookup("ring")
    found = entry.locate(argument, Path("/nowhere"))
    assert (found.location, found.files) == (None, ())


def test_points_of_another_type_are_reported_as_damage() -> None:
    folder = prepare(points("ring"))
    np.save(folder / "images.npy", np.load(folder / "images.npy").astype(np.float64))
    with pytest.raises(DataError, match="delete that folder and run again"):
        open_prepared(folder)
