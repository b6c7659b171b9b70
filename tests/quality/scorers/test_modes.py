from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from bench.quality.scorers.class_modes import score_modes
from bench.quality.scorers.modes import reverse_kl

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any)


@given(COUNTS)
def test_the_divergence_is_the_written_out_sum_and_bounded(counts: list[int]) -> None:
    divergence = reverse_kl(torch.tensor(counts))
    uniform = np.full(len(counts), 1 / len(counts))
    assert divergence == pytest.approx(entropy(counts, uniform), abs=1e-12)
    assert 0 <= divergence <= math.log(len(counts)) + 1e-12


@given(COUNTS, st.randoms(use_true_random=False))
def test_which_mode_is_which_does_not_matter(counts: list[int], random: object) -> None:
    shuffled = list(counts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reverse_kl(torch.tensor(shuffled)) == pytest.approx(reverse_kl(torch.tensor(counts)))


def test_the_divergence_is_from_generated_to_uniform() -> None:
    # The other direction would be infinite where a mode is missing.
    assert reverse_kl(torch.tensor([3, 1, 0, 0])) == pytest.approx(
        0.75 * math.log(0.75 * 4) + 0.25 * math.log(0.25 * 4)
    )


def test_uniform_labels_reach_the_floor_of_finitely_many_samples() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = score_modes(torch.randint(0, 1000, (26_000,), generator=generator), 1000)
    assert scores.modes_captured == 1000
    assert scores.reverse_kl == pytest.approx(999 / (2 * 26_000), rel=0.15)  # 0.019


def test_modes_without_a_sample_are_not_captured() -> None:
    scores = score_modes(torch.tensor([4, 4, 0, 4]), 10)
    assert scores.modes_captured == 2
    assert score_modes(torch.tensor([7] * 5), 10) == (1, pytest.approx(math.log(10)))


@pytest.mark.parametrize("labels", [[], [-1, 0], [0, 3], [[0, 1]]])
def test_labels_that_are_not_modes_are_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="labels"):
        score_modes(torch.tensor(labels, dtype=torch.int64), 3)
