"""The slider, the sorting, the columns and the highlighting, by keyboard; and the address."""

from __future__ import annotations

import re

import pytest

from tests.page.conftest import LONG

pytestmark = pytest.mark.slow

LABELS = ["dcgan", "half generator", "half critic", LONG]


def rows(found, table: str) -> list[str]:
    return found.page.eval_on_selector_all(
        f"#table-{table} tbody tr", "rows => rows.map(row => row.dataset.label)"
    )


def values(found, table: str, key: str) -> list[float]:
    place = found.page.eval_on_selector_all(
        f"#table-{table} thead th", f"all => all.findIndex(each => each.dataset.key === '{key}')"
    )
    return found.page.eval_on_selector_all(
        f"#table-{table} tbody tr",
        f"all => all.map(row => Number(row.children[{place}].dataset.sort))",
    )


def test_sorting_by_keyboard(opened, folder) -> None:
    found = opened(folder)
    assert rows(found, "summary") == LABELS
    heading = found.page.locator("#table-summary th[data-key=speed_up]")
    heading.locator("button").focus()
    found.page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert values(found, "summary", "speed_up") == sorted(values(found, "summary", "speed_up"))
    found.page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    down = values(found, "summary", "speed_up")
    assert down == sorted(down, reverse=True)
    assert found.state == {"sort-summary": "speed_up:down"}
    again = opened(folder, hash=re.sub(".*#", "#", found.page.url))
    assert rows(again, "summary") == rows(found, "summary") != LABELS
    found.page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") is None
    assert rows(found, "summary") == LABELS
    assert found.state == {}
    found.without_incident()


def test_sorting_where_rows_are_cards(opened, folder) -> None:
    found = opened(folder, width=360)
    select = found.page.locator("#table-verdicts .sorting select")
    assert select.is_visible()
    select.focus()
    found.page.keyboard.press("ArrowDown")
    found.page.keyboard.press("ArrowDown")
    assert rows(found, "verdicts") == sorted(LABELS, reverse=True)


def test_the_slider_by_keyboard(opened, folder) -> None:
    found = opened(folder)
    sources = "images => images.map(image => image.src)"
    last = found.page.eval_on_selector_all(".sheets img", sources)
    found.page.locator("input[type=range]").focus()
    found.page.keyboard.press("ArrowLeft")
    assert found.page.locator("output").inner_text() == "4"
    earlier = found.page.eval_on_selector_all(".sheets img", sources)
    assert all(a != b for a, b in zip(last, earlier, strict=True))
    assert found.page.locator(".sheets img").first.get_attribute("alt") == (
        "Samples of dcgan, seed 0, epoch 4"
    )
    found.page.keyboard.press("Home")
    assert found.state["epoch"] == "1"
    assert found.page.locator("input[type=range]").get_attribute("aria-valuetext") == "epoch 1"
    found.page.locator("select.seed").select_option(label="2")
    again = opened(folder, hash=re.sub(".*#", "#", found.page.url))
    assert again.page.locator(".which").first.inner_text().startswith("seed 2, epoch 1")
    assert again.page.eval_on_selector_all(
        ".sheets img", sources
    ) == found.page.eval_on_selector_all(".sheets img", sources)
    found.without_incident()


def test_play_goes_to_the_last_epoch_and_stops(opened, folder) -> None:
    found = opened(folder, hash="#epoch=3")
    play = found.page.locator(".play")
    play.focus()
    found.page.keyboard.press("Enter")
    assert play.inner_text() == "Pause"
    found.page.locator(".play", has_text="Play").wait_for()
    assert found.page.locator("output").inner_text() == "5"
    assert found.state["epoch"] == "5"


def test_two_side_by_side(opened, folder) -> None:
    found = opened(folder)
    found.page.locator("select[data-side=a]").select_option(label="half critic")
    shown = found.page.locator(".sheets figure:visible")
    assert shown.count() == 2
    found.page.locator("select[data-side=b]").select_option(label="dcgan")
    boxes = {each.get_attribute("data-label"): each.bounding_box()["x"] for each in shown.all()}
    assert sorted(boxes, key=boxes.get) == ["half critic", "dcgan"]
    assert (found.state["a"], found.state["b"]) == ("half critic", "dcgan")
    found.page.locator("select[data-side=a]").select_option(value="")
    assert shown.count() == 4
    assert "b" not in found.state


def test_a_focused_label_is_highlighted_everywhere(opened, folder) -> None:
    found = opened(folder)
    lit = "all => all.map(each => each.dataset.label)"
    found.page.locator("#table-verdicts .name").nth(2).focus()
    labels = set(found.page.eval_on_selector_all(".lit", lit))
    assert labels == {"half critic"}
    assert found.page.locator("#figure-quality-epoch svg .lit").count() > 0
    assert found.page.locator("#table-summary tr.lit").count() == 1
    found.page.keyboard.press("Enter")
    assert found.state == {"label": "half critic"}
    found.page.locator("h1").click()
    assert found.page.locator(".lit").count() > 0  # it stays
    found.page.keyboard.press("Escape")
    assert found.page.locator("tr.lit, svg .lit").count() == 0


def test_a_link_of_the_contents_keeps_what_was_chosen(opened, folder) -> None:
    found = opened(folder, hash="#epoch=2")
    found.page.locator(".contents a", has_text="Figures").click()
    found.page.wait_for_url(re.compile("at="))
    assert found.state == {"epoch": "2", "at": "figures"}
    again = opened(folder, hash=re.sub(".*#", "#", found.page.url))
    top = again.page.locator("#figures").bounding_box()["y"]
    assert abs(top) < 300
    assert again.page.locator("output").inner_text() == "2"


def test_an_address_of_another_report_does_no_harm(opened, folder) -> None:
    found = opened(
        folder, hash="#sort-gone=x:up&epoch=99&a=nobody&label=<b>&sort-summary=__proto__:up"
    )
    assert rows(found, "summary") == LABELS
    assert found.page.locator("output").inner_text() == "5"
    found.without_incident()
