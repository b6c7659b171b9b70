"""``python -m bench`` is ``bench``."""

import os
import sys


def _forget_working_directory() -> None:
    """Python looks there first for modules, and a user's own torch.py may lie there.

    A checkout of gan-bench from which this file comes stays.
    """
    if sys.flags.safe_path or __file__ == f"{sys.path[0]}/bench/__main__.py":
        return
    try:
        here = os.getcwd()  # noqa: PTH109 - pathlib could come from there
    except FileNotFoundError:  # it was deleted
        return
    if sys.path[0] in ("", here):
        del sys.path[0]


_forget_working_directory()

from bench.cli import main  # noqa: E402

main()
