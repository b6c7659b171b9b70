"""Numbers that a game or its objective reports at every step, beside its losses.

They are declared without torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from variants.registry import Registry


class Scalar(NamedTuple):
    """One number per step, averaged over the critic updates of a step.

    Attributes:
        name: of its column in steps.parquet, and of its mean over the epoch in epochs.parquet.
        meaning: one line of documentation.
        figure: which trajectory figure draws it: "losses", "critic-accuracy", "critic-scores",
            or another name, which makes a figure of its own.
        heading: its legend; "" for the name with spaces.
    """

    name: str
    meaning: str
    figure: str = "losses"
    heading: str = ""


CRITIC_LOSS = Scalar("critic_loss", "the critic's loss", heading="critic")
GENERATOR_LOSS = Scalar("generator_loss", "the generator's loss", heading="generator")
LOSSES = (CRITIC_LOSS, GENERATOR_LOSS)

SCORE_REAL = Scalar(
    "critic_score_real",
    "mean raw output of the critic on real samples",
    figure="critic-scores",
    heading="real samples",
)
SCORE_FAKE = Scalar(
    "critic_score_fake",
    "mean raw output of the critic on generated samples",
    figure="critic-scores",
    heading="generated samples",
)
ACCURACY_REAL = Scalar(
    "critic_accuracy_real",
    "share of real samples that the critic judges real; null without a threshold",
    figure="critic-accuracy",
    heading="real samples",
)
ACCURACY_FAKE = Scalar(
    "critic_accuracy_fake",
    "share of generated samples that the critic judges fake; null without a threshold",
    figure="critic-accuracy",
    heading="generated samples",
)
MIDPOINT_REAL = Scalar(
    "critic_midpoint_accuracy_real",
    "share of real samples above the midpoint of the batch's two mean scores, where there is no "
    "threshold; of a vector critic, nearer to the mean of the other real vectors than to that of "
    "the generated ones",
    figure="critic-accuracy",
    heading="real, by the midpoint",
)
MIDPOINT_FAKE = Scalar(
    "critic_midpoint_accuracy_fake",
    "share of generated samples below that midpoint; of a vector critic, nearer to the mean of the "
    "other generated vectors",
    figure="critic-accuracy",
    heading="generated, by the midpoint",
)
PAIRWISE_ACCURACY = Scalar(
    "critic_pairwise_accuracy",
    "share of all pairs of a real and a generated sample of the batch in which the real one has "
    "the higher score, ties half; of a vector critic, the longer projection onto the difference "
    "of the mean vectors of the other samples",
    figure="critic-accuracy",
    heading="pairs: real above generated",
)
WASSERSTEIN_ESTIMATE = Scalar(
    "wasserstein_estimate",
    "mean score of real samples minus that of generated ones, the critic's loss without penalty "
    "and sign: W₁ as far as the critic has slope 1; null for other objectives",
    figure="wasserstein-estimate",
    heading="Wasserstein estimate",
)
PRODUCT_METRIC = Scalar(
    "product_metric",
    "L = ‖W‖²/n of a vector critic, W the difference of the batch's mean vectors of real and "
    "generated samples, as the objective estimates it: product-metric's is too large by the "
    "variance of these means, product-metric-root's is not; null for other critics",
    figure="product-metric",
    heading="L of the vector critic",
)
PENALTY = Scalar(
    "penalty",
    "the critic's penalties as they enter its loss, with weights and interval; null at steps "
    "without one, and the mean is over the others",
    heading="penalty",
)
ADVERSARIAL_TERM = Scalar(
    "adversarial_term",
    "what the critic adds to the loss of a generator that translates",
    heading="of the critic",
)
L1_TERM = Scalar(
    "l1_term",
    "the mean absolute difference from the target as it enters the generator's loss, with its "
    "weight",
    heading="L1",
)
CYCLE_TERM = Scalar(
    "cycle_term",
    "the mean absolute differences of images translated and back from themselves, both ways, as "
    "they enter the generators' loss, with their weight",
    heading="cycle",
)
IDENTITY_TERM = Scalar(
    "identity_term",
    "the mean absolute differences that generators make to images of their own target, as they "
    "enter the loss, with their weight",
    heading="identity",
)
NCE_TERM = Scalar(
    "nce_term",
    "PatchNCE, the mean cross-entropy of finding the source's patch, as it enters the generator's "
    "loss, with its weight",
    heading="PatchNCE",
)
TRANSLATION_TERMS = (ADVERSARIAL_TERM, L1_TERM, CYCLE_TERM, IDENTITY_TERM, NCE_TERM)

BUILT_IN = (
    *LOSSES,
    SCORE_REAL,
    SCORE_FAKE,
    ACCURACY_REAL,
    ACCURACY_FAKE,
    PENALTY,
    MIDPOINT_REAL,
    MIDPOINT_FAKE,
    PAIRWISE_ACCURACY,
    WASSERSTEIN_ESTIMATE,
    PRODUCT_METRIC,
    *TRANSLATION_TERMS,
)

SCALARS: Registry[Scalar] = Registry(
    "scalar", pattern="[a-z][a-z0-9_]*", rule="lower-case letters, digits and underscores"
)


def declare(scalars: Iterable[Scalar]) -> None:
    """Registers the scalars of a game or an objective, except those that another one declared.

    Raises:
        DuplicateName: another scalar has the name.
        ValueError: a name is not an identifier.
    """
    for scalar in scalars:
        if not SCALARS.holds(scalar):
            SCALARS.add(scalar.name, scalar)


declare(BUILT_IN)
