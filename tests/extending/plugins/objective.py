"""An objective: the exponential loss."""

from torch import Tensor

from variants.objectives import Objective, check_scores, objective


@objective("exponential")
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
