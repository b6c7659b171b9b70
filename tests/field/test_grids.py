"""Grids as people write them: what is accepted is read back from the stored grid as the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench import grid, pace
from bench.datasets import DataSpec
from bench.datasets.pixels import ArrayImages
from bench.datasets.selection import select
from bench.errors import DataError, GridError
from bench.grid import sections
from bench.grid.document import read_value, write
from bench.grid.messages import is_one_line
from bench.grid.overrides import parse_seeds
from bench.quality.extractors import registry as extractors
from bench.units import counted
from tests.grid.loading import WriteGrid, load

# Text that some YAML reader or other takes for a number, a boolean, null, a date or syntax.
TRICKY = [
    "1e-4", "1E4", ".5", "010", "0o10", "0x1F", "0b11", "1_000", "1:30", "-1", "+1", ".inf", ".nan",
    "on", "off", "yes", "No", "TRUE", "y", "n", "~", "null", "Null", "2020-01-01",
    "2020-13-45", "2020-01-01 10:00:00", "<<", "=", "-", "- a", "? a", ":", "a: b", "a #b", "#",
    "'", '"', "''", "a'b\"", "&a", "*a", "!a", "!!int 3", "|", ">", "%", "@", "`", "[a", "{a",
    "a, b", "---", "...", "\\", "a  b", " a", "a ", "\ufeff", "\u00a0", "naïve Ω", "😀", "\uffff",
    "-_", "._",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(TRICKY), st.text(max_size=12).filter(is_one_line))
LABELS = TEXT.filter(lambda text: bool(text.strip()))
NAMES = st.from_regex("[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
RATES = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, object]:
    """Any grid of one variant with two labels, whose values are of every kind there is."""
    first, second = draw(st.lists(LABELS, min_size=2, max_size=2, unique=True))
    return {
        "name": draw(NAMES),
        "question": draw(st.none() | TEXT),
        "baseline": draw(st.sampled_from([first, second])),
        "seeds": draw(st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=3, unique=True)),
        "keep_checkpoints": draw(st.booleans()),
        "quality": draw(st.sampled_from(["off", False, {"features": False}, {"samples": 64}])),
        "timeout": draw(st.none() | st.floats(1e-300, 1e8) | st.sampled_from(["90s", "1h30m"])),
        "max_host_memory": draw(st.none() | st.integers(1, 2**63) | st.just("4GB")),
        "variants": [
            {
                "name": "dcgan",
                "label": first,
                "generator_lr": draw(RATES),
                "critic_norm": "none",
                "penalties": draw(st.dictionaries(st.sampled_from(["r1", "r2"]), RATES)),
            },
            {
                "name": "dcgan",
                "label": second,
                "latent_dim": draw(st.integers(1, 10**6).filter(lambda size: size != 100)),
                "holdout": draw(st.floats(0, 1, exclude_max=True)),
                "generator_average": draw(st.none() | RATES),
            },
        ],
    }


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(documents())
def test_every_accepted_grid_is_read_back_as_it_was(document: dict[str, object]) -> None:
    first = grid.expand(grid.Document("any.yaml", document))
    stored = first.to_yaml()
    second = grid.expand(grid.parse(stored, "grid.yaml"))
    assert second.runs == first.runs
    assert [run.run_id for run in second.runs] == [run.run_id for run in first.runs]
    for what in ("name", "question", "baseline", "seeds", "keep_checkpoints"):
        assert getattr(second, what) == getattr(first, what)
    assert second.to_yaml() == stored


@settings(deadline=None)
@given(st.lists(st.sampled_from(TRICKY) | st.text() | st.none() | st.floats(allow_nan=False)))
def test_any_value_is_read_back_as_it_was(values: list[object]) -> None:
    """Also what labels cannot have, but a path can: line breaks, control characters."""
    assert read_value(write({"values": values})) == {"values": values}


def test_a_label_made_of_a_path_is_one_line(write_grid: WriteGrid, tmp_path: Path) -> None:
    folder = tmp_path / "two\nlines\x85"
    folder.mkdir()
    Image.new("RGB", (64, 64)).save(folder / "a.png")
    found = load(write_grid, "variants: [dcgan]", dataset=[f"folder:{folder}", "mnist-5k"])
    assert found.baseline.endswith(r"two\nlines\x85")
    assert load(write_grid, found.to_yaml()).runs == found.runs


# ------------------------------------------------------------------------------- plain words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10), ("08", 8), ("0o10", 8), ("0x1F", 31), ("+3", 3), ("-0", 0), ("1_000", 1000),
        ("1e-4", 1e-4), ("5E-05", 5e-5), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0),
        ("0b11", "0b11"), ("1:30", "1:30"), ("_1", "_1"), ("-_", "-_"), ("._", "._"),
        ("2020-01-01", "2020-01-01"), ("2020-13-45", "2020-13-45"), ("=", "="),
        ("on", True), ("Off", False), ("y", "y"), ("~", None), ("", None), ("null", None),
    ],
)  # fmt: skip
def test_plain_words_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    found = read_value(text)
    assert found == value
    assert type(found) is type(value)
    # Whatever version a file says it has.
    directive = f"%YAML 1.1\n---\nvariants:\n  - {text}\n"
    assert grid.parse(directive, "any.yaml").content == {"variants": [value]}


def test_seeds_with_leading_zeros_are_decimal(write_grid: WriteGrid) -> None:
    found = load(write_grid, "{variants: [dcgan], seeds: [010, 007]}")
    assert found.seeds == [10, 7]
    assert grid.parse_seeds("010,07") == [10, 7]
    assert grid.parse_settings(["seeds=[010]"]) == {"seeds": [10]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("label: on", "the label true should be text; put it in quotes."),
        ("label: 1e-4", "the label 0.0001 should be text; put it in quotes."),
        ("label: ~", "the label null should be text; put it in quotes."),
        ("label: [a]", "the label ['a'] should be text."),
    ],
)
def test_a_label_that_yaml_reads_as_something_else_needs_quotes(
    write_grid: WriteGrid, text: str, expected: str
) -> None:
    with pytest.raises(GridError, match=r"grid\.yaml, line 1: ") as caught:
        load(write_grid, f"variants: [{{name: dcgan, {text}}}]")
    assert str(caught.value).endswith(expected)
    for key in ("name", "baseline", "question"):
        with pytest.raises(GridError, match=rf"line 2: .*{key}.* should be text; put it in quotes"):
            load(write_grid, f"variants: [dcgan]\n{key}: 010")


# ----------------------------------------------------------------------------------- exclude


@pytest.mark.parametrize(
    ("axes", "exclude", "left"),
    [
        # batch norm in the critic and a gradient penalty cannot be trained together.
        ("{critic_norm: [batch, layer], gradient_penalty: [0, 10]}",
         "[{critic_norm: batch, gradient_penalty: 10}]", 3),
        # The excluded norm is a default.
        ("{gradient_penalty: [0, 10]}", "[{critic_norm: batch, gradient_penalty: 10}]", 1),
        ("{gradient_penalty: [0, 10]}", "[{dataset: mnist-5k, gradient_penalty: 10}]", 1),
        ("{gradient_penalty: [0, 10]}", "[{label: dcgan gradient_penalty=10}]", 1),
        ("{image_size: [28, 48]}", "[{image_size: 48}]", 1),
        ("{pack: [1, 3], batch_size: [64]}", "[{pack: 3}]", 1),
        ("{latent_dim: [8, x]}", "[{latent_dim: x}]", 1),
        ("{dataset: [mnist-5k, \"folder:nowhere\"]}", "[{dataset: \"folder:nowhere\"}]", 1),
        ("{execution: [eager, compile], critic_norm: [layer], gradient_penalty: [10]}",
         "[{execution: compile}]", 1),
        ("{subset: [1000, 10]}", "[{subset: 10}]", 1),
    ],
)  # fmt: skip
def test_what_is_excluded_need_not_be_trainable(
    write_grid: WriteGrid, axes: str, exclude: str, left: int
) -> None:
    text = f"variants: [dcgan]\naxes: {axes}\n"
    with pytest.raises(GridError):
        load(write_grid, text)
    found = load(write_grid, f"{text}exclude: {exclude}")
    assert len(found.runs) == left
    assert [r.run_id for r in load(write_grid, found.to_yaml()).runs] == [
        r.run_id for r in found.runs
    ]


def test_what_is_not_excluded_is_still_refused_at_its_place(write_grid: WriteGrid) -> None:
    text = "variants: [dcgan]\naxes:\n  latent_dim: [64, x]\nexclude: [{latent_dim: 64}]"
    with pytest.raises(GridError, match="line 3: latent_dim is 'x'"):
        load(write_grid, text)
    # The mistake itself, not that the exclude does not match because of it.
    with pytest.raises(GridError, match="line 3: latent_dim is 'x'"):
        load(write_grid, text.replace("{latent_dim: 64}", "{latent_dim: 100}"))


# --------------------------------------------------------------------- size of what is asked


def _bomb(width: int, depth: int) -> str:
    levels = [f"a0: &a0 [{', '.join(['x'] * width)}]"]
    for level in range(1, depth):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        levels += [f"a{level}: &a{level} [{aliases}]"]
    return "\n".join(levels)


@pytest.mark.parametrize(
    "text",
    [
        _bomb(9, 9),
        "variants: &x [*x, *x, " + "*x, " * 9 + "]",
        "a: &a {k: 1}\nb: &b {<<: [" + "*a, " * 999 + "]}\nc: {<<: [" + "*b, " * 99 + "]}",
    ],
)
def test_aliases_of_aliases_are_refused_at_once(text: str) -> None:
    with pytest.raises(GridError, match=r"any\.yaml: .*(aliases|nested)") as caught:
        grid.expand(grid.parse(text, "any.yaml"))
    assert len(str(caught.value)) < 200


def test_aliases_of_aliases_are_refused_on_the_command_line() -> None:
    value = "[&a [1" + ", 1" * 200 + "], &b [" + "*a, " * 200 + "]]"
    with pytest.raises(GridError, match=r"--set latent_dim=.* aliases"):
        grid.parse_settings([f"latent_dim={value}"])


def test_a_few_aliases_are_fine(write_grid: WriteGrid) -> None:
    text = "seeds: &s [0, 1]\nvariants: [&v {name: dcgan}, {<<: *v, label: b, latent_dim: 8}]"
    assert len(load(write_grid, text).runs) == 4


def test_grids_of_too_many_runs_are_refused_at_once(write_grid: WriteGrid) -> None:
    axes = ", ".join(
        f"{key}: {list(range(1, 21))}"
        for key in ("latent_dim", "batch_size", "critic_steps", "critic_width", "generator_width")
    )
    with pytest.raises(GridError, match="have 3,200,000 combinations; ask for 100,000 at most"):
        load(write_grid, f"variants: [dcgan]\naxes: {{{axes}}}")
    text = "variants: [dcgan]\naxes: {latent_dim: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}"
    with pytest.raises(GridError, match="--seeds: with all seeds there are 110,000 runs"):
        grid.load(write_grid(text), {"seeds": list(range(10_000))})


def test_a_very_long_axis_is_checked_at_once() -> None:
    document = grid.Document("any.yaml", {})
    sections.check_axis(document, ("axes", "latent_dim"), list(range(1_000_000)))
    for values in ([2, 1, 1.0], [[2], [1], [1]], [{"r1": 1}, 3, {"r1": 1}]):
        with pytest.raises(GridError, match=r"the axis latent_dim lists .*1.* more than once"):
            sections.check_axis(document, ("axes", "latent_dim"), values)


def test_long_checks_say_how_far_they_are(
    write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_SECONDS", 0.0)
    notes: list[str] = []
    path = write_grid("variants: [dcgan]\naxes: {latent_dim: [1, 2, 3]}")
    assert len(grid.load(path, note=notes.append).runs) == 3
    assert notes[-1] == "Checking combinations: 2 of 3 …"
    assert list(pace.watched("abc", 3, "Doing", None)) == ["a", "b", "c"]


def test_a_long_grid_says_that_it_is_read(write_grid: WriteGrid) -> None:
    notes: list[str] = []
    path = write_grid("variants: [dcgan]\n" + "# a comment of no meaning at all\n" * 7000)
    assert grid.load(path, note=notes.append).runs
    assert notes == [f"Reading {path} …"]


def test_built_in_features_cost_no_search_of_installed_packages(
    write_grid: WriteGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes milliseconds, for each of ten thousand configurations."""
    monkeypatch.setattr(extractors, "declared", lambda: pytest.fail("searched"))
    for features in ("auto", "off", "classifier", "inception"):
        assert load(write_grid, f"variants: [dcgan]\nquality: {{features: {features}}}").runs


# ------------------------------------------------------------------------------ quality: off


@pytest.mark.parametrize(
    "text",
    [
        "quality: off\nvariants: [dcgan]",
        'quality: "off"\nvariants: [dcgan]',
        "quality: {features: off}\nvariants: [dcgan]",
        "quality: {samples: 64}\nvariants: [{name: dcgan, quality: off}]",
        "quality: off\nvariants: [{name: dcgan, quality: {samples: 64}}]",
    ],
)
def test_quality_can_be_switched_off_in_a_word(write_grid: WriteGrid, text: str) -> None:
    found = load(write_grid, text)
    assert found.runs[0].quality.features == "off"
    assert found.runs[0].quality.samples == (64 if "64" in text else 5000)
    assert load(write_grid, found.to_yaml()).runs == found.runs


def test_the_command_line_switches_quality_off_and_on(write_grid: WriteGrid) -> None:
    overrides = grid.parse_settings(["quality=off", "quality.samples=64"])
    (run,) = load(write_grid, "variants: [dcgan]", **overrides).runs
    assert (run.quality.features, run.quality.samples) == ("off", 64)
    text = "quality: off\nvariants: [dcgan, {name: dcgan-lite, quality: off}]"
    found = load(write_grid, text, **grid.parse_settings(["quality.features=classifier"]))
    assert [run.quality.features for run in found.runs] == ["classifier", "classifier"]
    with pytest.raises(GridError, match=r"quality is true; it should be a mapping .*, or off"):
        load(write_grid, "variants: [dcgan]", quality=True)


# ------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"classes": 3}, "classes is 3; it should be a list such as [3]."),
        ({"seeds": 3}, "seeds should be a list such as [3]."),
        ({"seeds": "x"}, "seeds should be a list such as [0, 1, 2]."),
        ({"samples": 49}, "did you mean 'quality.samples' (samples under quality), "
                          "'samples_every' or 'samples_shown'?"),
        ({"features": "off"}, "did you mean 'quality.features' (features under quality)?"),
        ({"gif": 3}, "did you mean 'gif_fps'?"),
    ],
)  # fmt: skip
def test_a_refused_setting_shows_what_to_write(
    write_grid: WriteGrid, overrides: dict[str, object], expected: str
) -> None:
    with pytest.raises(GridError) as caught:
        grid.load(write_grid("variants: [dcgan]"), overrides)
    assert str(caught.value).endswith(expected)


def test_one_is_singular(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match=r"larger than the data \(1 image of mnist-5k\)"):
        load(write_grid, "{variants: [dcgan], subset: 1}")
    few = ArrayImages(np.zeros((2, 1, 1), np.uint8), np.array([0, 1]), ("a", "b"))
    spec = DataSpec(name="few", image_size=1, channels=1, classes=(0,), subset=2)
    with pytest.raises(DataError, match="few has 1 image of class a, so subset: 2 is impossible"):
        select(few, spec)
    assert counted(1234, "run") == "1,234 runs"


@pytest.mark.parametrize("text", ["1_0", "1_0e-3", "1_00", "_1", "1__000"])
def test_an_underscore_belongs_between_thousands(text: str, write_grid: WriteGrid) -> None:
    assert read_value("10_000", "") == 10_000
    assert read_value("1_000.5", "") == 1000.5
    assert read_value(text, "") == text
    with pytest.raises(GridError, match=f"latent_dim is '{text}'; it should be a whole number"):
        load(write_grid, f"variants: [dcgan]\nlatent_dim: {text}")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("classes: []", "classes is []; it should have at least one entry"),
        ("batch_size: null", "batch_size is null; it should be a whole number"),
        ("batch_size: true", "batch_size is true; it should be a whole number"),
        ("latent_dim: " + "[" * 3000 + "]" * 3000, "too deep"),
        ("latent_dim: {" + ", ".join(f"key{n}: 1" for n in range(99)) + "}", "key0"),
    ],
)
def test_values_are_quoted_as_grids_write_them_and_shortened(
    line: str, said: str, write_grid: WriteGrid
) -> None:
    with pytest.raises(GridError) as caught:
        load(write_grid, f"variants: [dcgan]\n{line}")
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_label_of_a_line_separator_is_not_one_line(write_grid: WriteGrid) -> None:
    with pytest.raises(GridError, match="should be one line of text"):
        load(write_grid, 'variants: [{name: dcgan, label: "\\u2028"}]')


@pytest.mark.parametrize("seeds", ["\u0663", "1_0", "0-\u0663"])
def test_seeds_on_the_command_line_are_digits(seeds: str) -> None:
    with pytest.raises(GridError, match="write a range such as"):
        parse_seeds(seeds)
