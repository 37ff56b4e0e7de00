"""The words of the pages: every language has all of them, and every page finds its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.web import phrases
from service.web.dressing import TEMPLATES

ROOM = TEMPLATES.parent
_ASKED = re.compile(r"""\bt\(\s*"([a-z_]+\.[a-z0-9_-]+)"\s*[,)]""")
_SECTIONS = re.compile(r"""\bt\(\s*"([a-z_]+\.)"\s*~""")


def test_every_language_says_the_same_things() -> None:
    phrases.check()


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_what_a_page_says_is_among_the_words(page: Path) -> None:
    known = phrases.phrases(phrases.FIRST)
    text = page.read_text("utf-8")

    assert [key for key in _ASKED.findall(text) if key not in known] == []
    for section in _SECTIONS.findall(text):
        assert any(key.startswith(section) for key in known), section


def test_nothing_is_said_in_vain() -> None:
    texts = [path.read_text("utf-8") for path in ROOM.rglob("*") if path.suffix in {".html", ".py"}]
    whole = "\n".join(texts)
    built = ("meta.", *re.findall(r"""["']([a-z_]+\.(?:[a-z_]+_)?)["{]""", whole))

    unused = [
        key
        for key in phrases.phrases(phrases.FIRST)
        if key not in whole and not key.startswith(built)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "language"),
    [
        (None, None, "", "ko"),
        (None, None, "en-GB,en;q=0.8,ko;q=0.5", "en"),
        (None, None, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (None, None, "fr,de;q=0.5", "ko"),
        (None, "en", "ko", "en"),
        ("ko", "en", "en", "ko"),
        ("xx", None, "en", "en"),
        ("../ko", None, "", "ko"),
    ],
)
def test_the_language_is_the_one_asked_for_else_kept_else_the_browsers(
    asked: str | None, kept: str | None, accepted: str, language: str
) -> None:
    assert phrases.chosen(asked, kept, accepted) == language


def test_an_unknown_language_or_phrase_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrases.phrases("xx")
    with pytest.raises(KeyError):
        phrases.say("ko", "shell.nothing")
