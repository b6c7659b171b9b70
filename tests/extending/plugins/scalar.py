"""A step scalar: how far real and generated scores are apart."""

from variants.adversarial import AdversarialGame
from variants.game import Batch, Noise, Outcome
from variants.registry import register
from variants.scalars import SCORE_FAKE, SCORE_REAL, Scalar
from variants.zoo.dcgan import Dcgan

GAP = Scalar(
    "score_gap",
    "mean score of real samples minus that of generated ones",
    figure="gap",
    heading="real minus generated",
)


class GapGame(AdversarialGame):
    """Reports the gap at every step."""

    scalars = (*AdversarialGame.scalars, GAP)

    def critic_loss(self, batch: Batch, noise: Noise) -> Outcome:
        loss, scalars = super().critic_loss(batch, noise)
        gap = scalars[SCORE_REAL.name] - scalars[SCORE_FAKE.name]
        return Outcome(loss, {**scalars, GAP.name: gap})


@register("dcgan-gap")
class DcganGap(Dcgan):
    """DCGAN that reports the gap between real and generated scores."""

    def game_type(self) -> type[AdversarialGame]:
        return GapGame
