"""Figures inside the page: as SVG, whose lines of a configuration can be highlighted."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

from bench.report.figures import Figure

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREF = f"{{{_LINK}}}href"
_OF_LABEL = re.compile(r"of-(\d+)(-\d+)?")  # see ``figures.mark``
_REFERENCE = re.compile(r"url\(#([^)]*)\)")

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _LINK)


def inline(figure: Figure) -> str | None:
    """The figure as an SVG element for HTML; None where it has pictures, which stay a PNG.

    Its ids begin with the figure's name, since a page has several figures. What is drawn for a
    configuration says so in ``data-label``.
    """
    if not figure.svg or b"<image" in figure.svg:
        return None
    root = ElementTree.parse(io.BytesIO(figure.svg)).getroot()
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _renamed(element, figure)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", figure.title)
    return ElementTree.tostring(root, encoding="unicode")


def _renamed(element: ElementTree.Element, figure: Figure) -> None:
    name = element.get("id")
    if name is not None and (found := _OF_LABEL.fullmatch(name)):
        element.set("data-label", figure.labels[int(found[1])])
    if name is not None:
        element.set("id", f"{figure.name}-{name}")
    for key, value in element.attrib.items():
        if key == _HREF and value.startswith("#"):
            element.set(key, f"#{figure.name}-{value[1:]}")
        elif "url(#" in value:
            element.set(key, _REFERENCE.sub(rf"url(#{figure.name}-\1)", value))
