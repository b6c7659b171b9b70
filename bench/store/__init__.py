"""The results on disk: one schema, atomic commits, claims on runs, and reading it all back.

results/<sweep>/grid.yaml      the grid as resolved, itself a grid
                sweep.json     schema version, question, baseline, planned runs
                timing.parquet what each configuration costs, timed apart from training
                locks/         which process is running which run
                runs/<run_id>/ a run; see ``writer``
                compact/       finished runs in few files; see ``gathered``
"""

from bench.store import schema
from bench.store.commit import NoSpaceLeft, write_atomically
from bench.store.compaction import Compaction, compact, compactor
from bench.store.damage import damaged_runs
from bench.store.earlier import recover, unsettled_runs
from bench.store.ending import settle
from bench.store.failures import record_failure
from bench.store.locks import Claims, holders, in_words
from bench.store.owners import Owner
from bench.store.plan import (
    SweepPlan,
    check_writable,
    fix_targets,
    open_sweep,
    read_plan,
    settle_threads,
)
from bench.store.reading import Results, read_sweep
from bench.store.rows import read_run
from bench.store.schema import SCHEMA_VERSION
from bench.store.states import RunState, plugin_hashes, read_states, survey
from bench.store.tables import Torn
from bench.store.timing import TIMING, add_timing, read_timing, timer
from bench.store.union import Asked
from bench.store.writer import RunWriter

__all__ = [
    "SCHEMA_VERSION",
    "TIMING",
    "Asked",
    "Claims",
    "Compaction",
    "NoSpaceLeft",
    "Owner",
    "Results",
    "RunState",
    "RunWriter",
    "SweepPlan",
    "Torn",
    "add_timing",
    "check_writable",
    "compact",
    "compactor",
    "damaged_runs",
    "fix_targets",
    "holders",
    "in_words",
    "open_sweep",
    "plugin_hashes",
    "read_plan",
    "read_run",
    "read_states",
    "read_sweep",
    "read_timing",
    "record_failure",
    "recover",
    "schema",
    "settle",
    "settle_threads",
    "survey",
    "timer",
    "unsettled_runs",
    "write_atomically",
]
