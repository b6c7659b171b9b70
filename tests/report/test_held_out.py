"""What is measured beside held-out real images, in tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bench.report.tables import all_tables

COPIES = {
    **{"authenticity": 0.02, "copying": -30.0, "density": 1.1, "coverage": 0.99},
    **{"authenticity_held_out": 0.63, "copying_held_out": 1.2},
    **{"density_held_out": 1.05, "coverage_held_out": 0.97},
}


def tables(synthetic, configs) -> dict[str, Any]:
    found, sentences = all_tables(synthetic.data(configs))
    assert not sentences
    return {table.name: table for table in found}


def test_held_out_images_are_the_last_row(synthetic) -> None:
    configs = [synthetic.BASELINE, replace(synthetic.SMALL_CRITIC, epoch=COPIES)]
    found = tables(synthetic, configs)
    table = found["held-out"]
    cells = [[column.cell(row) for column in table.columns] for row in range(3)]
    assert cells[1] == ["half critic", "2.00 ± 0", "−30.0 ± 0", "1.10 ± 0", "99.0 ± 0"]
    assert cells[2] == ["held-out real images", "63.0", "1.20", "1.05", "97.0"]
    assert not any("held_out" in column.key for column in found["summary"].columns)


def test_old_results_have_no_such_table(synthetic) -> None:
    assert "held-out" not in tables(synthetic, [synthetic.BASELINE])


def test_ceiling_and_floor_stand_beside_conditional_accuracy(synthetic) -> None:
    epoch = {"conditional_accuracy": 0.93, "conditional_accuracy_floor": 0.1}
    setup = {"quality_classifier_accuracy": 0.98}
    conditional = replace(synthetic.SMALL_CRITIC, epoch=epoch, setup=setup)
    summary = tables(synthetic, [synthetic.BASELINE, conditional])["summary"]
    keys = [column.key for column in summary.columns]
    first = keys.index("conditional_accuracy_final")
    shown = [column.cell(1) for column in summary.columns[first : first + 3]]
    assert shown == ["93.0 ± 0", "98.0 ± 0", "10.0 ± 0"]
    assert [column.cell(0) for column in summary.columns[first : first + 3]] == ["–"] * 3


def test_protocols_of_other_references_share_no_table(synthetic) -> None:
    other = {"quality_reference": "held-out", "quality_reference_images": 1000}
    configs = [synthetic.BASELINE, replace(synthetic.SMALL_CRITIC, setup=other, epoch=COPIES)]
    data = synthetic.data(configs)
    assert [protocol.reference for protocol in data.protocols] == ["training", "held-out"]
    assert "against the 1,000 held-out real images" in data.protocols[1].sentence()
    found = tables(synthetic, configs)
    assert {"quality-protocol-1", "quality-protocol-2", "held-out-protocol-2"} <= found.keys()
