"""How long the rest of a sweep is expected to take."""

from __future__ import annotations

from bench.executors import RunRequest


class Forecast:
    """Estimates the seconds left from the epochs finished so far.

    A configuration without a finished epoch is assumed to take as many seconds per training
    FLOP as the others.
    """

    def __init__(self, requests: list[RunRequest], jobs: int) -> None:
        self._left: dict[str, int] = {}  # epochs, by label
        self._flops: dict[str, float] = {}  # of one epoch
        self._spent: dict[str, list[float]] = {}
        self._jobs = jobs
        for request in requests:
            label = request.spec.label
            self._left[label] = self._left.get(label, 0) + request.spec.epochs
            # Epochs given in steps scale with their batches; others are one pass over the data.
            recipe, of_epoch = request.spec.recipe, request.spec.steps_per_epoch
            samples = of_epoch * recipe.batch_size * recipe.critic_steps if of_epoch else 1
            self._flops[label] = float(request.counts.train_flops_per_image or 1) * samples

    def finished(self, request: RunRequest, seconds: float) -> None:
        """An epoch took this long; runs of a stack share the time."""
        share = seconds / request.stacked_runs
        self._spent.setdefault(request.spec.label, []).append(share)
        self._left[request.spec.label] -= 1

    def dropped(self, request: RunRequest, epochs: int) -> None:
        """This many epochs of a run will not be trained now."""
        self._left[request.spec.label] -= epochs

    def seconds(self) -> float | None:
        """The estimate, or None before the first epoch."""
        if not self._spent:
            return None
        means = {label: sum(s) / len(s) for label, s in self._spent.items()}
        per_flop = sum(means.values()) / sum(self._flops[label] for label in means)
        left = sum(
            count * means.get(label, per_flop * self._flops[label])
            for label, count in self._left.items()
        )
        return left / self._jobs
