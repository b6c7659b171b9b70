"""Each finding on data whose answer is known, and silent where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.report import findings

ONE = ("completed", None, None)


def line(first: float, slope: float, jitter: float = 0.0):
    """FCD that falls by ``slope`` an epoch, the seeds ``jitter`` apart."""
    return lambda seed, epoch, epochs: first - slope * (epoch - 1) + jitter * (seed - 1)


def constant(value: float, jitter: float = 0.0):
    return line(value, 0.0, jitter)


def test_fastest_with_its_price(synthetic) -> None:
    finding = findings.fastest(synthetic.measures())
    assert finding.evidence["label"] == "half critic"
    assert finding.evidence["speed_up"].value == pytest.approx(30.2 / 15)
    assert finding.evidence["quality_difference"].mean == pytest.approx(38.5 / 3)
    assert finding.text == (
        "“half critic” trains fastest: 2.01 (1.91–2.11) times the speed of the baseline “dcgan” "
        "(3 seeds); its final FCD is 12.8 ± 1.9 higher, that is worse."
    )


def test_a_gain_within_the_noise_is_said_to_be_that(synthetic) -> None:
    noisy = replace(synthetic.SMALL_CRITIC, seconds=(9.0, 11.5, 9.5), final=(20.5, 20.0, 20.0))
    text = findings.fastest(synthetic.measures([synthetic.BASELINE, noisy])).text
    assert "an interval that includes no gain at all" in text
    assert "cannot be told apart from the baseline’s with 3 seeds" in text


def test_a_contended_timing_is_said_with_the_gain(synthetic) -> None:
    shared = replace(synthetic.BASELINE, epoch={"contended": True})
    text = findings.fastest(synthetic.measures([shared, synthetic.SMALL_CRITIC])).text
    assert "though other work shared the machine in some epochs; its final FCD" in text


def test_speed_comes_last_where_every_timing_shared_the_machine(synthetic) -> None:
    quiet = [synthetic.BASELINE, synthetic.SMALL_CRITIC]
    busy = [replace(each, epoch={"contended": True}) for each in quiet]
    said = [finding.text for finding in findings.all_findings(synthetic.measures(busy))]
    assert "trains fastest" in said[-1]
    for some in (quiet, [busy[0], quiet[1]]):
        said = [finding.text for finding in findings.all_findings(synthetic.measures(some))]
        assert "trains fastest" in said[0]


def test_when_the_baseline_is_fastest(synthetic) -> None:
    slow = replace(synthetic.SMALL_CRITIC, seconds=(20.0, 21.0, 19.4))
    text = findings.fastest(synthetic.measures([synthetic.BASELINE, slow])).text
    assert text.startswith("No configuration trains faster than the baseline “dcgan”")
    assert "0.50" in text


def test_fastest_needs_no_quality_but_a_baseline(synthetic) -> None:
    assert findings.fastest(synthetic.measures(quality=False)).text.endswith("(3 seeds).")
    assert findings.fastest(synthetic.measures(baseline=None)) is None
    assert findings.fastest(synthetic.measures([synthetic.BASELINE])) is None


def test_told_apart_by_the_interval_of_the_paired_difference(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, final=(20.0, 21.0, 19.0)),
        replace(synthetic.BASELINE, label="better", final=(15.0, 16.1, 13.9)),
        replace(synthetic.BASELINE, label="worse", final=(25.0, 26.1, 23.9)),
        replace(synthetic.BASELINE, label="alike", final=(21.0, 20.0, 19.5)),
    ]
    finding = findings.told_apart(synthetic.measures(configs))
    assert finding.text == (
        "Against the baseline’s final FCD of 20.0 ± 2.5, paired by seed – "
        "better: “better” (−5.00 ± 0.25); worse: “worse” (+5.00 ± 0.25); "
        "cannot be told apart with 3 seeds: “alike” (+0.2 ± 2.6)."
    )


def test_one_seed_tells_nothing_apart(synthetic) -> None:
    assert findings.told_apart(synthetic.measures(seeds=[0])) is None


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
    finding = findings.shrinking(synthetic.measures(configs))
    assert finding.text.endswith(f"against the baseline: {verdict}.")
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
    evidence = findings.shrinking(synthetic.measures(configs)).evidence
    assert evidence["budget_flops"] == 10 * synthetic.IMAGES
    base = 100 - 10 * 1.5
    assert evidence["generator_difference"].mean == pytest.approx(90 - 9 * (10 / 3 - 1) - base)
    assert evidence["critic_difference"].mean == pytest.approx(80 - 4 * 4 - base)


def test_shrinking_that_cannot_be_told_apart(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, curve=constant(20.0)),
        replace(synthetic.SMALL_GENERATOR, curve=constant(30.0, jitter=3)),
        replace(synthetic.SMALL_CRITIC, curve=constant(31.0, jitter=-3)),
    ]
    text = findings.shrinking(synthetic.measures(configs)).text
    assert text.endswith("the two cannot be told apart with 3 seeds.")


def test_shrinking_prefers_equal_factors(synthetic) -> None:
    quarter = replace(synthetic.SMALL_GENERATOR, label="quarter generator", generator_width=16)
    measures = synthetic.measures(
        [synthetic.BASELINE, quarter, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC]
    )
    assert findings.shrinking(measures).evidence["generator"] == "half generator"


def test_shrinking_ignores_recipes_that_differ_in_more(synthetic) -> None:
    both = replace(synthetic.SMALL_CRITIC, label="both", generator_width=32)
    wider = replace(synthetic.SMALL_CRITIC, label="wider", critic_width=128)
    for other in (both, wider):
        configs = [synthetic.BASELINE, synthetic.SMALL_GENERATOR, other]
        assert findings.shrinking(synthetic.measures(configs)) is None


def test_shrinking_is_silent_where_the_curves_do_not_meet(synthetic) -> None:
    tiny = replace(synthetic.SMALL_CRITIC, flops_per_image=1_000_000)
    configs = [synthetic.BASELINE, synthetic.SMALL_GENERATOR, tiny]
    assert findings.shrinking(synthetic.measures(configs)) is None
    assert findings.best_for_its_compute(synthetic.measures(configs)) is None


def test_the_front_names_whom_nothing_beats(synthetic) -> None:
    costly = replace(
        synthetic.BASELINE, label="costly", flops_per_image=200_000_000, final=(22.0, 22.0, 22.0)
    )
    finding = findings.on_the_front(
        synthetic.measures([synthetic.BASELINE, costly, synthetic.SMALL_CRITIC])
    )
    assert finding.evidence["front"] == ["half critic", "dcgan"]
    assert finding.evidence["beaten"] == ["costly"]
    assert "“half critic” and “dcgan”; beaten on both: “costly”." in finding.text


def test_a_front_needs_two_configurations_with_quality(synthetic) -> None:
    assert findings.on_the_front(synthetic.measures([synthetic.BASELINE])) is None
    assert findings.on_the_front(synthetic.measures(quality=False)) is None


def test_best_for_its_compute(synthetic) -> None:
    configs = [
        replace(synthetic.BASELINE, flops_per_image=4, curve=line(100, 10)),
        replace(synthetic.SMALL_CRITIC, flops_per_image=2, curve=line(80, 4)),
    ]
    finding = findings.best_for_its_compute(synthetic.measures(configs))
    assert finding.evidence["budget_flops"] == 10 * synthetic.IMAGES
    assert finding.evidence["quality"]["half critic"].mean == pytest.approx(64)
    assert finding.evidence["quality"]["dcgan"].mean == pytest.approx(85)
    assert "“half critic” has the lowest FCD, 64.0 ± 0, before “dcgan”, 85.0 ± 0." in finding.text


def test_noise_floor(synthetic) -> None:
    far = findings.noise_floor(synthetic.measures())
    assert "25 times the noise floor of 0.800" in far.text
    assert far.text.endswith("the measure has room to show an improvement.")
    near = replace(synthetic.BASELINE, final=(1.0, 0.9, 1.1))
    assert "can hardly show" in findings.noise_floor(synthetic.measures([near])).text
    unknown = replace(synthetic.BASELINE, setup={"quality_noise_floor": None})
    assert findings.noise_floor(synthetic.measures([unknown])) is None


def test_runs_that_did_not_complete(synthetic) -> None:
    broken = replace(
        synthetic.SMALL_CRITIC,
        statuses=("completed", "diverged", "out_of_memory"),
        errors=(None, "nan", "too large"),
    )
    finding = findings.unfinished(synthetic.measures([synthetic.BASELINE, broken]))
    assert finding.text.startswith(
        "Started and not completed – diverged: “half critic” (1 run); "
        "out of memory: “half critic” (1 run)."
    )
    assert findings.unfinished(synthetic.measures()) is None


def test_all_findings_of_a_whole_sweep(synthetic) -> None:
    found = findings.all_findings(synthetic.measures())
    assert 3 <= len(found) <= 7
    assert all(finding.text.endswith(".") and finding.evidence for finding in found)


def test_protocols_that_differ_are_never_compared(synthetic) -> None:
    other = replace(synthetic.SMALL_CRITIC, setup={"quality_samples": 100})
    found = findings.all_findings(synthetic.measures([synthetic.BASELINE, other]))
    assert [finding.text.split(" trains")[0] for finding in found] == ["“half critic”"]
    assert "FCD" not in found[0].text


def test_nothing_measured_nothing_said(synthetic) -> None:
    idle = [
        replace(c, statuses=("interrupted", None, None))
        for c in (synthetic.BASELINE, synthetic.SMALL_CRITIC)
    ]
    found = findings.all_findings(synthetic.measures(idle))
    assert [finding.text[:7] for finding in found] == ["Started"]


def test_one_seed_findings_say_so(synthetic) -> None:
    measures = synthetic.measures(seeds=[0])
    assert "(1 seed)" in findings.fastest(measures).text
    assert "one seed: no interval" in findings.fastest(measures).text
    assert "one seed: no interval" in findings.shrinking(measures).text
