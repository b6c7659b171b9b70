"""Every way of executing a step gives what the plain loop gives."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from bench import engine
from bench.run_keys import Execution, Precision
from tests.benchmarks.plain_loops import (
    PlainGan,
    PlainTutorial,
    PlainWganGp,
    with_torchs_own_layers,
)
from variants import registry
from variants.game import Batch
from variants.networks.dropout import Dropout, splitmix64
from variants.recipe import Recipe
from variants.shapes import ImageShape, PointShape

CPU = torch.device("cpu")
SHAPE = ImageShape(1, 28, 10)
STEPS, SIZE = 5, 8
CAN_COMPILE = pytest.param("compile", marks=pytest.mark.slow)

CASES: dict[str, dict[str, Any]] = {
    "gan": {"name": "gan", "dropout": 0.0, "width_factor": 0.25},
    "dcgan": {"name": "dcgan"},
    "dcgan, samples reused": {"name": "dcgan", "reuse_samples": True},
    "tutorial": {"name": "dcgan-tutorial", "dropout": 0.0, "width_factor": 0.25},
    "packed": {"name": "dcgan", "pack": 2, "width_factor": 0.5},
    "conditional": {"name": "conditional-dcgan", "width_factor": 0.5},
    "wgan-gp": {"name": "wgan-gp", "critic_steps": 2, "width_factor": 0.5},
    "conditional wgan-gp": {
        "name": "conditional-wgan-gp",
        "critic_steps": 2,
        "width_factor": 0.5,
    },
}


def recipe_of(case: str) -> Recipe:
    fields = dict(CASES[case])
    return registry.get(fields.pop("name"))(batch_size=SIZE, **fields)


def images_and_labels(dtype: torch.dtype, shape: ImageShape) -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(7)
    images = torch.randint(0, 256, (64, *shape.dimensions), dtype=torch.uint8, generator=rng)
    labels = torch.randint(0, 10, (64,), generator=rng)
    return images.to(dtype).div(127.5).sub(1), labels


def both_ways(
    recipe: Recipe,
    execution: Execution,
    dtype: torch.dtype = torch.float32,
    shape: ImageShape = SHAPE,
    precision: Precision = "fp32",
    steps: int = STEPS,
) -> tuple[Tensor, Tensor]:
    """Losses (steps, 2) of the engine and of the plain loop from the same weights and noise.

    Both draw the penalty's ε from a stream of the same seed.
    """
    torch.manual_seed(3)
    game = recipe.build(shape, CPU)
    generator, critic = game.generator.network.to(dtype), game.critic.network.to(dtype)
    theirs = with_torchs_own_layers(generator), with_torchs_own_layers(critic)
    images, labels = images_and_labels(dtype, shape)
    indices = [
        [
            torch.randint(0, 64, (SIZE,), generator=torch.Generator().manual_seed(10 * i + j))
            for j in range(recipe.critic_steps)
        ]
        for i in range(steps)
    ]

    class SameNoise:
        """Noise of the dtype of the networks, so that float64 is not fed float32 values."""

        def __init__(self) -> None:
            self.rng = torch.Generator().manual_seed(5)

        def __call__(self) -> Tensor:
            return torch.randn(SIZE, recipe.latent_dim, generator=self.rng).to(dtype)

    draws = SameNoise()
    game.latents = lambda count, rng: draws()  # type: ignore[method-assign]
    labelled = recipe.conditional

    def batch_at(index: Tensor) -> Batch:
        return Batch(images[index], labels=labels[index] if labelled else None)

    player = engine.Engine(
        game,
        torch.Generator().manual_seed(11),
        batch_at,
        size=SIZE,
        device=CPU,
        precision=precision,
        execution=execution,
    )
    with player.settings():
        ours = torch.stack([player.step(of_step)[:2].clone() for of_step in indices])

    draw, noise = SameNoise(), torch.Generator().manual_seed(11)
    rows: list[tuple[float, float]] = []
    if recipe.gradient_penalty:
        wgan = PlainWganGp(*theirs)
        for of_step in indices:
            batches = [(images[i], labels[i]) if labelled else (images[i],) for i in of_step]
            rows.append(wgan.step(batches, draw, noise))
    elif recipe.simultaneous:
        tutorial = PlainTutorial(*theirs)
        for (index,) in indices:
            rows.append(tutorial.step(images[index], draw))
    else:
        plain = PlainGan(*theirs, recipe.generator_lr, recipe.beta1, reuse=recipe.reuse_samples)
        for (index,) in indices:
            rows.append(plain.step(images[index], draw, [labels[index]] if labelled else []))
    return ours.double(), torch.tensor(rows, dtype=torch.float64)


@pytest.fixture(autouse=True)
def stance_as_before() -> Any:
    yield
    torch.compiler.set_stance("default")


# Batch norm in both players amplifies rounding: with another number of threads the plain loop
# itself differs in the fourth digit. Those are compared in float64 only.
_AMPLIFYING = ("dcgan", "dcgan, samples reused", "conditional wgan-gp")


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # of torch.compile about itself
@pytest.mark.parametrize("execution", ["eager", CAN_COMPILE])
@pytest.mark.parametrize(
    ("case", "dtype"),
    [
        (case, dtype)
        for dtype in (torch.float32, torch.float64)
        for case in CASES
        if dtype == torch.float64 or case not in _AMPLIFYING
    ],
)
def test_the_engine_gives_the_plain_loops_losses(
    case: str, dtype: torch.dtype, execution: Execution
) -> None:
    recipe = recipe_of(case)
    if execution == "compile" and (recipe.gradient_penalty or recipe.simultaneous):
        pytest.skip("refused by the grid: torch.compile runs one backward pass, once")
    ours, theirs = both_ways(recipe, execution, dtype)
    tolerance = 1e-5 if dtype == torch.float32 else 1e-9
    if execution == "compile" and dtype == torch.float32:
        tolerance = 1e-4  # fused kernels add in another order
    torch.testing.assert_close(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", ["dcgan", pytest.param("wgan-gp", marks=pytest.mark.slow)])
def test_at_64_px_they_agree_in_float64(name: str) -> None:
    """In float32 batch norm amplifies rounding, even that of another number of threads."""
    recipe = registry.get(name)(batch_size=SIZE, width_factor=0.25)
    ours, theirs = both_ways(recipe, "eager", torch.float64, ImageShape(3, 64, 10), steps=3)
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-9)


def test_a_different_loop_is_detected() -> None:
    """The comparison can fail: other samples, or updates in turn, give other losses."""
    new, _ = both_ways(recipe_of("dcgan"), "eager")
    reused, _ = both_ways(recipe_of("dcgan, samples reused"), "eager")
    assert (new - reused).abs().max() > 1e-3
    in_turn = recipe_of("tutorial").model_copy(
        update={"updates": "alternating", "reuse_samples": True}
    )
    together, _ = both_ways(recipe_of("tutorial"), "eager")
    alternating, _ = both_ways(in_turn, "eager")
    assert (together - alternating).abs().max() > 1e-3


def test_the_tutorial_generates_and_judges_a_steps_samples_once() -> None:
    """Its ``train_step`` calls the generator once and the discriminator twice, real and fake."""
    game, player = small("dcgan-tutorial")
    calls: list[str] = []
    for name in ("generator", "critic"):
        network = getattr(game, name).network
        network.register_forward_hook(lambda *_, name=name: calls.append(name))
    with player.settings():
        player.step([torch.arange(8)])
    assert calls == ["generator", "critic", "critic"]
    norms = [m for m in game.generator.network.modules() if hasattr(m, "num_batches_tracked")]
    assert [int(norm.num_batches_tracked) for norm in norms] == [1, 1, 1]
    # Keras' BatchNormalization: momentum 0.99, of which torch's is the rest, and epsilon 1e-3.
    assert {(norm.momentum, norm.eps) for norm in norms} == {(0.01, 1e-3)}
    drops = [m.share for m in game.critic.network.modules() if isinstance(m, Dropout)]
    assert drops == [0.3, 0.3]


def test_bf16_is_near_and_its_losses_and_weights_are_float32() -> None:
    ours, theirs = both_ways(recipe_of("wgan-gp"), "eager", precision="bf16")
    assert not torch.equal(ours, theirs)
    torch.testing.assert_close(ours, theirs, rtol=0.05, atol=0.05)


@pytest.mark.parametrize("name", [n for n in registry.names() if registry.get(n).task == "images"])
def test_every_image_variant_trains_in_bf16(name: str) -> None:
    game, player = small(name, precision="bf16")
    with player.settings():
        rows = [player.step([torch.arange(8)] * game.critic_steps) for _ in range(2)]
    for row in rows:
        assert row.dtype == torch.float32
        assert row[:2].isfinite().all()
    for network in (game.generator.network, game.critic.network):
        assert all(parameter.dtype == torch.float32 for parameter in network.parameters())


def small(name: str, **how: Any) -> tuple[Any, engine.Engine]:
    torch.manual_seed(0)
    narrow = {"width_factor": 0.25} if "sngan" in name or name == "r3gan" else {}
    recipe = registry.get(name)(batch_size=8, **narrow)
    game = recipe.build(SHAPE, CPU)
    images, labels = images_and_labels(torch.float32, SHAPE)

    def batch_at(index: Tensor) -> Batch:
        return Batch(images[index], labels=labels[index])

    return game, engine.Engine(game, torch.Generator(), batch_at, size=8, device=CPU, **how)


@pytest.mark.slow
def test_bf16_with_the_gradient_penalty_stays_finite_for_2000_steps() -> None:
    """In mixed precision StudioGAN's losses became NaN (its issue 175)."""
    recipe = registry.get("wgan-gp")(batch_size=16, critic_steps=1, width_factor=0.25)
    torch.manual_seed(0)
    game = recipe.build(SHAPE, CPU)
    images, _ = images_and_labels(torch.float32, SHAPE)
    player = engine.Engine(
        game,
        torch.Generator().manual_seed(0),
        lambda index: Batch(images[index]),
        size=16,
        device=CPU,
        precision="bf16",
    )
    with player.settings():
        rows = [player.step([torch.randint(0, 64, (16,))]) for _ in range(2000)]
    losses = torch.stack(rows)[:, [0, 1, 6]]
    assert losses.isfinite().all()
    assert losses[-100:, 2].mean() < 10 * losses[:10, 2].mean() + 10, "the penalty works"


# ------------------------------------------------------------------------- settings


def test_tf32_is_on_during_steps_only() -> None:
    game, player = small("dcgan", precision="tf32")
    seen = []
    loss = game.critic_loss
    game.critic_loss = lambda *a: seen.append(torch.backends.cudnn.allow_tf32) or loss(*a)
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    with player.settings():
        player.step([torch.arange(8)])
    assert seen == [True]
    assert not torch.backends.cudnn.allow_tf32
    _, plain = small("dcgan")
    torch.backends.cudnn.allow_tf32 = True  # torch's default, which fp32 turns off
    with plain.settings():
        assert not torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def test_convolutions_weights_and_their_moments_are_channels_last() -> None:
    game, player = small("dcgan")
    with player.settings():
        player.step([torch.arange(8)])
    state = copy.deepcopy(game.state())
    weights = [p for p in game.critic.network.parameters() if p.ndim == 4]
    assert weights
    assert all(w.is_contiguous(memory_format=torch.channels_last) for w in weights)
    for name in ("generator", "critic"):  # as another device would have saved them
        of_player = state[name]
        for moments in of_player["optimizer"]["state"].values():
            for kind, moment in moments.items():
                moments[kind] = moment.contiguous() if moment.ndim == 4 else moment
    game.load_state(state)
    for weight in weights:
        moment = game.critic.optimizer.state[weight]["exp_avg"]
        assert moment.stride() == weight.stride()


def test_networks_of_points_keep_their_memory_layout() -> None:
    game = registry.get("mixture-gan")().build(PointShape(), CPU)
    engine.Engine(game, torch.Generator(), Batch, size=100, device=CPU)
    assert all(p.is_contiguous() for p in game.critic.network.parameters())


def test_denormals_are_zero_in_every_thread() -> None:
    """In a process of its own, since the setting applies to the whole process."""
    import subprocess
    import sys

    code = (
        "import torch; from bench import engine; engine.settle(2);"
        "x = torch.full((4_000_000,), 1e-39); print((x * 1.0).count_nonzero().item())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


# --------------------------------------------------------------------------- dropout


def test_splitmix64_gives_its_published_numbers() -> None:
    """Those of the reference implementation for the seed 1234567 (rosettacode.org)."""
    words = [word % 2**64 for word in splitmix64(torch.tensor(1234567), 5).tolist()]
    assert words == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_dropout_drops_its_share_and_keeps_the_mean(share: float) -> None:
    torch.manual_seed(0)
    layer = Dropout(share)
    x = torch.ones(100, 20, 10, 10)
    kept = torch.stack([layer(x) for _ in range(5)])
    error = 4 * math.sqrt(share * (1 - share) / kept.numel())
    assert (kept == 0).double().mean().item() == pytest.approx(share, abs=error)
    assert kept.double().mean().item() == pytest.approx(1.0, abs=error / (1 - share))
    # Whether an input is dropped is independent of its neighbours and of the next mask.
    mask = (kept == 0).double() - share
    for other in (mask.roll(1, 0), mask.roll(1, 2), mask.roll(1, 4)):
        assert abs((mask * other).mean().item()) < error


def test_dropout_resumes_from_its_saved_state_and_is_off_in_evaluation() -> None:
    layer, x = Dropout(0.3), torch.randn(7, 3, 5, 5)
    layer(x)
    again = Dropout(0.3)
    again.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x), again(x))
    assert not torch.equal(layer(x), layer(x))
    assert torch.equal(layer.eval()(x), x)


def test_masks_do_not_depend_on_the_memory_layout() -> None:
    layer, x = Dropout(0.5), torch.randn(4, 3, 6, 6)
    again = copy.deepcopy(layer)
    assert torch.equal(layer(x), again(x.to(memory_format=torch.channels_last)))


def test_the_gradient_of_dropout_is_its_mask() -> None:
    layer, x = Dropout(0.25), torch.randn(50, 40, requires_grad=True)
    output = layer(x)
    (slope,) = torch.autograd.grad(output.sum(), x)
    assert torch.equal(output, x * slope)
    assert slope.unique().tolist() == pytest.approx([0, 4 / 3])
