"""Deep convolutional GANs: the paper's, and the course notebook's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from variants.convolutional_recipe import ConvolutionalRecipe
from variants.effect import Effect
from variants.lazy import LazyModule
from variants.references import Cited, Reference, cites
from variants.registry import register
from variants.shapes import ImageShape, SampleShape
from variants.widths import SPLIT

if TYPE_CHECKING:
    from torch import nn

    from variants.networks import convolutions, layers
    from variants.networks import dropout as dropouts
else:
    nn = LazyModule("torch.nn")
    convolutions = LazyModule("variants.networks.convolutions")
    dropouts = LazyModule("variants.networks.dropout")
    layers = LazyModule("variants.networks.layers")

# Image size → (size of the first feature map, times it is doubled).
_DEPTHS = {28: (7, 2), 32: (4, 3), 64: (4, 4)}

RADFORD = Reference(
    key="radford2016unsupervised",
    authors="Alec Radford and Luke Metz and Soumith Chintala",
    title="Unsupervised Representation Learning with Deep Convolutional Generative Adversarial "
    "Networks",
    booktitle="International Conference on Learning Representations",
    arxiv="1511.06434",
    year=2016,
)
HOWARD = Reference(
    key="howard2017mobilenets",
    authors="Andrew G. Howard and Menglong Zhu and Bo Chen and Dmitry Kalenichenko and Weijun "
    "Wang and Tobias Weyand and Marco Andreetto and Hartwig Adam",
    title="MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
    arxiv="1704.04861",
    year=2017,
)


@register("dcgan")
@cites(RADFORD)
class Dcgan(ConvolutionalRecipe):
    """DCGAN in the paper's style, its depth chosen by the image size.

    Radford et al. 2016 (arXiv 1511.06434) with the layer sizes of pytorch/examples:
    4×4 stride-2 convolutions without bias, batch norm on all but the generator's last
    and the critic's first and last layer, ReLU and LeakyReLU(0.2), N(0, 0.02) weights.
    """

    image_sizes: ClassVar[tuple[int, ...]] = tuple(_DEPTHS)
    source: ClassVar[str] = "arXiv 1511.06434"

    generator_separable: Annotated[bool, SPLIT, Cited(HOWARD, unless=False)] = Field(
        False, description="depthwise-separable convolutions inside the generator"
    )
    critic_separable: Annotated[bool, SPLIT, Cited(HOWARD, unless=False)] = Field(
        False, description="depthwise-separable convolutions inside the critic"
    )
    generator_extra_layers: Annotated[
        int, Effect(0, "an additional 3×3 convolution takes 9 × filters² MACs per position")
    ] = Field(0, ge=0, description="3×3 convolutions added at each resolution of the generator")
    critic_norm: Annotated[
        Literal["batch", "layer", "spectral", "none"],
        Effect(
            "none",
            "batch and layer norm have a scale and an offset per filter, which replaces the "
            "convolutions' biases; none of these multiplies matrices",
        ),
    ] = Field("batch", description="normalisation inside the critic")

    @model_validator(mode="after")
    def _check_controls(self) -> Self:
        clips = "weight_clip" if self.weight_clip is not None else "constraints"
        if self.bounded_constraints and self.critic_norm == "spectral":
            raise ValueError(
                f"{clips} bounds weights that critic_norm: spectral divides by their norm "
                "anyway; keep one of them"
            )
        penalty = "gradient_penalty" if self.gradient_penalty else "penalties"
        if any(kind.per_sample for kind, _ in self.weighted_penalties) and (
            self.critic_norm == "batch"
        ):
            raise ValueError(
                f"{penalty} needs a gradient per sample, and batch norm mixes samples; "
                "set critic_norm: none or layer"
            )
        return self

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        start, doublings = _DEPTHS[shape.size]
        width = self.generator_width * 2 ** (doublings - 1)
        first = convolutions.TransposedConvolution(inputs, width, start, bias=False)
        blocks: list[Any] = [
            nn.Unflatten(1, (inputs, 1, 1)),
            self._block(first, width),
        ]
        for _ in range(doublings - 1):
            convolution = layers.double(width, width // 2, separable=self.generator_separable)
            width //= 2
            blocks.append(self._block(convolution, width))
        last = convolutions.TransposedConvolution(width, shape.channels, 4, 2, 1, bias=False)
        network = nn.Sequential(*blocks, nn.Sequential(last, nn.Tanh()))
        return layers.initialise_dcgan(network)

    def _block(self, convolution: nn.Module, width: int) -> nn.Module:
        block: list[nn.Module] = [convolution, nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        for _ in range(self.generator_extra_layers):
            block += [
                nn.Conv2d(width, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            ]
        return nn.Sequential(*block)

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        start, halvings = _DEPTHS[shape.size]
        width = self.critic_width
        # A norm layer has an offset of its own, so the convolution needs no bias.
        bias = self.critic_norm in ("spectral", "none")
        twice = self.differentiates_twice
        kind = convolutions.kind(differentiated_twice=twice)
        blocks: list[nn.Module] = [
            nn.Sequential(
                kind(channels, width, 4, 2, 1, bias=bias),
                layers.leaky_relu(0.2, differentiated_twice=twice),
            )
        ]
        for _ in range(halvings - 1):
            halving = layers.halve(
                width,
                width * 2,
                separable=self.critic_separable,
                bias=bias,
                differentiated_twice=twice,
            )
            block = [halving]
            width *= 2
            if self.critic_norm == "batch":
                block.append(nn.BatchNorm2d(width))
            elif self.critic_norm == "layer":
                block.append(nn.GroupNorm(1, width))  # one group: over channels, height and width
            block.append(layers.leaky_relu(0.2, differentiated_twice=twice))
            blocks.append(nn.Sequential(*block))
        head = self.head(lambda outputs: nn.Conv2d(width, outputs, start, bias=bias), flatten=True)
        network = layers.initialise_dcgan(nn.Sequential(*blocks, head))
        return layers.normalise_spectrally(network) if self.critic_norm == "spectral" else network


@register("dcgan-tutorial")
@cites(RADFORD)
class DcganTutorial(ConvolutionalRecipe):
    """The TensorFlow tutorial's 28-px DCGAN, which the course labs start from.

    https://www.tensorflow.org/tutorials/generative/dcgan: 5×5 convolutions, LeakyReLU(0.3),
    dropout instead of batch norm in the critic, Keras' initialisation and batch-norm
    constants. ``train_step`` generates and judges one set of samples, takes both gradients
    at that point of the game, then applies both. Three details differ: stride-2 convolutions
    pad symmetrically here, Keras pads one pixel more after than before (shapes, parameters
    and MACs are the same); Adam's ε is torch's 1e-8, Keras' is 1e-7; an epoch's last, smaller
    batch of real images is held against as many samples, the notebook's against 256.
    """

    image_sizes: ClassVar[tuple[int, ...]] = (28, 32)
    source: ClassVar[str] = "https://www.tensorflow.org/tutorials/generative/dcgan"
    smallest_batch: ClassVar[int] = 2  # batch norm after the generator's dense layer
    revision: ClassVar[int] = 2  # 1 updated the players in turn

    batch_size: int = Field(256, ge=1, description="real images per critic update")
    generator_lr: float = Field(1e-4, gt=0, description="the generator's learning rate")
    critic_lr: float = Field(1e-4, gt=0, description="the critic's learning rate")
    beta1: float = Field(0.9, ge=0, lt=1, description="Adam's β1, both players")
    dropout: Annotated[float, Effect(0.0, free=True)] = Field(
        0.3, ge=0, lt=1, description="dropout after the critic's layers"
    )
    updates: Literal["alternating", "simultaneous"] = Field(
        "simultaneous",
        description="whether the generator is updated against the updated critic or the one before",
    )

    def make_generator(self, inputs: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        start = shape.size // 4
        width = self.generator_width
        features = 4 * width * start * start
        network = nn.Sequential(
            nn.Sequential(
                nn.Linear(inputs, features, bias=False),
                nn.BatchNorm1d(features, eps=1e-3, momentum=0.01),
                nn.LeakyReLU(0.3, inplace=True),
                nn.Unflatten(1, (4 * width, start, start)),
            ),
            nn.Sequential(
                nn.ConvTranspose2d(4 * width, 2 * width, 5, 1, 2, bias=False),
                nn.BatchNorm2d(2 * width, eps=1e-3, momentum=0.01),
                nn.LeakyReLU(0.3, inplace=True),
            ),
            nn.Sequential(
                nn.ConvTranspose2d(2 * width, width, 5, 2, 2, output_padding=1, bias=False),
                nn.BatchNorm2d(width, eps=1e-3, momentum=0.01),
                nn.LeakyReLU(0.3, inplace=True),
            ),
            nn.Sequential(
                convolutions.TransposedConvolution(
                    width, shape.channels, 5, 2, 2, output_padding=1, bias=False
                ),
                nn.Tanh(),
            ),
        )
        return layers.initialise_glorot(network)

    def make_critic(self, channels: int, shape: SampleShape) -> nn.Module:
        assert isinstance(shape, ImageShape)
        width = self.critic_width
        features = 2 * width * (shape.size // 4) ** 2
        twice = self.differentiates_twice
        kind = convolutions.kind(differentiated_twice=twice)
        network = nn.Sequential(
            nn.Sequential(
                kind(channels, width, 5, 2, 2),
                layers.leaky_relu(0.3, differentiated_twice=twice),
                dropouts.Dropout(self.dropout),
            ),
            nn.Sequential(
                kind(width, 2 * width, 5, 2, 2),
                layers.leaky_relu(0.3, differentiated_twice=twice),
                dropouts.Dropout(self.dropout),
            ),
            layers.Flatten(),
            self.head(lambda outputs: nn.Linear(features, outputs)),
        )
        return layers.initialise_glorot(network)
