"""Other spellings of a term: a body's other names, and the Chinese letters of headlines."""

from __future__ import annotations

from service.judging.logic import lowered
from service.reading.publishers import Registry, key_of


def spellings(term: str, registry: Registry) -> tuple[str, ...]:
    """Every way in which what the term stands for is printed, the term itself first.

    산업부 → 산업통상자원부, 산업통상부 and all that this body was called; 중소기업 → 中企. Names
    that are ordinary words as well (수은) are left out, unless typed. NFC, ASCII in lower case.
    """
    printed_for = registry.hanja()
    meant = printed_for.get(term, term)
    names = (meant, *_names_of(meant, registry))
    hanja = (printed for printed, means in printed_for.items() if means in names)
    return tuple(dict.fromkeys((term, *map(lowered, names), *hanja)))


def _names_of(name: str, registry: Registry) -> tuple[str, ...]:
    """All names of the bodies that go, or went, by this very name."""
    bodies, unknown = registry.find_all(name)
    if unknown:
        return ()
    return tuple(
        each
        for body in bodies
        if key_of(name) in map(key_of, body.names())
        for each in body.names()
        if each not in body.homonyms
    )
