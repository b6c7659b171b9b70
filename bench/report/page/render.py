"""Pages and Markdown from the templates."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from bench.markup import escape_markdown
from bench.report.page.drawings import inline
from bench.report.page.report import Report
from bench.report.page.tables import WIDTHS, shown
from bench.texts import language, say

_MOST_PIXELS = 1400  # that a picture on the page is wide
_SCRIPT = (
    "grid-order",
    "ascending",
    "descending",
    "sort-by",
    "play",
    "pause",
    "epoch",
    "which",
    "alt",
    "no-samples",
    "highlight",
)


def render_page(report: Report, files: Sequence[str] = ()) -> str:
    """The report as one self-contained HTML page.

    Its content security policy allows no requests, and no script but the page's own, by its hash.

    Args:
        files: the report's other files, relative to its folder.
    """
    environment = _environment(autoescape=True)
    environment.filters |= {
        "webp": _webp,
        "unbroken": lambda text: text.replace(" ± ", "\u00a0±\u00a0"),
        "shown": shown,
        "inline": lambda figure: Markup(drawn) if (drawn := inline(figure)) else "",
    }
    script = _source(environment, "page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("page.html").render(
        report=report,
        files=files,
        widths=WIDTHS,
        style=Markup(_source(environment, "page.css")),
        cards=Markup(_source(environment, "cards.css").replace("\n", " ")),
        script=Markup(script),
        digest=digest,
        texts=_of_script(),
    )


def render_markdown(report: Report) -> str:
    """The report as Markdown that shows the files in figures/."""
    environment = _environment(autoescape=False)  # every name passes through the filter below
    environment.filters |= {"md": escape_markdown, "fenced": _fenced}
    return environment.get_template("report.md").render(report=report)


def _of_script() -> dict[str, str]:
    """The texts of the page's script; what it puts into one stands there as ``{name}``."""
    names = ("title", "label", "seed", "epoch")
    values = {name: f"{{{name}}}" for name in names}
    return {key: say(f"script-{key}", **values) for key in _SCRIPT}


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("bench.report"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"say": say, "language": language}
    return environment


def _webp(png: bytes) -> str:
    """A picture as the address of a smaller one; the PNG of print's resolution is in its file."""
    sink = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.thumbnail((_MOST_PIXELS, 4 * _MOST_PIXELS))
        picture.convert("RGB").save(sink, "WEBP", quality=80)
    return f"data:image/webp;base64,{base64.b64encode(sink.getvalue()).decode()}"


def _source(environment: Environment, name: str) -> str:
    """A file of the templates as it is."""
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _fenced(text: str) -> str:
    """Text as a Markdown code block that nothing in it can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text.rstrip()}\n{fence}"
