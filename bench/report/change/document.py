"""A comparison as Markdown for a pull request, and as tables for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.markup import escape_markdown
from bench.report.change.judged import Change
from bench.report.change.sections import Section
from bench.report.table import Column, Table
from bench.report.text import listing
from bench.report.verdict_text import margin_text
from bench.units import counted

_CHANGED = "What changed"
_ORDER = ("lost", "worse", "better", "undecided", "equivalent", "same")


def summary(section: Section) -> str:
    """``1 worse, 2 undecided and 9 the same.``"""
    counts = Counter(_kind(change) for change in section.changes)
    parts = [f"{counts[kind]} {_NAMES.get(kind, kind)}" for kind in (*_ORDER, "small")]
    known = [part for part, kind in zip(parts, (*_ORDER, "small"), strict=True) if counts[kind]]
    pairs = counted(len(section.matched.pairs), "configuration")
    return f"{pairs} in both: {listing(known)}." if known else f"{pairs} in both, not measured."


_NAMES = {"same": "the same", "small": "different by less than the margin"}


def _kind(change: Change) -> str:
    small = change.verdict in ("better", "worse") and not change.matters
    return "small" if small else change.verdict


def tables(section: Section, *, same: bool = True) -> list[Table]:
    """What changed, and everything else.

    Args:
        same: whether to list what is the same in both, too.
    """
    first = [c for c in section.changes if c.matters]
    first.sort(key=lambda change: _ORDER.index(change.verdict))
    others = [c for c in section.changes if not c.matters and (same or c.verdict != "same")]
    found = [_table(_CHANGED, first, section), _table("Everything else", others, section)]
    return [table for table in found if table is not None]


def _table(title: str, changes: Sequence[Change], section: Section) -> Table | None:
    if not changes:
        return None

    def column(key: str, heading: str, values: list[str]) -> Column:
        return Column(key, (heading,), "text", tuple(values), essential=True)

    same_name = section.old == section.new
    return Table(
        title,
        (
            column("configuration", "Configuration", [c.measured.label for c in changes]),
            column("measure", "Measure", [c.measured.what for c in changes]),
            column("old", "old" if same_name else section.old, _texts(changes, "old_text")),
            column("new", "new" if same_name else section.new, _texts(changes, "new_text")),
            column("change", "Change (95 %)", [c.effect for c in changes]),
            column("verdict", "Verdict", [c.text for c in changes]),
        ),
    )


def _texts(changes: Sequence[Change], name: str) -> list[str]:
    return [getattr(change.measured, name) for change in changes]


def cautions(section: Section) -> list[str]:
    """What to know before any number: what is not compared, and what only one sweep has."""
    sentences = [
        f"“{label}” is of another revision: {old} in {section.old}, {new} in {section.new}."
        for label, old, new in section.revised
    ]
    sentences += [
        f"{name} added seeds until its verdicts were given: its first {counted(seeds, 'seed')} "
        "count here, since which others there are depends on these."
        for name, seeds in section.grown
    ]
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in section.apart:
        reasons.setdefault((each.what, each.reason), []).append(each.label)
    everything = len(section.matched.pairs)
    for (what, reason), of_them in reasons.items():
        of = "" if len(of_them) == everything else f" of {listing(f'“{x}”' for x in of_them)}"
        sentences.append(f"Not compared: {what}{of}: {reason}.")
    for name, labels in (
        (section.old, section.matched.only_old),
        (section.new, section.matched.only_new),
    ):
        if labels:
            sentences.append(f"Only in {name}: {listing(f'“{x}”' for x in labels)}.")
    return sentences


def notes(section: Section) -> list[str]:
    """What the verdicts promise."""
    margins = sorted({change.measured.margin for change in section.changes})
    if not margins:
        return []
    within = listing(map(margin_text, margins))
    sentences = [
        "Change: the newer mean over (×) or minus (+, −) the older one. Of each measure, all "
        "intervals and verdicts hold together at 95 % (Welch, Šidák); measures are separate "
        f"comparisons. Equivalent: the whole interval is within {within}. Same: equal values, seed "
        "by seed.",
    ]
    if any(change.measured.kind == "cost" for change in section.changes):
        sentences.append(
            "Times, energy and memory are of one session in each sweep, and how the machine "
            "differs from session to session is in no interval: they are better or worse only "
            f"where the whole interval lies beyond {within}."
        )
    return sentences


def markdown(sections: Sequence[Section]) -> str:
    """The whole comparison for a pull request."""
    lines: list[str] = []
    for section in sections:
        lines += _section(section)
    return "\n".join(lines).rstrip() + "\n"


def _section(section: Section) -> list[str]:
    old, new = escape_markdown(section.old), escape_markdown(section.new)
    lines = [f"## {new} against {old}", ""]
    if section.surroundings:
        lines += ["The environments differ:", "", f"| | {old} | {new} |", "| :-- | :-- | :-- |"]
        for row in section.surroundings:
            lines.append(f"| {' | '.join(map(escape_markdown, row))} |")
        lines.append("")
    for sentence in cautions(section):
        lines += [escape_markdown(sentence), ""]
    lines += [f"**{escape_markdown(summary(section))}**", ""]
    for table in tables(section):
        if table.title == _CHANGED:
            lines += [table.markdown()]
        else:
            heading = f"<summary>{table.title}</summary>"
            lines += ["<details>", heading, "", table.markdown(), "</details>", ""]
    return [*lines, *(f"{escape_markdown(note)}  " for note in notes(section)), ""]
