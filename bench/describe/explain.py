"""What differs between two recipes, and why that costs less or more."""

from __future__ import annotations

from typing import Any

from bench.describe.description import Description


def explain(this: Description, other: Description) -> list[str]:
    """In sentences: what differs, and what that does to the cost of training."""
    ours, theirs = this.recipe.model_dump(), other.recipe.model_dump()
    changed = {
        key: (theirs.get(key), value)
        for key, value in ours.items()
        if key not in theirs or theirs[key] != value
    }
    if not changed:
        same = this.networks == other.networks
        networks = "are the same recipe" if same else "have the same fields but other networks"
        return [f"{this.name} and {other.name} {networks}."]
    settings = [
        f"{key} {theirs[key]} → {value}" if key in theirs else f"{key} {value} (a new field)"
        for key, value in ours.items()
        if key in changed
    ]
    sentences = [f"Changed: {'; '.join(settings)}."]
    own, its = this.counts.train_flops_per_image, other.counts.train_flops_per_image
    if own is not None and its:
        verdict = "costs the same training FLOPs per image as"
        if own != its:
            word = "cheaper" if own < its else "more expensive"
            verdict = f"is {word}: {own / its:.2f} × the training FLOPs per image of"
        sentences.append(f"{this.name} {verdict} {other.name}.")
    if reasons := _reasons(changed, _has_convolutions(this) and _has_convolutions(other)):
        sentences.append(f"What changes the cost: {'; and '.join(reasons)}.")
    return sentences


def _has_convolutions(description: Description) -> bool:
    layers = [layer for network in description.networks.values() for layer in network]
    return any("conv" in layer.kind for layer in layers)


def _reasons(changed: dict[str, tuple[Any, Any]], convolutions: bool) -> list[str]:
    """How each kind of change affects the cost, and in which networks."""
    widths: dict[float, list[str]] = {}
    separable: dict[bool, list[str]] = {}
    others = []
    for key, (before, after) in changed.items():
        player = f"the {key.split('_')[0]}"
        if key.endswith("_width") and before and convolutions:
            widths.setdefault(after / before, []).append(player)
        elif key.endswith("_separable"):
            separable.setdefault(after, []).append(player)
        elif key in _OTHER_REASONS:
            others.append(_OTHER_REASONS[key])
    reasons = [
        f"a convolution takes height × width × kernel² × inputs × outputs MACs, so {factor:.3g} × "
        f"the filters leave {factor**2:.3g} × the MACs between the hidden layers of "
        f"{' and '.join(players)} ({factor:.3g} × at the first and last layer, where one side is "
        f"fixed) and {factor:.3g} × the activations"
        for factor, players in widths.items()
    ]
    for split, players in separable.items():
        how, much = ("splitting", "less") if split else ("not splitting", "more")
        reasons.append(
            f"{how} the k×k convolutions of {' and '.join(players)} into one per channel and a 1×1 "
            "across channels takes k² + outputs instead of k² × outputs MACs per input and pixel: "
            f"{much} arithmetic on nearly the same activations (a kernel per channel reuses little "
            "data, so seconds change less than FLOPs)"
        )
    return reasons + others


_OTHER_REASONS = {
    "generator_extra_layers": (
        "each additional 3×3 convolution takes height × width × 9 × filters² MACs and keeps its "
        "output for the backward pass"
    ),
    "pack": (
        "after its first layer the critic makes one pass for a whole pack, so a sample costs it "
        "nearly one over the pack"
    ),
    "conditional": (
        "the class adds inputs to the generator's first layer, and a dense layer and a channel to "
        "the critic"
    ),
    "gradient_penalty": "the penalty differentiates the critic's gradient on one more batch",
    "penalties": "each penalty differentiates the critic's gradient on one more batch",
    "penalty_interval": "penalties are evaluated in every so many critic updates only",
    "critic_steps": "a generator update is shared by the images of this many critic updates",
    "latent_dim": "the latent vector's length affects only the generator's first layer",
}
