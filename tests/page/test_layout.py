"""The page fits, is quiet, and is accessible, whatever the window and the colours."""

from __future__ import annotations

import pytest

from tests.page.conftest import WIDTHS
from tests.report.reference import REPORTS, ROOT

pytestmark = pytest.mark.slow

REFERENCE = [ROOT / REPORTS / name for name in ("lightweight-gpu", "pacgan-grid", "typefaces")]


def each(request: pytest.FixtureRequest, name):
    return request.getfixturevalue(name) if isinstance(name, str) else name


@pytest.mark.parametrize("report", ["folder", "facets", *REFERENCE], ids=str)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(request, opened, report, width) -> None:
    found = opened(each(request, report), width=width)
    assert found.too_wide() == []
    for box in found.page.locator(".more").all():
        box.check()
    for notes in found.page.locator("details").all():
        notes.evaluate("element => element.open = true")
    assert found.too_wide() == []
    found.without_incident()


@pytest.mark.parametrize("report", ["folder", "facets", *REFERENCE], ids=str)
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_violation(request, opened, report, width, dark) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = opened(each(request, report), width=width, dark=dark)
    violations = axe.Axe().run(found.page).response["violations"]
    assert [(each["id"], [n["html"][:150] for n in each["nodes"][:3]]) for each in violations] == []
    found.without_incident()


@pytest.mark.parametrize("width", [360, 1440])
def test_everything_can_be_read_without_a_script(opened, folder, width) -> None:
    found = opened(folder, width=width, java_script_enabled=False)
    assert found.page.locator(".sheets img").count() == 4
    assert found.page.locator(".controls").first.is_hidden()
    box = found.page.locator("#all-summary")
    hidden = found.page.locator("#table-summary td.extra").first
    assert hidden.is_hidden()
    box.check()
    assert hidden.is_visible()
    assert found.page.locator("#table-verdicts .word.worse").first.is_visible()


def test_it_prints_on_paper(opened, folder) -> None:
    found = opened(folder, width=1040)
    found.page.emulate_media(media="print")
    assert found.too_wide() == []
    assert found.page.locator(".contents").is_hidden()
    assert found.page.pdf(format="A4", landscape=True).startswith(b"%PDF")
