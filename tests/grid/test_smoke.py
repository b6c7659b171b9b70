"""``--smoke``: the same grid, shrunk."""

from __future__ import annotations

from tests.grid.loading import WriteGrid, load


def test_smoke_shrinks_any_grid(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan, dcgan-tutorial], seeds: [5, 6], epochs: 40}")
    small = found.smoke()
    assert small.name == f"{found.name}-smoke"
    assert [(r.epochs, r.seed) for r in small.runs] == [(1, 5), (1, 5)]
    assert [r.data.subset for r in small.runs] == [1024, 1024]
    assert {r.quality.samples for r in small.runs} == {256}


def test_smoke_keeps_the_baseline_when_its_run_merges_with_another(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        baseline: more
        variants:
          - dcgan-lite
          - {name: dcgan, label: few, subset: 1000}
          - {name: dcgan, label: more, subset: 2000}
        """,
    )
    small = found.smoke()
    assert [run.label for run in small.runs] == ["dcgan-lite", "few"]
    assert small.baseline == "few"
    assert load(write_grid, small.to_yaml()).baseline == "few"
