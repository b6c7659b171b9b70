"""The loop over epochs: train, evaluate, make a checkpoint when it is cheap or last, report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from bench import checkpoint
from bench.cost.clock import Clock, Elapsed
from bench.measures import EpochResult, RunSetup
from bench.quality.evaluator import QualityProtocol
from bench.spec import RunSpec
from bench.training import stack
from bench.training.member import Member
from bench.training.meter import Meter, empty_rows
from bench.training.resources import Report, Resources
from bench.training.weights import Kept, generator_weights


def run(
    specs: Sequence[RunSpec],
    resources: Resources,
    *,
    started: float,
    resume: Sequence[bytes] = (),
) -> Iterator[list[Report | None]]:
    """Trains one run, or as one stack several that differ only in their seed.

    Args:
        specs: one run, or several of a stackable recipe; each gives what it would give alone.
        started: reading of ``Clock.seconds`` when the run's process began, so that set-up
            time includes the loading of data and extractor.
        resume: checkpoints of the same epoch, one per run, to resume from; none to start. On one
            CPU the steps that follow are those of a run never interrupted, bit for bit.

    Yields:
        One report per run: their set-ups, then epoch by epoch their results. Where a loss
        is no longer finite, a list with ``Diverged`` follows that epoch's, and None is the
        report of the run from then on; with no run left, training ends.

    Raises:
        CheckpointError: a checkpoint is damaged, or belongs to another recipe, data set or version,
            or the epochs before it were scored by another protocol.
        torch.OutOfMemoryError: as torch raises it.
    """
    attempt = _Attempt(specs, resources, started)
    resumed = attempt.restore(resume) if resume else 0
    yield attempt.setups(resumed)
    for epoch in range(resumed + 1, specs[0].epochs + 1):
        results = attempt.epoch(epoch, first=epoch == resumed + 1)
        stopping = resources.stop()
        last = epoch == specs[0].epochs  # from there a longer run continues
        contents = attempt.states(epoch, required=stopping or last, last=last)
        with attempt.reporting():
            yield attempt.with_states(results, contents)
        if any(member.diverged for member in attempt.members):
            yield [member.take_divergence() for member in attempt.members]
            if all(member.over for member in attempt.members):
                return
        if stopping:
            return


# What the scores of one run must have in common.
_PROTOCOL = (
    "quality_features",
    "quality_weights_hash",
    "quality_reference_hash",
    "quality_samples",
    "quality_back_weights_hash",
    "quality_back_reference_hash",
)


class _Attempt:
    """The runs from set-up or checkpoint on."""

    def __init__(self, specs: Sequence[RunSpec], resources: Resources, started: float) -> None:
        self._specs, self._resources, self._started = specs, resources, started
        self._clock = Clock(resources.device)
        self._play = stack.play(specs, resources)
        self.members = [
            Member(spec, resources, self._play, index) for index, spec in enumerate(specs)
        ]
        self._meter = Meter(resources, self._clock)
        self._elapsed = Elapsed(self._clock, started)
        self._budget = checkpoint.Budget()
        judge = resources.evaluator
        self._protocol = asdict(judge.protocol if judge else QualityProtocol())
        # The others are computed again, perhaps with other rounding; hashes identify the protocol.
        self._scored_by = {name: self._protocol[name] for name in _PROTOCOL}

    def restore(self, contents: Sequence[bytes]) -> int:
        """Restores the runs from their checkpoints and returns the epoch they are of.

        Raises:
            CheckpointError: they cannot be used.
        """
        with checkpoint.unusable_otherwise():
            states = [checkpoint.loaded(content, self._resources.device) for content in contents]
            (resumed,) = {state["epoch"] for state in states}
            if any(self._other_protocol(state.get("protocol")) for state in states):
                raise checkpoint.CheckpointError(
                    "quality was measured by another classifier or reference before, and scores "
                    "of two protocols cannot be in one run"
                )
            self._meter.load_state(states[0]["energy"])
            self._elapsed.before = states[0]["elapsed"]
            self._play.load_states([state["play"] for state in states])
            for member, state in zip(self.members, states, strict=True):
                member.load_state(state["member"])
            if self.members[0].steps != resumed * self._play.epoch_steps:
                raise checkpoint.CheckpointError("the checkpoint's last epoch was cut short")
        return int(resumed)

    def _other_protocol(self, stored: Mapping[str, Any] | None) -> bool:
        """Whether the epochs before a checkpoint were scored differently."""
        if stored is None:  # of an earlier version, as are those that lack a column
            return False
        return any(stored.get(name) != value for name, value in self._scored_by.items())

    def setups(self, resumed: int) -> list[Report | None]:
        """What each run learned while it was set up."""
        seconds = self._clock.seconds() - self._started
        resources = self._resources
        setup = RunSetup(
            environment=resources.environment,
            train_images=len(resources.data.images),
            data_hash=resources.data.content_hash,
            **asdict(resources.counts),
            **self._protocol,
            setup_seconds=seconds,
            host_baseline_bytes=resources.memory.host.baseline_bytes,
            gpu_evaluation_bytes=resources.memory.gpu.kept_bytes,
            stacked_runs=len(self._specs),
            packed_runs=resources.packed_runs,
            resumed_epochs=resumed,
        )
        return [setup for _ in self._specs]

    def epoch(self, epoch: int, *, first: bool) -> list[EpochResult | None]:
        """Trains one epoch and evaluates every run."""
        play = self._play
        play.begin(epoch)
        rows = empty_rows(
            play.steps(epoch), len(play.columns), len(self._specs), self._resources.device
        )
        cost, shown = self._meter.epoch(play, rows, first=first)
        values = rows.cpu().numpy()
        results = [
            member.epoch(epoch, values[:, :, index], cost, shown, self._clock)
            for index, member in enumerate(self.members)
        ]
        self._budget.trained(cost.warmup_seconds + cost.train_seconds)
        return results

    def states(self, epoch: int, *, required: bool, last: bool) -> list[Kept]:
        """A checkpoint of each run that is still running, if required or cheap enough.

        Args:
            last: the run ends with this epoch, after which its generator's weights are kept, too.
        """
        contents = [Kept()] * len(self._specs)
        if not (required or self._budget.allows()):
            return contents
        with self._budget.spending(self._clock):
            whole: Mapping[str, Any] = {
                "epoch": epoch,
                "protocol": self._scored_by,
                "energy": self._meter.state(),
                "elapsed": self._elapsed.seconds(),
            }
            states = self._play.states()
            for index, member in enumerate(self.members):
                if member.running:
                    own = {"play": states[index], "member": member.state()}
                    weights = None
                    if last:
                        data = self._resources.data
                        weights = generator_weights(epoch, states[index], self._specs[index], data)
                    contents[index] = Kept(checkpoint.dumped({**whole, **own}), weights)
        self._budget.made()
        return contents

    def reporting(self) -> Any:
        """The time within counts as time for checkpoints, which are handed over in it."""
        return self._budget.spending(self._clock)

    def with_states(
        self, results: Sequence[EpochResult | None], contents: Sequence[Kept]
    ) -> list[Report | None]:
        """The epoch's results with their checkpoints and what is known only now."""
        checkpoint_seconds, elapsed_seconds = self._budget.since_last(), self._elapsed.seconds()
        reports: list[Report | None] = []
        for result, content in zip(results, contents, strict=True):
            if result is None:
                reports.append(None)
                continue
            record = replace(
                result.record,
                checkpoint_seconds=checkpoint_seconds,
                elapsed_seconds=elapsed_seconds,
            )
            reports.append(replace(result, record=record, **content._asdict()))
        return reports
