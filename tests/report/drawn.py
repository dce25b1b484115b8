"""What holds of every picture: valid, finite, inside its edges, small, with words, and texts that do not meet."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from genomodel.report.pictures.svg import text_width

MOST_BYTES = 60_000
SVG = "{http://www.w3.org/2000/svg}"
_STEP = re.compile(r"([MLHVhvlmz])([^MLHVhvlmz]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TONES = re.compile(r"^(?:[fs]-[a-z]+ ?)+$")
ALLOWED = {"path", "rect", "circle", "text", "title"}

Box = tuple[float, float, float, float]


def check(drawn: str | None, *, texts_apart: bool = True) -> ElementTree.Element:
    """Assert what holds of every picture and return its element."""
    assert drawn is not None
    assert len(drawn.encode()) < MOST_BYTES
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "img"
    title = root.findtext(f"{SVG}title")
    assert title
    assert title == root.get("aria-label")
    width, height = (float(number) for number in str(root.get("viewBox")).split()[2:])
    assert 0 < width <= 1000
    assert 0 < height <= 1200, "taller than a page"
    for element in root:
        name = element.tag.removeprefix(SVG)
        assert name in ALLOWED, name
        if name == "title":
            continue
        assert _TONES.match(str(element.get("class"))), "every color can be exchanged in the dark"
        for x, y in points(element):
            assert math.isfinite(x)
            assert math.isfinite(y)
            assert -1 <= x <= width + 1, (name, x)
            assert -1 <= y <= height + 1, (name, y)
    if texts_apart:
        apart([box for box, _ in text_boxes(root)])
    return root


def points(element: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """Yield the corners of an element."""
    name = element.tag.removeprefix(SVG)
    if name == "rect":
        x, y, w, h = (float(str(element.get(key))) for key in ("x", "y", "width", "height"))
        assert w >= 0
        assert h >= 0
        yield from ((x, y), (x + w, y + h))
    elif name == "circle":
        x, y, r = (float(str(element.get(key))) for key in ("cx", "cy", "r"))
        yield from ((x - r, y - r), (x + r, y + r))
    elif name == "text":
        left, top, right, bottom = _text_box(element)
        yield from ((left, top), (right, bottom))
    else:
        yield from _path(str(element.get("d")))


def _path(steps: str) -> Iterator[tuple[float, float]]:
    assert "nan" not in steps
    assert "inf" not in steps
    x = y = 0.0
    start = (x, y)
    for command, rest in _STEP.findall(steps):
        numbers = [float(number) for number in _NUMBER.findall(rest)]
        if command == "M":
            x, y = start = (numbers[0], numbers[1])
        elif command == "m":
            x, y = start = (x + numbers[0], y + numbers[1])
        elif command == "L":
            x, y = numbers[0], numbers[1]
        elif command == "l":
            for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + dx, y + dy
                yield x, y
        elif command == "H":
            x = numbers[0]
        elif command == "V":
            y = numbers[0]
        elif command == "h":
            x += numbers[0]
        elif command == "v":
            y += numbers[0]
        else:
            x, y = start
        yield x, y


def _text_box(element: ElementTree.Element) -> Box:
    size = float(str(element.get("font-size")))
    x, y = float(str(element.get("x"))), float(str(element.get("y")))
    width = text_width(element.text or "", size, bold=element.get("font-weight") == "700")
    left = {"start": x, "middle": x - width / 2, "end": x - width}[str(element.get("text-anchor"))]
    return left, y - 0.75 * size, left + width, y + 0.2 * size


def text_boxes(root: ElementTree.Element) -> list[tuple[Box, str]]:
    """Return where each text lies, by an upper bound of its width."""
    return [(_text_box(element), element.text or "") for element in root.iter(f"{SVG}text")]


def apart(boxes: list[Box]) -> None:
    """Assert that no two boxes meet."""
    for index, (left, top, right, bottom) in enumerate(sorted(boxes)):
        for other in sorted(boxes)[index + 1 :]:
            if other[0] >= right - 0.2:
                break
            assert other[1] >= bottom - 0.2 or other[3] <= top + 0.2, ((left, top, right, bottom), other)
