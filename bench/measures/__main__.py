"""``python -m bench.measures`` brings the lists of columns in docs/results.md up to date."""

import argparse
from pathlib import Path

from bench.files import write_atomically
from bench.measures.documentation import updated

if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m bench.measures", description=__doc__).parse_args()
    document = Path(__file__).parents[2] / "docs" / "results.md"
    write_atomically(document, updated(document.read_text(encoding="utf-8")).encode())
