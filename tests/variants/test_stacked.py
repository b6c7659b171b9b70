"""Runs trained as one stack come out as they would alone."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from bench import engine
from variants import dense_product, registry
from variants.dense_product import stacked_linear
from variants.game import AdversarialGame, Batch
from variants.recipe import ImageShape, PointShape
from variants.stacked import StackedGame

CPU = torch.device("cpu")
SEEDS = (0, 1, 2)


def alone(seed: int, **fields: object) -> AdversarialGame:
    torch.manual_seed(seed)
    recipe = registry.get("mixture-gan")(
        packs=10, generator_width=8, generator_layers=2, critic_width=6, **fields
    )
    game = recipe.build(PointShape(), CPU)
    assert isinstance(game, AdversarialGame)
    for player in (game.generator, game.critic):
        player.network.double()
    return game


def play(game: AdversarialGame, seeds: tuple[int, ...], rounds: int = 30) -> Tensor:
    """Rows of some rounds, each seed with its own data and noise."""
    streams = [torch.Generator().manual_seed(100 + seed) for seed in seeds]
    rows = []
    for _ in range(rounds):
        count = game.recipe.batch_size
        points = torch.stack([torch.randn(count, 2, generator=s).double() for s in streams])
        latents = torch.stack([torch.randn(count, 2, generator=s).double() for s in streams])
        if len(seeds) == 1:
            points, latents = points[0], latents[0]
        batch = Batch(points)
        if game.simultaneous:
            critic, generator = engine.simultaneous_update(game, batch, latents)
        else:
            critic = engine.critic_update(game, batch, latents)
            generator = engine.generator_update(game, batch, latents)
        rows.append(torch.stack([critic.loss, generator.loss, *critic.scalars.values()]))
    return torch.stack(rows)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"pack": 3},
        {"updates": "alternating", "objective": "wasserstein", "weight_clip": 0.03},
        {"objective": "product-metric", "optimizer": "rmsprop"},
    ],
)
def test_each_run_comes_out_as_alone(fields: dict[str, object]) -> None:
    stack = StackedGame([alone(seed, **fields) for seed in SEEDS])
    rows = play(stack, SEEDS)
    for index, seed in enumerate(SEEDS):
        game = alone(seed, **fields)
        torch.testing.assert_close(rows[..., index], play(game, (seed,)), rtol=1e-9, atol=1e-9)
        for mine, whole in ((game.generator, stack.generator), (game.critic, stack.critic)):
            expected = mine.network.state_dict()
            for name, tensor in whole.network.state_dict().items():
                torch.testing.assert_close(
                    tensor[index : index + 1], expected[name], rtol=1e-9, atol=1e-9
                )


def test_a_run_of_a_stack_is_sampled_like_the_run_alone() -> None:
    stack = StackedGame([alone(seed) for seed in SEEDS])
    play(stack, SEEDS, rounds=3)
    latents = torch.randn(7, 2).double()
    for index, seed in enumerate(SEEDS):
        game = alone(seed)
        play(game, (seed,), rounds=3)
        for network in (game.generator.network, stack.generator.network):
            network.eval()
        torch.testing.assert_close(stack.member_sample(index, latents), game.sample(latents))
        stack.generator.network.train()


def test_what_befalls_one_run_does_not_touch_the_others() -> None:
    healthy, sick = (StackedGame([alone(seed) for seed in SEEDS]) for _ in range(2))
    with torch.no_grad():
        next(sick.generator.network.parameters())[1] = math.nan
    expected, rows = play(healthy, SEEDS), play(sick, SEEDS)
    assert rows[:, :2, 1].isnan().all()
    assert torch.equal(rows[..., [0, 2]], expected[..., [0, 2]])


def test_what_cannot_be_stacked_is_refused() -> None:
    images = registry.get("dcgan")().build(ImageShape(1, 28), CPU)
    for games in ([images, images], [alone(0, gradient_penalty=1.0)] * 2):
        with pytest.raises(ValueError, match="cannot be trained as a stack"):
            StackedGame(games)


# ------------------------------------------------------------------------- the product


@pytest.fixture
def quick_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever processor this is."""
    monkeypatch.setattr(dense_product, "_QUICKER", dense_product._ONEDNN is not None)


@pytest.mark.usefixtures("quick_product")
@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_the_quick_product_is_the_product(transposed: bool, bias: bool) -> None:
    torch.manual_seed(0)
    x, w, b = torch.randn(3, 40, 48), torch.randn(3, 56, 48), torch.randn(3, 56)
    if transposed:  # rows that lie apart
        x = x.transpose(0, 1).contiguous().transpose(0, 1)
        w = w.transpose(1, 2).contiguous().transpose(1, 2)
    ours = [t.clone(memory_format=torch.preserve_format).requires_grad_(True) for t in (x, w, b)]
    theirs = [t.detach().double().requires_grad_(True) for t in (x, w, b)]

    def slopes(tensors: list[Tensor]) -> tuple[Tensor, ...]:
        """The product, its gradients, and a gradient of those."""
        x, w, b = tensors
        y = stacked_linear(x, w, b if bias else None)
        inputs = tensors if bias else tensors[:2]
        first = torch.autograd.grad(y.square().sum(), inputs, create_graph=True)
        second = torch.autograd.grad(first[0].square().sum(), tensors[:2])
        return (y, *first, *second)

    for mine, exact in zip(slopes(ours), slopes(theirs), strict=True):
        scale = exact.abs().max().item()
        torch.testing.assert_close(mine.double(), exact, rtol=0, atol=1e-5 * scale)


@pytest.mark.usefixtures("quick_product")
@pytest.mark.skipif(dense_product._ONEDNN is None, reason="a torch without the operator")
@pytest.mark.parametrize(
    ("rows", "dtype", "quick"),
    [(40, torch.float32, True), (31, torch.float32, False), (40, torch.float64, False)],
)
def test_the_quick_product_is_for_large_single_precision(
    rows: int, dtype: torch.dtype, quick: bool
) -> None:
    x = torch.randn(2, rows, 40, dtype=dtype, requires_grad=True)
    made = stacked_linear(x, torch.randn(2, 40, 40, dtype=dtype), None)
    assert ("OneDnn" in type(made.grad_fn).__name__) == quick


def test_without_the_quick_product_torchs_own_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = torch.randn(2, 40, 48), torch.randn(2, 56, 48)
    monkeypatch.setattr(dense_product, "_QUICKER", dense_product._ONEDNN is not None)
    quick = stacked_linear(x, w, None)
    monkeypatch.setattr(dense_product, "_QUICKER", False)
    torch.testing.assert_close(quick, stacked_linear(x, w, None), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("vendor", "family", "flags", "wide"),
    [
        ("AuthenticAMD", 26, "fpu avx2 avx512f", True),
        ("AuthenticAMD", 25, "fpu avx2 avx512f", False),  # Zen 4
        ("AuthenticAMD", 26, "fpu avx2", False),
        ("GenuineIntel", 26, "fpu avx2 avx512f", False),
    ],
)
def test_which_processors_gain_by_it(vendor: str, family: int, flags: str, wide: bool) -> None:
    cpuinfo = f"vendor_id\t: {vendor}\ncpu family\t: {family}\nmodel\t\t: 1\nflags\t\t: {flags}\n"
    assert dense_product._has_wide_units(cpuinfo) is wide
    assert dense_product._has_wide_units("") is False
