"""Training loops as a user would copy them from a tutorial, without any optimisation.

Each runs a step on given data and noise and returns its losses as numbers. They use nothing of
``bench`` or of the games, only the networks, with torch's own layers in them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from variants.networks.convolutions import Convolution, TransposedConvolution
from variants.networks.dropout import Dropout
from variants.networks.layers import TwiceDifferentiableLeakyReLU


def with_torchs_own_layers(network: nn.Module) -> nn.Module:
    """A copy with torch's dropout, transposed convolutions and leaky ReLU."""
    network = copy.deepcopy(network)
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, TwiceDifferentiableLeakyReLU):
                setattr(module, name, nn.LeakyReLU(child.slope))
            elif isinstance(child, Dropout):
                setattr(module, name, nn.Dropout(child.share))
            elif isinstance(child, TransposedConvolution):
                child.__class__ = nn.ConvTranspose2d
            elif isinstance(child, Convolution):
                child.__class__ = nn.Conv2d
    return network


class PlainGan:
    """pytorch/examples' DCGAN: two backward passes for the critic, no frozen weights.

    Args:
        reuse: the generator's step uses the samples of the critic's step.
    """

    def __init__(
        self, generator: nn.Module, critic: nn.Module, lr: float, beta1: float, *, reuse: bool
    ) -> None:
        self.generator, self.critic, self.reuse = generator, critic, reuse
        betas = (beta1, 0.999)
        self.of_generator = torch.optim.Adam(generator.parameters(), lr, betas)
        self.of_critic = torch.optim.Adam(critic.parameters(), lr, betas)

    def step(
        self, real: Tensor, draw: Callable[[], Tensor], labels: Sequence[Tensor] = ()
    ) -> tuple[float, float]:
        self.of_critic.zero_grad()
        scores = self.critic(real, *labels)
        on_real = binary_cross_entropy_with_logits(scores, torch.ones_like(scores))
        on_real.backward()
        fake = self.generator(draw(), *labels)
        scores = self.critic(fake.detach(), *labels)
        on_fake = binary_cross_entropy_with_logits(scores, torch.zeros_like(scores))
        on_fake.backward()
        self.of_critic.step()
        critic_loss = (on_real + on_fake).item()

        self.of_generator.zero_grad()
        if not self.reuse:
            fake = self.generator(draw(), *labels)
        scores = self.critic(fake, *labels)
        loss = binary_cross_entropy_with_logits(scores, torch.ones_like(scores))
        loss.backward()
        self.of_generator.step()
        return critic_loss, loss.item()


class PlainTutorial:
    """``train_step`` of the TensorFlow tutorial: two gradients at one point, then both applied."""

    def __init__(
        self, generator: nn.Module, critic: nn.Module, lr: float = 1e-4, beta1: float = 0.9
    ) -> None:
        self.generator, self.critic = generator, critic
        self.of_generator = torch.optim.Adam(generator.parameters(), lr, (beta1, 0.999))
        self.of_critic = torch.optim.Adam(critic.parameters(), lr, (beta1, 0.999))

    def step(self, real: Tensor, draw: Callable[[], Tensor]) -> tuple[float, float]:
        samples = self.generator(draw())
        on_real, on_fake = self.critic(real), self.critic(samples)
        one, zero = torch.ones_like(on_fake), torch.zeros_like(on_fake)
        of_generator = binary_cross_entropy_with_logits(on_fake, one)
        of_critic = binary_cross_entropy_with_logits(on_real, torch.ones_like(on_real))
        of_critic = of_critic + binary_cross_entropy_with_logits(on_fake, zero)
        losses = {self.of_generator: of_generator, self.of_critic: of_critic}
        gradients = {
            optimizer: torch.autograd.grad(
                loss, optimizer.param_groups[0]["params"], retain_graph=True
            )
            for optimizer, loss in losses.items()
        }
        for optimizer, found in gradients.items():
            for parameter, gradient in zip(optimizer.param_groups[0]["params"], found, strict=True):
                parameter.grad = gradient
            optimizer.step()
        return of_critic.item(), of_generator.item()


class PlainWganGp:
    """Gulrajani et al. 2017, Algorithm 1, with double backward and the norm in float32."""

    def __init__(
        self,
        generator: nn.Module,
        critic: nn.Module,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.0, 0.9),
    ) -> None:
        self.generator, self.critic = generator, critic
        self.of_generator = torch.optim.Adam(generator.parameters(), lr, betas)
        self.of_critic = torch.optim.Adam(critic.parameters(), lr, betas)

    def step(
        self,
        batches: Sequence[tuple[Tensor, ...]],
        draw: Callable[[], Tensor],
        noise: torch.Generator | None = None,
    ) -> tuple[float, float]:
        """Batches are images, or images and labels; the generator's step uses the last labels.

        The penalty's ε comes from ``noise``, or from torch's global stream.
        """
        losses = []
        for real, *labels in batches:
            self.of_critic.zero_grad()
            fake = self.generator(draw(), *labels).detach()
            on_fake, on_real = self.critic(fake, *labels).mean(), self.critic(real, *labels).mean()
            share = torch.rand(len(real), generator=noise).view(-1, 1, 1, 1).to(real)
            between = (share * real + (1 - share) * fake).requires_grad_(True)
            scores = self.critic(between, *labels)
            (slope,) = torch.autograd.grad(
                scores, between, torch.ones_like(scores), create_graph=True
            )
            penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
            loss = on_fake - on_real + 10 * penalty
            loss.backward()
            self.of_critic.step()
            losses.append(loss.item())
        self.of_generator.zero_grad()
        loss = -self.critic(self.generator(draw(), *labels), *labels).mean()
        loss.backward()
        self.of_generator.step()
        return sum(losses) / len(losses), loss.item()


class Maxout(nn.Module):
    """The maximum of five linear functions: (N, inputs) → (N, 200)."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.linear = nn.Linear(inputs, 1000)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).unflatten(1, (200, 5)).max(2).values


class PlainTrial:
    """A trial of PacGAN on a mixture, as a user would write it with torch's own layers."""

    def __init__(self, pack: int, device: torch.device) -> None:
        layers: list[nn.Module] = []
        for inputs in (2, 400, 400, 400):
            layers += [nn.Linear(inputs, 400, bias=False), nn.BatchNorm1d(400), nn.ReLU()]
        self.pack, self.device = pack, device
        self.generator = nn.Sequential(*layers, nn.Linear(400, 2)).to(device)
        critic = [Maxout(2 * pack), Maxout(200), Maxout(200), nn.Linear(200, 1)]
        self.critic = nn.Sequential(*critic).to(device)
        settings = {"lr": 1e-4, "betas": (0.8, 0.999), "fused": True}
        self.of_generator = torch.optim.Adam(self.generator.parameters(), **settings)
        self.of_critic = torch.optim.Adam(self.critic.parameters(), **settings)

    def step(self) -> None:
        pack = self.pack
        real = torch.randn(100, 2 * pack, device=self.device)
        draws = [self.generator(torch.randn(100, 2, device=self.device)) for _ in range(pack)]
        fake = self.critic(torch.cat(draws, 1))
        critic = softplus(-self.critic(real)).mean() + softplus(fake).mean()
        generator = softplus(-fake).mean()
        self.of_critic.zero_grad()
        self.of_generator.zero_grad()
        critic.backward(inputs=list(self.critic.parameters()), retain_graph=True)
        generator.backward(inputs=list(self.generator.parameters()))
        self.of_critic.step()
        self.of_generator.step()
