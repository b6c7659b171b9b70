"""What runs report while they are trained: it is written and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bench import store
from bench.errors import ResultsError
from bench.executors import Ended, Executor, Logged, Message, RunRequest, Started
from bench.measures import EpochRecord, EpochResult, RunOutcome, RunSetup
from bench.pictures.animation import gif
from bench.progress import Observer
from bench.spec import RunSpec


@dataclass
class Running:
    """A run this process has claimed, and what it is trained together with."""

    writer: store.RunWriter
    stack: RunRequest

    @property
    def resumed_epochs(self) -> int:
        return self.writer.resumed_epochs


class Reception:
    """Takes the messages of a sweep's runs; whatever happens to one run, the others continue.

    Attributes:
        running: the runs that are being trained, by id.
    """

    def __init__(
        self,
        executor: Executor,
        claims: store.Claims,
        observer: Observer,
        *,
        keep_checkpoints: bool,
    ) -> None:
        self.running: dict[str, Running] = {}
        self._executor = executor
        self._claims = claims
        self._observer = observer
        self._keep_last = keep_checkpoints
        self._warned: set[str] = set()
        self._noted_load = False

    def complete(self, writer: store.RunWriter, spec: RunSpec) -> None:
        """Completes a run whose epochs were all written by an earlier attempt."""
        self._animate(writer, spec)
        writer.complete(keep_checkpoint=self._keep_last)

    def warn_once(self, text: str) -> None:
        """Warns, unless the same has been said."""
        if text not in self._warned:
            self._warned.add(text)
            self._observer.warn(text)

    def receive(self, request: RunRequest, message: Message) -> None:
        """Writes and shows a run's message; a run that cannot be written ends, its epochs kept."""
        running = self.running[request.spec.run_id]
        try:
            match message:
                case Started():
                    self._observer.started(request)
                case RunSetup():
                    if running.resumed_epochs and not message.resumed_epochs:
                        log = running.writer.folder / "log.txt"
                        self._observer.warn(
                            f"{request.spec.label}, seed {request.spec.seed} is trained from the "
                            f"start: its checkpoint could not be used, see {log}."
                        )
                    running.writer.set_up(message)
                case EpochResult():
                    running.writer.append(message)
                    self._observer.epoch(request, message)
                    self._note_load(request, message.record)
                    self._keep_checkpoint(running.writer, message)
                case Logged():
                    running.writer.log(message.text)
                case Ended():
                    self._end(request, message.outcome)
        except ResultsError as error:
            self._interrupt(request, running.stack, error)

    def _interrupt(self, request: RunRequest, stack: RunRequest, error: ResultsError) -> None:
        """Stops a run, and those trained with it, whose results cannot be written."""
        self._executor.abort(request)
        for member in stack.members:
            if member.spec.run_id in self.running:
                started_at = self.running[member.spec.run_id].writer.started_at
                outcome = RunOutcome(
                    status="interrupted",
                    error=str(error),
                    started_at=started_at,
                    ended_at=max(started_at, datetime.now().astimezone()),
                )
                self._end(member, outcome)

    def _keep_checkpoint(self, writer: store.RunWriter, result: EpochResult) -> None:
        try:
            writer.keep_checkpoint(result)
        except ResultsError as error:
            self.warn_once(f"A checkpoint could not be written: {error}")

    def _end(self, request: RunRequest, outcome: RunOutcome) -> None:
        run_id = request.spec.run_id
        writer = self.running.pop(run_id).writer
        try:
            self._animate(writer, request.spec)
            writer.finish(outcome, keep_checkpoint=self._keep_last)
        except ResultsError as error:
            self.warn_once(str(error))
        self._claims.release(run_id)
        self._observer.ended(request, outcome)

    def _animate(self, writer: store.RunWriter, spec: RunSpec) -> None:
        pngs = (writer.folder / "samples").glob("epoch-*.png")
        pictures = {int(png.stem.removeprefix("epoch-")): png for png in pngs}
        try:
            if pictures:
                gif(pictures, writer.folder / "samples.gif", frames_per_second=spec.gif_fps)
        except ResultsError as error:
            self.warn_once(str(error))

    def _note_load(self, request: RunRequest, record: EpochRecord) -> None:
        """Says once that other programs load the machine, where the sweep itself runs alone."""
        alone = self._executor.jobs == 1 and request.exclusive
        if alone and record.contended and not self._noted_load:
            self._noted_load = True
            stolen = record.steal_share or 0.0
            others = (
                f", other machines take {stolen:.0%} of the processor" if stolen >= 0.01 else ""
            )
            self._observer.note(
                f"Other programs keep {record.foreign_load_cores or 0:.1f} cores busy"
                f"{others}: times are upper bounds and are marked as contended."
            )
