"""The parts of a release: letterhead, release-time box, title, body, contacts, annex."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A release in its parts, each ``""`` or empty where it is not there.

    ``letterhead``: lines above the title that name the bodies. ``box``: the release-time box
    (보도시점, 배포) with its values. ``contacts``: the contact tables and the closing sentence that
    names whom to phone, lines and tabs as printed. ``body`` and ``annex`` (붙임, 참고) are mended:
    broken lines and words joined, no page numbers, no private-use glyphs.
    """

    title: str
    subtitles: tuple[str, ...]
    letterhead: str
    box: str
    contacts: str
    body: str
    annex: str


def dissect(text: str, title: str | None) -> Anatomy:
    """Take a text of any origin apart. ``title`` where it is known from elsewhere."""
    raise NotImplementedError
