"""Grids: what they expand to, which ids runs get, and the messages for mistakes."""

from __future__ import annotations

import errno
import json
import pickle
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import Field

from bench import datasets, engine, grid
from bench.bundled import bundled_folder, bundled_questions
from bench.errors import GridError, RequestError
from bench.grid.document import read_value, write
from bench.spec import plain, run_keys
from variants import registry
from variants.game import Batch
from variants.shapes import ImageShape, PointShape

WriteGrid = Callable[..., str]


def load(write_grid: WriteGrid, text: str, **overrides: object) -> grid.Grid:
    return grid.load(write_grid(text), overrides)


# ------------------------------------------------------------------------ expanding


def test_every_bundled_grid_loads_and_asks_a_question() -> None:
    assert {"lightweight.yaml", "smoke.yaml"} <= set(bundled_questions())
    for name, question in bundled_questions().items():
        assert question.endswith("?"), name
        assert grid.load(name).runs
        assert grid.load(name.removesuffix(".yaml")).name == grid.load(name).name


@pytest.mark.parametrize(("file", "runs"), [("README.md", 15), ("docs/grids.md", 27)])
def test_the_grids_in_the_documentation_load(write_grid: WriteGrid, file: str, runs: int) -> None:
    text = (Path(__file__).parents[1] / file).read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(load(write_grid, example).runs) == runs


def test_axes_are_a_cartesian_product_with_distinct_labels(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        variants:
          - dcgan
          - {name: dcgan, label: critic, critic_width: [32, 16]}
        axes: {latent_dim: [64, 100]}
        """,
    )
    assert [run.label for run in found.runs] == [
        "dcgan latent_dim=64",
        "dcgan latent_dim=100",
        "critic critic_width=32 latent_dim=64",
        "critic critic_width=32 latent_dim=100",
        "critic critic_width=16 latent_dim=64",
        "critic critic_width=16 latent_dim=100",
    ]
    assert found.runs[4].recipe.critic_width == 16
    assert found.runs[4].recipe.generator_width == 64


def test_top_level_keys_hold_for_all_and_variants_override_them(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        epochs: 3
        batch_size: 50
        quality: {samples: 100}
        variants:
          - dcgan
          - {name: dcgan-lite, epochs: 5, batch_size: 20, quality: {every: 2}}
          - dcgan-tutorial
        """,
    )
    first, second, third = found.runs
    assert (first.epochs, first.recipe.batch_size, first.quality.every) == (3, 50, 1)
    assert (second.epochs, second.recipe.batch_size) == (5, 20)
    assert (second.quality.samples, second.quality.every) == (100, 2)
    assert third.recipe.batch_size == 50


def test_defaults_come_from_the_recipe_and_the_data_set(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "variants: [dcgan-tutorial]").runs
    assert (run.recipe.batch_size, run.recipe.beta1) == (256, 0.9)
    assert (run.data.name, run.data.image_size, run.data.channels) == ("mnist-5k", 28, 1)
    (run,) = load(write_grid, "{variants: [dcgan], dataset: cifar10}").runs
    assert (run.data.image_size, run.data.channels) == (32, 3)


def test_excluded_points_are_left_out(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        variants: [dcgan, dcgan-lite]
        axes: {latent_dim: [64, 100]}
        exclude: [{name: dcgan, latent_dim: 64}]
        """,
    )
    assert [run.label for run in found.runs] == [
        "dcgan latent_dim=100",
        "dcgan-lite latent_dim=64",
        "dcgan-lite latent_dim=100",
    ]


def test_runs_are_interleaved_by_seed(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan, dcgan-lite], seeds: [3, 1]}")
    assert [(r.variant, r.seed) for r in found.runs] == [
        ("dcgan", 3),
        ("dcgan-lite", 3),
        ("dcgan", 1),
        ("dcgan-lite", 1),
    ]


def test_classes_are_a_value_and_a_list_of_lists_an_axis(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], classes: [3]}").runs
    assert run.data.classes == (3,)
    found = load(write_grid, "{variants: [dcgan], classes: [[3], [1, 7]]}")
    assert [run.data.classes for run in found.runs] == [(3,), (1, 7)]
    assert [run.label for run in found.runs] == ["dcgan classes=3", "dcgan classes=1+7"]


def test_a_mapping_is_an_axis_value_with_a_short_label(
    write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Penalised(registry.get("dcgan")):  # type: ignore[misc]
        """A variant with a mapping among its fields."""

        penalties: dict[str, float] = Field(default_factory=dict)

    monkeypatch.setitem(registry.VARIANTS._entries, "penalised", Penalised)
    values = "[{r1: 1}, {r1: 10, r2: 1e-1}, {}]"
    found = load(write_grid, f"{{variants: [penalised], axes: {{penalties: {values}}}}}")
    assert [run.label for run in found.runs] == [
        "penalised penalties=r1 1",
        "penalised penalties=r1 10+r2 0.1",
        "penalised penalties=none",
    ]
    assert [run.recipe.penalties for run in found.runs] == [{"r1": 1}, {"r1": 10, "r2": 0.1}, {}]
    assert len({run.configuration for run in found.runs}) == 3
    again = load(write_grid, found.to_yaml())
    assert [run.run_id for run in again.runs] == [run.run_id for run in found.runs]
    text = "variants: [penalised]\naxes:\n  penalties:\n    - {r1: 1}\n    - {r1: x}"
    with pytest.raises(GridError, match=r"line 5: penalties.r1 is 'x'; it should be a number"):
        load(write_grid, text)


def test_numbers_are_written_as_in_papers(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], generator_lr: 1e-4, critic_lr: 5E-05}").runs
    assert run.recipe.generator_lr == 1e-4
    assert run.recipe.critic_lr == 5e-5


def test_anchors_and_merge_keys_are_understood(write_grid: WriteGrid) -> None:
    found = load(
        write_grid,
        """
        variants:
          - &wide {name: dcgan, label: wide, latent_dim: 200}
          - {<<: *wide, label: narrow, generator_width: 8}
        """,
    )
    assert [run.label for run in found.runs] == ["wide", "narrow"]
    assert [run.recipe.latent_dim for run in found.runs] == [200, 200]


def test_overrides_win_everywhere(write_grid: WriteGrid) -> None:
    text = """
        epochs: 9
        variants:
          - {name: dcgan, epochs: 5, latent_dim: 10}
          - dcgan-lite
        axes: {objective: [non-saturating, minimax]}
        """
    found = load(
        write_grid,
        text,
        epochs=2,
        seeds=[4, 5],
        latent_dim=32,
        objective="minimax",
        **{"quality.samples": 64},
    )
    assert {run.epochs for run in found.runs} == {2}
    assert {run.recipe.latent_dim for run in found.runs} == {32}
    assert {run.recipe.objective for run in found.runs} == {"minimax"}
    assert {run.quality.samples for run in found.runs} == {64}
    assert found.seeds == [4, 5]
    assert len(found.runs) == 4
    swept = load(write_grid, text, objective="minimax", latent_dim=[8, 16])
    assert len(swept.runs) == 4


@pytest.mark.parametrize("features", ["off", "no", '"off"'])
def test_quality_is_off_with_or_without_quotes(write_grid: WriteGrid, features: str) -> None:
    (run,) = load(write_grid, f"variants: [dcgan]\nquality: {{features: {features}}}").runs
    assert run.quality.features == "off"
    (run,) = load(
        write_grid, "variants: [dcgan]", **grid.parse_settings([f"quality.features={features}"])
    ).runs
    assert run.quality.features == "off"


def test_a_question_may_be_a_folded_block(write_grid: WriteGrid) -> None:
    found = load(write_grid, "question: >\n  What does\n  it cost?\nvariants: [dcgan]")
    assert found.question == "What does it cost?"


def test_a_folder_of_images_is_read_once(
    write_grid: WriteGrid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    Image.new("RGB", (8, 8)).save(images / "black.png")
    read: list[str] = []
    identity = datasets.identity

    def counted(name: str) -> str:
        read.append(name)
        return identity(name)

    monkeypatch.setattr(datasets, "identity", counted)
    text = f"{{variants: [dcgan, dcgan-lite], dataset: 'folder:{images}', latent_dim: [8, 16]}}"
    before = load(write_grid, text)
    assert len(before.runs) == 4
    assert len(read) == 1
    Image.new("RGB", (8, 8), "white").save(images / "white.png")
    after = load(write_grid, text)
    assert after.runs[0].data_identity != before.runs[0].data_identity


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-4", [0, 1, 2, 3, 4]), ("0,2,7", [0, 2, 7]), ("1, 3-4", [1, 3, 4])]
)
def test_seeds_on_the_command_line(text: str, seeds: list[int]) -> None:
    assert grid.parse_seeds(text) == seeds


def test_baseline_by_label_by_variant_or_the_first(write_grid: WriteGrid) -> None:
    variants = "variants: [{name: dcgan, label: full}, dcgan-lite]"
    assert load(write_grid, variants).baseline == "full"
    assert load(write_grid, f"{variants}\nbaseline: dcgan").baseline == "full"
    assert load(write_grid, f"{variants}\nbaseline: dcgan-lite").baseline == "dcgan-lite"


# ------------------------------------------------------------------------------ ids


def _shuffled(value: object, shuffle: random.Random) -> object:
    if not isinstance(value, dict):
        return value
    return dict(shuffle.sample(list(value.items()), len(value)))


@given(st.randoms(use_true_random=False))
def test_reordering_a_grid_leaves_every_run_id_unchanged(shuffle: random.Random) -> None:
    document = read_value((bundled_folder() / "lightweight.yaml").read_text())
    original = {run.run_id for run in grid.load("lightweight").runs}
    for key in ("variants", "seeds"):
        shuffle.shuffle(document[key])
    items = list(document.items())
    shuffle.shuffle(items)
    document = {
        key: [
            dict(shuffle.sample(list(v.items()), len(v))) if isinstance(v, dict) else v
            for v in value
        ]
        if key == "variants"
        else value
        for key, value in items
    }
    parsed = grid.parse(write(document), "shuffled.yaml")
    assert {run.run_id for run in grid.expand(parsed).runs} == original


def test_spelling_out_a_default_leaves_the_id_unchanged(write_grid: WriteGrid) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    (spelled,) = load(
        write_grid,
        """
        dataset: mnist-5k
        image_size: 28
        channels: 1
        quality: {features: auto, samples: 5000}
        variants: [{name: dcgan, label: other, generator_width: 64, beta1: 0.5, width_factor: 1}]
        """,
    ).runs
    assert spelled.run_id == plain.run_id


def test_more_epochs_are_the_same_run(write_grid: WriteGrid) -> None:
    (short,) = load(write_grid, "{variants: [dcgan], epochs: 2}").runs
    (long,) = load(write_grid, "{variants: [dcgan], epochs: 20}").runs
    assert short.run_id == long.run_id


@pytest.mark.parametrize(
    "change",
    [
        "latent_dim: 64",
        "seeds: [1]",
        "subset: 100",
        "classes: [3]",
        "image_size: 32",
        "channels: 3",
    ],
)
def test_what_changes_the_outcome_changes_the_id(write_grid: WriteGrid, change: str) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    (changed,) = load(write_grid, f"variants: [dcgan]\n{change}").runs
    assert changed.run_id != plain.run_id


def test_replicates_share_a_configuration(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan, dcgan-lite], seeds: [0, 1]}")
    shared = {run.configuration for run in found.runs}
    assert {configuration.id for configuration in shared} == {
        run.run_id for run in found.runs if run.seed == 0
    }
    renamed = load(write_grid, "{variants: [{name: dcgan, label: x}], seeds: [7]}")
    assert renamed.runs[0].configuration in shared


def test_a_run_can_be_pickled_and_hashed(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], quality: {samples: 64}}").runs
    again = pickle.loads(pickle.dumps(run))
    assert again == run
    assert len({again, run}) == 1
    assert again.run_id == run.run_id


def test_every_run_key_reaches_the_resolved_grid_and_the_stored_spec(
    write_grid: WriteGrid,
) -> None:
    """From its one line in RunKeys."""
    (run,) = load(
        write_grid, "{variants: [dcgan], steps: 3, timeout: 1h, max_host_memory: 1GB}"
    ).runs
    entry = read_value(load(write_grid, "{variants: [dcgan], timeout: 1h}").to_yaml())["variants"][
        0
    ]
    for declared in run_keys():
        if declared.key.stored:
            assert declared.field in json.loads(run.as_json())
        if getattr(run, declared.field) == declared.default is not None:
            assert entry[declared.name] == plain(declared.default)
    assert entry["timeout"] == 3600


def test_the_task_follows_from_the_data_set(write_grid: WriteGrid) -> None:
    for dataset, variant, task in (
        ("mnist-5k", "dcgan", "images"),
        ("stacked:mnist-5k", "dcgan", "stacked-digits"),
        ("ring", "mixture-gan", "mixtures"),
    ):
        (run,) = load(write_grid, f"{{dataset: '{dataset}', variants: [{variant}]}}").runs
        assert run.task == task
        assert "task" not in run.identity()


def test_ids_are_safe_as_folder_names_and_known(write_grid: WriteGrid) -> None:
    """The literal: an id that changed would orphan every result ever stored."""
    (run,) = load(write_grid, "variants: [dcgan]").runs
    assert run.run_id == "dcgan-s0-f24978cc58"
    for name in bundled_questions():
        for run in grid.load(name).runs:
            assert re.fullmatch(r"[a-z0-9-]+", run.run_id)


def test_the_resolved_grid_is_a_grid_with_the_same_runs(write_grid: WriteGrid) -> None:
    for name in bundled_questions():
        first = grid.load(name)
        second = grid.load(write_grid(first.to_yaml()))
        assert [r.run_id for r in second.runs] == [r.run_id for r in first.runs]
        assert [r.label for r in second.runs] == [r.label for r in first.runs]
        assert second.baseline == first.baseline
        assert second.to_yaml() == first.to_yaml()


def test_smoke_shrinks_any_grid(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan, dcgan-tutorial], seeds: [5, 6], epochs: 40}")
    small = found.smoke()
    assert small.name == f"{found.name}-smoke"
    assert [(r.epochs, r.seed) for r in small.runs] == [(1, 5), (1, 5)]
    assert [r.data.subset for r in small.runs] == [1024, 1024]
    assert {r.quality.samples for r in small.runs} == {256}


def test_smoke_keeps_a_baseline_whose_run_became_another(write_grid: WriteGrid) -> None:
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


# ------------------------------------------------------------ lengths, packs, stacks


def test_a_length_in_steps_becomes_epochs(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], steps: 2500}").runs
    assert (run.epochs, run.steps, run.steps_per_epoch) == (3, 2500, 1000)
    (run,) = load(write_grid, "{variants: [dcgan], steps: 2500, steps_per_epoch: 5000}").runs
    assert (run.epochs, run.steps, run.steps_per_epoch) == (1, 2500, 5000)
    (run,) = load(write_grid, "{variants: [dcgan]}").runs
    assert (run.epochs, run.steps, run.steps_per_epoch) == (10, None, None)


def test_a_length_in_steps_says_how_many_samples_are_shown(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{variants: [dcgan], steps: 7, batch_size: 10, critic_steps: 2}").runs
    assert run.samples_shown(5000) == 140
    (run,) = load(write_grid, "{variants: [dcgan], epochs: 3}").runs
    assert run.samples_shown(5000) == 15_000
    (run,) = load(write_grid, "{variants: [wgan], epochs: 3, batch_size: 10}").runs
    assert run.samples_shown(20) == 150, "a round of five batches an epoch"


def test_the_length_is_not_part_of_the_id(write_grid: WriteGrid) -> None:
    ids = {
        load(write_grid, f"{{variants: [dcgan], steps: {steps}}}").runs[0].run_id
        for steps in (1000, 400_000)
    }
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [({"steps": 500}, (1, 500)), ({"epochs": 3}, (3, None)), ({}, (400, 400_000))],
)
def test_the_length_given_last_counts(overrides: dict[str, int], expected: object) -> None:
    run = grid.load("pacgan-ring", overrides).runs[0]
    assert (run.epochs, run.steps) == expected


def test_a_length_given_twice_is_refused(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match="line 3: epochs and steps both say how long"):
        load(write_grid, "variants: [dcgan]\nepochs: 3\nsteps: 5")
    with pytest.raises(GridError, match="line 2: steps_per_epoch goes with steps"):
        load(write_grid, "variants: [dcgan]\nsteps_per_epoch: 5")


def test_packs_keep_their_number_when_pack_is_swept(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], packs: 20, axes: {pack: [1, 2, 3]}}")
    assert [run.recipe.batch_size for run in found.runs] == [20, 40, 60]
    again = load(write_grid, found.to_yaml())
    assert [run.run_id for run in again.runs] == [run.run_id for run in found.runs]


def test_a_batch_of_broken_packs_is_refused_with_the_sizes_that_work(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match=r"line 2: batch_size 64 is not .* set it to 63 or 66"):
        load(write_grid, "variants: [{name: dcgan, pack: 3}]\nbatch_size: 64")
    with pytest.raises(GridError, match="packs and batch_size both give the batch"):
        load(write_grid, "{variants: [dcgan], packs: 3, batch_size: 64}")
    with pytest.raises(GridError, match="packs is 'x'"):
        load(write_grid, "{variants: [dcgan], packs: x}")


def test_classes_reach_a_conditional_recipe_and_data_without_them_is_refused(
    write_grid: WriteGrid, tmp_path: Path
) -> None:
    (run,) = load(write_grid, "{variants: [conditional-dcgan]}").runs
    assert run.shape == ImageShape(1, 28, 10)
    Image.new("L", (28, 28)).save(tmp_path / "a.png")
    with pytest.raises(GridError, match=r"line 2: .* needs a data set with classes"):
        load(
            write_grid,
            f"dataset: folder:{tmp_path}\nvariants: [{{name: dcgan, conditional: true}}]",
        )


def test_a_folder_of_classes_has_as_many_as_sub_folders(
    write_grid: WriteGrid, tmp_path: Path
) -> None:
    for name in ("cats", "dogs", "emus"):
        (tmp_path / "data" / name).mkdir(parents=True)
        Image.new("L", (28, 28)).save(tmp_path / "data" / name / "a.png")
    (run,) = load(
        write_grid,
        f"{{dataset: 'folder:{tmp_path}/data', variants: [conditional-dcgan], image_size: 28}}",
    ).runs
    assert run.classes == 3


def test_points_go_with_variants_that_generate_points(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "{dataset: ring, variants: [mixture-gan]}").runs
    assert run.shape == PointShape()
    again = load(write_grid, load(write_grid, "{dataset: ring, variants: [mixture-gan]}").to_yaml())
    assert again.runs[0].run_id == run.run_id
    with pytest.raises(GridError, match=r"makes images, not points; change dataset"):
        load(write_grid, "{dataset: ring, variants: [dcgan]}")
    with pytest.raises(GridError, match=r"makes points, not images: use ring or grid-2d"):
        load(write_grid, "{variants: [mixture-gan]}")
    with pytest.raises(GridError, match=r"ring holds points, which have no image_size"):
        load(write_grid, "{dataset: ring, variants: [mixture-gan], image_size: 28}")


def test_seeds_are_stacked_where_that_is_possible(write_grid: WriteGrid) -> None:
    text = "{dataset: ring, variants: [mixture-gan], stack_seeds: true, seeds: [0, 1]}"
    assert load(write_grid, text).stack_seeds
    assert load(write_grid, load(write_grid, text).to_yaml()).stack_seeds
    with pytest.raises(GridError, match="'dcgan' cannot be trained as one stack"):
        load(write_grid, "{variants: [dcgan], stack_seeds: true}")
    with pytest.raises(GridError, match="'mixture-gan' cannot be trained as one stack"):
        load(write_grid, text.replace("stack", "gradient_penalty: 1, stack", 1))
    with pytest.raises(GridError, match="stack_seeds is 3; it should be true or false"):
        load(write_grid, text.replace("true", "3"))


@pytest.mark.parametrize("name", ["pacgan-ring", "pacgan-grid"])
def test_the_mixture_grids_are_the_setup_of_the_paper(name: str) -> None:
    found = grid.load(name)
    assert found.stack_seeds
    assert found.seeds == list(range(10))
    assert [run.recipe.pack for run in found.configurations] == [1, 2, 3, 4]
    for run in found.configurations:
        recipe = run.recipe
        assert recipe.batch_size == 100 * recipe.pack
        assert (run.steps, run.quality.samples) == (400_000, 2500)
        assert (recipe.generator_lr, recipe.critic_lr) == (1e-4, 1e-4)
        assert (recipe.beta1, recipe.beta2) == (0.8, 0.999)
        assert (recipe.objective, recipe.updates) == ("non-saturating", "simultaneous")
        assert (recipe.latent, recipe.latent_dim) == ("normal", 2)


# --------------------------------------------------------------- the smallest batch


def _trains(name: str, size: int, packs: int) -> bool:
    recipe, shape = registry.get(name)(), ImageShape(1, size, 10)
    game = recipe.build(shape, torch.device("cpu"))
    count = packs * recipe.pack
    batch = Batch(torch.rand(count, *shape.dimensions), torch.zeros(count, dtype=torch.int64))
    try:
        engine.generator_update(game, batch, game.latents(count, torch.Generator()))
    except ValueError as error:
        assert "more than 1 value per channel" in str(error)  # noqa: PT017
        return False
    return True


@pytest.mark.parametrize(
    ("name", "size"), [(n, s) for n in registry.names() for s in registry.get(n).image_sizes]
)
def test_the_smallest_batch_is_what_the_networks_train_on(name: str, size: int) -> None:
    smallest = registry.get(name).smallest_batch
    assert [_trains(name, size, packs) for packs in (1, 2)] == [smallest == 1, True]


def test_a_last_batch_of_one_is_refused_only_where_it_cannot_train(write_grid: WriteGrid) -> None:
    load(write_grid, "{variants: [dcgan], subset: 65}")
    load(write_grid, "{variants: [dcgan], subset: 65, batch_size: 1}")
    load(write_grid, "{variants: [dcgan-tutorial], subset: 257, drop_last_batch: true}")


# -------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45", 45), ("0.5", 0.5), ("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("1h 5s", 3605)],
)  # fmt: skip
def test_a_timeout_is_a_number_or_text(write_grid: WriteGrid, text: str, seconds: float) -> None:
    (run,) = load(write_grid, f"{{variants: [dcgan], timeout: {text}}}").runs
    assert run.timeout_seconds == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("4GB", 4 * 10**9), ("500 MB", 5 * 10**8), ("2GiB", 2**31), ("1.5GB", 15 * 10**8), ("1000000", 10**6)],
)  # fmt: skip
def test_memory_is_bytes_or_text(write_grid: WriteGrid, text: str, size: int) -> None:
    (run,) = load(write_grid, f"{{variants: [dcgan], max_host_memory: {text}}}").runs
    assert run.max_host_bytes == size


def test_limits_are_given_at_the_top_or_under_a_variant_and_null_removes_them(
    write_grid: WriteGrid,
) -> None:
    text = """
        timeout: 2h
        max_host_memory: 4GB
        keep_checkpoints: true
        variants:
          - dcgan
          - {name: dcgan-lite, timeout: 90s, max_host_memory: null}
        """
    found = load(write_grid, text)
    limits = [(7200, 4 * 10**9), (90, None)]
    assert [(r.timeout_seconds, r.max_host_bytes) for r in found.runs] == limits
    assert found.keep_checkpoints
    assert [(r.timeout_seconds, r.max_host_bytes) for r in found.smoke().runs] == limits
    again = load(write_grid, found.to_yaml())
    assert again.runs == found.runs
    assert again.keep_checkpoints
    assert again.to_yaml() == found.to_yaml()
    assert load(write_grid, text, timeout="30m").runs[1].timeout_seconds == 1800


def test_limits_default_to_none_and_are_not_part_of_the_id(
    write_grid: WriteGrid,
) -> None:
    found = load(write_grid, "variants: [dcgan]")
    (plain,) = found.runs
    assert (plain.timeout_seconds, plain.max_host_bytes) == (None, None)
    assert not found.keep_checkpoints
    assert "timeout" not in found.to_yaml()
    assert "max_host_memory" not in found.to_yaml()
    (limited,) = load(write_grid, "{variants: [dcgan], timeout: 2h, max_host_memory: 4GB}").runs
    assert limited.run_id == plain.run_id
    assert limited.as_json() == plain.as_json()


# -------------------------------------------------------------------------- safety


@pytest.mark.parametrize(
    "name", ["../x", "..", ".", "a/b", "/tmp/x", "~", ".hidden", "a\\b", "x\0", ""]
)
def test_a_name_cannot_lead_out_of_the_results_folder(write_grid: WriteGrid, name: str) -> None:
    with pytest.raises(GridError, match="is used as a folder name"):
        load(write_grid, "variants: [dcgan]", name=name)


def test_a_label_is_not_part_of_a_path(write_grid: WriteGrid) -> None:
    (run,) = load(write_grid, "variants: [{name: dcgan, label: ../../../etc/passwd}]").runs
    assert run.run_id == load(write_grid, "variants: [dcgan]").runs[0].run_id


@pytest.mark.parametrize("tag", ["object/apply:os.mkdir", "object/new:os.mkdir", "module:os"])
def test_a_grid_executes_nothing(write_grid: WriteGrid, tmp_path: Path, tag: str) -> None:
    made = tmp_path / "made"
    value = f"!!python/{tag} ['{made}']"
    with pytest.raises(GridError, match="not YAML"):
        load(write_grid, f"variants: [dcgan]\nquestion: {value}")
    with pytest.raises(GridError, match="not YAML"):
        grid.parse_settings([f"question={value}"])
    assert not made.exists()


# ------------------------------------------------------------------------- mistakes

MISTAKES = {
    "empty": ("", "grid.yaml is empty"),
    "not YAML": ("variants: [dcgan", "grid.yaml, line 1: not YAML"),
    "a list": ("- dcgan", "line 1: a grid is a mapping"),
    "duplicate key": ("epochs: 1\nvariants: [dcgan]\nepochs: 2", "line 3: duplicate key 'epochs' .first on line 1"),
    "nested duplicate": ("variants:\n  - {name: dcgan, epochs: 1, epochs: 2}", "line 2: duplicate key 'epochs'"),
    "unknown key": ("variants: [dcgan]\nepoch: 3", "line 2: a grid has no key 'epoch'; did you mean 'epochs'"),
    "unknown field": (
        "variants:\n  - dcgan\n  - {name: dcgan, critic_widht: 3}",
        "line 3: the variant dcgan has no key 'critic_widht'; did you mean 'critic_width'",
    ),
    "field of none": ("variants: [dcgan]\ndropout: 0.2", "line 2: none of the variants .* field 'dropout'"),
    "quality key": ("variants: [dcgan]\nquality: {sample: 3}", "line 2: quality has no key 'sample'; did you mean 'samples'"),
    "quality type": ("variants: [dcgan]\nquality: 3", "line 2: quality is 3; it should be a mapping"),
    "wrong type": ("variants: [dcgan]\nepochs: ten", "line 2: epochs is 'ten'; it should be a whole number"),
    "fraction": ("variants: [dcgan]\nepochs: 1.5", "line 2: epochs is 1.5; it should be a whole number"),
    "boolean": ("variants: [dcgan]\nbatch_size: yes", "line 2: batch_size is True; it should be a whole"),
    "out of range": ("variants: [dcgan]\nepochs: 0", "line 2: epochs is 0; it should be greater than or equal to 1"),
    "literal": ("variants: [dcgan]\nobjective: wgan", "line 2: objective is 'wgan'; it should be 'non-saturating'"),
    "features": ("variants: [dcgan]\nquality: {features: vgg}", "line 2: quality.features is 'vgg'; it should be"),
    "factor": ("variants:\n  - name: dcgan\n    width_factor: -1", "line 3: width_factor is -1"),
    "no variants": ("epochs: 3", "list at least one variant"),
    "variants empty": ("variants: []", "line 1: list at least one variant"),
    "unknown variant": ("variants:\n  - dcgam", "line 2: there is no variant 'dcgam'; did you mean 'dcgan'"),
    "variant type": ("variants:\n  - dcgan\n  - 3", "line 3: a variant is a name"),
    "label type": ("variants: [{name: dcgan, label: 3}]", "line 1: the label 3 should be text"),
    "empty axis": ("variants: [dcgan]\naxes: {latent_dim: []}", "line 2: the axis latent_dim has no values"),
    "empty list": ("variants:\n  - {name: dcgan, latent_dim: []}", "line 2: the axis latent_dim has no values"),
    "axis scalar": ("variants: [dcgan]\naxes: {latent_dim: 3}", "line 2: the axis latent_dim should be a list"),
    "axis twice": ("variants: [dcgan]\naxes: {latent_dim: [3, 3]}", "the axis latent_dim lists 3 more than once"),
    "axis unknown": ("variants: [dcgan]\naxes: {latent: [x], laten_dim: [3]}", "'laten_dim'; did you mean 'latent_dim'"),
    "axis not a field": ("variants: [dcgan]\naxes: {dropout: [0.1, 0.2]}", "line 2: the variant dcgan has no field 'dropout'"),
    "axis of epochs": ("variants: [dcgan]\naxes: {epochs: [1, 2]}", "epochs cannot be an axis"),
    "axes type": ("variants: [dcgan]\naxes: [1]", "line 2: axes map a key"),
    "axis value": ("variants: [dcgan]\naxes:\n  latent_dim: [64, x]", "line 3: latent_dim is 'x'; it should be a whole"),
    "data set": ("variants: [dcgan]\ndataset: mnist5k", "line 2: .*did you mean '?mnist-5k"),
    "image size": ("variants: [dcgan]\nimage_size: 48", "line 2: the variant dcgan makes images of 28, 32 or 64 px, not 48"),
    "channels": ("variants: [dcgan]\nchannels: 2", "line 2: the variant dcgan makes images of 1 or 3 channels, not 2"),
    "batch over subset": ("variants: [dcgan]\nsubset: 10", "the batch of 64 .* larger than the data .10 images"),
    "batch of one": (
        "variants: [dcgan-tutorial]\nsubset: 65\nbatch_size: 64",
        "line 3: 65 images in batches of 64 .* leave a last batch of 1, .* set drop_last_batch: true",
    ),
    "batches of one": (
        "variants: [dcgan-tutorial]\nsubset: 65\nbatch_size: 1",
        "line 3: batch_size is 1 for 'dcgan-tutorial', .* at least 2; raise batch_size",
    ),
    "samples": ("variants: [dcgan]\nquality: {samples: 3}", "line 2: quality.samples is 3; .* equal to 4"),
    "features on": ("variants: [dcgan]\nquality: {features: on}", "line 2: quality.features is True"),
    "a mapping as key": ("variants: [dcgan]\nname: {{ x }}", "line 2: a key is a list or a mapping"),
    "a list as key": ("variants: [dcgan]\n? [a]\n: 3", "line 2: a key is a list or a mapping"),
    "bad boolean": ("variants: [dcgan]\nname: !!bool maybe", "not YAML"),
    "bad integer": ("variants: [dcgan]\nname: !!int ''", "not YAML"),
    "bad time": ("variants: [dcgan]\nname: !!timestamp x", "not YAML"),
    "deep": ("variants: " + "[" * 3000, "not YAML"),
    "factor infinite": (
        "variants:\n  - name: dcgan\n    width_factor: .inf",
        "line 3: width_factor is inf; give a number above 0",
    ),
    "factor nan": ("variants: [dcgan]\nwidth_factor: .nan", "line 2: width_factor is nan; give a number above 0"),
    "factor huge": ("variants: [dcgan]\nwidth_factor: 1e308", "line 2: width_factor is 1e[+]308; give a number"),
    "rate infinite": ("variants: [dcgan]\ngenerator_lr: .inf", "line 2: generator_lr is inf; it should be a finite"),
    "rate nan": ("variants: [dcgan]\ncritic_lr: .nan", "line 2: critic_lr is nan; it should be a finite"),
    "clip infinite": ("variants: [wgan]\nweight_clip: .inf", "line 2: weight_clip is inf; it should be a finite"),
    "label escape": (
        'variants:\n  - {name: dcgan, label: "\\e[31mred"}',
        r"line 2: the label '\\x1b\[31mred' should be one line",
    ),
    "label of two lines": (
        'variants:\n  - {name: dcgan, label: "a\\nb"}',
        r"line 2: the label 'a\\nb' should be one line",
    ),
    "label surrogate": (
        'variants:\n  - {name: dcgan, label: "a\\ud800"}',
        r"line 2: the label 'a\\ud800' should be one line",
    ),
    "question escape": ('variants: [dcgan]\nquestion: "\\e[31mWhy?"', "line 2: the question .* should be one line"),
    "question of two lines": ("variants: [dcgan]\nquestion: |\n  Why?\n  How?", "line 2: the question .* one line"),
    "seeds text": ("variants: [dcgan]\nseeds: 0-4", "line 2: seeds should be a list"),
    "seed twice": ("variants: [dcgan]\nseeds: [1, 1]", "line 2: seeds must be unique; 1 is listed 2 times"),
    "seed negative": ("variants: [dcgan]\nseeds: [-1]", "line 2: the seed -1"),
    "baseline": ("variants: [dcgan, dcgan-lite]\nbaseline: dcgan-light", "line 2: the baseline 'dcgan-light' is not in the grid; did you mean 'dcgan-lite'"),
    "baseline of many": ("variants: [{name: dcgan, latent_dim: [1, 2]}]\nbaseline: dcgan", "line 2: the baseline 'dcgan' stands for 2 runs"),
    "name": ("variants: [dcgan]\nname: ../../etc", "line 2: the name '../../etc' is used as a folder name"),
    "question": ("variants: [dcgan]\nquestion: [1]", "line 2: question is"),
    "exclude nothing": ("variants: [dcgan]\nexclude: [{latent_dim: 3}]", "line 2: this exclude matches no run"),
    "exclude all": ("variants: [dcgan]\nexclude: [{name: dcgan}]", "every run is excluded"),
    "exclude key": ("variants: [dcgan]\nexclude: [{latentdim: 3}]", "line 2: .*did you mean 'latent_dim'"),
    "exclude type": ("variants: [dcgan]\nexclude: [dcgan]", "line 2: an exclude is a mapping"),
    "same label": ("variants:\n  - dcgan\n  - {name: dcgan, latent_dim: 3}", "line 3: two variants have the label 'dcgan' .also .*line 2"),
    "same run": ("variants:\n  - dcgan\n  - {name: dcgan, label: again}", "line 3: 'again' is the same run as 'dcgan' .*line 2"),
    "timeout": ("variants: [dcgan]\ntimeout: soon", "line 2: timeout is 'soon'; give a number of seconds above 0, or text"),
    "timeout of nothing": ("variants: [dcgan]\ntimeout: 0", "line 2: timeout is 0; give"),
    "timeout true": ("variants:\n  - {name: dcgan, timeout: on}", "line 2: timeout is True; give"),
    "timeout of a long life": ("variants: [dcgan]\ntimeout: 1e300", "line 2: timeout is 1e[+]300; give"),
    "timeout as an axis": ("variants: [dcgan]\naxes: {timeout: [1, 2]}", "line 2: timeout cannot be an axis"),
    "timeout as a list": ("variants: [dcgan]\ntimeout: [1h, 2h]", "line 2: timeout cannot be a list"),
    "memory": ("variants: [dcgan]\nmax_host_memory: 4 gigs", "line 2: max_host_memory is '4 gigs'; give text such as 500 MB"),
    "memory of nothing": ("variants: [dcgan]\nmax_host_memory: 0GB", "line 2: max_host_memory is '0GB'; give"),
    "memory with a comma": ("variants: [dcgan]\nmax_host_memory: 1,5GB", "line 2: max_host_memory is '1,5GB'; give"),
    "memory true": ("variants: [dcgan]\nmax_host_memory: on", "line 2: max_host_memory is True; give"),
    "memory fraction": ("variants: [dcgan]\nmax_host_memory: 4.5", "line 2: max_host_memory is 4.5; give"),
    "memory as an axis": ("variants: [dcgan]\naxes: {max_host_memory: [1GB]}", "max_host_memory cannot be an axis"),
    "checkpoints": ("variants: [dcgan]\nkeep_checkpoints: 1", "line 2: keep_checkpoints is 1; it should be true or false"),
    "stack": ("variants: [dcgan]\nstack_seeds: maybe", "line 2: stack_seeds is 'maybe'; it should be true or false"),
    "name above": ("variants: [dcgan]\nname: ..", "line 2: the name '..' is used as a folder name"),
    "tag": ("variants: !!python/object/apply:os.system [echo]", "line 1: not YAML"),
    "merge of a number": ("variants: [dcgan]\n<<: 3", "line 2: not YAML"),
    "alias of nothing": ("variants: *x", "line 1: not YAML"),
    "two documents": ("variants: [dcgan]\n---\nepochs: 3", "line 2: not YAML"),
    "loop": ("variants: &x [*x]", "nested too deeply"),
    "bad date": ("variants: [dcgan]\nname: 2020-13-45", "not YAML"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gives_one_sentence_with_place_and_remedy(
    write_grid: WriteGrid, mistake: str
) -> None:
    text, said = MISTAKES[mistake]
    with pytest.raises(GridError) as caught:
        load(write_grid, text)
    message = str(caught.value)
    assert re.search(said, message), message
    assert "grid.yaml" in message
    assert "\n" not in message
    assert message.endswith((".", "?")), message
    assert "pydantic" not in message


def test_a_missing_grid_names_the_nearest() -> None:
    with pytest.raises(
        GridError, match=r"no grid lightwight.yaml; did you mean 'lightweight.yaml'\?"
    ):
        grid.load("lightwight.yaml")


def test_a_folder_is_not_a_grid(tmp_path: Path) -> None:
    with pytest.raises(GridError, match="is a folder"):
        grid.load(str(tmp_path))


def test_a_grid_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GridError, match="UTF-8"):
        grid.load(str(path))


def test_a_grid_without_read_permission(
    write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_grid("variants: [dcgan]")
    for method in ("read_text", "exists", "is_dir"):
        with monkeypatch.context() as patch:
            # Injected, as tests may run as root, whom no permission stops.
            patch.setattr(Path, method, _denied)
            with pytest.raises(
                GridError, match=r"grid.yaml cannot be read \(Permission denied\)\."
            ):
                grid.load(path)


def _denied(*_: object, **__: object) -> bool:
    raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.parametrize("name", ["x" * 300, "./" + "x" * 300])
def test_a_grid_of_too_long_a_name(name: str) -> None:
    with pytest.raises(GridError, match=r"cannot be read \(File name too long\)\."):
        grid.load(name)


def test_a_file_name_that_cannot_name_the_results(write_grid: WriteGrid) -> None:
    path = write_grid("variants: [dcgan]", "my grid é.yaml")
    with pytest.raises(
        GridError, match=r"my grid é.yaml: the file's name 'my grid é' .*; add 'name:'"
    ):
        grid.load(path)
    assert grid.load(path, {"name": "mine"}).name == "mine"
    path = write_grid("{name: mine, variants: [dcgan]}", "my grid é.yaml")
    assert grid.load(path).name == "mine"


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"epochs": 0}, "--epochs: epochs is 0"),
        ({"dataset": "mnst"}, "--dataset: .*did you mean '?mnist"),
        ({"latent_dim": "x"}, "--set latent_dim: latent_dim is 'x'"),
        ({"laten_dim": 3}, "--set laten_dim: .*did you mean 'latent_dim'"),
        ({"quality.sample": 3}, "--set quality.sample: .*did you mean 'samples'"),
        ({"seeds": []}, "--seeds: seeds should be a list"),
        ({"variants": ["dcgan"]}, "--set variants: this is not a setting"),
        ({"a.b": 1}, "--set a.b: only keys under 'quality'"),
    ],
)
def test_a_mistake_on_the_command_line_names_the_flag(
    write_grid: WriteGrid, overrides: dict[str, object], said: str
) -> None:
    with pytest.raises(GridError, match=said):
        grid.load(write_grid("variants: [dcgan]\nepochs: 3"), overrides)


@pytest.mark.parametrize("text", ["4-0", "a", "", "1;2", "-1"])
def test_invalid_seeds(text: str) -> None:
    with pytest.raises(GridError, match="--seeds"):
        grid.parse_seeds(text)


@pytest.mark.parametrize("text", ["0-2000000000", "0-9998,5,7", "0-" + "9" * 5000])
def test_too_many_seeds(text: str) -> None:
    with pytest.raises(GridError, match="--seeds"):
        grid.parse_seeds(text)
    assert len(grid.parse_seeds("0-9999")) == 10_000


@pytest.mark.parametrize(
    "value",
    ["[1", "2020-13-45", "[" * 3000, "{{ x }}", "!!bool maybe", "!!int ''", "!!timestamp x"],
)
def test_settings_that_are_not_yaml(value: str) -> None:
    with pytest.raises(GridError, match=r"--set latent_dim=.*: the value is not YAML"):
        grid.parse_settings([f"latent_dim={value}"])


@pytest.mark.parametrize("text", ["latent_dim", "=3", "latent_dim=[1"])
def test_invalid_settings(text: str) -> None:
    with pytest.raises(GridError, match="--set"):
        grid.parse_settings([text])


@given(st.text(max_size=60))
def test_any_text_is_a_grid_or_an_error_of_one_line(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        grid.expand(grid.parse(text, "any.yaml"))
    assert "\n" not in str(caught.value)


# ------------------------------------------------------------- how steps are executed


def test_precision_and_execution_are_given_at_the_top_or_under_a_variant(
    write_grid: WriteGrid,
) -> None:
    found = load(
        write_grid,
        """
        precision: bf16
        variants:
          - dcgan
          - {name: dcgan, label: plain, precision: fp32, execution: eager}
          - {name: dcgan, label: swept, precision: [fp32, bf16], execution: compile}
        """,
    )
    assert [(r.precision, r.execution) for r in found.runs] == [
        ("bf16", "auto"),
        ("fp32", "eager"),
        ("fp32", "compile"),
        ("bf16", "compile"),
    ]
    assert len({r.run_id for r in found.runs}) == 4
    again = load(write_grid, found.to_yaml())
    assert again.runs == found.runs


def test_spelling_out_default_precision_and_execution_leaves_the_id_unchanged(
    write_grid: WriteGrid,
) -> None:
    (plain,) = load(write_grid, "variants: [dcgan]").runs
    (spelled,) = load(write_grid, "{variants: [dcgan], precision: fp32, execution: auto}").runs
    assert spelled.run_id == plain.run_id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{variants: [dcgan],\n precision: half}",
            "line 2: precision is 'half'; it should be 'fp32'",
        ),
        ("{variants: [dcgan],\n execution: graph}", "line 2: execution is 'graph'; it should be"),
        (
            "{variants: [wgan-gp],\n execution: compile}",
            "line 2: torch.compile cannot differentiate twice",
        ),
        (
            "{variants: [mixture-gan], dataset: ring,\n precision: bf16}",
            "line 2: bf16 has three digits, too few for the points of ring",
        ),
    ],
)
def test_what_cannot_be_executed_is_refused(write_grid: WriteGrid, text: str, said: str) -> None:
    with pytest.raises(GridError, match=re.escape(said)):
        load(write_grid, text)
