"""Differentiable augmentation: its distribution, its gradients, its draws and its cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from bench import engine
from bench.cost import flops
from tests.test_resume import attempt, trajectory
from tests.test_training import images, spec
from variants import registry
from variants.augmentations import AUGMENTATIONS, check_policy, color, cutout, translation
from variants.game import Batch
from variants.shapes import ImageShape

CPU = torch.device("cpu")
ALL = "color,translation,cutout"


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_brightness_saturation_and_contrast_have_the_papers_distribution() -> None:
    """Two colours, a and b, of two pixels: what is made of them gives all three numbers."""
    count = 20_000
    one, other = [0.5, -0.1, 0.2], [-0.4, 0.6, 0.1]
    pixels = torch.tensor([[one, other]], dtype=torch.float64).transpose(1, 2)
    found = color(pixels.view(1, 3, 1, 2).expand(count, -1, -1, -1), stream())
    grey = found.mean(1)  # (N, 1, 2)
    brightness = grey.mean((1, 2)) - pixels.mean()
    # Greys differ by the contrast alone; colours of a pixel by contrast times saturation.
    contrast = (grey[:, 0, 0] - grey[:, 0, 1]) / (np.mean(one) - np.mean(other))
    both = (found[:, 0, 0, 0] - found[:, 1, 0, 0]) / (one[0] - one[1])
    saturation = both / contrast
    for values, least, most in (
        (brightness, -0.5, 0.5),
        (saturation, 0.0, 2.0),
        (contrast, 0.5, 1.5),
    ):
        unit = ((values - least) / (most - least)).sort().values
        assert unit[0] > -1e-9
        assert unit[-1] < 1 + 1e-9
        # Kolmogorov and Smirnov's distance from U(0, 1); 0.0138 is beyond the 0.1 % level.
        expected = (torch.arange(count) + 0.5) / count
        assert (unit - expected).abs().max() < 0.0138
    numbers = torch.stack([brightness, saturation, contrast])
    assert (torch.corrcoef(numbers) - torch.eye(3)).abs().max() < 0.03, "drawn independently"


@pytest.mark.parametrize(("size", "most"), [(28, 4), (32, 4), (64, 8)])
def test_shifts_are_whole_pixels_up_to_an_eighth_in_both_directions(size: int, most: int) -> None:
    """28 / 8 is rounded up; each of the (2m + 1)² shifts is as frequent as another."""
    marked = torch.arange(1.0, size * size + 1, dtype=torch.float64).view(1, 1, size, size)
    count = 40 * (2 * most + 1) ** 2
    found = translation(marked.expand(count, -1, -1, -1), stream())
    middle = size // 2
    there = found[:, 0, middle, middle].long() - 1
    rows, columns = there // size - middle, there % size - middle
    for index in range(0, count, 97):
        expected = torch.zeros(size, size, dtype=torch.float64)
        for i in range(size):
            a = i + int(rows[index])
            for j in range(size) if 0 <= a < size else ():
                b = j + int(columns[index])
                if 0 <= b < size:
                    expected[i, j] = marked[0, 0, a, b]
        assert torch.equal(found[index, 0], expected)
        if size == 64:
            break
    seen = Counter(zip(rows.tolist(), columns.tolist(), strict=True))
    assert len(seen) == (2 * most + 1) ** 2
    assert {max(map(abs, shift)) for shift in seen} == set(range(most + 1))
    chi = sum((n - 40) ** 2 / 40 for n in seen.values())
    assert chi < len(seen) + 6 * (2 * len(seen)) ** 0.5


@pytest.mark.parametrize("size", [28, 30, 32])
def test_the_cut_square_has_half_the_size_around_any_pixel(size: int) -> None:
    """Of an even side the middle may be a pixel further out, as in the paper's code."""
    count, length = 4000, size // 2
    kept = cutout(torch.ones(count, 2, size, size), stream())
    assert torch.equal(kept[:, 0], kept[:, 1]), "all channels"
    gone = kept[:, 0] == 0
    most = size + (length % 2 == 0)
    for index in range(0, count, 211):
        rows, columns = (gone[index].any(side).nonzero().flatten() for side in (1, 0))
        assert gone[index].sum() == len(rows) * len(columns), "a rectangle"
        for pixels in (rows, columns):
            assert torch.equal(pixels, torch.arange(int(pixels[0]), int(pixels[-1]) + 1))
            inside = pixels[0] > 0 and pixels[-1] < size - 1
            assert len(pixels) == length if inside else length // 2 <= len(pixels) <= length
    # How often a row is covered, from the same for every centre.
    covered = gone.any(2).double().mean(0)
    centres = torch.arange(most)[:, None] - length // 2
    expected = (torch.arange(size) >= centres) & (torch.arange(size) < centres + length)
    assert (covered - expected.double().mean(0)).abs().max() < 0.04


@pytest.mark.parametrize("name", AUGMENTATIONS.names())
def test_gradients_flow_through_to_the_second_order(name: str) -> None:
    augment = AUGMENTATIONS.get(name)
    given = torch.randn(2, 3, 8, 8, dtype=torch.float64, requires_grad=True)

    def changed(x: Tensor) -> Tensor:
        return augment(x, stream(3))

    assert torch.autograd.gradcheck(changed, given)
    assert torch.autograd.gradgradcheck(changed, given[:1, :1, :4, :4])
    assert changed(given.float()).dtype == torch.float32


def test_a_policy_has_one_spelling_and_mistakes_are_named() -> None:
    kind = registry.get("dcgan")
    assert kind(augment="cutout, color") == kind(augment="color,cutout")
    assert check_policy("") == ""
    with pytest.raises(ValueError, match="augment has 'colour', which is no known augmentation"):
        kind(augment="colour")
    with pytest.raises(ValueError, match="augment has cutout 2 times; name it once"):
        kind(augment="cutout,cutout")


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
def test_all_that_the_critic_sees_is_augmented_in_both_updates(
    updates: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, bool]] = []

    def noted(images: Tensor, noise: torch.Generator) -> Tensor:
        seen.append((len(images), images.requires_grad))
        return AUGMENTATIONS.get("color")(images, noise) * 0 + 0.25

    recipe = registry.get("dcgan-lite")(
        augment="color", width_factor=0.1, objective="relativistic", updates=updates
    )
    game = recipe.build(ImageShape(1, 28), CPU)
    judged: list[Tensor] = []
    monkeypatch.setattr(game, "rules", _with(game.rules, noted))
    game.critic.network.register_forward_pre_hook(lambda _, given: judged.append(given[0]))
    engine.train_step(game, [Batch(torch.rand(4, 1, 28, 28))], stream())
    assert all((images == 0.25).all() for images in judged)
    passes = 4 if updates == "alternating" else 2
    assert len(judged) == len(seen) == passes
    assert sum(requires for _, requires in seen) == 1, "the generator's gradient flows through"


def _with(rules: object, augment: Callable[..., Tensor]) -> object:
    from dataclasses import replace

    return replace(rules, augmentations=[augment])  # type: ignore[type-var]


def test_it_costs_no_flops_also_under_penalties() -> None:
    shape = ImageShape(3, 32)
    for fields in ({}, {"critic_norm": "none", "penalties": {"r1": 1.0}, "penalty_interval": 2}):
        plain = flops.count(registry.get("dcgan-lite")(**fields), shape)
        assert flops.count(registry.get("dcgan-lite")(augment=ALL, **fields), shape) == plain
    assert registry.get("dcgan")(augment=ALL).capturable


def test_a_resumed_run_draws_on() -> None:
    variant = {"name": "dcgan-lite", "width_factor": 0.1, "augment": ALL}
    run = spec(variants=[variant], epochs=2)
    [whole] = attempt([run], images())
    [first] = attempt([run], images(), until=1)
    [rest] = attempt([run], images(), resume=[first[-1].checkpoint])  # type: ignore[list-item]
    assert np.array_equal(trajectory([*first, *rest]), trajectory(whole), equal_nan=True)
    [plain] = attempt([spec(variants=[{**variant, "augment": ""}], epochs=2)], images())
    assert not np.array_equal(trajectory(plain), trajectory(whole), equal_nan=True)
    assert run.run_id != spec(variants=[{**variant, "augment": ""}]).run_id
