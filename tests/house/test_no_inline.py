"""The content policy forbids inline script and style; a template with one would be silently broken in the browser."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
_COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.S)
_FORBIDDEN = {
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(
        r"<[a-z][^>]*\son(?:click|change|submit|load|input|key\w+|mouse\w+|focus|blur|error)\s*=", re.I
    ),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I),
    "inline style sheet": re.compile(r"<style[\s>]", re.I),
    "script address": re.compile(r"javascript:", re.I),
    "safe filter": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "foreign address": re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", re.I),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_template_keeps_the_policy(path):
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    found = {name for name, pattern in _FORBIDDEN.items() if pattern.search(text)}
    assert not found


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ('<p class="a" style="color:red">', "style attribute"),
        ('<button onclick="x()">', "event attribute"),
        ("<script>x()</script>", "inline script"),
        ("{{ text|safe }}", "safe filter"),
        ('<script src="https://cdn.example/x.js">', "foreign address"),
    ],
)
def test_patterns_find_what_they_are_for(bad, name):
    assert _FORBIDDEN[name].search(bad)
