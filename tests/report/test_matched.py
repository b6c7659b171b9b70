"""Widths matched by FLOPs in the report's table at equal cost."""

from __future__ import annotations

from dataclasses import replace

from bench.report.tables.equal_cost import equal_cost


def test_the_table_at_equal_compute_shows_it(synthetic) -> None:
    data = synthetic.data()
    label = data.labels[1]
    planned = data.results.planned
    planned["configuration"] = planned["label"].map({label: "c-1"}).fillna("c-0")
    assert data.matched(label) is None
    found = {
        "reference": "dcgan",
        "widths": {"generator_width": 12, "critic_width": 13},
        "flops_per_image": 1010,
        "reference_flops_per_image": 1000,
    }
    data.results = replace(data.results, matched={"c-1": found})
    table = equal_cost(data)
    assert table is not None
    assert (
        f"The widths of “{label}”, generator_width 12 and critic_width 13, are those at which it "
        "trains at the FLOPs per image of “dcgan”: 1.010 times as many." in table.notes
    )
    assert "FLOPs per image (× baseline)" in [column.title for column in table.columns]
    plain = replace(data.results, matched={})
    data.results = plain
    assert "FLOPs per image (× baseline)" not in [c.title for c in equal_cost(data).columns]
