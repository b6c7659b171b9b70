"""What changed from the baseline, in the report, is what ``bench describe --against`` says."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from bench import describe
from bench.describe.document import Items, Paragraph
from bench.describe.document import Table as Counted
from bench.report import explained_text
from bench.report.data import SweepData
from bench.report.explained import explained
from bench.report.figures import all_figures
from bench.report.figures.drawn import HEADER
from bench.store import read_sweep
from variants import registry
from variants.shapes import ImageShape

CRITIC = {"generator_width": 16, "critic_width": 8}


def small(synthetic):
    base = replace(synthetic.BASELINE, generator_width=16, critic_width=16)
    other = replace(synthetic.SMALL_CRITIC, generator_width=16, critic_width=8)
    return [base, other]


def test_the_parts_are_those_of_describe(synthetic) -> None:
    (found,), missing = explained(synthetic.data(small(synthetic)))
    assert missing == []
    kind = registry.get("dcgan")
    shape = ImageShape(1, 28)
    own, base = (
        describe.describe(name, kind(generator_width=16, critic_width=width), shape)
        for name, width in (("half critic", 8), ("dcgan", 16))
    )
    compared = describe.compare(own, base)
    assert found.label == "half critic"
    assert "cheaper" in found.verdict
    assert found.parts is not None
    flops = [row[1] for row in found.parts.rows]
    assert flops[0] == f"{round(base_cost(compared)):,}"
    assert flops[-1] == f"{round(compared.cost.per_image):,}"


@pytest.mark.parametrize(
    ("variant", "changed"),
    [
        ("dcgan", {"critic_separable": True, "generator_width": 32}),
        ("dcgan", {"pack": 2, "critic_steps": 5}),
        ("wgan-gp", {}),
        ("sngan", {}),
        ("vector-critic", {}),
    ],
)
def test_it_says_in_english_what_describe_says(variant: str, changed: dict[str, object]) -> None:
    """The report composes its own texts from the comparison, since they have other languages."""
    shape = ImageShape(1, 32)
    own, base = (
        describe.describe(label, registry.get(kind)(**fields), shape)
        for label, kind, fields in (("other", variant, changed), ("base", "dcgan", {}))
    )
    found = describe.compare(own, base)
    first, *rest = describe.comparison(own, base)
    assert explained_text.verdict(own, base, found) == first.text
    table = next(block for block in rest if isinstance(block, Counted))
    made = explained_text.parts(found, "changes-1")
    assert made.title == table.title
    assert made.rows == [list(row) for row in table.rows]
    items = next(block for block in rest if isinstance(block, Items))
    assert explained_text.reasons(found) == items.items
    texts = [block.text for block in rest if isinstance(block, Paragraph)]
    assert explained_text.remarks(found) == texts


def base_cost(compared) -> float:
    return compared.other_cost.per_image


def test_what_cannot_be_built_anew_is_said(synthetic) -> None:
    path = synthetic.write(small(synthetic))
    results = read_sweep(path)
    gone = results.runs["label"] == "half critic"
    specs = [
        json.dumps({**json.loads(spec), "variant": "no-such-gan"}) if lost else spec
        for spec, lost in zip(results.runs["spec"], gone, strict=True)
    ]
    data = SweepData(replace(results, runs=results.runs.assign(spec=specs)))
    found, (sentence,) = explained(data)
    assert found == []
    assert sentence.startswith("“half critic” cannot be built anew")


def test_without_a_baseline_nothing_is_explained(synthetic) -> None:
    assert explained(synthetic.data(small(synthetic), baseline=None)) == ([], [])


def test_every_curve_has_its_data_as_csv(synthetic) -> None:
    data = synthetic.data()
    (figure,), _ = all_figures(data, only=["quality-epoch"])
    rows = list(csv.DictReader(io.StringIO(figure.data.decode())))
    assert tuple(rows[0]) == HEADER
    of_baseline = [row for row in rows if row["configuration"] == "dcgan"]
    measured = data.evaluated[data.evaluated["label"] == "dcgan"]
    values = {float(row["y"]) for row in of_baseline if row["drawn"] == "line"}
    assert {float(row["x"]) for row in of_baseline} == {1, 2, 3, 4, 5}
    means = measured.groupby("epoch")["quality"].apply(lambda own: np.exp(np.log(own).mean()))
    for mean in means:
        assert any(value == pytest.approx(mean) for value in values)


def test_bands_have_both_ends(synthetic) -> None:
    configs = [replace(synthetic.BASELINE, seconds=(10.0,) * 3)]
    (figure,), _ = all_figures(synthetic.data(configs), only=["critic-scores"])
    rows = list(csv.DictReader(io.StringIO(figure.data.decode())))
    bands = [row for row in rows if row["drawn"] == "band"]
    assert bands
    assert all(float(row["y_low"]) <= float(row["y_high"]) for row in bands)
    assert {row["x_axis"] for row in rows} == {"Training step"}


def test_pictures_have_no_data(synthetic) -> None:
    (figure,), _ = all_figures(synthetic.data(), only=["samples"])
    assert figure.data == b""
