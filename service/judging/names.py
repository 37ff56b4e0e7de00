"""Other spellings of a term: a body's other names, Chinese letters, points and hyphens or none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.judging.logic import lowered
from service.reading.publishers import Registry, key_of

# 시도, an attempt, is not 시·도, provinces: a point comes between those alone that act together.
_SIDES = re.compile(
    r"(?<!\w)(?:[한미일중러]{2,4}|산학연?관?|민관군?|노사정?|당정청?|초중고|시군구)(?!\w)"
)
_JOINTS = re.compile(r"(?<=[^\W\d_])[·-](?=[^\W\d_])|(?<=\d),(?=\d{3}(?!\d))")
_LONE = re.compile(r"(?<!\w)[가-힣][·-](?=[가-힣])|(?<=[가-힣])[·-][가-힣](?!\w)")
_INITIAL = re.compile(r"(?<!\w)([a-z])(?=[가-힣])")
_THOUSANDS = re.compile(r"(?<![\d.,])(\d+)(?=\d{3}[천만억조])")


def spellings(term: str, registry: Registry) -> tuple[str, ...]:
    """Every way in which what the term stands for is printed, the term itself first.

    산업부 → 산업통상자원부, 산업통상부 and all that this body was called; 중소기업 → 中企; K푸드 →
    K-푸드. Names that are ordinary words as well (수은) are left out, unless typed. NFC, ASCII in
    lower case.
    """
    printed_for = registry.hanja()
    meant = printed_for.get(term, term)
    names = (meant, *_names_of(meant, registry))
    hanja = (printed for printed, means in printed_for.items() if means in names)
    return tuple(dict.fromkeys((term, *map(lowered, names), *hanja, *_joined(lowered(term)))))


def _joined(term: str) -> Iterator[str]:
    """The term with its parts joined as others join them: 산·학·연, K-푸드, 1,000억, 2차전지."""
    yield " ".join(map(_bare, term.split(" ")))
    yield _THOUSANDS.sub(r"\1,", _INITIAL.sub(r"\1-", term))
    yield term.replace("2차전지", "이차전지")
    yield term.replace("이차전지", "2차전지")
    yield _SIDES.sub(lambda found: "·".join(found[0]), term)


def _bare(word: str) -> str:
    bare = _JOINTS.sub("", word)
    return bare if _SIDES.fullmatch(bare) or not _LONE.search(word) else word


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
