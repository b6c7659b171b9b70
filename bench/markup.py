"""Text as Markdown and LaTeX."""

from __future__ import annotations

import re

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # After \\ these two would be read as its arguments.
    "[": "{[}",
    "*": "{*}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "÷": r"$\div$",
    "−": r"$-$",
    "–": "--",
    "…": r"\ldots{}",
    "†": r"$\dagger$",
    "§": r"\S{}",
    "‡": r"$\ddagger$",
    "↓": r"$\downarrow$",
    "↑": r"$\uparrow$",
    "⁻": r"$^{-}$",
    "²": r"$^{2}$",
    "³": r"$^{3}$",
    "½": r"$\frac{1}{2}$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "ε": r"$\varepsilon$",
    "θ": r"$\theta$",
    "λ": r"$\lambda$",
    "µ": r"$\mu$",
    "μ": r"$\mu$",
    "ρ": r"$\rho$",
    "σ": r"$\sigma$",
    "τ": r"$\tau$",
    "Σ": r"$\Sigma$",
    "→": r"$\rightarrow$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "‖": r"$\|$",
    "\u202f": r"\,",
    "√": r"$\surd$",
    "·": r"$\cdot$",
    "“": "``",
    "”": "''",
    "’": "'",
}


def one_line(text: str) -> str:
    """Text on one line, on which every space shows.

    Renderers make one space of several, and none of one at an end. These become no-break spaces,
    so that names that differ in their spaces alone stay different.
    """
    lines = text.splitlines()
    line = lines[0] if len(lines) == 1 else " ".join(filter(None, map(str.strip, lines)))
    return re.sub("(?<= ) |^ | $", "\u00a0", line)


def escape_latex(text: str) -> str:
    """Any text as one line of LaTeX; letters of other scripts are kept."""
    return "".join(_LATEX.get(character, character) for character in one_line(text))


_MARKDOWN = re.compile(r"[\\`*_\[\]|~$]")


def escape_markdown(text: str) -> str:
    """Any text so that it renders as itself inside a line or a table cell of Markdown."""
    line = one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\g<0>", line)
