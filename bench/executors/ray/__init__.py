"""A Ray task per run, on whatever machines a cluster has.

    driver (bench run) ── Ray task on a node ── the local executor there ── the run's process

The task only forwards what the node's own local executor receives, so that isolation, limits and
the ways a run can end are the same as on one machine. The files that runs open reach each node
once, through Ray's object store and the node's own cache; plug-ins travel with each request. What
runs report streams back to the driver, which alone writes results. No shared file system is
needed.
"""

from __future__ import annotations

from bench.errors import RequestError

try:
    import ray as _ray  # noqa: F401
except ImportError as error:
    raise RequestError(
        "--executor ray needs Ray, which is not installed: pip install 'gan-bench[ray]'."
    ) from error

from bench.executors.ray.driver import RayExecutor
from bench.executors.ray.node import Share

__all__ = ["RayExecutor", "Share"]
