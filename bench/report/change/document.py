"""A comparison as Markdown for a pull request, and as tables for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.markup import escape_markdown
from bench.report.change.judged import Change
from bench.report.change.sections import Section
from bench.report.table import Column, Table
from bench.report.text import listing, quoted
from bench.report.verdict_text import margin_text
from bench.texts import say

_ORDER = ("lost", "worse", "better", "undecided", "equivalent", "same")


def summary(section: Section) -> str:
    """``1 worse, 2 undecided and 9 the same.``"""
    counts = Counter(_kind(change) for change in section.changes)
    known = [
        say("change-kind", kind=kind, count=counts[kind])
        for kind in (*_ORDER, "small")
        if counts[kind]
    ]
    pairs = len(section.matched.pairs)
    return say("change-summary", count=pairs, kinds=listing(known) if known else "none")


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
    found = [
        _table(say("change-first"), first, section, "changed"),
        _table(say("change-others"), others, section, "others"),
    ]
    return [table for table in found if table is not None]


def _table(title: str, changes: Sequence[Change], section: Section, name: str) -> Table | None:
    if not changes:
        return None

    def column(key: str, heading: str, values: list[str]) -> Column:
        return Column(key, (heading,), "text", tuple(values), essential=True)

    old, new = section.old, section.new
    if old == new:
        old, new = say("change-old"), say("change-new")
    return Table(
        title,
        (
            column(
                "configuration", say("change-configuration"), [c.measured.label for c in changes]
            ),
            column("measure", say("change-measure"), [c.measured.what for c in changes]),
            column("old", old, _texts(changes, "old_text")),
            column("new", new, _texts(changes, "new_text")),
            column("change", say("change-change"), [c.effect for c in changes]),
            column("verdict", say("change-verdict"), [c.text for c in changes]),
        ),
        name=name,
    )


def _texts(changes: Sequence[Change], name: str) -> list[str]:
    return [getattr(change.measured, name) for change in changes]


def cautions(section: Section) -> list[str]:
    """What to know before any number: what is not compared, and what only one sweep has."""
    sentences = [
        say(
            "change-revised",
            label=quoted(label),
            old=str(old),
            new=str(new),
            before=section.old,
            after=section.new,
        )
        for label, old, new in section.revised
    ]
    sentences += [say("change-grown", name=name, count=seeds) for name, seeds in section.grown]
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in section.apart:
        reasons.setdefault((each.what, each.reason), []).append(each.label)
    everything = len(section.matched.pairs)
    for (what, reason), of_them in reasons.items():
        whose = "all" if len(of_them) == everything else listing(map(quoted, of_them))
        sentences.append(say("change-apart", what=what, labels=whose, reason=reason))
    for name, labels in (
        (section.old, section.matched.only_old),
        (section.new, section.matched.only_new),
    ):
        if labels:
            sentences.append(say("change-only", name=name, labels=listing(map(quoted, labels))))
    return sentences


def notes(section: Section) -> list[str]:
    """What the verdicts promise."""
    margins = sorted({change.measured.margin for change in section.changes})
    if not margins:
        return []
    within = listing(map(margin_text, margins))
    sentences = [say("change-note", margins=within)]
    if any(change.measured.kind == "cost" for change in section.changes):
        sentences.append(say("change-note-costs", margins=within))
    return sentences


def surroundings() -> str:
    """What comes before the list of what differs between the environments."""
    return say("change-surroundings")


def heading(section: Section) -> str:
    """Which sweep is compared with which."""
    return say("change-heading", new=section.new, old=section.old)


def markdown(sections: Sequence[Section]) -> str:
    """The whole comparison for a pull request."""
    lines: list[str] = []
    for section in sections:
        lines += _section(section)
    return "\n".join(lines).rstrip() + "\n"


def _section(section: Section) -> list[str]:
    old, new = escape_markdown(section.old), escape_markdown(section.new)
    lines = [f"## {escape_markdown(heading(section))}", ""]
    if section.surroundings:
        lines += [surroundings(), "", f"| | {old} | {new} |", "| :-- | :-- | :-- |"]
        for row in section.surroundings:
            lines.append(f"| {' | '.join(map(escape_markdown, row))} |")
        lines.append("")
    for sentence in cautions(section):
        lines += [escape_markdown(sentence), ""]
    lines += [f"**{escape_markdown(summary(section))}**", ""]
    for table in tables(section):
        if table.name == "changed":
            lines += [table.markdown()]
        else:
            opened = ["<details>", f"<summary>{table.title}</summary>", ""]
            lines += [*opened, table.markdown(), "</details>", ""]
    return [*lines, *(f"{escape_markdown(note)}  " for note in notes(section)), ""]
