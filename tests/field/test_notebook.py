"""The notebook of docs/notebook, cell by cell in a fresh process, and that it was executed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "notebook" / "guide.ipynb"


def cells() -> list[dict]:
    found = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def test_the_notebook_was_executed_without_an_error() -> None:
    assert [cell["execution_count"] for cell in cells()] == list(range(1, len(cells()) + 1))
    outputs = [output for cell in cells() for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} <= {"execute_result", "display_data"}
    drawing = [c for c in cells() if re.search(r"\.(draw_\w+|figure)\(", "".join(c["source"]))]
    assert len(drawing) == 6
    for cell in drawing:
        assert any("image/png" in output["data"] for output in cell["outputs"])
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert "/root/" not in text
    assert "/opt/" not in text


@pytest.mark.slow
def test_the_notebook_runs(tmp_path: Path) -> None:
    code = "\n\n".join("".join(cell["source"]) for cell in cells())
    script = "import matplotlib\nmatplotlib.use('agg')\n"
    script += 'if __name__ == "__main__":\n    exec(' + repr(code) + ", globals())\n"
    script += "    assert sweep.runs['status'].eq('completed').all()\n"
    here = tmp_path / NOTEBOOK.parent.relative_to(ROOT)
    here.mkdir(parents=True)
    (here / "notebook.py").write_text(script)
    (tmp_path / "results").symlink_to(ROOT / "results")  # whose reference the notebook reads
    done = subprocess.run(
        [sys.executable, "notebook.py"],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr, done.stderr
    assert (here / "results" / "notebook" / "grid.yaml").is_file()
