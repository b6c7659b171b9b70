"""Which layer a FLOP is for, and how a document looks in each format."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import torch
from rich.console import Console
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from bench import engine, tasks
from bench.cost import flops
from bench.cost.work import LayerFlops
from bench.describe import Block, describe, document, latex, markdown, terminal
from bench.describe.layers import layers
from tests.describe.bundled import SHAPE, described, recipe_of, shape_of
from variants import registry


@pytest.mark.parametrize("penalty", [False, True])
def test_a_backward_pass_counts_for_the_layer_that_it_is_of(penalty: bool) -> None:
    """Also the backward pass of a gradient, and of what an earlier function computed."""
    first, second = nn.Linear(3, 5), nn.Linear(5, 7)
    counter = LayerFlops({"first": first, "second": second})
    given = torch.randn(2, 3, requires_grad=True)
    outputs: list[torch.Tensor] = []
    forward = counter.count(lambda: outputs.append(second(first(given * 1)).square().sum()))
    assert forward == {"first": 2 * 2 * 3 * 5, "second": 2 * 2 * 5 * 7}
    if not penalty:
        backward = counter.count(outputs[0].backward)
        assert backward == {"first": 2 * forward["first"], "second": 2 * forward["second"]}
        return

    def penalise() -> None:
        (slope,) = torch.autograd.grad(outputs[0], given, create_graph=True)
        slope.square().sum().backward()

    backward = counter.count(penalise)
    # The gradient is one product for each layer; its own gradient two, and the values' two more.
    assert backward["second"] == 5 * forward["second"]
    assert backward["first"] + backward["second"] == backward.total()


@pytest.mark.parametrize("name", registry.names())
def test_every_flop_of_a_step_is_for_a_layer(name: str) -> None:
    """But for the comparison of patches in PatchNCE, which is of no network."""
    recipe, shape = recipe_of(name), shape_of(name)
    step = flops.step(recipe, shape)
    assert ("", "") not in step.critic_by_layer
    outside = 2 * sum(2 * patches**2 * 256 for patches in (256, 256, 64, 64, 64))
    assert step.generator_by_layer.get(("", ""), 0) == (outside if name == "fastcut" else 0)
    game = recipe.build(shape, torch.device("cpu"))
    for heading, example in flops.networks(game.example_inputs()).items():
        for layer in layers(example.network, *example.inputs):
            assert bool(layer.macs) == ((heading, layer.name) in step.generator_by_layer)


def test_a_layer_of_patches_has_the_memory_of_all_of_them() -> None:
    """Of 32 px, the deepest feature has 64 positions."""
    last = described("fastcut").networks["Generator projector"][-1]
    assert (last.kind, last.output, last.bytes) == ("dense, 256 → 256", (64, 256), 4 * 64 * 256)
    assert described("mixture-gan").networks["Generator"][-1].output == (2,)


def test_a_layer_under_spectral_norm_is_described_as_what_it_is() -> None:
    normed = describe("dcgan", registry.get("dcgan")(critic_norm="spectral"), SHAPE)
    plain = describe("dcgan", registry.get("dcgan")(critic_norm="none"), SHAPE)
    assert normed.networks == plain.networks
    assert normed.counts == plain.counts


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("dcgan", None),
        ("mixture-gan", None),
        ("pix2pix", None),
        ("cyclegan", "fastcut"),
        ("dcgan-lite", "dcgan-tutorial"),
        ("conditional-wgan-gp", "gan"),
    ],
)
def test_the_text_fits_eighty_columns(name: str, other: str | None) -> None:
    text = _text(name, other)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def _text(name: str, other: str | None) -> str:
    sink = io.StringIO()
    Console(file=sink, width=80).print(terminal(_document(name, other)))
    return sink.getvalue()


def _document(name: str, other: str | None) -> list[Block]:
    return document(described(name), described(other) if other else None)


def test_the_documentation_quotes_what_is_printed() -> None:
    guide = (Path(__file__).parents[2] / "docs/variants.md").read_text("utf-8")
    quoted = guide.split("`bench describe wgan-gp --against dcgan` ends:")[1].split("```")[1]
    printed = "\n".join(line.rstrip() for line in _text("wgan-gp", "dcgan").splitlines())
    assert quoted.strip() in printed


def test_one_content_in_three_formats() -> None:
    """Numbers and words are the same; each format has its own table, and escapes what it must."""
    blocks = _document("wgan-gp", "dcgan")
    forms = {
        "markdown": markdown(blocks),
        "latex": latex(blocks),
        "text": _text("wgan-gp", "dcgan"),
    }
    for text in forms.values():
        for number in ("162,018,304", "53,036,032", "160,041,370"):
            assert number in text
    assert "| critic\\_steps 1 → 5 | −55,012,966 |" in forms["markdown"]
    assert r"critic\_steps 1 $\rightarrow$ 5 & $-$55,012,966 &" in forms["latex"]
    for environment in ("tabularx", "itemize"):
        opened, closed = (forms["latex"].count(rf"\{x}{{{environment}}}") for x in ("begin", "end"))
        assert opened == closed > 0
    for table in re.findall(r"\\toprule\n(.*?)\\bottomrule", forms["latex"], re.S):
        rows = [line for line in table.splitlines() if line.endswith(r"\\")]
        assert len({len(re.findall(r"(?<!\\)&", row)) for row in rows}) == 1
    assert not re.search(r"[^\x00-\x7f]", forms["latex"])


@pytest.mark.parametrize("name", registry.names())
def test_latex_has_no_letter_that_plain_latex_lacks(name: str) -> None:
    assert not re.search(r"[^\x00-\x7f]", latex(_document(name, None)))


def test_counting_by_layer_is_counting() -> None:
    """The sum over layers is what torch's own counter gives for a step."""
    recipe = registry.get("wgan-gp")()
    step = flops.step(recipe, SHAPE)
    game = recipe.build(SHAPE, torch.device("cpu"))
    batch = tasks.get("images").example_batch(SHAPE, 2, torch.Generator())
    with FlopCounterMode(display=False) as counter:
        engine.critic_update(game, batch, torch.Generator())
    assert counter.get_total_flops() == 2 * step.critic
