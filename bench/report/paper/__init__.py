"""What a paper takes as it is: LaTeX tables, macros for all numbers, figures, references.

``paper/tables/NAME.tex`` with booktabs and siunitx, ``paper/macros.tex``,
``paper/figures/NAME.pdf`` at the width of a column, ``paper/references.bib`` and
``paper/example.tex``, which shows all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.report.figures import Figure
from bench.report.paper.bibliography import bibtex
from bench.report.paper.example import example
from bench.report.paper.macros import document, macros
from bench.report.paper.tabular import latex
from bench.report.table import Table
from variants.references import Reference

__all__ = ["Section", "files"]

_FOLDER = "paper"


@dataclass(frozen=True)
class Section:
    """What a report says of one facet, or across all of them.

    Attributes:
        name: of the facet, for the names of its macros; "" where there is one only.
        conditions: how its numbers were measured, for captions.
    """

    name: str
    conditions: str
    tables: Sequence[Table]
    figures: Sequence[Figure]


def files(
    sweep: str,
    facts: Mapping[str, str],
    sections: Sequence[Section],
    references: Sequence[Reference] = (),
) -> dict[str, bytes]:
    """The files of the folder, by their names in the report's.

    Args:
        sweep: its name.
        facts: of the sweep, by the names of their macros.
        references: of what the sweep used.
    """
    tables = [table for section in sections for table in section.tables]
    figures = [figure for section in sections for figure in section.figures]
    defined = macros([(section.name, section.tables) for section in sections], facts)
    texts = {
        f"tables/{table.name}.tex": latex(table, section.conditions)
        for section in sections
        for table in section.tables
    }
    texts["macros.tex"] = document(defined, sweep)
    texts["example.tex"] = example(
        [table.name for table in tables],
        [(each.name, f"{each.title}. {each.caption}", each.wide) for each in figures],
        [macro.name for macro in defined],
        cites=bool(references),
    )
    if references:
        texts["references.bib"] = bibtex(references)
    found = {name: text.encode(errors="replace") for name, text in texts.items()}
    found |= {f"figures/{figure.name}.pdf": figure.pdf for figure in figures}
    return {f"{_FOLDER}/{name}": content for name, content in found.items()}
