"""The section ``tune`` of a grid: which trials every configuration gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from bench.grid import sections
from bench.grid.document import Document
from bench.grid.messages import shown, such_as, validation_sentence
from bench.grid.trials import Tuning, trial
from bench.measures import Looks
from bench.spec import RunSpec

_MOST = 100  # trials of a configuration
_EXAMPLE = "tune is a mapping such as {generator_lr: [1e-4, 5e-4, 1e-3], seed: 100}."


def tuning(
    document: Document, specs: Sequence[RunSpec], seeds: Sequence[int], looks: Looks | None
) -> Tuning | None:
    """What the grid tunes; None where it tunes nothing.

    Raises:
        GridError: it is no such mapping, a variant lacks a field, or the seed is one of the runs'.
    """
    given = document.content.get("tune")
    if given is None:
        return None
    if not isinstance(given, Mapping) or "seed" not in given or len(given) < 2:
        raise document.error(("tune",), _EXAMPLE)
    seed = given["seed"]
    if type(seed) is not int or not 0 <= seed < 2**31:
        problem = f"the seed of tune is {shown(seed)}; it should be a whole number from 0."
        raise document.error(("tune", "seed"), problem)
    if seed in (seeds if looks is None else looks.seeds(looks.at_most)):
        problem = f"tune has the seed {seed}, which is one of the runs'; take another."
        raise document.error(("tune", "seed"), problem)
    values = {key: of_key for key, of_key in given.items() if key != "seed"}
    for key, of_key in values.items():
        path = ("tune", key)
        if not isinstance(of_key, list):
            problem = f"tune should give {key} a list of values{such_as(of_key)}."
            raise document.error(path, problem)
        sections.check_axis(document, path, of_key)
        lacking = [spec for spec in specs if key not in type(spec.recipe).model_fields]
        if lacking:
            problem = f"the variant {lacking[0].variant} has no field {key!r} to tune."
            raise document.error(path, problem)
    found = Tuning(values, seed)
    if len(found.combinations) > _MOST:
        problem = f"tune asks for {len(found.combinations)} trials of each; {_MOST} at most."
        raise document.error(("tune",), problem)
    for spec in specs:
        for fields in found.combinations:
            try:
                trial(spec, fields)
            except ValidationError as error:
                problem = f"{spec.label!r}: {validation_sentence(error.errors()[0])}"
                raise document.error(("tune",), problem) from error
    return found
