"""The driver's side: submits a task per run, receives what they report, replaces lost ones."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import ray

from bench import __version__, plugins
from bench.cache import cache_root
from bench.errors import DeviceError, RequestError, first_line
from bench.executors import Found, Limits, Message, RunRequest, Talk
from bench.executors.local import LocalExecutor
from bench.executors.ray.node import Share, StopSign, execute_run, look
from bench.executors.ray.task import Task
from bench.measures import Status

T = TypeVar("T")

_PACKAGES = Path(__file__).parents[3]  # the folder from which ``bench`` is imported
_POLL_SECONDS = 0.5
_CONNECT_SECONDS = 5.0
# A run whose worker is lost more often without an epoch in between is itself to blame.
_MOST_LOSSES = 3


class RayExecutor:
    """Runs as many tasks at once as the cluster has room for, or ``jobs``.

    Raises:
        DeviceError: there is no such cluster, or no node of it has what a run needs.
        RequestError: a node has another version of gan-bench.
    """

    def __init__(
        self, *, address: str | None = None, share: Share | None = None, jobs: int | None = None
    ) -> None:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            _connect(address)
            # Ray has nodes look for modules in the working directory first, where a user's own
            # torch.py may lie; in its place they look where gan-bench comes from.
            with contextlib.chdir(_PACKAGES):
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
        self._stop_sign = ray.remote(num_cpus=0)(StopSign).remote()
        self._stopping = self._stop_shown = False
        self._tasks: list[Task] = []
        self._sent: dict[Path, ray.ObjectRef] = {}
        self._gpus = 0.0

    @property
    def exclusive(self) -> bool:
        return True  # unless it does not fill its node, which the node decides

    @property
    def asked_jobs(self) -> int | None:
        return self._most

    @property
    def times_apart(self) -> bool:
        return False

    def pack(self, jobs: int) -> None:
        """Ray packs runs itself, by the processors and GPUs that each reserves."""

    @property
    def jobs(self) -> int:
        """How many runs the cluster executes at once, as it is now."""
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
                "--device cuda: no node of the Ray cluster has a GPU (ray status shows what they "
                "have); use --device cpu, or auto."
            )
        self._gpus = self._share.gpus if has_gpus and wanted != "cpu" else 0.0
        if not any(self._room(node["Resources"]) for node in ray.nodes() if node["Alive"]):
            gpus = f" and {self._gpus:g} GPUs" if self._gpus else ""
            raise DeviceError(
                f"--executor ray: no node of the cluster has {self._share.cpus} CPUs{gpus} for a "
                "run; lower --cpus-per-run or --gpus-per-run."
            )
        version, found = ray.get(look.options(**self._resources()).remote(wanted))
        if version != __version__:
            raise RequestError(
                f"--executor ray: a node has gan-bench {version} and this machine {__version__}: "
                "install the same version on all."
            )
        return Found(found.device, self._share.cpus)

    def _resources(self) -> dict[str, Any]:
        # Ray assigns GPUs to a process once, so one that has had a GPU serves no other task.
        most_calls = {"max_calls": 1} if self._gpus else {}
        return {"num_cpus": self._share.cpus, "num_gpus": self._gpus, **most_calls}

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        return self._here.call(function, *arguments)

    def talk(
        self, work: Callable[..., None], *arguments: Any, limits: Limits | None = None
    ) -> Talk:
        return self._here.talk(work, *arguments, limits=limits)

    def execute(self, requests: Iterable[RunRequest]) -> Iterator[tuple[RunRequest, Message]]:
        waiting = iter(requests)
        try:
            while True:
                while len(self._tasks) < self.jobs and not self._stopping:
                    request = next(waiting, None)
                    if request is None:
                        break
                    self._tasks.append(Task(request, self._submit(request)))
                if not self._tasks:
                    return
                self._send_stop()
                ready, _ = ray.wait(
                    [task.stream for task in self._tasks],
                    num_returns=len(self._tasks),
                    timeout=_POLL_SECONDS,
                    fetch_local=False,
                )
                for task in [task for task in self._tasks if task.stream in ready]:
                    for report in self._receive(task):
                        if task not in self._tasks:  # aborted by whoever took the last one
                            break
                        yield report
        finally:
            self.close()

    def _submit(self, request: RunRequest) -> ray.ObjectRefGenerator:
        root = cache_root()
        files = [(path.relative_to(root), self._sent_file(path)) for path in _files_of(request)]
        task = execute_run.options(**self._resources())
        stream: ray.ObjectRefGenerator = task.remote(
            plugins.packed(request), root, files, self._share, self._gpus, self._stop_sign
        )
        return stream

    def _sent_file(self, path: Path) -> ray.ObjectRef:
        """A file of the cache in the object store, from which each node takes it once."""
        if path not in self._sent:
            self._sent[path] = ray.put(np.fromfile(path, dtype=np.uint8))
        return self._sent[path]

    def _receive(self, task: Task) -> Iterator[tuple[RunRequest, Message]]:
        """The task's next message; the ends of its runs, if it is over and not tried again."""
        try:
            index, message = ray.get(next(task.stream))
        except StopIteration:
            yield from self._give_up(task, "interrupted", "it was stopped before it started")
        except ray.exceptions.OutOfMemoryError as error:
            yield from self._give_up(task, "out_of_memory", f"its node reports {first_line(error)}")
        except (ray.exceptions.RayError, OSError) as error:
            yield from self._lose(task, error)
        else:
            if task.receive(index, message):
                yield task.request.members[index], message

    def _lose(self, task: Task, error: Exception) -> Iterator[tuple[RunRequest, Message]]:
        """Submits a run whose node or worker was lost again, from its newest checkpoint."""
        task.losses += 1
        if not task.left:
            self._tasks.remove(task)
        elif isinstance(error, ray.exceptions.RayTaskError):
            yield from self._give_up(task, "failed", f"its worker failed: {_cause(error)}")
        elif task.losses > _MOST_LOSSES:
            reason = f"its worker was lost {task.losses} times in a row: {first_line(error)}"
            yield from self._give_up(task, "failed", reason)
        elif self._stopping:
            yield from self._give_up(task, "interrupted", f"its worker was lost: {error}")
        else:
            request = task.rest()
            self._tasks[self._tasks.index(task)] = task.again(request, self._submit(request))

    def _give_up(
        self, task: Task, status: Status, reason: str
    ) -> Iterator[tuple[RunRequest, Message]]:
        yield from task.end(status, reason)
        if task in self._tasks:
            self._tasks.remove(task)

    def abort(self, request: RunRequest) -> None:
        for task in list(self._tasks):
            if request in task.request.members:
                self._tasks.remove(task)
                task.cancel()

    def _send_stop(self) -> None:
        if self._stopping and not self._stop_shown:
            self._stop_shown = True
            self._stop_sign.show.remote()

    def finish_epochs(self) -> None:
        # Called from a signal handler, so it only notes the request; execute sends it.
        self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._here.close()


def _connect(address: str | None) -> None:
    """Checks that something listens at an address; Ray itself would try for minutes.

    Raises:
        OSError: nothing does.
    """
    match = re.fullmatch(r"(?:ray://)?(?P<host>[^:/]+|\[.+\]):(?P<port>\d+)", address or "")
    if match is not None:
        place = (match["host"].strip("[]"), int(match["port"]))
        socket.create_connection(place, timeout=_CONNECT_SECONDS).close()


def _cause(error: ray.exceptions.RayTaskError) -> str:
    """What was raised on the node, of which Ray's own message is the traceback."""
    cause = error.cause if isinstance(error.cause, Exception) else error
    return f"{type(cause).__name__}: {first_line(cause)}"


def _files_of(request: RunRequest) -> Iterator[Path]:
    """The files that a run opens, all of them in the cache."""
    folders = dict.fromkeys((request.data, request.labelled))
    for folder in folders:
        yield from sorted(path for path in folder.iterdir() if path.is_file())
    yield from request.quality_files
