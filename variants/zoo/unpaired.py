"""Image translation between two sets of images, without pairs: CycleGAN and FastCUT."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from variants.effect import Effect
from variants.lazy import LazyModule
from variants.objectives import OBJECTIVES
from variants.recipe import Refusal
from variants.references import Reference, cites
from variants.registry import register
from variants.shapes import ImageShape, PairShape, SampleShape
from variants.translation_recipe import TranslationRecipe

if TYPE_CHECKING:
    import torch
    from torch import nn

    from variants.game import Game
    from variants.networks import layers, resnet
    from variants.networks.resnet import ResNet
    from variants.translation import cyclegan, fastcut
else:
    nn = LazyModule("torch.nn")
    layers = LazyModule("variants.networks.layers")
    resnet = LazyModule("variants.networks.resnet")
    cyclegan = LazyModule("variants.translation.cyclegan")
    fastcut = LazyModule("variants.translation.fastcut")

# Image size → residual blocks. CycleGAN has 6 for 128 px and 9 for 256.
_BLOCKS = {32: 3, 64: 4, 128: 6, 256: 9}

ZHU = Reference(
    key="zhu2017unpaired",
    authors="Jun-Yan Zhu and Taesung Park and Phillip Isola and Alexei A. Efros",
    title="Unpaired Image-to-Image Translation Using Cycle-Consistent Adversarial Networks",
    booktitle="IEEE International Conference on Computer Vision",
    arxiv="1703.10593",
    year=2017,
)
PARK = Reference(
    key="park2020contrastive",
    authors="Taesung Park and Alexei A. Efros and Richard Zhang and Jun-Yan Zhu",
    title="Contrastive Learning for Unpaired Image-to-Image Translation",
    booktitle="European Conference on Computer Vision",
    arxiv="2007.15651",
    year=2020,
)


class UnpairedRecipe(TranslationRecipe):
    """Fields common to games of ResNet generators; the pairing of paired data is ignored."""

    task: ClassVar[str] = "unpaired"

    lr_decay: Literal["none", "linear"] = Field(
        "linear",
        description="linear: learning rates stay in the first half of the epochs and then fall "
        "linearly towards 0, so that a longer run is another run",
    )
    blocks: Annotated[
        int | None, Effect(why="a residual block takes 2 × 9 × filters² MACs per position")
    ] = Field(
        None,
        ge=1,
        description="residual blocks of the generator; null for 3, 4, 6 and 9 at 32, 64, 128 and "
        "256 px",
    )

    @property
    def translates_targets(self) -> bool:
        """Whether a generator also receives images of the set that it makes."""
        raise NotImplementedError

    def refusal(self, shape: SampleShape) -> Refusal | None:
        refused = super().refusal(shape)
        if refused is not None or not isinstance(shape, PairShape):
            return refused
        if self.translates_targets and shape.source.channels != shape.target.channels:
            return Refusal(
                "channels",
                f"needs sources and targets of equal channels, not of {shape.source.channels} and "
                f"{shape.target.channels}, since a generator also receives what it makes",
            )
        return None

    @property
    def parts(self) -> Sequence[object]:
        return [OBJECTIVES.get("least-squares")]

    def resnet(self, source: ImageShape, target: ImageShape) -> ResNet:
        """A generator of ``target`` from ``source``."""
        network = resnet.ResNet(
            source.channels,
            target.channels,
            width=self.generator_width,
            blocks=self.blocks or _BLOCKS[target.size],
            separable=self.generator_separable,
        )
        layers.initialise_dcgan(network)
        return network

    def critic_of(self, images: ImageShape, shape: PairShape) -> nn.Module:
        """A critic of patches of such images."""
        return self.patch_critic(images.channels, shape, layers.InstanceNorm, bias=True)


@register("cyclegan")
@cites(ZHU)
class CycleGan(UnpairedRecipe):
    """Two ResNet generators that undo each other, and two critics of patches, without pairs.

    Zhu et al. 2017 (arXiv 1703.10593): least squares, cycle and identity, a pool of earlier images
    for the critics, and a learning rate that falls in the second half of the epochs.
    """

    source: ClassVar[str] = "arXiv 1703.10593"

    cycle: Annotated[
        float,
        Effect(
            0.0,
            "each generator also translates back what the other one made: a pass that is "
            "differentiated in its weights and its input",
        ),
    ] = Field(10.0, ge=0, description="weight of the distance of an image there and back")
    identity: Annotated[
        float,
        Effect(
            0.0,
            "each generator also translates images of its own target: a pass that is "
            "differentiated in its weights",
        ),
    ] = Field(
        5.0, ge=0, description="weight of the distance of an image of the target from its own"
    )
    pool: Annotated[int, Effect(0, free=True)] = Field(
        50, ge=0, description="earlier images of each kind that the critics may see again"
    )

    @property
    def translates_targets(self) -> bool:
        return self.identity > 0

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        assert isinstance(shape, PairShape)
        generator = nn.ModuleDict(
            {
                cyclegan.TO_TARGET: self.resnet(shape.source, shape.target),
                cyclegan.TO_SOURCE: self.resnet(shape.target, shape.source),
            }
        )
        critic = nn.ModuleDict(
            {
                cyclegan.OF_TARGETS: self.critic_of(shape.target, shape),
                cyclegan.OF_SOURCES: self.critic_of(shape.source, shape),
            }
        )
        return cyclegan.CycleGame(
            shape,
            self.player(generator.to(device), self.generator_lr),
            self.player(critic.to(device), self.critic_lr),
            cycle=self.cycle,
            identity=self.identity,
            pool=self.pool,
            critic_steps=self.critic_steps,
        )


@register("fastcut")
@cites(PARK)
class FastCut(UnpairedRecipe):
    """One ResNet generator and one critic; patches must be found again (PatchNCE), without pairs.

    Park et al. 2020 (arXiv 2007.15651), FastCUT: λ = 10, no PatchNCE of the identity.
    """

    source: ClassVar[str] = "arXiv 2007.15651"

    nce: Annotated[
        float,
        Effect(
            0.0,
            "PatchNCE encodes each made image once more, differentiated in weights and input, and "
            "projects patches of its features and of the source's by dense layers",
        ),
    ] = Field(10.0, ge=0, description="weight of PatchNCE")
    nce_patches: Annotated[
        int, Effect(256, "each patch is projected, and compared with all others of its image")
    ] = Field(
        256,
        ge=1,
        description="patches of each feature map that PatchNCE compares, if it has so many",
    )
    nce_temperature: Annotated[float, Effect(0.07, free=True)] = Field(
        0.07, gt=0, description="temperature of PatchNCE"
    )

    @property
    def translates_targets(self) -> bool:
        return self.nce > 0

    def build(self, shape: SampleShape, device: torch.device) -> Game:
        assert isinstance(shape, PairShape)
        network = self.resnet(shape.source, shape.target)
        networks: dict[str, nn.Module] = {fastcut.TO_TARGET: network}
        if self.nce:
            projector = resnet.Projector(network.widths)
            networks[fastcut.PROJECTOR] = layers.initialise_dcgan(projector)
        critic = self.critic_of(shape.target, shape)
        return fastcut.CutGame(
            shape,
            self.player(nn.ModuleDict(networks).to(device), self.generator_lr),
            self.player(critic.to(device), self.critic_lr),
            nce=self.nce,
            patches=self.nce_patches,
            temperature=self.nce_temperature,
            critic_steps=self.critic_steps,
        )
