"""Synthetic sweeps over two data sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench.report.data.facets import Facets, split
from bench.store import read_sweep

DIGITS, CLOTHES = "mnist-5k", "fashion-mnist"
WELL, BADLY = (9.8, 10.1, 10.0), (40.5, 39.0, 41.0)


def on(config: Any, dataset: str, **changes: Any) -> Any:
    """A configuration as a grid labels it that sweeps over data sets."""
    setup = {"data_hash": dataset, "quality_reference_hash": dataset}
    label = f"{config.label} dataset={dataset}"
    return replace(config, label=label, dataset=dataset, setup=setup, samples=False, **changes)


def opposite(synthetic: Any) -> list[Any]:
    """What is better on one data set is worse on the other."""
    base, generator, critic = synthetic.BASELINE, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC
    return [
        on(base, DIGITS, final=(20.0, 21.0, 19.5)),
        on(base, CLOTHES, final=(20.5, 20.0, 19.0)),
        on(generator, DIGITS, final=WELL),
        on(generator, CLOTHES, final=BADLY),
        on(critic, DIGITS, final=BADLY),
        on(critic, CLOTHES, final=WELL),
    ]


def facets_of(synthetic: Any, configs: Sequence[Any], **options: Any) -> Facets:
    options = {"baseline": f"dcgan dataset={DIGITS}", "steps": 3, **options}
    return split(read_sweep(synthetic.write(configs, **options)))
