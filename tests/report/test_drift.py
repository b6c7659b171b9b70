"""A machine that slows down, one that others use, and one of which neither is known."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from bench.report.data.drift import Timing, either, with_drift
from bench.report.findings.drift import drift
from bench.report.findings.speed import fastest
from bench.report.tables.against_baseline import against_baseline
from bench.report.tables.summary import summary

USUAL = 150e9  # FLOP/s


def calibrated(config, speed):
    """The calibrations of each epoch, ``speed(seed, epoch)`` times the usual speed."""

    def measured(seed: int, epoch: int) -> dict[str, float | None]:
        before, after = speed(seed, epoch)
        return {
            "calibration_before_flops_per_second": before and before * USUAL,
            "calibration_after_flops_per_second": after and after * USUAL,
        }

    return replace(config, measured=measured)


def third_seed_is_slow(seed: int, epoch: int) -> tuple[float, float]:
    """As in the sweep in which it was found: 0.72 to 0.90 of the speed for one seed."""
    return (0.72 + 0.03 * epoch,) * 2 if seed == 2 else (1.01, 0.99)


def test_the_epochs_of_a_seed_on_a_slower_machine_are_marked(synthetic) -> None:
    data = synthetic.data(
        [calibrated(c, third_seed_is_slow) for c in (synthetic.BASELINE, synthetic.SMALL_CRITIC)]
    )
    marked = data.epochs[data.epochs["drifted"].astype(bool)]
    assert set(marked["seed"]) == {2}
    assert len(marked) == len(data.epochs) / 3
    assert marked["calibration_off"].min() == pytest.approx(0.75 - 1, abs=0.02)
    assert [data.timing(label).drifted for label in data.labels] == [True, True]
    finding = drift(data)
    assert finding is not None
    assert finding.evidence["drifted_by_seed"] == {2: len(marked)}
    assert f"most often in seed 2 ({len(marked)} of {len(marked)})" in finding.text
    assert f"around {len(marked)} of {len(data.epochs)} calibrated epochs" in finding.text


def test_marks_in_tables_and_the_share_of_marked_epochs(synthetic) -> None:
    def steady(seed: int, epoch: int) -> tuple[float, float]:
        return 1.0, 1.04

    def faster_at_the_end(seed: int, epoch: int) -> tuple[float, float]:
        return 1.0, 1.06 if (seed, epoch) == (1, 2) else 1.0

    table = summary(
        synthetic.data(
            [
                calibrated(synthetic.BASELINE, steady),
                calibrated(synthetic.SMALL_CRITIC, faster_at_the_end),
            ]
        )
    )
    time = next(column for column in table.columns if column.marked)
    assert not time.cell(0).endswith("§")
    assert time.cell(1).endswith("§")
    assert time.fields()[f"{time.key}_drifted"] == ["false", "true"]
    (note,) = (note for note in table.notes if note.startswith("§"))
    assert "half critic: 1 of" in note
    assert "dcgan:" not in note


def test_a_drifted_baseline_taints_every_ratio(synthetic) -> None:
    data = synthetic.data(
        [
            calibrated(synthetic.BASELINE, third_seed_is_slow),
            calibrated(synthetic.SMALL_CRITIC, lambda *_: (1.0, 1.0)),
        ]
    )
    ratios = [column for column in against_baseline(data).columns if column.marked]
    assert ratios
    assert all(column.cell(1).endswith("§") for column in ratios)
    finding = fastest(data)
    assert finding is not None
    assert (
        ", although the machine’s speed drifted during some epochs; verdict on its" in finding.text
    )


def test_machines_have_medians_of_their_own(synthetic) -> None:
    slower = calibrated(synthetic.SMALL_CRITIC, lambda *_: (0.5, 0.5))
    there = replace(slower, environment={"host": "laptop"})
    data = synthetic.data([calibrated(synthetic.BASELINE, lambda *_: (1.0, 1.0)), there])
    assert not data.epochs["drifted"].any()
    assert drift(data) is None
    same = synthetic.data([calibrated(synthetic.BASELINE, lambda *_: (1.0, 1.0)), slower])
    assert same.epochs["drifted"].any()


def test_of_epochs_that_were_not_calibrated_drift_is_unknown(synthetic) -> None:
    data = synthetic.data([synthetic.BASELINE, synthetic.SMALL_CRITIC])
    assert data.epochs["drifted"].isna().all()
    assert data.timing("dcgan") == Timing(contended=False, drifted=None)
    assert drift(data) is None

    def first_only(seed: int, epoch: int) -> tuple[float | None, float | None]:
        return (1.0, 1.0) if epoch == 1 else (None, None)

    partly = synthetic.data([calibrated(synthetic.BASELINE, first_only)])
    assert partly.epochs["drifted"].notna().sum() == 3
    assert partly.timing("dcgan").drifted is False


# ---------------------------------------------------------------------------- contention


def contention(synthetic, of_epoch):
    unknown = replace(
        synthetic.SMALL_CRITIC, measured=lambda seed, epoch: {"contended": of_epoch(epoch)}
    )
    return synthetic.data([synthetic.BASELINE, unknown])


@pytest.mark.parametrize(
    ("of_epoch", "expected", "shown"),
    [
        (lambda epoch: None, None, "unknown"),
        (lambda epoch: None if epoch == 1 else False, None, "unknown"),
        (lambda epoch: None if epoch == 1 else True, True, "true"),
    ],
)
def test_unknown_contention_is_never_shown_as_none(synthetic, of_epoch, expected, shown) -> None:
    data = contention(synthetic, of_epoch)
    assert data.timing("half critic").contended is expected
    table = summary(data)
    time = next(column for column in table.columns if column.marked)
    assert time.fields()[f"{time.key}_contended"] == ["false", shown]
    notes = [note for note in table.notes if "is unknown for some epochs of half critic" in note]
    assert len(notes) == (expected is None)


def test_of_two_times_the_worse_is_known() -> None:
    good, bad, unknown = Timing(False, False), Timing(True, True), Timing(None, None)
    assert good.beside(bad) == unknown.beside(bad) == bad
    assert good.beside(unknown) == unknown
    assert either([]) is None


# --------------------------------------------------------------------------- host memory


def test_tables_show_what_runs_add_to_their_process(synthetic) -> None:
    def memory(added: int) -> dict[str, int]:
        return {"peak_host_bytes": (510 + added) * 2**20, "peak_host_added_bytes": added * 2**20}

    configs = [
        replace(synthetic.BASELINE, epoch=memory(58)),
        replace(synthetic.SMALL_CRITIC, epoch=memory(29)),
    ]
    data = synthetic.data(configs)
    table = summary(data)
    (column,) = (c for c in table.columns if "memory" in c.title)
    assert column.title == "Host memory added (MiB)"
    assert column.key == "peak_host_added_bytes"
    assert [column.cell(0), column.cell(1)] == ["58.0 ± 0", "29.0 ± 0"]
    (ratio,) = (c for c in against_baseline(data).columns if "memory" in c.title)
    assert ratio.entries[1].value == 0.5
    assert pd.isna(synthetic.data().runs["peak_host_added_bytes"]).all()


def test_a_sweep_without_an_epoch_has_no_drift(synthetic) -> None:
    """As where all runs of a data set failed at once."""
    data = synthetic.data([synthetic.BASELINE])
    found = with_drift(data.epochs.iloc[:0], data.runs)
    assert found["calibration_off"].dtype == "float64"
    assert found["drifted"].dtype == "boolean"
