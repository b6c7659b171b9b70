"""Why one variant costs more than another: true causes, whose parts add up to the difference."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import ClassVar

import pytest

from bench.cost import flops
from bench.describe import Cause, Comparison, Cost, Description, compare, comparison, describe
from bench.describe.document import Items, Paragraph, Table
from bench.describe.moves import plain
from bench.describe.show import factor
from bench.errors import RequestError
from tests.describe.bundled import PAIR, SHAPE, described, recipe_of, shape_of
from variants import registry
from variants.effect import effect
from variants.recipe import Recipe
from variants.zoo.dcgan import Dcgan, DcganTutorial
from variants.zoo.dense import Gan

ON_IMAGES = [name for name in registry.names() if registry.get(name).task == "images"]
UNPAIRED = [name for name in registry.names() if registry.get(name).task == "unpaired"]
# Whose networks take seconds to count: with each other, and with one of each other class.
LARGE = {"sngan", "conditional-sngan", "r3gan"}
CLASSES = {"dcgan", "gan", "sngan", "r3gan"}
PAIRS = [
    *(
        pair
        for pair in permutations(ON_IMAGES, 2)
        if not LARGE & {*pair} or {*pair} <= CLASSES or {*pair} <= LARGE
    ),
    *permutations(UNPAIRED, 2),
]


def compared(name: str, other: str) -> Comparison:
    return compare(described(name), described(other))


def part(found: Comparison, subject: str) -> Cause:
    """The one cause with this subject."""
    (cause,) = [cause for cause in found.causes if cause.subject == subject]
    return cause


def sentences(name: str, other: str) -> str:
    blocks = comparison(described(name), described(other))
    return " ".join(block.text for block in blocks if isinstance(block, Paragraph))


# ------------------------------------------------------------------- every pair of variants


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_the_parts_are_true_and_add_up(name: str, other: str) -> None:
    this, that = described(name), described(other)
    found = compare(this, that)
    assert sum((cause.cost for cause in found.causes), Cost()) == found.cost - found.other_cost
    for description, cost in ((this, found.cost), (that, found.other_cost)):
        counts = description.counts
        assert round(cost.per_image) == counts.train_flops_per_image
        assert cost.generator_parameters == counts.generator_parameters
        assert cost.critic_parameters == counts.critic_parameters
    for cause in found.causes:
        assert cause.cost
        assert cause.why
        for value, description in ((cause.before, that), (cause.after, this)):
            assert_exists(cause, value, description)
    back = compare(that, this)
    assert [cause.reversed() for cause in reversed(back.causes)] == list(found.causes)


def assert_exists(cause: Cause, value: str | None, description: Description) -> None:
    """The recipe has what the cause says of it; what it lacks counts as neutral."""
    recipe = description.recipe
    if cause.field:
        values = [
            getattr(recipe, field) if field in type(recipe).model_fields else neutral(field)
            for field in cause.subject.split(" with ")
        ]
        assert value == ", ".join(map(as_text, values))
        return
    network, _, rest = cause.subject.partition(", ")
    layers = description.networks.get(network.capitalize(), [])
    if not rest:  # a network that only one side has
        names = {layer.name for layer in layers}
        assert value == (f"its {len(names)} layers" if names else None)
        return
    kinds = [layer.kind for layer in layers]
    if rest.startswith("kernel of "):
        assert any(f" {value}, " in kind for kind in kinds)
    elif rest.startswith("parameters of norm layers"):
        # How many there are depends on widths and depths that are changed on the way.
        assert (value != "0") == any(layer.norm for layer in layers)
    elif rest.startswith(("a ", "the ")) and value:
        # A width that both classes have is changed on the way.
        shapes = [kind.split(",")[0] for kind in kinds]
        assert value.split(",")[0] in shapes


def as_text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict) and value:
        return f"{{{', '.join(f'{key}: {as_text(of)}' for key, of in value.items())}}}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def neutral(field: str) -> object:
    (value,) = {
        repr(effect(registry.get(name), field).neutral): effect(registry.get(name), field).neutral
        for name in registry.names()
        if field in registry.get(name).model_fields
    }.values()
    return value


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_the_words_agree_with_the_numbers(name: str, other: str) -> None:
    found = compared(name, other)
    text = sentences(name, other)
    own, its = found.cost, found.other_cost
    if own.per_image == its.per_image:
        assert f"{name} costs the same training FLOPs per real image as {other}" in text
    else:
        word = "cheaper" if own.per_image < its.per_image else "more expensive"
        ratio = factor(own.per_image, its.per_image)
        assert f"{name} is {word}: {ratio} the training FLOPs per real image of {other}." in text
        assert (float(ratio.split()[0]) < 1) == (word == "cheaper")
    if own.per_image / its.per_image == own.per_update / its.per_update:
        assert "generator update" not in text
    else:
        word = "cheaper" if own.per_update < its.per_update else "more expensive"
        assert f"it is {word}: {factor(own.per_update, its.per_update)}." in text
    if found.causes:
        table, whys = (
            b
            for b in comparison(described(name), described(other))
            if isinstance(b, (Table, Items))
        )
        assert isinstance(table, Table)
        assert isinstance(whys, Items)
        (first, *changes, last) = table.rows
        for column in range(1, len(table.header)):
            numbers = [int(row[column].replace(",", "").replace("−", "-")) for row in table.rows]
            assert abs(numbers[-1] - sum(numbers[:-1])) <= len(changes) / 2
        assert [first[0], last[0]] == [other, name]
        explained = ", ".join(subjects for subjects, _ in whys.items)
        assert all(cause.subject in explained for cause in found.causes)
    else:
        assert own == its


# ----------------------------------------------------------------- what was said wrongly


def test_the_tutorial_is_wide_at_the_first_layers_and_has_larger_kernels() -> None:
    """Passes by hand: a layer of the generator runs 4 × (1 in the critic's update, then forward
    and two gradients), the first one 3 ×; the critic's layers 8 ×, the first one 6 ×."""
    found = compared("dcgan-tutorial", "dcgan")
    expected = {
        "generator, inputs × outputs of the first layer": 3 * 2 * (1_254_400 - 627_200),
        "generator, a layer at 7×7": 4 * 2 * 25 * 256 * 128 * 49,
        "generator, kernel of a layer at 14×14 and the last layer": (
            4 * 2 * 9 * 49 * 128 * 64 + 4 * 2 * 9 * 196 * 64
        ),
        "critic, kernel of the first layer and a layer at 7×7": (
            6 * 2 * 9 * 196 * 64 + 8 * 2 * 9 * 49 * 64 * 128
        ),
    }
    assert {subject: part(found, subject).cost.per_image for subject in expected} == expected
    kernel = part(found, "critic, kernel of the first layer and a layer at 7×7")
    assert (kernel.before, kernel.after) == ("4×4", "5×5")
    deeper = part(found, "generator, a layer at 7×7")
    assert (deeper.before, deeper.after) == (None, "transposed conv 5×5, 256 → 128, stride 1")
    known = {"critic_norm", "batch_size", "updates", "reuse_samples"} | set(expected)
    known.add("generator, parameters of norm layers")
    assert {cause.subject for cause in found.causes} <= known


def test_lite_against_the_tutorial_credits_what_the_two_have() -> None:
    found = compared("dcgan-lite", "dcgan-tutorial")
    subjects = {cause.subject for cause in found.causes}
    for subject in (
        "generator_width",
        "critic_width",
        "generator, a layer at 7×7",
        "generator, inputs × outputs of the first layer",
        "generator, kernel of a layer at 14×14 and the last layer",
        "critic, kernel of the first layer and a layer at 7×7",
    ):
        assert part(found, subject).cost.per_image < 0
    assert not any("separable" in subject or "extra" in subject for subject in subjects)
    assert not any("separable" in str(cause) for cause in found.without_effect)


def test_the_penalty_costs_and_five_critic_steps_share_a_generator_update() -> None:
    found = compared("wgan-gp", "dcgan")
    dcgan = described("dcgan").counts
    critic, generator = dcgan.critic_flops_per_image, dcgan.generator_flops_per_image
    assert critic is not None
    assert generator is not None
    steps, penalty = part(found, "critic_steps"), part(found, "gradient_penalty")
    assert steps.cost.per_image == Fraction(-4 * generator, 5)
    assert steps.cost.per_update == 64 * 4 * critic
    assert penalty.cost.per_image == 4 * 2 * 6_629_504  # four passes of the critic
    text = sentences("wgan-gp", "dcgan")
    assert "wgan-gp is cheaper: 0.99 × the training FLOPs per real image of dcgan." in text
    assert (
        "Per generator update, which takes 5 critic updates of 64 images instead of 1 critic "
        "update of 64 images, it is more expensive: 4.94 ×." in text
    )
    assert "shared" in steps.why
    assert "differentiates" in penalty.why


def test_the_vector_critic_judges_real_images_twice_and_has_no_classes() -> None:
    found = compared("vector-critic", "wgan-gp")
    assert "classes" not in " ".join(cause.why for cause in found.causes)
    assert "conditional" not in [cause.subject for cause in found.causes + found.without_effect]
    objective = part(found, "objective")
    assert objective.cost.per_image > 0
    assert "judges the real samples again" in objective.why
    assert part(found, "critic_outputs").cost.critic_parameters == 6272 * 64 + 64


# --------------------------------------------------------------------- any two recipes


def a_recipe(name: str, **fields: object) -> Description:
    return describe(name, registry.get(name)(**fields), SHAPE)


def test_more_critic_steps_are_cheaper_per_image_and_dearer_per_update() -> None:
    one, five = described("dcgan"), a_recipe("dcgan", critic_steps=5)
    (cause,) = compare(five, one).causes
    assert (cause.subject, cause.before, cause.after) == ("critic_steps", "1", "5")
    assert cause.cost.per_image < 0 < cause.cost.per_update


def test_packs_cost_a_pass_for_several_samples() -> None:
    cause = part(compared("pacgan", "dcgan"), "pack")
    assert str(cause) == "pack 1 → 2"
    first, rest = 200_704, 6_629_504 - 200_704
    # Of 8 passes the first layer takes 6, and the rest is done once for two samples.
    assert cause.cost.per_image == -8 * rest
    assert cause.cost.critic_parameters == first // 196


def test_a_variant_without_the_field_has_its_neutral_value() -> None:
    found = compared("dcgan-separable", "dcgan-tutorial")
    for field in ("generator_separable", "critic_separable"):
        cause = part(found, field)
        assert (cause.before, cause.after) == ("false", "true")
        assert cause.cost.per_image < 0


def test_equal_recipes_and_recipes_of_equal_cost() -> None:
    same = comparison(described("dcgan"), a_recipe("dcgan"))
    assert same == [Paragraph("dcgan and dcgan are the same recipe.")]
    (verdict, changed) = comparison(a_recipe("dcgan", beta1=0.9), described("dcgan"))
    assert isinstance(verdict, Paragraph)
    assert isinstance(changed, Paragraph)
    assert "costs the same training FLOPs per real image as dcgan: 162,018,304." in verdict.text
    assert changed.text == "Changed without effect on FLOPs and parameters: beta1 0.5 → 0.9."


def test_cyclegan_costs_more_than_fastcut_by_what_it_has_twice() -> None:
    """The second generator and critic, the cycle and the identity, less PatchNCE."""
    cyclegan, fastcut = (
        describe(name, registry.get(name)(width_factor=0.5), PAIR)
        for name in ("cyclegan", "fastcut")
    )
    found = compare(cyclegan, fastcut)
    causes = {cause.subject: cause for cause in found.causes}
    second = ["generator to source", "critic of sources"]
    assert set(causes) == {"nce", "identity", "cycle", *second}
    assert str(causes["nce"]) == "nce 10 → 0"
    assert causes["nce"].cost.per_image < 0
    counts = cyclegan.counts
    generator, critic = (causes[network].cost for network in second)
    assert generator.generator_parameters == counts.generator_parameters // 2
    assert critic.critic_parameters == counts.critic_parameters // 2
    assert causes["cycle"].cost.parameters == causes["identity"].cost.parameters == 0
    assert causes["cycle"].cost.per_image > causes["identity"].cost.per_image > 0
    blocks = comparison(cyclegan, fastcut)
    text = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
    assert "cyclegan is more expensive" in text
    assert "pool 0 → 50" in text
    for word in ("translates back", "own target", "PatchNCE encodes", "a network of its own"):
        assert any(word in cause.why for cause in found.causes), word


def test_points_are_not_compared_with_images() -> None:
    with pytest.raises(RequestError, match="task mixtures and dcgan for images"):
        compare(described("mixture-gan"), described("dcgan"))


def test_a_class_of_other_defaults_is_its_base_and_one_of_other_networks_is_not() -> None:
    """A class variable of its own may decide on the networks, which other defaults cannot."""

    class Deeper(Dcgan):
        depth: ClassVar[int] = 3

    for name in ("wgan", "pacgan", "conditional-vector-critic"):
        recipe = registry.get(name)()
        assert type(plain(recipe)) is Dcgan
        assert plain(recipe).model_dump() == recipe.model_dump()
    assert type(plain(registry.get("conditional-gan")())) is Gan
    assert type(plain(registry.get("dcgan-tutorial")())) is DcganTutorial
    assert type(plain(Deeper())) is Deeper


def test_a_ratio_never_rounds_to_one_or_nothing() -> None:
    assert factor(Fraction(26), Fraction(100)) == "0.26 ×"
    assert factor(Fraction(9996), Fraction(10_000)) == "0.9996 ×"
    assert factor(Fraction(1), Fraction(1000)) == "0.001 ×"
    assert factor(Fraction(5), Fraction(5)) == "1.00 ×"


@pytest.mark.parametrize(
    "name", ["dcgan", "dcgan-tutorial", "gan", "mixture-gan", "pix2pix", "cyclegan", "fastcut"]
)
def test_free_fields_cost_nothing(name: str) -> None:
    """What is declared free is not counted; here it is."""
    recipe, shape = recipe_of(name), shape_of(name)
    kind = type(recipe)
    others: dict[str, object] = {
        "drop_last_batch": True,
        "optimizer": "rmsprop",
        "generator_lr": 0.1,
        "critic_lr": 0.1,
        "beta1": 0.25,
        "beta2": 0.5,
        "latent": "uniform",
        "weight_clip": 0.5,
        "dropout": 0.75,
        "generator_average": 1000.0,
        "lr_decay": "none" if recipe.lr_decay == "linear" else "linear",
        "schedules": {} if recipe.lr_decay == "none" else {"lr": {"to": 0.5}},
        "augment": "color,translation,cutout",
        "l1": 10.0,
        "pool": 7,
        "nce_temperature": 0.5,
    }
    free = {field for field in kind.model_fields if effect(kind, field).free}
    assert free - {"constraints"} <= set(others)
    changed: Recipe = kind.model_validate(
        recipe.model_dump() | {field: value for field, value in others.items() if field in free}
    )
    assert flops.count(changed, shape) == flops.count(recipe, shape)
