from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.quality.labels import class_columns, columns_of, evaluation_labels


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=300),
    st.integers(1, 500),
)
def test_classes_are_as_frequent_as_in_the_data(real: list[int], count: int) -> None:
    labels = evaluation_labels(np.array(real), count)
    assert labels.dtype == torch.int64
    assert labels.shape == (count,)
    share = np.bincount(real, minlength=10) / len(real)
    requested = np.bincount(labels.numpy(), minlength=10)
    assert (np.abs(requested - share * count) <= 1).all()
    assert (requested[share == 0] == 0).all()


def test_they_are_the_same_each_time_whatever_the_order_of_the_data() -> None:
    real = np.repeat(np.arange(10), 7)
    labels = evaluation_labels(real, 200)
    state = torch.get_rng_state()
    assert torch.equal(labels, evaluation_labels(real[::-1], 200))
    assert torch.equal(state, torch.get_rng_state())


def test_every_part_of_them_contains_every_class() -> None:
    labels = evaluation_labels(np.repeat(np.arange(10), 100), 5000)
    for part in labels.split(250):
        assert len(part.unique()) == 10
    assert len(evaluation_labels(np.arange(1000), 26_000).bincount().unique()) == 1


@pytest.mark.parametrize("count", [1, 10, 12])
def test_few_classes_are_all_shown(count: int) -> None:
    assert columns_of(range(count)) == list(range(count))


@given(st.integers(13, 2000))
def test_of_many_classes_twelve_are_shown_evenly(count: int) -> None:
    columns = columns_of(range(count))
    assert len(columns) == 12
    assert (columns[0], columns[-1]) == (0, count - 1)
    gaps = np.diff(columns)
    assert gaps.min() >= 1
    assert gaps.max() - gaps.min() <= 1


def test_columns_may_be_any_classes() -> None:
    assert columns_of([3, 5, 8]) == [3, 5, 8]
    labels = class_columns([3, 5, 8], 2)
    assert labels.dtype == torch.int64
    assert labels.tolist() == [3, 5, 8, 3, 5, 8]
