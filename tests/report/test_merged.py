"""Several sweeps in one report: facets by data and by machine, and seeds of one configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import report
from bench.measures import Looks
from bench.report.data.facets import Facets, split
from bench.report.data.merged import merge
from bench.report.page import compose
from bench.store import Results, read_sweep
from tests.report.conftest import BASELINE, SMALL_CRITIC, SMALL_GENERATOR, Config, write_sweep

Store = Callable[..., Results]
ROUNDS = (1.0, 1.02, 0.99, 1.01)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Writes a results folder and reads it."""
    monkeypatch.setattr("os.fsync", lambda handle: None)

    def write(name: str, configs: Sequence[Config], **options: Any) -> Results:
        path = tmp_path / name
        return read_sweep(write_sweep(path, configs, name=name, epochs=2, steps=3, **options))

    return write


def on(config: Config, dataset: str) -> Config:
    setup = {"data_hash": dataset, "quality_reference_hash": dataset}
    return replace(config, dataset=dataset, setup=setup)


def elsewhere(config: Config, **changes: Any) -> Config:
    """On a machine that takes a tenth of the time."""
    environment = {"host": "cluster", "threads": 8}
    return replace(config, environment=environment, seconds=(1.0, 1.1, 0.9), **changes)


def facets(*sweeps: Results) -> Facets:
    return split(merge(sweeps))


def test_other_data_sets_are_facets(store: Store) -> None:
    digits = store("digits", [BASELINE, SMALL_CRITIC])
    clothes = store("clothes", [on(each, "fashion-mnist") for each in (BASELINE, SMALL_GENERATOR)])
    found = facets(digits, clothes)
    assert found.called == "data sets"
    assert [facet.title for facet in found.each] == ["mnist-5k", "fashion-mnist"]
    assert [facet.data.labels for facet in found.each] == [
        ["dcgan", "half critic"],
        ["dcgan", "half generator"],
    ]
    assert [facet.data.baseline for facet in found.each] == ["dcgan", "dcgan"]
    for facet, own in zip(found.each, (digits, clothes), strict=True):
        alone = split(own).each[0].data
        for label in alone.labels:
            for column in ("quality_final", "seconds_per_1000_images"):
                assert facet.data.by_seed(label, column) == alone.by_seed(label, column)
            assert facet.data.ratio(label, "quality_final") == alone.ratio(label, "quality_final")


def test_costs_of_two_machines_are_never_put_against_each_other(store: Store) -> None:
    here = store("desk", [BASELINE, SMALL_CRITIC])
    there = store("cluster", [elsewhere(BASELINE), elsewhere(SMALL_CRITIC, final=(9.0, 9.2, 9.1))])
    found = facets(here, there)
    assert found.called == "machines"
    assert [facet.title for facet in found.each] == ["desk", "cluster"]
    fast = found.each[1].data
    assert fast.baseline == "dcgan"
    assert fast.by_seed("dcgan", "seconds_per_1000_images")[0] == pytest.approx(0.2)
    ratio = fast.cost_ratio("half critic", "seconds_per_1000_images")
    assert ratio is not None
    assert ratio.value == pytest.approx(1)
    assert not any(facet.data.machines for facet in found.each)
    # Runs of one id, each with its own files.
    assert fast.runs["run_id"].tolist() != found.each[0].data.runs["run_id"].tolist()
    run_id = str(fast.runs["run_id"].iloc[0])
    assert "cluster" in str(fast.results.samples(run_id)[0])
    steps = fast.results.steps([run_id])
    assert set(steps["run_id"]) == {run_id}
    assert (
        steps["critic_loss"].tolist()
        == there.steps([there.runs["run_id"][0]])["critic_loss"].tolist()
    )


def test_seeds_of_one_configuration_on_one_machine_are_put_together(store: Store) -> None:
    timed = replace(BASELINE, rounds=ROUNDS)
    first = store("first", [timed, replace(SMALL_CRITIC, rounds=[0.5 * r for r in ROUNDS])])
    more = store("more", [replace(timed, final=(1.0, 22.0, 23.0))], seeds=[2, 3, 4])
    (facet,) = facets(first, more).each
    assert facet.data.labels == ["dcgan", "half critic"]
    values = facet.data.by_seed("dcgan", "quality_final")
    assert {seed: round(value, 6) for seed, value in values.items()} == {
        0: 20.0,
        1: 21.0,
        2: 19.5,  # as in the first of the folders
        3: 22.0,
        4: 23.0,
    }
    assert facet.data.rounds is not None
    assert sorted({s for s, _ in facet.data.rounds.values("dcgan", "seconds_per_1000_images")}) == [
        1,
        2,
    ]
    speed = facet.data.speed_up("half critic")
    assert speed is not None
    assert speed.value == pytest.approx(2)
    assert any("1 run in several of these folders" in each for each in facet.results.remarks)


def test_each_facet_has_the_looks_of_its_sweep(store: Store) -> None:
    looks = Looks(first=(0, 1, 2), at_most=5)
    growing = store("growing", [BASELINE, SMALL_CRITIC], looks=looks)
    other = store("other", [on(BASELINE, "fashion-mnist"), on(SMALL_CRITIC, "fashion-mnist")])
    found = facets(growing, other)
    assert [facet.results.looks for facet in found.each] == [looks, None]


def test_a_part_of_the_classes_beside_all_of_them(store: Store) -> None:
    some = replace(BASELINE, classes=(3, 7))
    found = facets(store("some", [some], facets=True), store("all", [BASELINE], facets=True))
    assert [facet.title for facet in found.each] == ["classes 3+7", "all classes"]
    assert list(found.each[1].whole.values()) == ["dcgan classes=all"]
    assert [facet.data.baseline for facet in found.each] == ["dcgan", "dcgan"]


def test_a_run_that_only_a_later_folder_completed_counts(store: Store) -> None:
    broken = replace(BASELINE, statuses=("failed", "completed", "completed"))
    (facet,) = facets(store("broken", [broken]), store("whole", [BASELINE])).each
    assert facet.data.completed == facet.data.planned == 3
    assert facet.data.by_seed("dcgan", "quality_final")[0] == pytest.approx(20)


def test_one_label_of_two_configurations_says_which(store: Store) -> None:
    first = store("first", [BASELINE, SMALL_CRITIC])
    other = store("other", [SMALL_GENERATOR, replace(SMALL_GENERATOR, label="x"), BASELINE])
    # The fixture's ids are places in the grid: so the third is another one than the first.
    (facet,) = facets(first, other).each
    assert facet.data.labels == ["dcgan", "half critic", "dcgan (other)"]


@pytest.mark.usefixtures("without_figures")
def test_the_report_of_several(store: Store, tmp_path: Path) -> None:
    digits = store("digits", [BASELINE, SMALL_CRITIC])
    there = store("there", [elsewhere(BASELINE), elsewhere(SMALL_CRITIC)])
    page = compose(merge([digits, there]))
    assert [part.title for part in page.parts] == ["Across the 2 machines", "desk", "cluster"]
    assert page.name == "digits+there"
    assert page.banners == (
        f"This report merges {digits.path} and {there.path}; its command and grid are those of "
        f"{digits.path}.",
    )
    paths = report.write(digits.path, tmp_path / "out", others=[there.path])
    assert (paths.folder / "tables" / "cluster--summary.csv").is_file()
    assert compose(merge([digits])).banners == ()
