"""Programmes, councils and events that a text names, so that a series can be followed for years."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from service.model import Mention
from service.reading.publishers import Registry
from service.reading.series import NOUN, generic, mention

_MOST = 40
_READ = 30_000
"""Characters of a text that are looked through: no release is longer, some lists are."""
_TRIED = 400
"""Names that are weighed; with more of them a text is a list, not a release."""
_WORDS = 9
_AROUND = 300

# A name stands in quotes. The straight quote opens and closes alike and stands for 20 in '26년,
# so every one of them is tried as an opening and what it holds decides.
_QUOTED = re.compile(
    "[「｢](?=([^「｢」｣]{2,64})[」｣])"
    "|『(?=([^『』]{2,64})』)"
    "|《(?=([^《》]{2,64})》)"
    "|‘(?=([^‘’\n]{0,40}\n?[^‘’\n]{2,60})’)"
    '|[“"](?=([^“”"\n]{2,60})[”"])'
    "|['`](?=([^'`‘’\n]{2,60})['`’])"
)
_ROUND_BEFORE = re.compile(r"제\s?\d{1,4}\s?[차회기]\s?$")
_STRAIGHT = "'`\""
# What stands between two names in straight quotes: 'A'와 B 사업 'C'.
_BETWEEN = re.compile(r"\s|[은는이가을를과와의에로도]\s|에서|으로|이라|라는|라고|[,.·)]")
_ENDS = re.compile(rf"{NOUN}(?:\(.{{1,30}}\))?(?:\d{{4}})?(?:\(안\))?$|\((?:T/F|TF)\)$")
_SAID = re.compile(r"[?…]|[다요죠]\.|[다요]$|\.\s|[가-힣][은는]\s.{2,50},\s|,\s.{2,50}[은는]\s")
_PLANNED = re.compile(rf"[할될갈올낼줄질릴칠킬을는]\s+{NOUN}$")

# Unquoted names start with their round or year, or with the two states that meet: 한-몽골 …
_COUNTED = re.compile(
    r"(?<![\d제])(?:(?:20\d\d\s?년도?|[’'‘]\d\d년도?|20\d\d)\s)?제\s?\d{1,4}\s?[차회](?!관[은는이의도,)\s])\s?"
    r"|(?<![\d.~∼\-'’‘])20\d\d(?:\s?년도?)?\s(?=[가-힣A-Za-z])"
    r"|(?<![가-힣A-Za-z])(?=한[-–·ㆍ․∙](?:[가-힣]{1,8}|[A-Z]{2,6})\s)"
)
_WORD = re.compile(r"[^\s,'‘’`「」｢｣『』《》“”\"?…:;|<>△▲▴▸*※]{1,30}")
_BRACKET = re.compile(r"\([^()]*\)?")
_PARTICLE = (
    "에서는|에서의|에서도|으로써|으로서|이라는|이라고|에서|에는|에도|에게|으로|부터|까지|이며|이자"
    "|입니다|이다|라며|라는|이란|하여|하고|한다|했다|하는|하기|처럼|보다|을|를|은|는|이|가|의|에|과|와|로|도|인|만"
)
_NAMING_WORD = re.compile(rf"(?P<noun>.*?{NOUN})(?P<tail>{_PARTICLE})?")
_INFLECTED = re.compile(
    rf".+(?:{_PARTICLE}|[하되받있]고|한|된|및|등|중|위한|통해|위해|따른|대한)|및|등|위한|통한|대한"
    "|위해|통해|이날|이번|오늘|지난|최근|특히|또한|아울러|향후|이후"
)
_LEFT = re.compile(r"(?:[가-힣A-Za-z0-9·ㆍ–\-&+]{2,20}\s){1,4}$")


class _Name(NamedTuple):
    start: int
    end: int
    text: str


def find(title: str, text: str, published: date | None, registry: Registry) -> tuple[Mention, ...]:
    """The names in a title and a mended text, each once, in the order in which they stand.

    ``published`` (Asia/Seoul) tells the year of an event (엑스포 2026) from a number that is a part
    of the name (비전 2030). At most 40 are given. A name that could be anybody's without its round
    and year (제2차 회의) is given only where two bodies are known to share it.
    """
    whole = f"{title}\n\n{text[:_READ]}"
    found: dict[tuple[object, ...], Mention] = {}
    for name in _names(whole):
        made = mention(name.text, published, registry)
        if made is None:
            continue
        if generic(made.series) and not made.parties:
            hosts = _hosts(whole, name, registry)
            if len(hosts) != 2:  # noqa: PLR2004 - a council of two
                continue
            made = Mention(made.name, made.series, made.round, made.year, hosts)
        found.setdefault((made.series, made.round, made.year, made.parties), made)
    return tuple(_fullest(found.values()))[:_MOST]


def _names(text: str) -> list[_Name]:
    names = {(name.start, name.end): name for name in (*_quoted(text), *_counted(text))}
    kept: list[_Name] = []
    for name in sorted(names.values(), key=lambda name: (name.start, -name.end)):
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
        if len(kept) == _TRIED:
            break
    return kept


def _quoted(text: str) -> Iterator[_Name]:
    for match in _QUOTED.finditer(text):
        inner = match.group(match.lastindex or 0)
        name = " ".join(inner.split())
        if match.group() in _STRAIGHT and (inner[-1].isspace() or _BETWEEN.match(inner)):
            continue
        if not _names_something(name):
            continue
        before = _ROUND_BEFORE.search(text, max(0, match.start() - 12), match.start())
        start = before.start() if before else match.start()
        counted = f"{before.group().strip()} {name}" if before else name
        yield _Name(start, match.end() + len(inner), counted)


def _names_something(name: str) -> bool:
    return (
        _ENDS.search(name.replace(" ", "")) is not None
        and not _SAID.search(name)
        and not _PLANNED.search(name)
    )


def _counted(text: str) -> Iterator[_Name]:
    for match in _COUNTED.finditer(text):
        end = _name_end(text, match.end())
        if end is None:
            continue
        start = match.start()
        if generic("".join(text[match.end() : end].split())):
            start = _left(text, start)
        yield _Name(start, end, " ".join(text[start:end].split()))


def _name_end(text: str, at: int) -> int | None:
    """Where the name ends whose first word stands at ``at``: after its last naming noun."""
    end = None
    for _ in range(_WORDS):
        word = _WORD.match(text, at)
        if word is None:
            break
        name, _, bracket = word.group().partition("(")
        naming = _NAMING_WORD.fullmatch(name) or _NAMING_WORD.fullmatch(
            _BRACKET.sub("", word.group())
        )
        if naming:
            noun = len(naming["noun"])
            end = at + (noun if noun <= len(name) else word.end() - at - len(naming["tail"] or ""))
        if naming and (naming["tail"] or bracket):
            break
        if not naming and _INFLECTED.fullmatch(_BRACKET.sub("", word.group())):
            break
        if not text.startswith(" ", word.end()):
            break
        at = word.end() + 1
    return end


def _left(text: str, start: int) -> int:
    """Where a name starts whose own words stand before its round: 새만금위원회 제3차 회의."""
    before = _LEFT.search(text, max(0, start - 60, text.rfind("\n", 0, start) + 1), start)
    if before is None:
        return start
    for word in reversed(before.group().split()):
        if _INFLECTED.fullmatch(word):
            break
        start = text.rindex(word, 0, start)
    return start


def _hosts(text: str, name: _Name, registry: Registry) -> tuple[str, ...]:
    """Ids of the parts of the government that the sentence around a name speaks of."""
    line = text.rfind("\n", 0, name.start) + 1
    start = max(line, text.rfind("다.", line, name.start) + 1, name.start - _AROUND)
    ends = (text.find(mark, name.end) for mark in ("\n", "다."))
    end = min([name.end + _AROUND, *(each for each in ends if each != -1)])
    spots = registry.spots(text[start:end])
    return tuple(sorted({body.id for spot in spots for body in spot.bodies if body.central}))


def _fullest(found: Collection[Mention]) -> Iterator[Mention]:
    """Without those that another one of the same series says more of."""
    by_series: dict[str, list[Mention]] = {}
    for each in found:
        by_series.setdefault(each.series, []).append(each)
    for each in found:
        if not any(_says_more(other, each) for other in by_series[each.series]):
            yield each


def _says_more(other: Mention, each: Mention) -> bool:
    facts = ((other.round, each.round), (other.year, each.year), (other.parties, each.parties))
    return all(mine in (theirs, None, ()) for theirs, mine in facts) and any(
        theirs != mine for theirs, mine in facts
    )
