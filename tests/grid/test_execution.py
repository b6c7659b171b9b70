"""How a run's steps are executed: precision and compilation."""

from __future__ import annotations

import re

import pytest

from bench.errors import GridError
from tests.grid.loading import WriteGrid, load


def test_precision_and_execution_are_given_at_the_top_or_under_a_variant(
    write_grid: WriteGrid,
) -> None:
    found = load(
        write_grid,
        """
        precision: bf16
        variants:
          - dcgan
          - {name: dcgan, label: plain, precision: fp32, execution: eager}
          - {name: dcgan, label: swept, precision: [fp32, bf16], execution: compile}
        """,
    )
    assert [(r.precision, r.execution) for r in found.runs] == [
        ("bf16", "auto"),
        ("fp32", "eager"),
        ("fp32", "compile"),
        ("bf16", "compile"),
    ]
    assert len({r.run_id for r in found.runs}) == 4
    again = load(write_grid, found.to_yaml())
    assert again.runs == found.runs


def test_writing_out_default_precision_and_execution_leaves_the_id_unchanged(
    write_grid: WriteGrid,
) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    (explicit,) = load(write_grid, "{variants: [dcgan], precision: fp32, execution: auto}").runs
    assert explicit.run_id == plain.run_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{variants: [dcgan],\n precision: half}",
            "line 2: precision is 'half'; it should be 'fp32'",
        ),
        ("{variants: [dcgan],\n execution: graph}", "line 2: execution is 'graph'; it should be"),
        (
            "{variants: [wgan-gp],\n execution: compile}",
            "line 2: torch.compile cannot differentiate twice",
        ),
        (
            "{variants: [dcgan-tutorial],\n execution: compile}",
            "line 2: torch.compile cannot run two backward passes through one graph",
        ),
        (
            "{variants: [mixture-gan], dataset: ring,\n precision: bf16}",
            "line 2: ring: bf16 has three digits, too few for points",
        ),
    ],
)
def test_unsupported_precision_or_execution_is_refused(
    write_grid: WriteGrid, text: str, expected: str
) -> None:
    with pytest.raises(GridError, match=re.escape(expected)):
        load(write_grid, text)
