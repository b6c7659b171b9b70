"""LaTeX of a report as the page writes it."""

from __future__ import annotations

import re

_SIGNS = {
    r"$\uparrow$": "↑",
    r"$\downarrow$": "↓",
    r"$\times$": "×",
    r"$\pm$": "±",
    r"$\dagger$": "†",
    r"$\ddagger$": "‡",
    r"$^{-3}$": "⁻³",
    "$-$": "−",
    r"\ldots{}": "…",
    r"\,": " ",
    r"\%": "%",
    r"\_": "_",
    "``": "“",
    "''": "”",
    "'": "’",
}


def words(latex: str) -> str:
    """Text without numbers of siunitx."""
    for sign, shown in _SIGNS.items():
        latex = latex.replace(sign, shown)
    return re.sub(r"\s+", " ", latex.replace("{", "").replace("}", "")).strip()


def cell(parts: list[str]) -> str:
    """What the columns of LaTeX say that one of the page became."""
    joined = " ".join(filter(None, parts))
    joined = re.sub(r"\\num\{([^}]*)\}", r"\1", joined)
    joined = re.sub(r"\\textbf\{(.*)\}", r"\1", joined)
    joined = re.sub(r" ?\\textsuperscript\{([^}]*)\}", r"\1", joined)
    text = words(joined).replace("--", "–")
    return re.sub(r"(?<![\w–])-(?=\d)", "−", text)
