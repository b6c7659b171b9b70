"""CUDA graphs and reduced precision on a real device; skipped where there is none."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from bench import datasets, engine
from bench.executors import Found, chores
from tests.test_engine import CASES, SHAPE, images_and_labels, recipe_of
from tests.test_preflight import runs
from variants import registry
from variants.game import Batch
from variants.networks.dropout import Dropout
from variants.shapes import PointShape
from variants.stack import StackedGame

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
STEPS = 12


def losses(case: str, execution: Any, precision: Any = "fp32") -> Tensor:
    """Rows of some steps of one recipe, the last on a smaller batch."""
    device = torch.device("cuda")
    recipe = recipe_of(case)
    torch.manual_seed(0)
    game = recipe.build(SHAPE, device)
    images, labels = (t.to(device) for t in images_and_labels(torch.float32, SHAPE))
    player = engine.Engine(
        game,
        torch.Generator(device).manual_seed(1),
        lambda index: Batch(images[index], labels=labels[index]),
        size=recipe.batch_size,
        device=device,
        precision=precision,
        execution=execution,
    )
    order = torch.Generator().manual_seed(2)
    sizes = [recipe.batch_size] * (STEPS - 1) + [recipe.batch_size // 2]
    with player.settings():
        rows = [
            player.step(
                [
                    torch.randint(0, 64, (size,), generator=order).to(device)
                    for _ in range(recipe.critic_steps)
                ]
            ).clone()
            for size in sizes
        ]
    return torch.stack(rows).cpu()


@pytest.mark.parametrize("case", CASES)
def test_a_replayed_graph_gives_what_eager_steps_give(case: str) -> None:
    torch.testing.assert_close(
        losses(case, "cuda-graph"), losses(case, "eager"), rtol=1e-4, atol=1e-5, equal_nan=True
    )


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_reduced_precision_is_near_in_graphs_too(precision: str) -> None:
    exact = losses("wgan-gp", "eager")[:, :2]
    for execution in ("eager", "cuda-graph"):
        near = losses("wgan-gp", execution, precision)[:, :2]
        torch.testing.assert_close(near, exact, rtol=0.1, atol=0.1)


def test_a_stack_of_seeds_is_captured_with_a_stream_for_each() -> None:
    device = torch.device("cuda")
    recipe = registry.get("mixture-gan")(pack=2)
    points = torch.randn(1000, 2, device=device)
    rows = []
    for execution in ("eager", "cuda-graph"):
        torch.manual_seed(0)
        stack = StackedGame([recipe.build(PointShape(), device) for _ in range(3)])
        player = engine.Engine(
            stack,
            [torch.Generator(device).manual_seed(seed) for seed in range(3)],
            lambda index: Batch(points[index]),
            size=recipe.batch_size,
            device=device,
            execution=execution,  # type: ignore[arg-type]
        )
        indices = [torch.arange(3 * recipe.batch_size, device=device).view(3, -1)]
        with player.settings():
            rows.append(torch.stack([player.step(indices).clone() for _ in range(8)]).cpu())
    torch.testing.assert_close(*rows, rtol=1e-4, atol=1e-5, equal_nan=True)


def test_dropouts_masks_are_those_of_a_cpu() -> None:
    layer = Dropout(0.3)
    on_gpu = copy.deepcopy(layer).to("cuda")
    x = torch.randn(8, 6, 5, 5)
    for _ in range(3):
        assert torch.equal(layer(x), on_gpu(x.to("cuda")).cpu())


def test_auto_finds_that_a_graph_is_exact(tmp_path: Path) -> None:
    found = Found("cuda", 1, ("cuda:0",))
    for run in runs("dcgan", "wgan-gp", "dcgan-tutorial").values():
        data = datasets.prepare(run.data, cache=tmp_path)
        assert chores.capture_refusal(run, data, found) is None
