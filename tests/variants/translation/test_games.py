"""Losses and steps of the three games against plain loops with the same weights and draws."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench import engine
from tests.variants.translation.test_pool import plain
from variants import registry
from variants.game import Batch, Game
from variants.networks.resnet import Projector
from variants.recipe import Recipe
from variants.shapes import ImageShape, PairShape
from variants.translation.cyclegan import OF_SOURCES, OF_TARGETS, TO_SOURCE, TO_TARGET
from variants.translation.fastcut import PROJECTOR, patch_nce

CPU = torch.device("cpu")
SHAPE = PairShape(ImageShape(1, 32), ImageShape(1, 32))
NAMES = ("pix2pix", "cyclegan", "fastcut")


@pytest.fixture(autouse=True)
def _exact() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(torch.float32)


def small(name: str, **fields: object) -> tuple[Recipe, Game]:
    recipe = registry.get(name)(generator_width=4, critic_width=4, **fields)
    return recipe, recipe.build(SHAPE, CPU)


def batches(count: int, size: int = 1) -> Iterator[Batch]:
    drawn = torch.Generator().manual_seed(1)
    for _ in range(count):
        target, source = torch.rand(2, size, 1, 32, 32, generator=drawn) * 2 - 1
        yield Batch(target, source)


def adam(*networks: nn.Module) -> torch.optim.Adam:
    weights = [p for network in networks for p in network.parameters()]
    return torch.optim.Adam(weights, 2e-4, (0.5, 0.999))


def step(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def check(
    game: Game, noise: torch.Generator, step_of: Callable[[Batch], dict[str, Tensor]], size: int = 1
) -> None:
    """Every number of the game's steps is the plain loop's."""
    columns = engine.columns(game)
    for batch in batches(8, size):
        row = dict(zip(columns, engine.train_step(game, [batch], noise), strict=True))
        for name, value in step_of(batch).items():
            assert row[name].item() == pytest.approx(value.item(), rel=1e-6, abs=1e-9), name


@pytest.mark.parametrize("size", [1, 3])
def test_pix2pix_is_a_plain_loop(size: int) -> None:
    recipe, game = small("pix2pix", batch_size=size)
    generator, critic = copy.deepcopy([game.generator.network, game.critic.network])
    of_generator, of_critic = adam(generator), adam(critic)
    noise, again = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    bce = nn.BCEWithLogitsLoss()

    def plain_step(batch: Batch) -> dict[str, Tensor]:
        assert batch.source is not None
        seeds = torch.randint(-(2**63), 2**63 - 1, (size, 1), generator=again)
        made = generator(batch.source, seeds)
        real = critic(torch.cat([batch.source, batch.target], 1))
        fake = critic(torch.cat([batch.source, made.detach()], 1))
        d_loss = 0.5 * (bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake)))
        step(of_critic, d_loss)
        score = critic(torch.cat([batch.source, made], 1))
        adversarial = bce(score, torch.ones_like(score))
        l1 = 100 * nn.L1Loss()(made, batch.target)
        step(of_generator, adversarial + l1)
        return {
            "critic_loss": d_loss,
            "generator_loss": adversarial + l1,
            "adversarial_term": adversarial,
            "l1_term": l1,
            "critic_score_real": real.mean(),
            "critic_accuracy_real": (real > 0).double().mean(),
            "critic_accuracy_fake": (fake < 0).double().mean(),
        }

    check(game, noise, plain_step, size)
    assert (recipe.batch_size, recipe.optimizer) == (size, "adam")


def test_cyclegan_is_a_plain_loop() -> None:
    """With a pool that is full after three steps."""
    _, game = small("cyclegan", pool=3)
    networks = copy.deepcopy([game.generator.network, game.critic.network])
    there, back = networks[0][TO_TARGET], networks[0][TO_SOURCE]
    of_targets, of_sources = networks[1][OF_TARGETS], networks[1][OF_SOURCES]
    of_generators, of_critics = adam(there, back), adam(of_targets, of_sources)
    noise, again = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    pools: dict[str, list[Tensor]] = {"targets": [], "sources": []}
    l1, mse = nn.L1Loss(), nn.MSELoss()

    def pooled(name: str, image: Tensor) -> Tensor:
        draws = torch.rand(2, 1, generator=again)
        return plain(pools[name], 3, image.detach(), draws[0] > 0.5, (draws[1] * 3).long())

    def judged(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
        scores = critic(real), critic(fake)
        return 0.5 * (mse(scores[0], torch.ones(())) + mse(scores[1], torch.zeros(())))

    def plain_step(batch: Batch) -> dict[str, Tensor]:
        source, target = batch.source, batch.target
        assert source is not None
        made, unmade = there(source), back(target)
        d_loss = judged(of_targets, target, pooled("targets", made))
        d_loss = d_loss + judged(of_sources, source, pooled("sources", unmade))
        step(of_critics, d_loss)
        one = torch.ones(())
        adversarial = mse(of_targets(made), one) + mse(of_sources(unmade), one)
        cycle = 10 * l1(back(made), source) + 10 * l1(there(unmade), target)
        identity = 0.5 * 10 * l1(there(target), target) + 0.5 * 10 * l1(back(source), source)
        loss = adversarial + cycle + identity
        step(of_generators, loss)
        return {
            "critic_loss": d_loss,
            "generator_loss": loss,
            "adversarial_term": adversarial,
            "cycle_term": cycle,
            "identity_term": identity,
        }

    with pytest.warns(UserWarning, match="broadcasting") as _:  # of MSE against a number
        check(game, noise, plain_step)


def official_nce(query: Tensor, key: Tensor, patches: int) -> Tensor:
    """PatchNCELoss of the paper's code: the positive beside a matrix without its diagonal."""
    dim = query.shape[1]
    key = key.detach()
    positive = torch.bmm(query.view(-1, 1, dim), key.view(-1, dim, 1)).view(-1, 1)
    query, key = query.view(-1, patches, dim), key.view(-1, patches, dim)
    negative = torch.bmm(query, key.transpose(2, 1))
    negative.masked_fill_(torch.eye(patches, dtype=torch.bool)[None], -10.0)
    logits = torch.cat([positive, negative.view(-1, patches)], 1) / 0.07
    return F.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.int64))


def test_patch_nce_is_the_papers_on_fixed_tensors() -> None:
    queries, keys = (F.normalize(torch.randn(2, 5, 8), dim=-1) for _ in range(2))
    expected = official_nce(queries.flatten(0, 1), keys.flatten(0, 1), 5)
    torch.testing.assert_close(patch_nce(queries, keys, 0.07), expected)
    # With orthogonal vectors every other key has similarity 0: log(1 + 3 e^(−1/τ)).
    axes = torch.eye(4)[None]
    expected = torch.log1p(3 * torch.exp(torch.tensor(-1 / 0.5)))
    torch.testing.assert_close(patch_nce(axes, axes, 0.5), expected)


@pytest.mark.parametrize("size", [1, 2])
def test_fastcut_is_a_plain_loop(size: int) -> None:
    """Of 32 px the last features have 64 positions, fewer than the 100 patches asked for."""
    _, game = small("fastcut", nce_patches=100, batch_size=size)
    networks, critic = copy.deepcopy([game.generator.network, game.critic.network])
    generator, projector = networks[TO_TARGET], networks[PROJECTOR]
    of_generator, of_critic = adam(generator, projector), adam(critic)
    noise, again = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)

    def flat(features: Tensor, positions: Tensor) -> Tensor:
        """(N · P, C), as the paper's code samples."""
        return features.permute(0, 2, 3, 1).flatten(1, 2)[:, positions].flatten(0, 1)

    def plain_step(batch: Batch) -> dict[str, Tensor]:
        assert batch.source is not None
        made = generator(batch.source)
        real, fake = critic(batch.target), critic(made.detach())
        d_loss = 0.5 * ((real - 1).pow(2).mean() + fake.pow(2).mean())
        step(of_critic, d_loss)
        adversarial = (critic(made) - 1).pow(2).mean()
        keys, queries = generator(batch.source, "encode"), generator(made, "encode")
        drawn = [torch.rand(k[0, 0].numel(), generator=again) for k in keys]
        losses = []
        for query, key, draws, head in zip(queries, keys, drawn, projector.heads, strict=True):
            patches = min(100, len(draws))
            positions = draws.argsort(descending=True)[:patches]
            vectors = [head(flat(features, positions)) for features in (query, key)]
            unit = [v / (v.pow(2).sum(1, keepdim=True).sqrt() + 1e-7) for v in vectors]
            losses.append(10 * official_nce(*unit, patches))
        nce = torch.stack(losses).mean()
        step(of_generator, adversarial + nce)
        return {
            "critic_loss": d_loss,
            "generator_loss": adversarial + nce,
            "adversarial_term": adversarial,
            "nce_term": nce,
        }

    check(game, noise, plain_step, size)


# -------------------------------------------------------------------- what all of them must do


@pytest.mark.parametrize("name", NAMES)
def test_a_step_draws_from_the_runs_stream_alone(name: str) -> None:
    rows = []
    for seed in (1, 1, 2):
        torch.manual_seed(0)
        _, game = small(name, **({"pool": 2} if name == "cyclegan" else {}))
        noise = torch.Generator().manual_seed(seed)
        before = torch.get_rng_state()
        steps = [engine.train_step(game, [batch], noise) for batch in batches(6)]
        assert torch.equal(torch.get_rng_state(), before), "the global stream is untouched"
        rows.append(torch.stack(steps).nan_to_num())
    assert torch.equal(rows[0], rows[1])
    assert not torch.equal(rows[0], rows[2])


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_the_engines_memory_layout_changes_rounding_only(name: str, size: int) -> None:
    """On a CPU it has channels last."""
    _, plainly = small(name, batch_size=size)
    torch.manual_seed(0)
    _, game = small(name, batch_size=size)
    game.load_state(plainly.state())
    noise = torch.Generator().manual_seed(0), torch.Generator().manual_seed(0)
    steps = list(batches(4, size))
    executed = engine.Engine(game, noise[0], lambda i: steps[int(i[0])], size=size, device=CPU)
    for index, batch in enumerate(steps):
        row = executed.step([torch.full((size,), index)])
        expected = engine.train_step(plainly, [batch], noise[1])
        torch.testing.assert_close(row, expected, rtol=1e-6, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_depends_on_its_own_inputs_alone(name: str) -> None:
    """However evaluation divides them; and the same noise gives the same sample."""
    _, game = small(name)
    game.generator.network.eval()
    source = torch.rand(4, 1, 32, 32) * 2 - 1
    inputs = [game.inputs(4, torch.Generator().manual_seed(s), source=source) for s in (5, 5, 6)]
    together, again, other = (game.sample(given) for given in inputs)
    assert torch.equal(together, again)
    assert torch.equal(together, other) == (name != "pix2pix"), "only dropout is noise"
    alone = torch.cat([game.sample(inputs[0][i : i + 1]) for i in range(4)])
    torch.testing.assert_close(alone, together)
    assert not together.requires_grad
    with pytest.raises(ValueError, match="needs source images"):
        game.inputs(4, torch.Generator())


def test_a_pix2pix_of_one_image_is_evaluated_as_it_is_trained() -> None:
    """With the statistics of the image itself, which the paper uses when it tests."""
    _, game = small("pix2pix")
    network, (batch,) = game.generator.network, batches(1)
    assert batch.source is not None
    inputs = game.inputs(1, torch.Generator().manual_seed(0), source=batch.source)
    trained = network(batch.source, inputs.latents)
    network.eval()
    torch.testing.assert_close(game.sample(inputs), trained.detach())


@pytest.mark.parametrize("name", NAMES)
def test_only_cyclegan_translates_both_ways(name: str) -> None:
    _, game = small(name)
    images = torch.rand(2, 1, 32, 32)
    assert game.both_ways == (name == "cyclegan")
    if not game.both_ways:
        with pytest.raises(NotImplementedError, match="does not translate both ways"):
            game.sample_back(images)
        return
    back = game.sample_back(images)
    assert back.shape == images.shape
    assert not back.requires_grad
    assert torch.equal(back, game.generator.network[TO_SOURCE](images))  # type: ignore[index]


@pytest.mark.parametrize("name", NAMES)
def test_a_term_that_has_no_weight_is_left_out(name: str) -> None:
    weights = {"pix2pix": {"l1": 0.0}, "cyclegan": {"cycle": 0.0, "identity": 0.0}}
    _, game = small(name, **weights.get(name, {"nce": 0.0}))
    (batch,) = batches(1)
    row = engine.train_step(game, [batch], torch.Generator())
    values = dict(zip(engine.columns(game), row.tolist(), strict=True))
    assert values["generator_loss"] == pytest.approx(values["adversarial_term"])
    if name == "fastcut":
        assert not any(isinstance(m, Projector) for m in game.generator.network.modules())


def test_the_projector_is_made_at_once_trained_and_saved() -> None:
    _, game = small("fastcut")
    projector = game.generator.network[PROJECTOR]  # type: ignore[index]
    before = copy.deepcopy(projector.state_dict())
    for batch in batches(2):
        engine.train_step(game, [batch], torch.Generator().manual_seed(0))
    saved = game.state()["generator"]["network"]
    for name, value in before.items():
        assert not torch.equal(saved[f"{PROJECTOR}.{name}"], value), name


# ------------------------------------------------------------------------------- they learn

TERM = {"pix2pix": "l1_term", "cyclegan": "cycle_term", "fastcut": "nce_term"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_game_minimises_falls(name: str) -> None:
    """On smooth images and their negatives."""
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(0)
    fields = {"generator_width": 4, "critic_width": 4, "batch_size": 2, "generator_lr": 4e-3}
    game = registry.get(name)(**fields).build(SHAPE, CPU)
    noise = torch.Generator().manual_seed(0)
    coarse = torch.rand(16, 1, 4, 4, generator=noise) * 2 - 1
    source = F.interpolate(coarse, scale_factor=8, mode="bilinear")
    column = engine.columns(game).index(TERM[name])
    terms = []
    for _ in range(40):
        chosen = torch.randperm(16, generator=noise)[:2]
        row = engine.train_step(game, [Batch(-source[chosen], source[chosen])], noise)
        terms.append(row[column].item())
    early, late = sum(terms[:5]), sum(terms[-5:])
    assert late < {"pix2pix": 0.5, "cyclegan": 0.5, "fastcut": 0.9}[name] * early
