"""``bench compare``: results of the same configurations, before and after a change."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.measures import Looks
from bench.report import change, statistics
from bench.report.change import Change, Section, sides
from bench.report.verdicts import against
from tests.cli.commands import Bench, refused
from tests.report.conftest import BASELINE, SMALL_CRITIC, Config, write_sweep

ROUNDS = (1.0, 1.02, 0.99, 1.01, 1.0, 0.98)
FINAL = (20.0, 21.0, 19.5, 20.4, 20.6)
SEEDS = range(5)


def five(config: Config, final: Sequence[float] = FINAL, **changes: Any) -> Config:
    """A configuration of five seeds that was timed apart."""
    given = {
        "final": final,
        "seconds": [10.0] * 5,
        "statuses": ["completed"] * 5,
        "errors": [None] * 5,
        "rounds": ROUNDS,
        "samples": False,
        **changes,
    }
    return replace(config, **given)


PLAIN = (five(BASELINE), five(SMALL_CRITIC, [32.0, 34.0, 33.0, 32.5, 33.6]))

Store = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Writes a results folder of that name."""
    monkeypatch.setattr("os.fsync", lambda handle: None)

    def write(name: str, configs: Sequence[Config] = PLAIN, **options: Any) -> Path:
        return write_sweep(tmp_path / name, configs, seeds=SEEDS, epochs=2, steps=2, **options)

    return write


def found(section: Section, label: str, name: str) -> Change:
    (one,) = [c for c in section.changes if c.measured.label == label and c.measured.name == name]
    return one


def test_a_sweep_with_itself_is_the_same(store: Store, bench: Bench) -> None:
    done = bench("compare", str(store("a")), str(store("b")), "--fail-on", "worse")
    assert done.returncode == 0, done.stderr
    assert "2 configurations in both: 18 the same." in done.stdout
    verdicts = re.findall(r"\| ([a-z]+) \|\n", done.stdout)
    assert set(verdicts) == {"same"}
    assert len(verdicts) == 18
    assert "environments differ" not in done.stdout


def test_a_slower_and_a_spoiled_variant_are_worse(store: Store, bench: Bench) -> None:
    slowed = five(BASELINE, rounds=[1.6 * seconds for seconds in ROUNDS])
    spoiled = five(SMALL_CRITIC, [60.0, 66.0, 63.0, 64.0, 59.0])
    old, new = store("old"), store("new", (slowed, spoiled))
    done = bench("compare", str(old), str(new), "--out", "change.md", "--fail-on", "worse")
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    text = (new.parent / "change.md").read_text()
    (changed,) = re.findall(r"(?s)(\| Configuration.*?)<details>", text)
    lines = [line for line in changed.splitlines() if line.startswith("| ")][2:]
    assert lines[0].startswith("| dcgan | Time per 1,000 real images (s) | 1.0")
    assert lines[0].endswith("| worse |")
    assert "× 1.600 (1.571–1.630)" in lines[0]
    assert lines[1].startswith("| half critic | FCD |")
    assert lines[1].endswith("| worse |")
    # Without the option, worse is only said.
    assert bench("compare", str(old), str(new)).returncode == 0
    # The other way round, both are better.
    assert bench("compare", str(new), str(old), "--fail-on", "worse").returncode == 0


def test_too_few_seeds_are_undecided(tmp_path: Path, bench: Bench) -> None:
    def write(name: str, seeds: int, final: list[float]) -> str:
        config = replace(BASELINE, final=final, samples=False, rounds=ROUNDS)
        return str(write_sweep(tmp_path / name, [config], seeds=range(seeds), epochs=2, steps=2))

    one = bench("compare", write("a", 1, [20.0]), write("b", 1, [40.0]), "--fail-on", "worse")
    assert one.returncode == 0
    assert "| dcgan | FCD | 20.0 | 40.0 | × 2.00 | undecided: one seed |" in one.stdout
    two = bench(
        "compare",
        write("c", 2, [20.0, 29.0]),
        write("d", 2, [40.0, 28.0]),
        "--fail-on",
        "worse",
    )
    assert two.returncode == 0
    assert re.search(r"\| dcgan \| FCD .*\| undecided: about \d+ more seeds needed \|", two.stdout)


def test_verdicts_on_scores_are_the_reports(store: Store) -> None:
    """The older sweep in place of the baseline, at the level of one of two comparisons."""
    other = [25.0, 27.0, 26.0, 24.0, 26.5]
    new = (five(BASELINE, other), five(SMALL_CRITIC, [33.0, 33.5, 32.6, 34.0, 33.1]))
    (section,) = change.compare(store("old"), [store("new", new)])
    level = 1 - math.sqrt(1 - 0.05)
    assert level == pytest.approx(statistics.each_level(0.05, 2))
    expected = against(
        FINAL, {"x": other}, scale="log", direction="lower", margin=0.1, level=level
    )["x"]
    worse = found(section, "dcgan", "quality_final")
    assert worse.verdict == expected.kind == "worse"
    # Computed here from the logarithms: the ratio of geometric means.
    ratio = math.exp(sum(map(math.log, other)) / 5 - sum(map(math.log, FINAL)) / 5)
    assert worse.effect.startswith(f"× {ratio:.2f}")
    assert f"({expected.low:.2f}–{expected.high:.2f})" in worse.effect
    assert found(section, "half critic", "quality_final").verdict == "equivalent"
    assert found(section, "half critic", "quality_final").text == "equivalent within 10 %"
    assert section.regressions == [worse, found(section, "dcgan", "kid_mean_final")]


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.04, "equivalent"), (1.10, "undecided"), (1.2, "worse"), (0.8, "better")],
)
def test_times_of_two_sessions_differ_beyond_the_margin_only(
    store: Store, factor: float, verdict: str
) -> None:
    """Though every round of one is slower, a machine is not as fast in each session."""
    new = five(BASELINE, rounds=[factor * seconds for seconds in ROUNDS])
    (section,) = change.compare(store("old", [five(BASELINE)]), [store("new", [new])])
    assert found(section, "dcgan", "seconds_per_1000_images").verdict == verdict


def test_costs_of_unequal_things_are_not_compared(store: Store) -> None:
    old = store("old", [five(BASELINE)])
    elsewhere = store("elsewhere", [five(BASELINE, environment={"host": "lap", "threads": 4})])
    untimed = store("untimed", [five(BASELINE, rounds=())])
    busy = store(
        "busy", [five(BASELINE, rounds=[2 * r for r in ROUNDS], timed={"contended": True})]
    )
    sections = change.compare(old, [elsewhere, untimed, busy])
    for section in sections[:2]:
        assert not [c for c in section.changes if c.measured.kind == "cost"]
    (apart,) = sections[0].apart
    assert apart.reason == (
        "measured on different machines (host: desk and lap; threads per run: 2 and 4)"
    )
    assert [d.what for d in sections[0].surroundings] == ["host", "threads per run"]
    assert "only one of the sweeps was timed" in sections[1].apart[0].reason
    seconds = found(sections[2], "dcgan", "seconds_per_1000_images")
    assert seconds.text == "undecided: others used the machine"


def test_scores_of_other_protocols_or_lengths_are_not_compared(
    store: Store, tmp_path: Path
) -> None:
    old = store("old", [five(BASELINE)])
    fewer = store("fewer", [five(BASELINE, [90.0] * 5, setup={"quality_samples": 64})])
    longer = write_sweep(tmp_path / "longer", [five(BASELINE)], seeds=SEEDS, epochs=3, steps=2)
    sections = change.compare(old, [fewer, longer])
    for section in sections:
        assert not [c for c in section.changes if c.measured.kind == "score"]
    assert sections[0].apart[0].reason == "its protocols differ (quality samples: 5000 and 64)"
    assert "after other epochs (2 and 3)" in sections[1].apart[0].reason
    assert "Not compared: quality: its protocols differ" in change.markdown(sections)


def test_runs_that_no_longer_complete_are_lost(store: Store, bench: Bench) -> None:
    diverged = five(BASELINE, statuses=["diverged"] * 5, errors=["loss"] * 5)
    old, new = store("old", [five(BASELINE)]), store("new", [diverged])
    done = bench("compare", str(old), str(new), "--fail-on", "worse")
    assert done.returncode == 1
    row = "| dcgan | Completed runs | 5 of 5 | 0 of 5 (5 diverged) | – | lost: none completed |"
    assert row in done.stdout
    not_finite = store("not finite", [five(BASELINE, curve=lambda *_: math.nan)])
    (section,) = change.compare(old, [not_finite])
    assert found(section, "dcgan", "quality_final").text == "lost: not finite in any run"
    # One that has not been run yet has lost nothing.
    waiting = store("waiting", [five(BASELINE, statuses=[None] * 4 + ["interrupted"])])
    (section,) = change.compare(old, [waiting])
    assert not section.regressions


def test_of_a_sweep_that_adds_seeds_the_first_ones_count(store: Store) -> None:
    """Whether there are more depends on their values."""
    looks = Looks(first=(0, 1, 2), at_most=5)
    later = five(BASELINE, [*FINAL[:3], 90.0, 91.0])
    (section,) = change.compare(
        store("old", [five(BASELINE)], looks=looks), [store("new", [later], looks=looks)]
    )
    assert found(section, "dcgan", "quality_final").verdict == "same"
    (section,) = change.compare(store("old", [five(BASELINE)]), [store("all", [later])])
    assert found(section, "dcgan", "quality_final").verdict != "same"
    (section,) = change.compare(
        store("old", [five(BASELINE)]), [store("some", [later], looks=looks)]
    )
    assert "its first 3 seeds count here" in change.markdown([section])


def test_what_is_counted_is_exact(store: Store) -> None:
    more = five(BASELINE, flops_per_image=130_000_000, setup={"critic_parameters": 430_001})
    (section,) = change.compare(store("old", [five(BASELINE)]), [store("new", [more])])
    flops = found(section, "dcgan", "train_flops_per_image")
    assert (flops.verdict, flops.effect) == ("worse", "× 1.30")
    assert found(section, "dcgan", "critic_parameters").verdict == "equivalent"
    assert found(section, "dcgan", "generator_parameters").verdict == "same"


def test_renamed_and_revised_configurations_are_found(store: Store) -> None:
    old = store("old")
    renamed = store("renamed", (replace(PLAIN[0], label="full"), PLAIN[1]), baseline="full")
    (section,) = change.compare(old, [renamed])
    labels = {c.measured.label for c in section.changes}
    assert labels == {"full (was dcgan)", "half critic"}


def test_a_configuration_of_another_revision_is_found_by_what_it_is(store: Store) -> None:
    old = sides.side(store("old"))

    def later(**spec: Any) -> sides.Side:
        each = old.each[0]
        other = replace(each, id="new", runs=frozenset({"new"}), spec={**each.spec, **spec})
        return replace(old, each=(other,))

    recipe = {**old.each[0].spec["recipe"], "since_then": 1}
    matched = sides.match(old, later(revision=2, recipe=recipe))
    assert [(p.old.revision, p.new.revision) for p in matched.pairs] == [(1, 2)]
    assert matched.only_old == ("half critic",)
    matched = sides.match(old, later(recipe={**recipe, "critic_width": 3}))
    assert (matched.pairs, matched.only_new) == ((), ("dcgan",))


def test_folders_that_cannot_be_compared(store: Store, tmp_path: Path, bench: Bench) -> None:
    old = str(store("old", [five(BASELINE)]))
    refused(bench("compare", old, "nowhere"), "There is no results folder nowhere")
    (tmp_path / "empty").mkdir()
    refused(bench("compare", old, "empty"), "sweep.json")
    refused(bench("report", old, "nowhere"), "There is no results folder nowhere")
    refused(bench("compare", old, old, "--out", "."), ". is a folder: name a file with --out")
    reference = Path(__file__).parents[2] / "results" / "reference" / "wasserstein"
    refused(bench("compare", old, str(reference)), "no configuration in common")
