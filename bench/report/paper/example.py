"""A document that shows every table and figure, to try and to copy from."""

from __future__ import annotations

from collections.abc import Sequence

from bench.markup import escape_latex
from bench.report.paper.tabular import PACKAGES

_HEAD = r"""\documentclass[10pt]{article}
\usepackage{iftex}
\ifluatex
  \usepackage{fontspec}
  % Characters that the font lacks are taken from this one, for names in Chinese or Japanese.
  \IfFontExistsTF{Noto Sans CJK SC}{
    \directlua{luaotfload.add_fallback("cjk", {"NotoSansCJKSC:mode=node;"})}
    \setmainfont{Latin Modern Roman}[RawFeature={fallback=cjk}]
  }{}
\else
  \usepackage[utf8]{inputenc}
  \usepackage[T1]{fontenc}
  \usepackage{lmodern}
\fi
\usepackage[a4paper,margin=2cm]{geometry}
\usepackage{PACKAGES}
\extrafloats{200}
\input{macros}
\begin{document}"""


def example(
    tables: Sequence[str],
    figures: Sequence[tuple[str, str, bool]],
    macros: Sequence[str],
    *,
    cites: bool = False,
) -> str:
    """The document, for a folder with ``macros.tex``, ``tables/``, ``figures/`` and the references.

    Args:
        tables: names of the files, without ending.
        figures: of each the name of its file, its caption, and whether it is two columns wide.
        macros: the names of all.
        cites: whether there are references.
    """
    lines = [_HEAD.replace("PACKAGES", ",".join(PACKAGES)), *_numbers(macros)]
    lines += [rf"\input{{tables/{name}}}" for name in tables]
    for name, caption, wide in figures:
        width = r"\textwidth" if wide else "3.5in"
        lines += [
            r"\begin{figure}",
            r"\centering",
            rf"\includegraphics[width={width}]{{figures/{name}}}",
            rf"\caption{{{escape_latex(caption)}}}",
            r"\end{figure}",
        ]
    if cites:
        lines += [r"\nocite{*}", r"\bibliographystyle{plain}", r"\bibliography{references}"]
    return "\n".join([*lines, r"\end{document}", ""])


def _numbers(macros: Sequence[str]) -> list[str]:
    """Speed-ups in running text, each with its interval."""
    ends = ("", "Low", "High")
    shown = [name for name in macros if all(f"{name}{end}" in macros for end in ends)]
    chosen = [name for name in shown if name.endswith("Speedup")] or shown
    return [
        r"\noindent \benchDataSet{}:",
        *(rf"\bench{name}{{}} (\bench{name}Low{{}}--\bench{name}High)\par" for name in chosen[:20]),
    ]
