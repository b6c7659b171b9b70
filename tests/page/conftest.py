"""Reports in Debian's chromium; without it, or without Playwright, these tests are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench import report
from tests.report.conftest import Synthetic, png
from tests.report.two_data_sets import DIGITS, opposite

WIDTHS = (360, 768, 1440)
LONG = "a generator with a very long name width_factor=0.5 objective=non-saturating spectral=true"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # chromium refuses it to root
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of four configurations, one with a long name, with sheets of every epoch."""
    synthetic = Synthetic(tmp_path_factory.mktemp("page"))

    def pictures(index: int, epoch: int) -> bytes:
        return png(10 * index + epoch)

    three = (synthetic.BASELINE, synthetic.SMALL_GENERATOR, synthetic.SMALL_CRITIC)
    configs = [replace(config, pictures=pictures) for config in three]
    configs.append(replace(configs[2], label=LONG, critic_width=16, seconds=(4.0, 4.2, 4.1)))
    return report.write(synthetic.write(configs), tmp_path_factory.mktemp("report") / "out").folder


@pytest.fixture(scope="session")
def facets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two data sets."""
    synthetic = Synthetic(tmp_path_factory.mktemp("two"))
    sweep = synthetic.write(opposite(synthetic), baseline=f"dcgan dataset={DIGITS}", steps=3)
    return report.write(sweep, tmp_path_factory.mktemp("report") / "two").folder


class Opened:
    """A page and what it did while it was used."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page, self.path = page, path
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    @property
    def state(self) -> dict[str, str]:
        """What the address says."""
        return self.page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")

    def too_wide(self) -> list[str]:
        """Elements of HTML that reach beyond the window or are cut inside their parent."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter((element) => {
              if (element.closest("svg")) return false;
              if (getComputedStyle(element).position === "absolute") return false;
              const cut = element.matches(".fit") && element.scrollWidth > element.clientWidth + 1;
              return cut || element.getBoundingClientRect().right > innerWidth + 1;
            }).map((each) => [each.tagName, each.className, each.textContent.slice(0, 40)].join())
            """
        )

    def without_incident(self) -> None:
        """Nothing was logged, and nothing but the page itself and its own images was asked for."""
        assert self.said == []
        others = [url for url in self.asked if not url.startswith(("data:image/", "file://"))]
        assert others == []
        files = {url.partition("#")[0] for url in self.asked if url.startswith("file://")}
        assert files <= {self.path.as_uri()}


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a report: ``opened(folder, width=360, dark=True, hash="…")``."""
    contexts = []

    def open_(folder: Path, *, width: int = 1440, hash: str = "", **options: Any) -> Opened:
        dark = options.pop("dark", False)
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            **options,
        )
        contexts.append(context)
        found = Opened(context.new_page(), folder / "index.html")
        found.page.goto(f"{found.path.as_uri()}{hash}")
        return found

    yield open_
    for context in contexts:
        context.close()
