"""An objective: the exponential loss."""

from torch import Tensor

from variants.objectives import Objective, check_scores, objective
from variants.references import Reference, cites

FREUND = Reference(
    key="freund1997decision",
    authors="Yoav Freund and Robert E. Schapire",
    title="A Decision-Theoretic Generalization of On-Line Learning and an Application to Boosting",
    journal="Journal of Computer and System Sciences",
    volume="55",
    number="1",
    pages="119-139",
    year=1997,
)


@objective("exponential")
@cites(FREUND)
class Exponential(Objective):
    """The exponential loss, of AdaBoost."""

    threshold = 0.0

    def critic(self, real: Tensor, fake: Tensor) -> Tensor:
        """E[exp(−D(x))] + E[exp(D(G(z)))]."""
        check_scores(real, fake)
        return (-real).exp().mean() + fake.exp().mean()

    def generator(self, real: Tensor | None, fake: Tensor) -> Tensor:
        """E[exp(−D(G(z)))]."""
        check_scores(fake)
        return (-fake).exp().mean()
