"""How Sphinx makes the site of the repository's Markdown files; `tox -e docs` builds it.

The source folder is the repository itself, so that a relative link leads to the same page here
and where the repository is hosted. What a page links to besides pages is copied into the site.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

project = "gan-bench"
copyright = "the authors of gan-bench, MIT licence"
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/**.md",
    "docs/notebook/*.ipynb",
    "results/reference/README.md",
    "reports/reference/*/report.md",
]
exclude_patterns = [".*", "bench", "build", "results/*/*/*", "tests", "variants"]
suppress_warnings = ["myst.header"]  # reports skip a level

extensions = ["myst_nb"]  # Markdown by myst_parser, and notebooks as they were executed
nb_execution_mode = "off"
myst_heading_anchors = 4
highlight_language = "none"  # a block says its language, or is shown as it is
nitpicky = True

html_theme = "furo"  # system fonts, a search that works from the disk: no request to anywhere
html_title = "gan-bench"
html_extra_path = ["site"]
html_show_sourcelink = False
html_copy_source = False


def adapt(app: Sphinx, page: str, content: list[str]) -> None:
    """What a page of the site has beside the Markdown that a code host shows."""
    # A folder is something to look at where the code is; here its name has to do.
    if not page.startswith("docs/notebook/"):  # which is JSON
        content[0] = re.sub(r"\[([^]]+)\]\([^):]+/\)", r"\1", content[0])
    if page.startswith("reports/"):
        content[0] = f"---\norphan: true\n---\n\n{content[0]}"  # pages link to it
    if page == root_doc:
        content[0] += navigation(content[0])


def navigation(text: str) -> str:
    """The lists of links on the first page, a part for each of its sections; then other guides."""
    trees, listed = [], {"index"}
    _, *sections = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    for title, links in zip(sections[::2], sections[1::2], strict=True):
        pages = re.findall(r"^- \[([^]]+)\]\(([^)]+)\.(?:md|ipynb)\)", links, flags=re.MULTILINE)
        entries = [f"{text} <{page}>" for text, page in pages]
        trees += ["```{toctree}", ":hidden:", f":caption: {title}", *entries, "```", ""]
        listed.update(page for _, page in pages)
    others = sorted({file.stem for file in Path(__file__).parent.glob("*.md")} - listed)
    if others:
        trees += ["```{toctree}", ":hidden:", ":caption: More", *others, "```", ""]
    return "\n" + "\n".join(trees)


def setup(app: Sphinx) -> None:
    app.connect("source-read", adapt)
