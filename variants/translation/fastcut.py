"""FastCUT: one way only; what is kept is that patches can be found again."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from variants.game import Batch, Example, Inputs, Noise, Outcome, Player
from variants.networks.resnet import FEATURE_SCALES, ResNet, take_patches
from variants.objectives import OBJECTIVES
from variants.scalars import ADVERSARIAL_TERM, NCE_TERM
from variants.shapes import PairShape
from variants.translation.base import TranslationGame, full, given, judge, judgements

# The networks of the generator's player, and the critic, named as CycleGAN's are.
TO_TARGET, PROJECTOR = "to target", "projector"
OF_TARGETS = "of targets"


class CutGame(TranslationGame):
    """FastCUT, Park et al. 2020 (arXiv 2007.15651), section 3 and appendix C.

    The critic minimises ½E(D(x) − 1)² + ½E D(x̃)², the generator E(D(x̃) − 1)² + λ·PatchNCE without
    the identity's PatchNCE, which is CUT's. The source's features are those of its own
    translation, which the official code computes again, to the same values. Its random mirroring
    (flip-equivariance) is left out: it suits photographs, and mirrored letters are none.

    Args:
        generator: a player of the networks :data:`TO_TARGET` and :data:`PROJECTOR`.
        nce: λ; of 0, PatchNCE is not computed and there is no projector.
        patches: compared in each feature map; all where it has fewer positions.
        temperature: τ.
    """

    scalars = (*TranslationGame.scalars, NCE_TERM)

    def __init__(
        self,
        shape: PairShape,
        generator: Player,
        critic: Player,
        *,
        nce: float,
        patches: int,
        temperature: float,
        critic_steps: int,
    ) -> None:
        self.generator, self.critic, self.critic_steps = generator, critic, critic_steps
        self._shape, self._nce = shape, nce
        self._patches, self._temperature = patches, temperature
        self._objective = OBJECTIVES.get("least-squares")()
        self._made: tuple[list[Tensor], Tensor] | None = None  # features and image

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        _, made = self._made = self._make(batch)
        real = judge(self.critic.network, batch.target)
        fake = judge(self.critic.network, made.detach())
        loss = self._objective.critic(real, fake)
        return Outcome(loss, judgements(self._objective, real, fake))

    def generator_loss(self, batch: Batch, noise: Noise) -> Outcome:
        assert isinstance(noise, torch.Generator), "runs that translate are not stacked"
        made, self._made = self._made, None
        features, images = made or self._make(batch)
        adversarial = (judge(self.critic.network, images) - 1).square().mean()
        if not self._nce:
            return Outcome(adversarial, {ADVERSARIAL_TERM.name: adversarial.detach()})
        nce = self._nce * self._patch_nce(features, images, noise)
        scalars = {ADVERSARIAL_TERM.name: adversarial.detach(), NCE_TERM.name: nce.detach()}
        return Outcome(adversarial + nce, scalars)

    @torch.no_grad()
    def sample(self, inputs: Inputs) -> Tensor:
        samples: Tensor = self._network(TO_TARGET)(inputs.source)
        return samples

    def example_inputs(self) -> list[Example]:
        source = torch.zeros(1, *self._shape.source.dimensions)
        target = torch.zeros(1, *self._shape.target.dimensions)
        network = self._network(TO_TARGET)
        assert isinstance(network, ResNet)
        examples = [Example("generator", network, (source,), name=TO_TARGET)]
        if self._nce:
            sides = (self._shape.source.size // scale for scale in FEATURE_SCALES)
            counts = (min(self._patches, side * side) for side in sides)
            patches = tuple(
                torch.zeros(1, count, width)
                for count, width in zip(counts, network.widths, strict=True)
            )
            examples.append(Example("generator", self._network(PROJECTOR), patches, name=PROJECTOR))
        return [*examples, Example("critic", self.critic.network, (target,), name=OF_TARGETS)]

    def _make(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        network = self._network(TO_TARGET)
        features = network(given(batch.source), "encode")
        return features, network(features[-1], "decode")

    def _patch_nce(
        self, features: Sequence[Tensor], images: Tensor, noise: torch.Generator
    ) -> Tensor:
        """The mean over the features; positions are drawn anew, the same in both images."""
        again = self._network(TO_TARGET)(images, "encode")
        positions = [_positions(f, self._patches, noise) for f in features]
        project = self._network(PROJECTOR)
        queries = project(*(take_patches(f, p) for f, p in zip(again, positions, strict=True)))
        with torch.no_grad():
            keys = project(*(take_patches(f, p) for f, p in zip(features, positions, strict=True)))
        losses = [
            patch_nce(query, key, self._temperature)
            for query, key in zip(queries, keys, strict=True)
        ]
        return torch.stack(losses).mean()

    def _network(self, name: str) -> nn.Module:
        assert isinstance(self.generator.network, nn.ModuleDict)
        return self.generator.network[name]


def patch_nce(queries: Tensor, keys: Tensor, temperature: float) -> Tensor:
    """The cross-entropy of finding each query's key among the keys of its image.

    Park et al. 2020 (arXiv 2007.15651), equation 3: −log exp(q·k⁺/τ) / Σ exp(q·k/τ) over the
    patches of one image, as a mean over patches and images.

    Args:
        queries: unit vectors (N, P, d) of the image that was made.
        keys: those of the source at the same positions.
        temperature: τ.
    """
    with torch.autocast(queries.device.type, enabled=False):  # a difference of 1 % is e^0.14 here
        similar = full(queries) @ full(keys).transpose(1, 2) / temperature
        count, patches, _ = similar.shape
        own = torch.arange(patches, device=similar.device).repeat(count)
        return cross_entropy(similar.flatten(0, 1), own)


def _positions(features: Tensor, patches: int, noise: torch.Generator) -> Tensor:
    """So many different positions in a map (N, C, H, W), or all of them in some order."""
    drawn = torch.rand(features[0, 0].numel(), generator=noise, device=noise.device)
    return drawn.topk(min(patches, len(drawn)), sorted=False).indices
