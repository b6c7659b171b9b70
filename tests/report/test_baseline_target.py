"""A target that is what the baseline gets to, and how it stays the same."""

from __future__ import annotations

import json
from dataclasses import replace

from bench import targets
from bench.report.data import SweepData
from bench.report.data.facets import split
from bench.report.data.target import Target, target_of
from bench.store import read_plan, read_sweep


def test_the_baselines_target_is_the_median_of_what_its_seeds_get_to(synthetic) -> None:
    data = synthetic.data(target="baseline", steps=3)
    target = target_of(data)
    assert isinstance(target, Target)
    assert (target.value, target.origin) == (20.0, "fixed")
    assert target.measure.name == "fcd"


def test_it_is_preliminary_before_all_seeds_have_completed(synthetic) -> None:
    base = replace(synthetic.BASELINE, statuses=("completed", "completed", None), samples=False)
    path = synthetic.write([base, synthetic.SMALL_CRITIC], target="baseline", steps=3)
    target = target_of(SweepData(read_sweep(path)))
    assert isinstance(target, Target)
    assert (target.value, target.origin) == (20.5, "preliminary")
    targets.fix(path)
    assert read_plan(path)["fixed_targets"] == []


def test_a_fixed_target_stays_when_more_seeds_follow(synthetic) -> None:
    path = synthetic.write([synthetic.BASELINE], target="baseline", steps=3)
    targets.fix(path)
    (fixed,) = read_plan(path)["fixed_targets"]
    assert fixed == {"runs": ["run0-s0", "run0-s1", "run0-s2"], "measure": "fcd", "value": 20.0}
    # Another seed, which gets much further.
    document = read_plan(path)
    document["runs"].append({**document["runs"][0], "run_id": "run0-s9", "seed": 9})
    (path / "sweep.json").write_text(json.dumps(document))
    targets.fix(path)
    target = target_of(SweepData(read_sweep(path)))
    assert isinstance(target, Target)
    assert (target.value, target.origin) == (20.0, "fixed")
    assert read_plan(path)["fixed_targets"] == [fixed]


def test_a_seed_that_got_to_nothing_counts_as_the_worst(synthetic) -> None:
    lost = {
        "measured": lambda seed, epoch: {"fcd": float("nan")} if seed == 2 and epoch == 5 else {}
    }
    data = synthetic.data([replace(synthetic.BASELINE, **lost)], target="baseline", steps=3)
    target = target_of(data)
    assert isinstance(target, Target)
    assert target.value == 21.0, "the median of 20, 21 and nothing"


def test_each_facet_has_a_target_of_its_own(synthetic) -> None:
    base = replace(synthetic.BASELINE, samples=False)
    configs = [
        replace(base, label="dcgan dataset=a", dataset="a"),
        replace(base, label="dcgan dataset=b", dataset="b", final=(90.0, 80.0, 85.0)),
    ]
    path = synthetic.write(configs, baseline="dcgan dataset=a", target="baseline", steps=3)
    targets.fix(path)
    assert [each["value"] for each in read_plan(path)["fixed_targets"]] == [20.0, 85.0]
    found = [target_of(facet.data) for facet in split(read_sweep(path)).each]
    assert [each.value for each in found if isinstance(each, Target)] == [20.0, 85.0]


def test_a_folder_that_cannot_be_read_is_left_alone(tmp_path) -> None:
    targets.fix(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_baseline_there_is_no_such_target(synthetic) -> None:
    data = synthetic.data([synthetic.SMALL_CRITIC], baseline=None, target="baseline", steps=3)
    assert "there is no baseline" in str(target_of(data))
