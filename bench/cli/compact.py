"""``bench compact``."""

from __future__ import annotations

from bench.cli import display
from bench.cli.options import Results


def compact(results: Results) -> None:
    """Gather a sweep's finished runs into few files, so that thousands of runs stay quick to read.

    All commands read them as before, and bench run continues the sweep as before.
    """
    from bench import store
    from bench.units import counted

    with display.news().status("Gathering finished runs …"):
        done = store.compact(results)
    for path in done.torn:
        print(f"{path} is damaged: its run was left as it is.")
    text = f"Gathered {counted(done.gathered, 'run')}"
    if done.left:
        text += f"; left {done.left} that have not ended, are running, or are damaged"
    print(f"{text}. {results / 'compact'} holds {counted(done.files, 'file')}.")
