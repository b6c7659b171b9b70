"""What a report recommends where the truth is known, and nothing without evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench import report
from bench.report.recommendation import recommend
from bench.store import read_sweep

EVEN = (20.0, 20.4, 19.6)


def base(synthetic, **changes):
    return replace(synthetic.BASELINE, **{"final": EVEN, **changes})


def as_good(synthetic, **changes):
    """Half as wide, so that it takes less memory too."""
    good = {"final": (20.1, 20.3, 19.8), "generator_width": 32}
    return replace(synthetic.SMALL_CRITIC, **(good | changes))


def test_one_that_is_as_good_and_cheaper(synthetic) -> None:
    found = recommend(synthetic.data([base(synthetic), as_good(synthetic)]))
    assert found.use == {
        "quality": "dcgan",
        "time": "half critic",
        "memory": "half critic",
        "FLOPs": "half critic",
    }
    assert found.text == (
        "Where quality matters most, keep the baseline “dcgan”: none is better. "
        "Where time, memory or FLOPs matter most, use “half critic”: equivalent within 10 %, "
        "2.01 × as fast (1.91–2.12), 94.35 % of the memory (94.30–94.40), 60 % of the FLOPs. "
        "Verdicts on quality hold together at 95 %, from 3 seeds each; costs, per real image, are "
        "those of the runs."
    )


def test_one_that_is_better_by_a_known_margin(synthetic) -> None:
    better = as_good(synthetic, final=(14.0, 14.2, 13.9), flops_per_image=50_000_000)
    also = replace(synthetic.SMALL_GENERATOR, final=(16.0, 16.2, 15.9), generator_width=48)
    found = recommend(synthetic.data([base(synthetic), better, also]))
    assert set(found.use.values()) == {"half critic"}
    assert "use “half critic”: better than the baseline (ratio 0.70 (" in found.text
    assert "half the FLOPs. Also better than the baseline: “half generator”." in found.text
    assert "Where time, memory or FLOPs matter most, use “half critic”. Verdicts" in found.text


def test_what_is_worse_or_undecided_is_not_recommended(synthetic) -> None:
    worse = as_good(synthetic, final=(40.0, 41.0, 39.0))
    text = recommend(synthetic.data([base(synthetic), worse])).text
    assert "keep the baseline “dcgan”: none is better." in text
    assert "memory or FLOPs matter most, keep the baseline: “half critic” (2.01 × as fast" in text
    assert "60 % of the FLOPs) is worse (ratio 2.00 (" in text
    wild = as_good(synthetic, final=(18.0, 24.0, 21.0))
    found = recommend(synthetic.data([base(synthetic), wild]))
    assert set(found.use.values()) == {"dcgan"}
    assert "none is shown to be better. Undecided: “half critic” (about" in found.text
    assert "is undecided (ratio 1.0" in found.text


def test_a_gain_within_the_noise_is_no_gain(synthetic) -> None:
    noisy = as_good(
        synthetic, seconds=(9.0, 11.5, 9.5), flops_per_image=100_000_000, generator_width=64
    )
    found = recommend(synthetic.data([base(synthetic), noisy]))
    assert (found.use["time"], found.use["FLOPs"]) == ("dcgan", "dcgan")
    assert "keep the baseline: none is shown to be faster, smaller or cheaper." in found.text


def test_a_diverged_seed_leaves_the_others(synthetic) -> None:
    lost = as_good(
        synthetic,
        final=(20.1, 99.0, 19.8),
        statuses=("completed", "diverged", "completed"),
        errors=(None, "nan", None),
    )
    text = recommend(synthetic.data([base(synthetic), lost])).text
    assert "from 2–3 seeds each" in text


def test_one_seed_and_identical_seeds_are_no_evidence(synthetic) -> None:
    configs = [base(synthetic), as_good(synthetic)]
    found = recommend(synthetic.data(configs, seeds=[0]))
    assert found.text == "No recommendation: one seed is no evidence of a difference."
    assert found.use == {}
    same = [replace(each, final=(20.0, 20.0, 20.0)) for each in configs]
    found = recommend(synthetic.data(same))
    assert (
        found.text
        == "No recommendation: all seeds gave the same value, no evidence of a difference."
    )


def test_nothing_is_recommended_without_a_comparison(synthetic) -> None:
    configs = [base(synthetic), as_good(synthetic)]
    assert recommend(synthetic.data(configs, baseline=None)) is None
    assert recommend(synthetic.data(configs[:1])) is None
    assert (
        recommend(synthetic.data([configs[0], as_good(synthetic, setup={"quality_samples": 9})]))
        is None
    )


def test_unequal_training_is_said(synthetic) -> None:
    """Half as many evaluations: final values are of different epochs."""
    data = synthetic.data([base(synthetic), as_good(synthetic)])
    data.runs.loc[data.runs["label"] == "half critic", "quality_final_epoch"] = 3
    data._completed = dict(list(data.runs[data.runs["completed"]].groupby("label", sort=False)))
    assert "final values are of different epochs" in recommend(data).text


def test_doubtful_times_are_said(synthetic) -> None:
    shared = as_good(synthetic, epoch={"contended": True})
    text = recommend(synthetic.data([base(synthetic), shared])).text
    assert text.endswith("and times are doubtful (see the marks in the table).")


@pytest.mark.parametrize("name", ["index.html", "report.md"])
def test_it_opens_the_report(synthetic, tmp_path: Path, name: str) -> None:
    path = synthetic.write([base(synthetic), as_good(synthetic)])
    out = report.write(path, tmp_path / "out").folder
    text = (out / name).read_text()
    assert text.index("Recommendation") < text.index("Findings") < text.index("trains fastest")
    assert "Where quality matters most" in text
    (summary,) = report.summaries(read_sweep(path))
    assert summary.recommendation.startswith("Where quality matters most")
