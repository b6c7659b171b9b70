"""The page and the Markdown: what the report says, in order, through the templates."""

from bench.report.page.render import render_markdown, render_page
from bench.report.page.report import Report, compose

__all__ = ["Report", "compose", "render_markdown", "render_page"]
