"""Takes the three pictures of the page that docs/ has, from a report of reference results.

python tests/page/pictures.py, after python tests/report/reference.py
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "reports/reference/lightweight/index.html"
WIDTH = 1280
# Name, what it begins with, its height in pixels, and whether it is dark.
PICTURES = (
    ("report-verdicts", None, 860, False),
    ("report-samples", "#samples", 466, False),
    ("report-dark", "#figure-quality-epoch", 760, True),
)


def main() -> None:
    """Writes all of them."""
    chromium = shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # chromium refuses it to root
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=sandbox)
        for name, place, height, dark in PICTURES:
            page = browser.new_page(
                viewport={"width": WIDTH, "height": height},
                color_scheme="dark" if dark else "light",
            )
            page.goto(PAGE.as_uri())
            if place is not None:
                page.evaluate(
                    "place => scrollTo(0, scrollY - 16 +"
                    " document.querySelector(place).getBoundingClientRect().top)",
                    place,
                )
            path = ROOT / "docs" / f"{name}.png"
            page.screenshot(path=path)
            page.close()
            with Image.open(path) as picture:
                picture.convert("P", palette=Image.Palette.ADAPTIVE).save(path, optimize=True)
            print(path)
        browser.close()


if __name__ == "__main__":
    main()
