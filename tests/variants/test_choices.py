"""Objectives, penalties and constraints in a grid: mistakes are one sentence with the place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench import grid
from bench.errors import GridError

WriteGrid = Callable[..., str]

# Lines that follow "variants:\n  - name: dcgan"; what the message says, from the line on.
MISTAKES = {
    "objective": (
        "objective: relativstic",
        "line 4: objective is 'relativstic'; did you mean 'relativistic'?",
    ),
    "unlike any objective": (
        "objective: kl",
        "line 4: objective is 'kl'; it should be 'feature-matching', 'hinge', 'least-squares', "
        "'minimax', 'non-saturating', 'product-metric', 'product-metric-root', 'relativistic' or "
        "'wasserstein'.",
    ),
    "penalty": (
        "critic_norm: none\n    penalties:\n      r1: 1\n      r3: 2",
        "line 5: penalties has 'r3', which is no known penalty (did you mean 'r2'?).",
    ),
    "constraint": (
        "constraints: {clp: 0.1}",
        "line 4: constraints has 'clp', which is no known constraint (did you mean 'clip'?).",
    ),
    "weight of zero": (
        "penalties: {r1: 0}",
        "line 4: penalties gives r1 the number 0.0; give one above 0.",
    ),
    "negative weight": (
        "penalties: {r1: -1.5}",
        "line 4: penalties gives r1 the number -1.5; give one above 0.",
    ),
    "bound of zero": (
        "constraints: {clip: 0}",
        "line 4: constraints gives clip the number 0.0; give one above 0.",
    ),
    "infinite weight": (
        "penalties: {r1: .inf}",
        "line 4: penalties.r1 is inf; it should be a finite number.",
    ),
    "weight as text": (
        "penalties: {r1: much}",
        "line 4: penalties.r1 is 'much'; it should be a number.",
    ),
    "weight without a rule": (
        "penalties: {lecam: auto}",
        "line 4: penalties gives lecam the weight auto, for which only r1 and r2 have a rule; give "
        "a number above 0.",
    ),
    "interval of what costs nothing": (
        "penalties: {lecam: 0.3}\n    penalty_interval: 4",
        "line 5: penalty_interval is given, and the penalties are on scores, which cost nothing "
        "and are never left out; remove it.",
    ),
    "batch compared under a penalty": (
        "critic_norm: none\n    penalties: {r1: 1}\n    minibatch_kernels: 8",
        "line 6: minibatch_kernels compares the samples of a batch, and the penalties need a "
        "gradient per sample; keep one of them.",
    ),
    "projection of nothing": (
        "critic_condition: projection",
        "line 4: critic_condition is projection, and the critic receives no class; set "
        "conditional: true.",
    ),
    "no weight": (
        "penalties: r1",
        "line 4: penalties is 'r1'; it should be a mapping such as {name: 1}.",
    ),
    "penalty twice": (
        "gradient_penalty: 10\n    critic_norm: none\n    penalties: {gradient: 10}",
        "penalties has gradient, and so has gradient_penalty; keep one of them.",
    ),
    "constraint twice": (
        "weight_clip: 0.01\n    constraints: {clip: 0.01}",
        "constraints has clip, and so has weight_clip; keep one of them.",
    ),
    "interval of zero": (
        "penalties: {r1: 1}\n    critic_norm: none\n    penalty_interval: 0",
        "line 6: penalty_interval is 0; it should be greater than or equal to 1.",
    ),
    "samples shared twice": (
        "updates: simultaneous\n    reuse_samples: true",
        "reuse_samples is given with updates: simultaneous, which generates a step's samples once "
        "anyway; keep one of them.",
    ),
    "interval of nothing": (
        "penalty_interval: 4",
        "penalty_interval is given without a penalty; set gradient_penalty or penalties.",
    ),
    "batch norm": (
        "penalties: {r1: 1}",
        "penalties needs a gradient per sample, and batch norm mixes samples; set critic_norm: "
        "none or layer.",
    ),
    "spectral norm": (
        "constraints: {clip: 1}\n    critic_norm: spectral",
        "weight_clip bounds weights that critic_norm: spectral divides by their norm anyway; "
        "keep one of them.",
    ),
    "graph of steps that differ": (
        "penalties: {r1: 1}\n    critic_norm: none\n    penalty_interval: 4\n"
        "    execution: cuda-graph",
        "line 7: the steps of 'dcgan' differ (penalty_interval), and a CUDA graph repeats one "
        "step; choose eager.",
    ),
}
for _penalty in ("r1", "r2", "gradient"):
    MISTAKES[f"compiled {_penalty}"] = (
        f"penalties: {{{_penalty}: 1}}\n    critic_norm: none\n    execution: compile",
        "line 6: torch.compile cannot differentiate twice, as the gradient penalty of 'dcgan' "
        "requires; choose eager.",
    )


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_with_its_place(write_grid: WriteGrid, mistake: str) -> None:
    lines, said = MISTAKES[mistake]
    path = write_grid(f"name: small\nvariants:\n  - name: dcgan\n    {lines}\n")
    with pytest.raises(GridError) as caught:
        grid.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}, line ")
    assert message.endswith(said)
    assert "\n" not in message


def test_penalties_and_constraints_belong_to_a_runs_identity(write_grid: WriteGrid) -> None:
    """With its default each of the new keys leaves the id as it was."""

    def run_id(fields: str) -> str:
        text = f"name: small\nvariants:\n  - {{name: dcgan, critic_norm: none{fields}}}\n"
        return grid.load(write_grid(text)).runs[0].run_id

    plain = run_id("")
    same = (", penalties: {}", ", constraints: {}", ", penalty_interval: 1")
    assert {run_id(fields) for fields in same} == {plain}
    other = (", penalties: {r1: 1}", ", penalties: {r1: 2}", ", constraints: {clip: 1}")
    every = {run_id(fields) for fields in (*other, ", penalties: {r1: 1}, penalty_interval: 2")}
    assert len(every | {plain}) == 5
