from __future__ import annotations

import torch

from bench.quality.neighbours import nearest_other
from bench.quality.scorers.authenticity import authenticity

LINE = torch.tensor([[0.0], [1.0], [3.0], [10.0]])  # distances to the nearest other: 1, 1, 2, 7


def of(*samples: float) -> float:
    radii = nearest_other(LINE).squared_distances
    return authenticity(torch.tensor(samples)[:, None], LINE, radii)


def test_a_copy_is_nearer_than_any_other_training_image() -> None:
    assert of(0, 1, 3, 10) == 0
    assert of(0.1, 0.9, 3.5, 16.9) == 0


def test_authentic_samples_are_as_far_as_training_images_from_each_other() -> None:
    assert of(-1.1, 5.1, 17.1) == 1
    assert of(0.1, 5.1) == 0.5


def test_a_tie_counts_as_a_copy() -> None:
    """As in the authors' code; so a copy of an image that is there twice is a copy, too."""
    assert of(-1.0) == 0
    twice = torch.cat([LINE, LINE])
    assert authenticity(LINE, twice, nearest_other(twice).squared_distances) == 0


def test_points_of_one_distribution_on_a_line_are_authentic_in_one_of_three() -> None:
    """A sample is authentic where its nearest neighbour's next one on the other side is nearer.

    Of points on a line with rate 1, the distance to the nearer of two neighbours is Exp(2), and
    that of this neighbour to the next one Exp(1), which is smaller with probability 1/3.
    """
    generator = torch.Generator().manual_seed(0)
    training, samples = torch.rand(2, 3000, 1, generator=generator, dtype=torch.float64)
    found = authenticity(samples, training, nearest_other(training).squared_distances)
    assert abs(found - 1 / 3) < 0.03
