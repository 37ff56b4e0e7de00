"""A page with holes: what stands before its rows, one row, what stands after them.

So a page of any number of posts costs no more than joining strings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from tests.rhythm.forms import written

KEY, TITLE, DATE, ISSUER, TEXT, ROWS = (f"\ue000{n}\ue001" for n in range(6))


class NoReplica(Exception):
    """Nobody knows how to make pages of this source."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is put into the holes of a row or of a post's page."""

    key: str
    title: str
    text: str
    at: datetime
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """Pages of one source. ``key`` and ``issuers`` are examples from the fixture."""

    head: str
    row: str
    tail: str
    between: str
    form: str
    key: str
    media: str
    issuers: tuple[str, ...]
    post: str | None = None
    post_form: str = "%Y-%m-%d"
    part: str | None = None

    def filled(self, markup: str, words: Words, form: str) -> str:
        """``markup`` with its holes filled."""
        quote = _in_json if markup.startswith("{") else escape
        pairs = (
            (KEY, quote(words.key)),
            (TITLE, quote(words.title)),
            (TEXT, quote(words.text)),
            (DATE, written(words.at, form)),
            (ISSUER, quote(words.issuer or "")),
        )
        for hole, text in pairs:
            markup = markup.replace(hole, text)
        return markup

    def one_row(self, words: Words) -> str:
        """One row."""
        return self.filled(self.row, words, self.form)

    def page(self, rows: Sequence[str]) -> str:
        """A whole list page."""
        return self.head + self.between.join(rows) + self.tail

    def post_page(self, words: Words) -> str:
        """The post's own page."""
        assert self.post is not None
        return self.filled(self.post, words, self.post_form)

    def part_page(self, words: Words) -> str:
        """The first page of its document viewer."""
        assert self.part is not None
        return self.filled(self.part, words, self.post_form)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
