"""What happens on a node of the cluster: looking at its device, and executing a run."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import ray

from bench import __version__, plugins
from bench.cache import cache_root
from bench.executors import Ended, Found, Logged, Message, RunRequest, chores
from bench.executors.local import LocalExecutor
from bench.files import replacing

_POLL_SECONDS = 0.5


class Share(NamedTuple):
    """What Ray reserves for a run."""

    cpus: int = 1  # also its threads
    gpus: float = 1.0  # if it trains on one; below 1, several runs share a GPU


class StopSign:
    """An actor that tells every node to end its runs after their epoch."""

    def __init__(self) -> None:
        self._shown = False

    def show(self) -> None:
        self._shown = True

    def shown(self) -> bool:
        return self._shown


# One for all the runs of a worker, so that its fork server is started once.
_local: LocalExecutor | None = None


def _local_executor() -> LocalExecutor:
    global _local
    if _local is None:
        _local = LocalExecutor()
    return _local


@ray.remote(max_retries=0)
def look(wanted: str) -> tuple[str, Found]:
    """The version of gan-bench here, and the device a run would train on."""
    return __version__, _local_executor().call(chores.find_device, wanted, 1)


@ray.remote(max_retries=0, num_returns="streaming")
def execute_run(
    sent: bytes,
    root: Path,
    files: Sequence[tuple[Path, ray.ObjectRef]],
    share: Share,
    gpus: float,
    stop_sign: Any,
) -> Iterator[tuple[int, Message]]:
    """Executes a run on this node and forwards what it reports.

    Args:
        sent: the request and the plug-ins it needs, as ``plugins.packed`` gave them.
        root: of the driver's cache, whose paths the request names.
        files: in the cache, by their paths below the root.
    """
    request: RunRequest = plugins.unpacked(sent)
    here = cache_root()
    for path, content in files:
        _store(here / path, content)
    log = Path(tempfile.mkdtemp(prefix="gan-bench-")) / "log.txt"
    executor = LocalExecutor() if gpus else _local_executor()
    local = replace(
        request,
        data=here / request.data.relative_to(root),
        labelled=here / request.labelled.relative_to(root),
        exclusive=request.exclusive and _fills_node(share, gpus),
        log=log,
    )
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(executor, stop_sign, over), daemon=True)
    watcher.start()
    members = list(local.members)
    try:
        for member, message in executor.execute([local]):
            if isinstance(message, Ended) and log.exists():
                yield members.index(member), Logged(log.read_text(errors="replace"))
                log.unlink()
            yield members.index(member), message
    finally:
        over.set()
        log.unlink(missing_ok=True)
        log.parent.rmdir()


def _store(path: Path, content: ray.ObjectRef) -> None:
    """Writes a file of the driver's cache into this node's, unless it is there."""
    if path.exists():
        return
    with replacing(path) as file:
        file.write(memoryview(ray.get(content)))


def _fills_node(share: Share, gpus: float) -> bool:
    """Whether no second run of the sweep fits beside this one."""
    node_id = ray.get_runtime_context().get_node_id()
    (resources,) = (n["Resources"] for n in ray.nodes() if n["NodeID"] == node_id)
    cpus_short = resources.get("CPU", 0.0) < 2 * share.cpus
    return cpus_short or (gpus > 0 and resources.get("GPU", 0.0) < 2 * gpus)


def _watch(executor: LocalExecutor, stop_sign: Any, over: threading.Event) -> None:
    """Forwards the stop sign to the executor here."""
    while not over.wait(_POLL_SECONDS):
        try:
            if ray.get(stop_sign.shown.remote()):
                executor.finish_epochs()
                return
        except ray.exceptions.RayError:
            return
