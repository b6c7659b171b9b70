"""A grid: from YAML to the list of runs it asks for.

Every mistake is one sentence that names the file, the line and the remedy. What happens in turn:

- ``document``: YAML text with the line of every key; ``overrides``: what the command line sets
- ``schema``: which keys there are; ``sections``: each top-level key read and checked
- ``expansion``: variants × axes → configurations × seeds, each made a run by ``resolution``,
  which asks ``checks`` whether it can be trained
- ``references``: what ``match_flops`` refers to
- ``tuning``: the section ``tune``; ``trials``: what it asks for
- ``resolved``: the result, a :class:`Grid`; ``smoke`` makes one small
- ``united``: the grid with what a results folder was asked for earlier
"""

from bench.grid.checks import check_batches
from bench.grid.document import Document, parse
from bench.grid.expansion import expand
from bench.grid.loading import load, read
from bench.grid.overrides import parse_seeds, parse_settings
from bench.grid.recipes import recipe, usual_size
from bench.grid.references import check_distinct, reference_of
from bench.grid.resolved import Grid
from bench.grid.trials import Tuning, trial, trials
from bench.grid.united import united_yaml

__all__ = [
    "Document",
    "Grid",
    "Tuning",
    "check_batches",
    "check_distinct",
    "expand",
    "load",
    "parse",
    "parse_seeds",
    "parse_settings",
    "read",
    "recipe",
    "reference_of",
    "trial",
    "trials",
    "united_yaml",
    "usual_size",
]
