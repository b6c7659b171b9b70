"""CUDA graphs and reduced precision on a real device; skipped where there is none."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from bench import datasets, engine, store, training
from bench.cost import environment, flops
from bench.cost.calibration import Calibrator
from bench.cost.clock import Clock
from bench.cost.memory import open_memory
from bench.cost.nvml import open_gpu
from bench.executors import Found, chores
from bench.quality.evaluator import QualityProtocol
from tests.test_engine import CASES, SHAPE, images_and_labels, recipe_of
from tests.test_preflight import runs
from tests.test_training import images, spec
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
MIB = 2**20


class _Hungry:
    """An evaluator that needs 2 GiB, and keeps 64 MiB on the device."""

    samples = 8
    protocol = QualityProtocol(quality_features="classifier")

    def __init__(self, device: torch.device) -> None:
        self._weights = torch.ones(64 * MIB // 4, device=device)

    def evaluate(self, draw: Any, conditions: Any) -> dict[str, float]:
        workspace = torch.ones(2048 * MIB // 4, device=self._weights.device)
        return {"fcd": float(workspace[0] + self._weights[0]), "quality_samples": 8}


@pytest.mark.parametrize("execution", ["eager", "cuda-graph"])
def test_the_peaks_of_training_do_not_contain_evaluations(execution: Any) -> None:
    """Of every epoch; and the process's number is that of a run which never evaluates."""
    device = torch.device("cuda")
    peaks = {}
    for judged in (False, True):
        memory = open_memory(device)
        judge = None
        if judged:
            with memory.apart():
                judge = _Hungry(device)
        run = spec(epochs=3, quality={"samples": 8})
        resources = training.Resources(
            device=device,
            data=images(),
            counts=flops.count(run.recipe, run.shape),
            environment=environment.describe(device, open_gpu(device), threads=1),
            evaluator=judge,
            memory=memory,
            exclusive=True,
            execution=execution,
        )
        _, *epochs = training.run([run], resources, started=0.0)
        records = [epoch.record for (epoch,) in epochs]  # type: ignore[union-attr]
        peaks[judged] = records
        if judged:
            kept = memory.gpu.kept_bytes
            assert kept is not None
            assert 64 * MIB <= kept < 80 * MIB
        del judge, resources, epochs
        torch.cuda.empty_cache()
    for alone, beside in zip(peaks[False], peaks[True], strict=True):
        for name in ("allocated", "reserved", "process"):
            column = f"peak_gpu_{name}_bytes"
            expected, found = getattr(alone, column), getattr(beside, column)
            assert (expected is None) == (found is None)
            if expected is not None:
                assert found == pytest.approx(expected, abs=64 * MIB), column


def test_a_calibration_of_the_gpu_draws_nothing_and_leaves_nothing() -> None:
    device = torch.device("cuda")
    state, memory = torch.cuda.get_rng_state(device), open_memory(device)
    before = torch.cuda.memory_allocated(device)
    found = Calibrator(device, Clock(device), memory).start(60.0).finish()
    assert found.before is not None
    assert found.before > 1e11
    assert found.seconds is not None
    assert torch.cuda.memory_allocated(device) == before
    assert torch.equal(torch.cuda.get_rng_state(device), state)


def losses(case: str, execution: Any, precision: Any = "fp32") -> Tensor:
    """Rows of some steps of one recipe, the last on a smaller batch; repeatable."""
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
    with engine.repeatable(), player.settings():
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


def test_the_real_command_measures_the_gpu(tmp_path: Path) -> None:
    """Runs on a GPU are captured as graphs, and scored there, averaged weights too."""
    grid = tmp_path / "small.yaml"
    grid.write_text(
        "name: small\nepochs: 2\nbatch_size: 32\nsubset: 640\ngenerator_average: 2000\n"
        "quality: {features: classifier, samples: 64}\n"
        "variants: [dcgan-lite, conditional-vector-critic]\n"
    )
    command = [sys.executable, "-m", "bench", "run", "--grid", str(grid)]
    out = tmp_path / "results"
    done = subprocess.run(
        [*command, "--out", str(out)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = store.read_sweep(out)
    assert list(results.runs["device"].str[:4]) == ["cuda", "cuda"]
    assert list(results.runs["execution"]) == ["cuda-graph", "cuda-graph"], done.stderr
    epochs = results.epochs
    for column in ("peak_gpu_allocated_bytes", "peak_gpu_reserved_bytes"):
        assert (epochs[column] > 0).all(), column
    assert (epochs["fcd"] > 0).all()
    assert (epochs["fcd_averaged"] > 0).all()


def test_auto_finds_that_a_graph_is_exact(tmp_path: Path) -> None:
    found = Found("cuda", 1, ("cuda:0",))
    for run in runs("dcgan", "wgan-gp", "dcgan-tutorial").values():
        data = datasets.prepare(run.data, cache=tmp_path)
        assert chores.capture_refusal(run, data, found) is None
