"""Checks a built site: ``python tests/docs/check_site.py FOLDER``.

Every link within the site leads to a file and, where it names one, to an element of it. Nothing
that a browser loads by itself comes from elsewhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser loads without being asked: the attribute by tag.
LOADED = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src"}


@dataclass
class Page(HTMLParser):
    """What a page has: names that a link may end in, links, and what is loaded with it."""

    names: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value for key, value in attrs if value}
        self.names.update(given[key] for key in ("id", "name") if key in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADED and LOADED[tag] in given:
            self.loaded.append(given[LOADED[tag]])


def problems(site: Path) -> list[str]:
    """What is wrong with the site, a line each."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        if "_downloads" not in file.parts:  # reports, which have tests of their own
            pages[file.resolve()] = page = Page()
            page.feed(file.read_text(encoding="utf-8"))
    found = [] if pages else [f"{site} has no page"]
    for file, page in pages.items():
        place = file.relative_to(site.resolve())
        found += [
            f"{place} loads {link} from elsewhere"
            for link in page.loaded
            if urlsplit(link).netloc or urlsplit(link).scheme not in ("", "data")
        ]
        for link in (*page.links, *page.loaded):
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (file.parent / unquote(url.path)).resolve() if url.path else file
            if not target.is_file():
                found.append(f"{place} links to {link}, which is no file")
            elif url.fragment and unquote(url.fragment) not in pages.get(target, page).names:
                found.append(f"{place} links to {link}, where nothing has that name")
    return found


if __name__ == "__main__":
    found = problems(Path(sys.argv[1]))
    print("\n".join(found) or "Every link leads somewhere, and nothing is loaded from elsewhere.")
    sys.exit(1 if found else 0)
