"""Templates hold structure: the words of a report stand in the catalog."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from genomodel.report.render import TEMPLATES

TO_MOVE = frozenset({"sections/patient.html.j2"})
"""Templates whose words still stand in them; the list may only become shorter."""
_CODE = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>|<script>.*?</script>|<!DOCTYPE html>|>genomodel [a-z]+<",
    re.DOTALL,
)
"""What is no text: the language of templates, style and script, and names of commands."""
_READ_OUT = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label|content)="([^"]*)"')
_HIDDEN_ATTRIBUTES = re.compile(r'content="(?:width=device-width, initial-scale=1|noindex)"')
_WORD = re.compile(r"[A-Za-z]{2,}")


def words_in(template: str) -> list[str]:
    """Return what a reader would see of a template that is neither markup nor filled in."""
    bare = _HIDDEN_ATTRIBUTES.sub("", _CODE.sub("", template))
    texts = [*_READ_OUT.findall(bare), *re.sub(r"<[^>]*>", "\n", bare).splitlines()]
    return [text.strip() for text in texts if _WORD.search(re.sub(r"&#?[a-z0-9]+;", "", text))]


def test_words_are_found_in_text_and_in_what_is_read_out() -> None:
    assert words_in('<p class="lead">{{ x }} found</p>{% if a %}<td aria-label="Gene {{ b }}"></td>{% endif %}') == [
        "Gene",
        "found",
    ]
    assert words_in('<p>{{ say("a.b") }}: {{ x }}&#160;%</p>') == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_no_words(path: Path) -> None:
    name = str(path.relative_to(TEMPLATES))
    found = words_in(path.read_text(encoding="utf-8"))
    if name in TO_MOVE:
        assert found, f"{name} holds no words any more: take it from the list"
    else:
        assert found == []
