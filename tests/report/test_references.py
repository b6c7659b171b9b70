"""``paper/references.bib``: the publications of what a sweep used, and of nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import report
from bench.datasets.registry import DATASETS
from bench.quality.scorers.base import SCORERS
from bench.report.data import SweepData
from bench.report.paper.bibliography import bibtex, latex_text
from bench.report.paper.used import references
from bench.store import read_sweep
from tests.report.bibtex import entries
from tests.report.reference import RESULTS
from variants import registry
from variants.augmentations import AUGMENTATIONS
from variants.constraints import CONSTRAINTS
from variants.objectives import OBJECTIVES
from variants.penalties import PENALTIES
from variants.references import Reference, cites, references_of

OWN = Reference(key="own2026", authors="A. Body", title="A Title", year=2026, arxiv="2601.00001")
UNPUBLISHED = {"product-metric": "of the labs' course, without a publication"}
_SYNTHETIC = {"goodfellow2014generative", "kingma2015adam", "lecun1998gradient"}
_SCORES = {"heusel2017gans", "binkowski2018demystifying", "kynkaanniemi2019improved"}


def keys(data: SweepData) -> set[str]:
    return {each.key for each in references(data)}


def config(synthetic: Any, variant: str, **recipe: Any) -> Any:
    return replace(synthetic.BASELINE, label=variant, variant=variant, recipe=recipe)


@pytest.mark.parametrize(
    ("variant", "recipe", "expected"),
    [
        ("dcgan", {}, {"radford2016unsupervised"}),
        ("dcgan", {"optimizer": "rmsprop"}, {"radford2016unsupervised", "-kingma2015adam"}),
        ("pacgan", {}, {"radford2016unsupervised", "lin2018pacgan"}),
        ("dcgan", {"pack": 2}, {"radford2016unsupervised", "lin2018pacgan"}),
        ("dcgan-separable", {}, {"radford2016unsupervised", "howard2017mobilenets"}),
        (
            "wgan-gp",
            {},
            {
                "radford2016unsupervised",
                "arjovsky2017wasserstein",
                "gulrajani2017improved",
                "-goodfellow2014generative",
            },
        ),
        (
            "dcgan",
            {
                "objective": "hinge",
                "penalties": {"r1": 1.0},
                "critic_norm": "none",
                "augment": "cutout",
                "conditional": True,
            },
            {
                "radford2016unsupervised",
                "miyato2018spectral",
                "mescheder2018training",
                "zhao2020differentiable",
                "mirza2014conditional",
                "-goodfellow2014generative",
            },
        ),
    ],
)
def test_a_sweep_cites_what_it_used_and_nothing_else(
    synthetic, variant: str, recipe: dict[str, Any], expected: set[str]
) -> None:
    data = synthetic.data([config(synthetic, variant, **recipe)], baseline=None)
    without = {key[1:] for key in expected if key.startswith("-")}
    of_variant = {key for key in expected if not key.startswith("-")}
    assert keys(data) == (_SYNTHETIC | _SCORES | of_variant) - without


def test_what_was_not_measured_is_not_cited(synthetic) -> None:
    data = synthetic.data([synthetic.BASELINE], quality=False)
    assert keys(data) == _SYNTHETIC | {"radford2016unsupervised"}


def test_the_reference_sweeps() -> None:
    rings = SweepData(read_sweep(RESULTS / "pacgan-ring"))
    assert keys(rings) == {
        "goodfellow2014generative",
        "kingma2015adam",
        "lin2018pacgan",
        "srivastava2017veegan",
    }
    critics = keys(SweepData(read_sweep(RESULTS / "critics")))
    assert {"huang2024gan", "tseng2021regularizing", "zhao2020differentiable"} < critics
    assert "lin2018pacgan" not in critics


def test_a_variant_that_is_not_loaded_and_old_settings(synthetic) -> None:
    unknown = replace(synthetic.BASELINE, variant="of-a-plug-in")
    assert keys(synthetic.data([unknown])) == _SCORES | {"lecun1998gradient"}
    old = config(synthetic, "dcgan", a_field_of_long_ago=1)
    cited = keys(synthetic.data([old], baseline=None))
    assert cited == _SCORES | {"lecun1998gradient", "radford2016unsupervised"}


def test_data_made_from_others_cite_these(synthetic) -> None:
    stacked = replace(synthetic.BASELINE, dataset="stacked:mnist")
    assert {"lin2018pacgan", "lecun1998gradient"} <= keys(synthetic.data([stacked]))


def everything() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for kinds in (registry.VARIANTS, OBJECTIVES, PENALTIES, CONSTRAINTS, AUGMENTATIONS, SCORERS):
        found += list(kinds.items())  # type: ignore[attr-defined]
    return found + [(name, entry.locate) for name, entry in DATASETS.items()]


def bundled(name: str, kind: Any) -> bool:
    return str(getattr(kind, "__module__", "")).startswith(("variants.", "bench."))


@pytest.mark.parametrize("kinds", [registry.VARIANTS, OBJECTIVES, PENALTIES, AUGMENTATIONS])
def test_every_variant_and_objective_is_published(kinds: Any) -> None:
    own = [(name, kind) for name, kind in kinds.items() if bundled(name, kind)]
    assert own
    without = {name for name, kind in own if not references_of(kind)}
    assert without <= UNPUBLISHED.keys()


def test_the_paper_that_a_variant_names_is_among_its_references() -> None:
    for name, kind in registry.VARIANTS.items():
        numbers = re.findall(r"\d{4}\.\d{5}", kind.source)
        if bundled(name, kind) and numbers:
            cited = {each.arxiv for each in kind(**{}).cited}
            assert cited.issuperset(numbers), name


def test_all_entries_parse_and_each_key_is_one_publication() -> None:
    every = [each for _, kind in everything() for each in references_of(kind)]
    by_key = {each.key: each for each in every}
    assert all(by_key[each.key] == each for each in every)
    assert len({each.title for each in by_key.values()}) == len(by_key)
    text = bibtex(every)
    assert text.isascii()
    found = entries(text)
    assert list(found) == sorted(by_key)
    for key, fields in found.items():
        assert {"author", "title", "year"} < fields.keys()
        needed = {"article": "journal", "inproceedings": "booktitle", "techreport": "institution"}
        assert needed[fields["type"]] in fields
        first = by_key[key].authors.split(" and ")[0].split()[-1].lower()
        name = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode()
        assert key.startswith(f"{name}{fields['year']}")
    assert found["binkowski2018demystifying"]["author"].startswith(r"Miko{\l}aj Bi{\'{n}}kowski")
    assert found["mirza2014conditional"]["journal"] == "arXiv preprint arXiv:1411.1784"


def test_text_is_safe_for_latex_and_bibtex() -> None:
    assert latex_text("50 % & Søren_Ångström") == r"50 \% \& S{\o}ren\_{\r{A}}ngstr{\"{o}}m"
    other = replace(OWN, title="Another")
    found = entries(bibtex([OWN, other, OWN]))
    assert list(found) == ["own2026", "own2026-2"]
    assert found["own2026-2"]["title"] == "{Another}"
    assert bibtex([]) == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "a b"}, "letters, digits and dashes"),
        ({"title": r"\emph{A}"}, "plain text"),
        ({"authors": ""}, "needs authors"),
        ({"year": 26}, "a year"),
        ({"arxiv": "v1"}, "give its number"),
        ({"arxiv": ""}, "needs a journal"),
    ],
)
def test_a_reference_that_is_none_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(OWN, **change)


def test_a_class_adds_to_what_it_derives_from() -> None:
    other = replace(OWN, key="other2026")

    @cites(OWN)
    class Base: ...

    @cites(other, OWN)
    class Derived(Base): ...

    assert references_of(Base) == (OWN,)
    assert references_of(Derived) == (OWN, other)
    with pytest.raises(TypeError, match="takes variants"):
        cites("a paper")  # type: ignore[arg-type]


@pytest.mark.usefixtures("without_figures")
def test_the_file_of_a_report(synthetic, tmp_path: Path) -> None:
    made = report.write(synthetic.write([synthetic.BASELINE]), tmp_path / "out")
    found = entries((made.folder / "paper/references.bib").read_text())
    assert found.keys() == _SYNTHETIC | _SCORES | {"radford2016unsupervised"}
    assert made.folder / "paper/references.bib" in made.paper
    assert r"\bibliography{references}" in (made.folder / "paper/example.tex").read_text()
    # A later report that has nothing to cite removes the file.
    unknown = replace(synthetic.BASELINE, variant="of-a-plug-in", dataset="of-a-plug-in")
    report.write(synthetic.write([unknown], quality=False), tmp_path / "out")
    assert not (made.folder / "paper/references.bib").exists()
    assert "bibliography" not in (made.folder / "paper/example.tex").read_text()
