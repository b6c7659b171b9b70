"""PacGAN's nets for mixtures against the paper's figures and a loop with torch's own layers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import softplus

from bench import engine
from bench.cost import flops
from variants import registry
from variants.game import Batch
from variants.networks.stacked import StackedBatchNorm, StackedLinear, StackedMaxout
from variants.shapes import PointShape

CPU = torch.device("cpu")
SHAPE = PointShape()


@pytest.mark.parametrize(
    ("pack", "critic"), [(1, 405_201), (2, 407_201), (3, 409_201), (4, 411_201)]
)
def test_sizes_are_the_papers(pack: int, critic: int) -> None:
    counts = flops.count(registry.get("mixture-gan")(pack=pack), SHAPE)
    assert (counts.generator_parameters, counts.critic_parameters) == (484_802, critic)
    generator = 2 * 400 + 3 * 400 * 400 + 400 * 2
    of_a_pack = 2 * pack * 1000 + 2 * 200 * 1000 + 200
    assert counts.generator_macs == generator
    assert counts.critic_macs == of_a_pack // pack
    # One graph: generated once, judged once. The critic's part is F_G + 6F_D − 2f₁; the
    # generator's adds its own backward pass, 2F_G − g₁, and that through the critic, F_D.
    of_critic = 2 * generator + 2 * (6 * of_a_pack - 2 * 2 * pack * 1000) / pack
    of_generator = 2 * (2 * generator - 2 * 400) + 2 * of_a_pack / pack
    assert counts.critic_flops_per_image == int(of_critic)
    assert counts.generator_flops_per_image == pytest.approx(of_generator, rel=1e-6)


def test_settings_are_the_papers() -> None:
    recipe = registry.get("mixture-gan")(pack=2)
    assert (recipe.batch_size, recipe.latent_dim, recipe.latent) == (200, 2, "normal")
    torch.manual_seed(0)
    game = recipe.build(SHAPE, CPU)
    assert game.simultaneous
    for player in (game.generator, game.critic):
        (group,) = player.optimizer.param_groups
        assert isinstance(player.optimizer, torch.optim.Adam)
        assert (group["lr"], group["betas"]) == (1e-4, (0.8, 0.999))
        for module in player.network.modules():
            if isinstance(module, StackedLinear):
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.1)
                assert module.bias is None or not module.bias.any()
            if isinstance(module, StackedBatchNorm):
                assert (module.weight == 1).all()
                assert not module.bias.any()


def test_maxout_is_the_largest_of_its_pieces() -> None:
    torch.manual_seed(0)
    layer = StackedMaxout(3, 4, 5).double()
    x = torch.randn(1, 6, 3, dtype=torch.float64, requires_grad=True)
    pieces = [
        x[0] @ layer.linear.weight[0, 4 * k : 4 * k + 4].t()
        + layer.linear.bias[0, 4 * k : 4 * k + 4]
        for k in range(5)
    ]
    expected = torch.stack(pieces).max(0).values
    torch.testing.assert_close(layer(x)[0], expected)
    slope = torch.randn_like(expected)
    (ours,) = torch.autograd.grad((layer(x)[0] * slope).sum(), x)
    (theirs,) = torch.autograd.grad((expected * slope).sum(), x)
    torch.testing.assert_close(ours, theirs)
    assert torch.autograd.gradgradcheck(layer, x)


@pytest.mark.parametrize("bias", [True, False])
def test_a_dense_layer_has_the_gradients_of_a_product(bias: bool) -> None:
    """Of input, weights and bias, first and second, and in the memory layout of the weights."""
    torch.manual_seed(0)
    layer = StackedLinear(3, 4, bias=bias).double()
    tensors = {
        name: torch.randn(2, *parameter.shape[1:], dtype=torch.float64, requires_grad=True)
        for name, parameter in layer.named_parameters()
    }
    x = torch.randn(2, 5, 3, dtype=torch.float64, requires_grad=True)

    def ours(x: Tensor, *values: Tensor) -> Tensor:
        y: Tensor = functional_call(layer, dict(zip(tensors, values, strict=True)), (x,))
        return y

    expected = torch.einsum("sni,soi->sno", x, tensors["weight"])
    if bias:
        expected = expected + tensors["bias"][:, None]
    torch.testing.assert_close(ours(x, *tensors.values()), expected)
    assert torch.autograd.gradcheck(ours, (x, *tensors.values()))
    assert torch.autograd.gradgradcheck(ours, (x, *tensors.values()))
    (of_weight,) = torch.autograd.grad(ours(x, *tensors.values()).sum(), tensors["weight"])
    assert of_weight.is_contiguous()


@pytest.mark.parametrize("draws", [1, 3])
def test_batch_norm_treats_each_draw_separately(draws: int) -> None:
    torch.manual_seed(0)
    layer = StackedBatchNorm(4, draws).double()
    x = torch.randn(1, 5 * draws, 4, dtype=torch.float64) * 3 + 1
    x.requires_grad_(True)
    separate = [nn.BatchNorm1d(4, momentum=0.05).double() for _ in range(draws)]
    expected = torch.empty(5 * draws, 4, dtype=torch.float64)
    for draw, norm in enumerate(separate):
        expected[draw::draws] = norm(x[0, draw::draws])
    normed = layer(x)
    torch.testing.assert_close(normed[0], expected)
    slope = torch.randn_like(expected)
    (ours,) = torch.autograd.grad((normed[0] * slope).sum(), x)
    (theirs,) = torch.autograd.grad((expected * slope).sum(), x)
    torch.testing.assert_close(ours, theirs)
    for name in ("running_mean", "running_var"):
        mean = torch.stack([getattr(norm, name) for norm in separate]).mean(0)
        torch.testing.assert_close(getattr(layer, name)[0], mean)
    layer.eval()
    separate[0].running_mean, separate[0].running_var = layer.running_mean[0], layer.running_var[0]
    torch.testing.assert_close(layer(x)[0], separate[0].eval()(x[0]))


class _Plain:
    """The paper's loop with torch's own layers, from the same weights."""

    def __init__(self, game: object, pack: int) -> None:
        generator, critic = game.generator.network, game.critic.network  # type: ignore[attr-defined]
        self.pack = pack
        linears = [m for m in generator.modules() if isinstance(m, StackedLinear)]
        self.hidden = [_plain(m) for m in linears[:-1]]
        self.norms = [
            [nn.BatchNorm1d(m.weight.shape[1]).double() for _ in range(pack)] for m in linears[:-1]
        ]
        for norms in self.norms:  # one scale and offset for all draws
            for norm in norms[1:]:
                norm.weight, norm.bias = norms[0].weight, norms[0].bias
        self.last = _plain(linears[-1])
        self.critic = [_plain(m) for m in critic.modules() if isinstance(m, StackedLinear)]
        self.pieces = 5
        ours = [*self.hidden, self.last, *(norms[0] for norms in self.norms)]
        settings = {"lr": 1e-4, "betas": (0.8, 0.999)}
        self.of_generator = [p for m in ours for p in m.parameters()]
        self.of_critic = [p for m in self.critic for p in m.parameters()]
        self.adams = [torch.optim.Adam(p, **settings) for p in (self.of_generator, self.of_critic)]

    def generate(self, latents: Tensor) -> Tensor:
        samples = torch.empty(len(latents), 2, dtype=torch.float64)
        for draw in range(self.pack):
            x = latents[draw :: self.pack]
            for linear, norms in zip(self.hidden, self.norms, strict=True):
                x = norms[draw](linear(x)).relu()
            samples[draw :: self.pack] = self.last(x)
        return samples

    def judge(self, points: Tensor) -> Tensor:
        x = points.reshape(len(points) // self.pack, -1)
        for linear in self.critic[:-1]:
            x = linear(x).view(len(x), self.pieces, -1).max(1).values
        return self.critic[-1](x)

    def step(self, points: Tensor, latents: Tensor) -> tuple[float, float]:
        fake, real = self.judge(self.generate(latents)), self.judge(points)
        of_critic = softplus(-real).mean() + softplus(fake).mean()
        of_generator = softplus(-fake).mean()
        slopes = torch.autograd.grad(of_critic, self.of_critic, retain_graph=True)
        others = torch.autograd.grad(of_generator, self.of_generator)
        for adam, parameters, grads in zip(
            self.adams, (self.of_generator, self.of_critic), (others, slopes), strict=True
        ):
            for parameter, grad in zip(parameters, grads, strict=True):
                parameter.grad = grad
            adam.step()
        return of_critic.item(), of_generator.item()


def _plain(layer: StackedLinear) -> nn.Linear:
    outputs, inputs = layer.weight.shape[1:]
    plain = nn.Linear(inputs, outputs, bias=layer.bias is not None).double()
    with torch.no_grad():
        plain.weight.copy_(layer.weight[0])
        if layer.bias is not None:
            plain.bias.copy_(layer.bias[0])
    return plain


@pytest.mark.parametrize("pack", [1, 3])
def test_training_is_the_papers_loop(pack: int) -> None:
    """Both players are updated from one graph; losses and weights agree up to rounding."""
    torch.manual_seed(0)
    recipe = registry.get("mixture-gan")(
        pack=pack, packs=20, generator_width=12, generator_layers=2, critic_width=6
    )
    game = recipe.build(SHAPE, CPU)
    for player in (game.generator, game.critic):
        player.network.double()
    plain = _Plain(game, pack)
    given: list[Tensor] = []
    game.latents = lambda count, noise: given[-1]  # type: ignore[method-assign]
    for _ in range(10):
        points = torch.randn(20 * pack, 2, dtype=torch.float64)
        given.append(torch.randn(20 * pack, 2, dtype=torch.float64))
        critic, generator = engine.simultaneous_update(game, Batch(points), torch.Generator())
        expected = plain.step(points, given[-1])
        assert [critic.loss.item(), generator.loss.item()] == pytest.approx(expected, abs=1e-12)
    ours = list(game.critic.network.parameters())
    for mine, expected in zip(ours, plain.of_critic, strict=True):
        torch.testing.assert_close(mine[0].detach(), expected.detach(), rtol=0, atol=1e-10)
    hidden = zip(plain.hidden, (norms[0] for norms in plain.norms), strict=True)
    theirs = [p for linear, norm in hidden for p in (linear.weight, norm.weight, norm.bias)]
    theirs += [plain.last.weight, plain.last.bias]
    ours = list(game.generator.network.parameters())
    for mine, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine[0].detach(), expected.detach(), rtol=0, atol=1e-10)
