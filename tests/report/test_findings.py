"""Each finding on data whose answer is known, and none where there is no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.report.findings import all_findings
from bench.report.findings.incomplete import incomplete
from bench.report.findings.quality import (
    against_baseline,
    best_at_equal_compute,
    noise_floor,
    on_the_front,
)
from bench.report.findings.shrinking import shrinking
from bench.report.findings.speed import fastest


def found_in(data):
    """All findings; none is left out."""
    found, sentences = all_findings(data)
    assert sentences == []
    return found


def line(first: float, slope: float, jitter: float = 0.0):
    """FCD that falls by ``slope`` an epoch, the seeds ``jitter`` apart."""
    return lambda seed, epoch, epochs: first - slope * (epoch - 1) + jitter * (seed - 1)


def constant(value: float, jitter: float = 0.0):
    return line(value, 0.0, jitter)


def test_fastest_with_its_price(synthetic) -> None:
    finding = fastest(synthetic.data())
    assert finding.evidence["label"] == "half critic"
    assert finding.evidence["speed_up"].value == pytest.approx(
        (10 * 10.5 * 9.7 / (5 * 5.1 * 4.9)) ** (1 / 3)
    )
    assert finding.evidence["quality"].kind == "worse"
    assert finding.evidence["second"] == "half generator"
    assert finding.text == (
        "“half critic” trains fastest per real image: 2.01 (1.87–2.16) times the speed of the "
        "baseline “dcgan” (3 seeds); it is ahead of the second fastest, “half generator”, by "
        "1.607 (1.591–1.622) times; verdict on its final FCD: worse (ratio 1.64 (1.46–1.83), "
        "p = 0.002)."
    )


def test_the_fastest_is_tested_against_the_second_fastest(synthetic) -> None:
    close = replace(synthetic.SMALL_GENERATOR, seconds=(5.2, 4.9, 5.1))
    text = fastest(synthetic.data([synthetic.BASELINE, close, synthetic.SMALL_CRITIC])).text
    assert "; not shown to be ahead of the second fastest, “half generator”, by 1.0" in text


def test_with_one_seed_nothing_is_tested(synthetic) -> None:
    one = {"statuses": ("completed", None, None)}
    trio = (synthetic.BASELINE, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC)
    text = fastest(synthetic.data([replace(each, **one) for each in trio])).text
    assert "(1 seed), which is not tested; not tested whether it is ahead of the second " in text


def test_a_gain_within_the_noise_is_reported_as_such(synthetic) -> None:
    noisy = replace(synthetic.SMALL_CRITIC, seconds=(9.0, 11.5, 9.5), final=(20.5, 20.0, 20.0))
    text = fastest(synthetic.data([synthetic.BASELINE, noisy])).text
    assert "an interval that includes no gain" in text
    assert "verdict on its final FCD: equivalent within 10 % (ratio 1.00 (" in text


def test_a_contended_timing_is_reported_with_the_gain(synthetic) -> None:
    shared = replace(synthetic.BASELINE, epoch={"contended": True})
    text = fastest(synthetic.data([shared, synthetic.SMALL_CRITIC])).text
    assert (
        "although other processes used the machine during some epochs; verdict on its final FCD"
        in text
    )


def test_speed_comes_last_where_every_timing_is_contended(synthetic) -> None:
    quiet = [synthetic.BASELINE, synthetic.SMALL_CRITIC]
    busy = [replace(each, epoch={"contended": True}) for each in quiet]
    sentences = [finding.text for finding in found_in(synthetic.data(busy))]
    assert "trains fastest" in sentences[-1]
    for some in (quiet, [busy[0], quiet[1]]):
        sentences = [finding.text for finding in found_in(synthetic.data(some))]
        (place,) = [i for i, text in enumerate(sentences) if "trains fastest" in text]
        # Only whether training worked is more important.
        assert all(text.startswith(("Does it learn?", "What do the")) for text in sentences[:place])
        assert place < len(sentences) - 1


def test_when_the_baseline_is_fastest(synthetic) -> None:
    slow = replace(synthetic.SMALL_CRITIC, seconds=(20.0, 21.0, 19.4))
    text = fastest(synthetic.data([synthetic.BASELINE, slow])).text
    assert text.startswith("No configuration trains faster per real image than the baseline")
    assert "0.50" in text


def test_fastest_needs_no_quality_but_a_baseline(synthetic) -> None:
    assert fastest(synthetic.data(quality=False)).text.endswith("1.607 (1.591–1.622) times.")
    assert fastest(synthetic.data(baseline=None)) is None
    assert fastest(synthetic.data([synthetic.BASELINE])) is None


def test_every_verdict_in_one_sentence(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, final=(20.0, 20.4, 19.6)),
        replace(synthetic.BASELINE, label="good", final=(15.0, 15.2, 14.9)),
        replace(synthetic.BASELINE, label="bad", final=(25.0, 25.4, 24.9)),
        replace(synthetic.BASELINE, label="close", final=(20.1, 20.3, 19.8)),
        replace(synthetic.BASELINE, label="wild", final=(22.0, 14.0, 31.0)),
        replace(
            synthetic.BASELINE,
            label="alone",
            statuses=("completed", "diverged", "diverged"),
            errors=(None, "nan", "nan"),
        ),
    ]
    finding = against_baseline(synthetic.data(configs))
    kinds = {label: each.kind for label, each in finding.evidence["verdicts"].items()}
    assert kinds == {
        "good": "better",
        "bad": "worse",
        "close": "equivalent",
        "wild": "undecided",
        "alone": "untested",
    }
    start, *parts = finding.text.partition(" – ")[0::2]
    assert start == (
        "Compared with the baseline’s final FCD of 20.0 ± 1.0 (3 seeds), verdicts that hold "
        "together at 95 %"
    )
    for part in (
        "better: “good” (ratio 0.75",
        "; worse: “bad” (ratio 1.26",
        "; equivalent within 10 %: “close” (ratio 1.00",
        "; undecided: “wild” (ratio 1.1",
        "more seeds needed); untested: “alone” (ratio 1.00, one seed).",
    ):
        assert part in parts[0]


def test_the_margin_of_the_grid_counts(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, final=(20.0, 20.4, 19.6)),
        replace(synthetic.BASELINE, label="close", final=(20.1, 20.3, 19.8)),
    ]
    for margin, verdict in ((0.1, "equivalent within 10 %"), (0.02, "undecided")):
        text = against_baseline(synthetic.data(configs, margin=margin)).text
        assert f"{verdict}: “close”" in text


def test_identical_seeds_are_no_replicates(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, final=(20.0, 20.0, 20.0)),
        replace(synthetic.SMALL_CRITIC, final=(25.0, 25.0, 25.0)),
        replace(synthetic.SMALL_GENERATOR, final=(25.0, 25.5, 25.2)),
    ]
    text = against_baseline(synthetic.data(configs)).text
    assert "untested: “half critic” (ratio 1.25, identical seeds)" in text
    assert "worse: “half generator” (ratio 1.26" in text


def test_one_seed_shows_no_difference(synthetic) -> None:
    assert against_baseline(synthetic.data(seeds=[0])) is None


@pytest.mark.parametrize(
    ("generator", "critic", "verdict"),
    [
        (30.0, 50.0, "shrinking the critic lost more quality than shrinking the generator"),
        (50.0, 30.0, "shrinking the generator lost more quality than shrinking the critic"),
        (18.0, 15.0, "neither lost quality, and shrinking the critic gained more"),
    ],
)
def test_shrinking_critic_against_generator(
    synthetic, generator: float, critic: float, verdict: str
) -> None:
    configs = [
        replace(synthetic.BASELINE, curve=constant(20.0)),
        replace(synthetic.SMALL_GENERATOR, curve=constant(generator, jitter=0.1)),
        replace(synthetic.SMALL_CRITIC, curve=constant(critic, jitter=0.2)),
    ]
    finding = shrinking(synthetic.data(configs))
    assert finding.text.endswith(f"relative to the baseline: {verdict}.")
    assert finding.evidence["generator"] == "half generator"
    assert finding.evidence["critic"] == "half critic"
    assert finding.evidence["generator_difference"].mean == pytest.approx(generator - 20)
    assert finding.evidence["critic_difference"].mean == pytest.approx(critic - 20)


def test_shrinking_is_read_at_the_largest_common_flops(synthetic) -> None:
    """With a cost per epoch of 4, 3 and 2 the budget is 10, inside epochs 2.5, 3.33 and 5."""
    configs = [
        replace(synthetic.BASELINE, flops_per_image=4, curve=line(100, 10)),
        replace(synthetic.SMALL_GENERATOR, flops_per_image=3, curve=line(90, 9)),
        replace(synthetic.SMALL_CRITIC, flops_per_image=2, curve=line(80, 4)),
    ]
    evidence = shrinking(synthetic.data(configs)).evidence
    assert evidence["budget_flops"] == 10 * synthetic.IMAGES
    base = 100 - 10 * 1.5
    assert evidence["generator_difference"].mean == pytest.approx(90 - 9 * (10 / 3 - 1) - base)
    assert evidence["critic_difference"].mean == pytest.approx(80 - 4 * 4 - base)


def test_shrinking_without_a_significant_difference(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, curve=constant(20.0)),
        replace(synthetic.SMALL_GENERATOR, curve=constant(30.0, jitter=3)),
        replace(synthetic.SMALL_CRITIC, curve=constant(31.0, jitter=-3)),
    ]
    text = shrinking(synthetic.data(configs)).text
    assert text.endswith("no significant difference between the two with 3 seeds.")


def test_shrinking_prefers_equal_factors(synthetic) -> None:
    quarter = replace(synthetic.SMALL_GENERATOR, label="quarter generator", generator_width=16)
    data = synthetic.data(
        [synthetic.BASELINE, quarter, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC]
    )
    assert shrinking(data).evidence["generator"] == "half generator"


def test_shrinking_ignores_recipes_that_differ_in_more(synthetic) -> None:
    both = replace(synthetic.SMALL_CRITIC, label="both", generator_width=32)
    wider = replace(synthetic.SMALL_CRITIC, label="wider", critic_width=128)
    for other in (both, wider):
        configs = [synthetic.BASELINE, synthetic.SMALL_GENERATOR, other]
        assert shrinking(synthetic.data(configs)) is None


def test_shrinking_is_silent_where_the_curves_do_not_meet(synthetic) -> None:
    tiny = replace(synthetic.SMALL_CRITIC, flops_per_image=1_000_000)
    configs = [synthetic.BASELINE, synthetic.SMALL_GENERATOR, tiny]
    assert shrinking(synthetic.data(configs)) is None
    assert best_at_equal_compute(synthetic.data(configs)) is None


def test_the_front_names_what_nothing_dominates(synthetic) -> None:
    costly = replace(
        synthetic.BASELINE, label="costly", flops_per_image=200_000_000, final=(22.0, 22.0, 22.0)
    )
    finding = on_the_front(synthetic.data([synthetic.BASELINE, costly, synthetic.SMALL_CRITIC]))
    assert finding.evidence["front"] == ["half critic", "dcgan"]
    assert finding.evidence["dominated"] == ["costly"]
    assert "“half critic” (> 99 %) and “dcgan” (> 99 %); dominated: “costly” (" in finding.text
    assert finding.evidence["probability"]["costly"] < 0.05


def test_a_front_needs_two_configurations_with_quality(synthetic) -> None:
    assert on_the_front(synthetic.data([synthetic.BASELINE])) is None
    assert on_the_front(synthetic.data(quality=False)) is None


def test_best_at_equal_compute(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, flops_per_image=4, curve=line(100, 10)),
        replace(synthetic.SMALL_CRITIC, flops_per_image=2, curve=line(80, 4)),
    ]
    finding = best_at_equal_compute(synthetic.data(configs))
    assert finding.evidence["budget_flops"] == 10 * synthetic.IMAGES
    assert finding.evidence["quality"]["half critic"].mean == pytest.approx(64)
    assert finding.evidence["quality"]["dcgan"].mean == pytest.approx(85)
    assert (
        "“half critic” has the lowest FCD, 64.0 ± 0, followed by “dcgan”, 85.0 ± 0 – the "
        "difference is not tested: identical seeds." in finding.text
    )


def test_noise_floor(synthetic) -> None:
    far = noise_floor(synthetic.data())
    assert "25 times the noise floor of 0.800 (what as many other real images score):" in far.text
    assert far.text.endswith("the measure has room to show an improvement.")
    near = replace(synthetic.BASELINE, final=(1.0, 0.9, 1.1))
    assert "can hardly show" in noise_floor(synthetic.data([near])).text
    fewer = {"quality_noise_floor_origin": "extrapolated"}
    fewer = noise_floor(synthetic.data([replace(synthetic.BASELINE, setup=fewer)]))
    assert "(what as many other real images score, extrapolated from fewer)" in fewer.text
    unknown = replace(synthetic.BASELINE, setup={"quality_noise_floor": None})
    assert noise_floor(synthetic.data([unknown])) is None


def test_the_halves_of_earlier_results_are_no_floor(synthetic) -> None:
    earlier = synthetic.data(
        [replace(synthetic.BASELINE, setup={"quality_noise_floor_origin": None})]
    )
    assert noise_floor(earlier) is None
    assert "noise floor not measured (one half of the real images is 0.800 from the other" in (
        earlier.protocol.sentence()
    )


def test_runs_that_did_not_complete(synthetic) -> None:
    broken = replace(
        synthetic.SMALL_CRITIC,
        statuses=("completed", "diverged", "out_of_memory"),
        errors=(None, "nan", "too large"),
    )
    finding = incomplete(synthetic.data([synthetic.BASELINE, broken]))
    assert finding.text.startswith(
        "Started but not completed – diverged: “half critic” (1 run); "
        "out of memory: “half critic” (1 run)."
    )
    assert incomplete(synthetic.data()) is None


def test_all_findings_of_a_whole_sweep(synthetic) -> None:
    found = found_in(synthetic.data())
    assert 3 <= len(found) <= 8
    assert all(finding.text.endswith(".") and finding.evidence for finding in found)


def test_protocols_that_differ_are_never_compared(synthetic) -> None:
    other = replace(synthetic.SMALL_CRITIC, setup={"quality_samples": 100})
    found = found_in(synthetic.data([synthetic.BASELINE, other]))
    assert [finding.text.split(" trains")[0] for finding in found[1:]] == ["“half critic”"]
    assert found[0].text.startswith("What do the losses do?")
    assert all("FCD" not in finding.text for finding in found)


def test_what_is_found_of_runs_that_are_not_completed(synthetic) -> None:
    idle = [
        replace(c, statuses=("interrupted", None, None))
        for c in (synthetic.BASELINE, synthetic.SMALL_CRITIC)
    ]
    found = found_in(synthetic.data(idle))
    assert [finding.text[:7] for finding in found] == ["What do", "Started"]


def test_one_seed_findings_say_so(synthetic) -> None:
    data = synthetic.data(seeds=[0])
    assert "(1 seed)" in fastest(data).text
    assert "verdict on its final FCD: untested (ratio 1.60, one seed)." in fastest(data).text
    assert "one seed: no interval" in shrinking(data).text
