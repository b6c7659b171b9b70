"""A Ray task per run, on whatever machines a cluster has.

    driver (bench run) ── Ray task on a node ── the local executor there ── the run's process

The task only passes on what the node's own local executor hears, so that isolation, limits and
the ways a run can end are the same as on one machine. What runs open reaches each node once,
through Ray's object store and the node's own cache; what they report streams back to the
driver, which alone writes results. No shared file system is needed.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import re
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from bench import __version__
from bench.cache import cache_root
from bench.errors import DeviceError, RequestError, first_line
from bench.executors import Ended, Found, Logged, Message, RunRequest, Started, chores
from bench.executors.local import LocalExecutor
from bench.measures import EpochResult, RunOutcome, Status

try:
    import ray
except ImportError as error:
    raise RequestError(
        "--executor ray needs Ray, which is not installed: pip install 'gan-bench[ray]'."
    ) from error

T = TypeVar("T")

_POLL_SECONDS = 0.5
_KNOCK_SECONDS = 5.0
# A run whose worker is lost so often with no epoch made in between is to blame itself.
_MOST_LOSSES = 3


class Share(NamedTuple):
    """What Ray sets aside for a run."""

    cpus: int = 1  # also its threads
    gpus: float = 1.0  # where it trains on one; several runs share a GPU below 1


@dataclass(eq=False)
class _Task:
    """A run on the cluster, or a stack of them."""

    request: RunRequest
    stream: ray.ObjectRefGenerator
    started_at: datetime
    started: float
    begun: set[int] = field(default_factory=set)  # members that said so
    ended: set[int] = field(default_factory=set)
    checkpoints: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # newest, by member
    losses: int = 0  # of a worker or node since the last epoch


class RayExecutor:
    """Runs as many tasks at once as the cluster has room for, or ``jobs``.

    Raises:
        DeviceError: there is no such cluster, or no node of it has what a run is to get.
        RequestError: a node has another version of gan-bench.
    """

    def __init__(
        self, *, address: str | None = None, share: Share | None = None, jobs: int | None = None
    ) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            _knock(address)
            ray.init(
                address=address or "auto",  # None would start a cluster of this machine alone
                namespace="gan-bench",
                logging_level=logging.ERROR,
                log_to_driver=False,
                ignore_reinit_error=True,
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise DeviceError(
                f"--executor ray: no Ray cluster answers at {address or 'this machine'} "
                f"({first_line(error)}); start one with ray start --head, and name it with "
                "--address HOST:6379."
            ) from error
        self._share = share or Share()
        self._most = jobs
        self._here = LocalExecutor()
        self._stop_sign = ray.remote(num_cpus=0)(_StopSign).remote()
        self._stopping = self._told = False
        self._tasks: list[_Task] = []
        self._sent: dict[Path, ray.ObjectRef] = {}
        self._gpus = 0.0

    @property
    def exclusive(self) -> bool:
        return True  # see _fills_node

    @property
    def jobs(self) -> int:
        """How many runs go on at once on the cluster as it is now."""
        room = sum(self._room(node["Resources"]) for node in ray.nodes() if node["Alive"])
        return max(1, min(room, self._most or room))

    def _room(self, resources: dict[str, float]) -> int:
        """How many runs fit on a node."""
        rooms = [resources.get("CPU", 0.0) / self._share.cpus]
        if self._gpus:
            rooms.append(resources.get("GPU", 0.0) / self._gpus)
        return math.floor(min(rooms))

    def find_device(self, wanted: str) -> Found:
        has_gpus = ray.cluster_resources().get("GPU", 0.0) > 0
        if wanted == "cuda" and not has_gpus:
            raise DeviceError(
                "--device cuda: no node of the Ray cluster has a GPU (ray status shows what there "
                "is); use --device cpu, or auto."
            )
        self._gpus = self._share.gpus if has_gpus and wanted != "cpu" else 0.0
        if not any(self._room(node["Resources"]) for node in ray.nodes() if node["Alive"]):
            gpus = f" and {self._gpus:g} GPUs" if self._gpus else ""
            raise DeviceError(
                f"--executor ray: no node of the cluster has {self._share.cpus} CPUs{gpus} for a "
                "run; lower --cpus-per-run or --gpus-per-run."
            )
        version, found = ray.get(_look.options(**self._resources()).remote(wanted))
        if version != __version__:
            raise RequestError(
                f"--executor ray: a node has gan-bench {version} and this machine {__version__}: "
                "install the same version on all."
            )
        return Found(found.device, self._share.cpus)

    def _resources(self) -> dict[str, Any]:
        # Ray tells a process its GPUs once, so one that has had a GPU serves no other task.
        most_calls = {"max_calls": 1} if self._gpus else {}
        return {"num_cpus": self._share.cpus, "num_gpus": self._gpus, **most_calls}

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        return self._here.call(function, *arguments)

    def execute(self, requests: Iterable[RunRequest]) -> Iterator[tuple[RunRequest, Message]]:
        waiting = iter(requests)
        try:
            while True:
                while len(self._tasks) < self.jobs and not self._stopping:
                    request = next(waiting, None)
                    if request is None:
                        break
                    now = datetime.now().astimezone()
                    self._tasks.append(_Task(request, self._submit(request), now, time.monotonic()))
                if not self._tasks:
                    return
                self._pass_on_stop()
                ready, _ = ray.wait(
                    [task.stream for task in self._tasks],
                    num_returns=len(self._tasks),
                    timeout=_POLL_SECONDS,
                    fetch_local=False,
                )
                for task in [task for task in self._tasks if task.stream in ready]:
                    for news in self._hear(task):
                        if task not in self._tasks:  # aborted by who took the last news
                            break
                        yield news
        finally:
            self.close()

    def _submit(self, request: RunRequest) -> ray.ObjectRefGenerator:
        root = cache_root()
        files = [(path.relative_to(root), self._sent_file(path)) for path in _files_of(request)]
        task = _carry_out.options(**self._resources())
        stream: ray.ObjectRefGenerator = task.remote(
            request, root, files, self._share, self._gpus, self._stop_sign
        )
        return stream

    def _sent_file(self, path: Path) -> ray.ObjectRef:
        """A file of the cache in the object store, from where each node takes it once."""
        if path not in self._sent:
            self._sent[path] = ray.put(np.fromfile(path, dtype=np.uint8))
        return self._sent[path]

    def _hear(self, task: _Task) -> Iterator[tuple[RunRequest, Message]]:
        """The task's next message; what follows from its end, if it was lost."""
        members = task.request.members
        try:
            index, message = ray.get(next(task.stream))
        except StopIteration:
            yield from self._given_up(task, "interrupted", "it was stopped before it began")
            return
        except ray.exceptions.OutOfMemoryError as error:
            yield from self._given_up(task, "out_of_memory", f"its node says {first_line(error)}")
            return
        except (ray.exceptions.RayError, OSError) as error:
            yield from self._lost(task, error)
            return
        if isinstance(message, Started):
            if index in task.begun:  # on a machine that was lost
                return
            task.begun.add(index)
        if isinstance(message, EpochResult):
            task.losses = 0
            if message.checkpoint is not None:
                task.checkpoints[index] = (message.record.epoch, message.checkpoint)
        if isinstance(message, Ended):
            task.ended.add(index)
        yield members[index], message

    def _lost(self, task: _Task, error: Exception) -> Iterator[tuple[RunRequest, Message]]:
        """Starts a run whose node or worker was lost again, from its newest checkpoint."""
        task.losses += 1
        left = [i for i in range(len(task.request.members)) if i not in task.ended]
        if not left:
            self._tasks.remove(task)
        elif task.losses > _MOST_LOSSES or isinstance(error, ray.exceptions.RayTaskError):
            raised = isinstance(error, ray.exceptions.RayTaskError)
            happened = "failed" if raised else "was lost again and again"
            reason = f"its worker {happened}: {first_line(error)}"
            yield from self._given_up(task, "failed", reason)
        elif self._stopping:
            yield from self._given_up(task, "interrupted", f"its worker was lost: {error}")
        else:
            self._start_again(task, left)

    def _start_again(self, task: _Task, left: Sequence[int]) -> None:
        first, *companions = (task.request.members[index].spec for index in left)
        newest = [task.checkpoints.get(index, (0, b"")) for index in left]
        epochs = {epoch for epoch, _ in newest}
        whole = len(epochs) == 1 and epochs != {0}
        given = dict(enumerate(task.request.checkpoints))
        request = replace(
            task.request,
            spec=first,
            companions=tuple(companions),
            resumed_epochs=newest[0][0] if whole else task.request.resumed_epochs,
            checkpoints=tuple(content for _, content in newest)
            if whole
            else tuple(given[index] for index in left if index in given),
        )
        again = _Task(
            request,
            self._submit(request),
            task.started_at,
            task.started,
            begun={new for new, old in enumerate(left) if old in task.begun},
            checkpoints={
                new: task.checkpoints[old]
                for new, old in enumerate(left)
                if old in task.checkpoints
            },
            losses=task.losses,
        )
        self._tasks[self._tasks.index(task)] = again

    def _given_up(
        self, task: _Task, status: Status, reason: str
    ) -> Iterator[tuple[RunRequest, Message]]:
        """The end of what has not ended of a task, which is not tried again."""
        outcome = RunOutcome(
            status=status,
            error=reason,
            started_at=task.started_at,
            ended_at=task.started_at + timedelta(seconds=time.monotonic() - task.started),
        )
        for index, member in enumerate(task.request.members):
            if index not in task.ended:
                yield member, Ended(outcome)
        if task in self._tasks:
            self._tasks.remove(task)

    def abort(self, request: RunRequest) -> None:
        for task in list(self._tasks):
            if request in task.request.members:
                self._tasks.remove(task)
                _cancel(task)

    def _pass_on_stop(self) -> None:
        if self._stopping and not self._told:
            self._told = True
            self._stop_sign.show.remote()

    def finish_epochs(self) -> None:
        # Called from a signal handler, so it only notes the wish; execute passes it on.
        self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def close(self) -> None:
        for task in self._tasks:
            _cancel(task)
        self._tasks.clear()
        self._here.close()


def _knock(address: str | None) -> None:
    """Whether anything listens at an address; Ray itself would try for minutes.

    Raises:
        OSError: nothing does.
    """
    match = re.fullmatch(r"(?:ray://)?(?P<host>[^:/]+|\[.+\]):(?P<port>\d+)", address or "")
    if match is not None:
        place = (match["host"].strip("[]"), int(match["port"]))
        socket.create_connection(place, timeout=_KNOCK_SECONDS).close()


def _cancel(task: _Task) -> None:
    # The worker's death closes its pipes, at which everything below it ends.
    with contextlib.suppress(ray.exceptions.RayError, ValueError):
        ray.cancel(task.stream, force=True)


def _files_of(request: RunRequest) -> Iterator[Path]:
    """What a run opens, all of it in the cache."""
    folders = dict.fromkeys((request.data, request.labelled))
    for folder in folders:
        yield from sorted(path for path in folder.iterdir() if path.is_file())
    yield from request.quality_files


# ----------------------------------------------------------------------------- on a node


class _StopSign:
    """Tells every node that runs shall end after their epoch."""

    def __init__(self) -> None:
        self._shown = False

    def show(self) -> None:
        self._shown = True

    def shown(self) -> bool:
        return self._shown


# One for all the runs a worker carries out, so that its fork server is started once.
_local: LocalExecutor | None = None


def _local_executor() -> LocalExecutor:
    global _local
    if _local is None:
        _local = LocalExecutor()
    return _local


@ray.remote(max_retries=0)
def _look(wanted: str) -> tuple[str, Found]:
    """The version here, and the device a run would train on."""
    return __version__, _local_executor().call(chores.find_device, wanted, 1)


@ray.remote(max_retries=0, num_returns="streaming")
def _carry_out(
    request: RunRequest,
    root: Path,
    files: Sequence[tuple[Path, ray.ObjectRef]],
    share: Share,
    gpus: float,
    stop_sign: Any,
) -> Iterator[tuple[int, Message]]:
    """Carries a run out on this node and passes on what it reports.

    Args:
        root: of the driver's cache, whose paths the request names.
        files: in the cache, by their places under the root.
    """
    here = cache_root()
    for place, content in files:
        _take(here / place, content)
    log = Path(tempfile.mkdtemp(prefix="gan-bench-")) / "log.txt"
    executor = LocalExecutor() if gpus else _local_executor()
    local = replace(
        request,
        data=here / request.data.relative_to(root),
        labelled=here / request.labelled.relative_to(root),
        exclusive=request.exclusive and _fills_node(share, gpus),
        log=log,
    )
    watching = threading.Event()
    watcher = threading.Thread(target=_watch, args=(executor, stop_sign, watching), daemon=True)
    watcher.start()
    members = list(local.members)
    try:
        for member, message in executor.execute([local]):
            if isinstance(message, Ended) and log.exists():
                yield members.index(member), Logged(log.read_text(errors="replace"))
                log.unlink()
            yield members.index(member), message
    finally:
        watching.set()
        log.unlink(missing_ok=True)
        log.parent.rmdir()


def _take(path: Path, content: ray.ObjectRef) -> None:
    """Puts a file of the driver's cache into this node's, unless it is there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(memoryview(ray.get(content)))
    Path(temporary).replace(path)


def _fills_node(share: Share, gpus: float) -> bool:
    """Whether no second run of the sweep has room beside this one."""
    node_id = ray.get_runtime_context().get_node_id()
    (resources,) = (n["Resources"] for n in ray.nodes() if n["NodeID"] == node_id)
    cpus_short = resources.get("CPU", 0.0) < 2 * share.cpus
    return cpus_short or (gpus > 0 and resources.get("GPU", 0.0) < 2 * gpus)


def _watch(executor: LocalExecutor, stop_sign: Any, over: threading.Event) -> None:
    """Passes the stop sign on to the executor here."""
    while not over.wait(_POLL_SECONDS):
        try:
            if ray.get(stop_sign.shown.remote()):
                executor.finish_epochs()
                return
        except ray.exceptions.RayError:
            return
