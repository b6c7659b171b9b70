"""The results on disk: one schema, atomic commits, claims on runs, and reading it all back.

results/<sweep>/grid.yaml      the grid as resolved, itself a grid
                sweep.json     schema version, question, baseline, planned runs
                locks/         which process carries out which run
                runs/<run_id>/ a run; see ``writer``
                compact/       finished runs in few files; see ``gathered``
"""

from bench.store.commit import NoSpaceLeft, write_atomically
from bench.store.compaction import Compaction, compact, compactor
from bench.store.locks import Claims, Owner, holders
from bench.store.plan import SweepPlan, check_writable, open_sweep, read_plan
from bench.store.reading import Results, Torn, read_run, read_sweep
from bench.store.schema import EPOCH_SCHEMA, RUN_SCHEMA, SCHEMA_VERSION, STEP_SCHEMA
from bench.store.states import RunState, read_states, survey
from bench.store.writer import RunWriter, recover

__all__ = [
    "EPOCH_SCHEMA",
    "RUN_SCHEMA",
    "SCHEMA_VERSION",
    "STEP_SCHEMA",
    "Claims",
    "Compaction",
    "NoSpaceLeft",
    "Owner",
    "Results",
    "RunState",
    "RunWriter",
    "SweepPlan",
    "Torn",
    "check_writable",
    "compact",
    "compactor",
    "holders",
    "open_sweep",
    "read_plan",
    "read_run",
    "read_states",
    "read_sweep",
    "recover",
    "survey",
    "write_atomically",
]
