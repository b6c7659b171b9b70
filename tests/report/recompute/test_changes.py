"""What changed, on the page: its ends are those of the runs, and its parts add up.

How a difference divides among several changes is counted on networks that are built anew, and is in
no Parquet file (``tests/describe`` tests it). So of one change its part is recomputed, of several
their sum.
"""

from __future__ import annotations

import re

from tests.report.recompute.conftest import Case


def test_every_number_of_what_changed(case: Case) -> None:
    section, sweep = case.page.section("changes"), case.sweep
    details = section.all("details")
    assert [d.all("b")[0].text for d in details] == sweep.others

    def costs(label: str) -> tuple[int, int]:
        names = ("train_flops_per_image", "generator_parameters", "critic_parameters")
        flops, generator, critic = (int(sweep.count(label, name)) for name in names)
        return flops, generator + critic

    base = costs(sweep.baseline)
    for place, label in enumerate(sweep.others, start=1):
        own, table = costs(label), case.page.tables[f"changes-{place}"]
        first, *parts, last = table.rows.values()
        keys = ("FLOPs_per_real_image", "parameters")
        for key, before, after in zip(keys, base, own, strict=True):
            assert _count(first[key][0]) == before
            assert _count(last[key][0]) == after
            assert sum(_count(part[key][0]) for part in parts) == after - before
            for row in (first, *parts, last):
                text, sorted_by = row[key]
                assert int(sorted_by) == _count(text)
        assert (first["change"][0], last["change"][0]) == (sweep.baseline, label)
        for part in parts:
            assert _is_a_change(case, label, part["change"][0])
        summary = details[place - 1].all("summary")[0].text.strip()
        kind = "cheaper" if own[0] < base[0] else "more expensive"
        assert " ".join(summary.split()) == (
            f"{label} is {kind}: {own[0] / base[0]:.2f} × the training FLOPs per real image of "
            f"{sweep.baseline}."
        )


def _count(text: str) -> int:
    return int(text.replace("−", "-").replace(",", "").replace("–", "0"))


def _is_a_change(case: Case, label: str, text: str) -> bool:
    """``generator_width 64 → 32``: as the recipes of the runs have it."""
    found = re.fullmatch(r"(\w+) (\S+) → (\S+)", text)
    recipes = [case.sweep.recipe(each) for each in (case.sweep.baseline, label)]
    return found is not None and [str(r[found[1]]).lower() for r in recipes] == list(
        found.groups()[1:]
    )
