"""Who signed a release: the bodies it comes from, not those it talks about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from service.reading.anatomy import Anatomy
from service.reading.clean import clean_line
from service.reading.publishers import Publisher, Registry, Spot

_READ = 4000
"""Characters of a text in which its first sentences are looked for."""
_FURTHER = 5
"""Sentences after the first that are asked where nothing else says who signed."""
_TOLD = 3
"""Sentences of a news article, from its first that names a body, that say whom it is about."""

_ENDINGS = ("다", "음", "함", "임", "됨", "것")
_PIECE_END = re.compile(r"(?<=[다음함임됨것])[ ]?\.|\n[ \t]*\n|\n(?=[ \t]*[□■◇◆○●ㅇ◦▷▶<-])")
_BULLET = re.compile(r"[\s□■◇◆○●ㅇo◦▷▶·*※\-–<>「｢‘'“\"]{0,12}")
# 중소벤처기업부(장관 …, 중소벤처기업부(이하 …, 외교부 장관은: so a body that acts is introduced.
_TITLE = (
    "(?:부총리|장관|제?[1-3]?차관|청장|처장|실장|위원장|원장|소장|총장|총재|의장|이사장|사장|회장"
    "|본부장|단장|은행장|행장|직무대행|대표)"
)
_HEAD = re.compile(rf"\s?\(\s?(?:{_TITLE}|이하)|\s?{_TITLE}(?:\s?직무대행)?[은는이]")
_TOPIC = re.compile("[은는]")
_JOINED = re.compile(r"\s?(?:[와과,·ㆍ・․및]|그리고)\s?|\s")
# 기상청에 따르면, 국방부의 …: it opens the sentence and does nothing in it.
_PASSIVE = re.compile("[에의로를을도]")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_LABEL = re.compile(r"담\s?당\s?부\s?서|책\s?임\s?자|담\s?당\s?자")
_NUMBER = re.compile(r"(?:(?!다\.)[^\d]|\d(?!\d{2})){0,120}\d{2,4}[-−.)]")
_WITH = re.compile(r"[와과]\s")
_OF_A_PAPER = re.compile(r"\s?(?:기자|부장|차장|팀장\s?=)")


@dataclass(frozen=True, slots=True)
class Signed:
    """The bodies behind a release.

    ``publishers`` are registry ids, the one that answers for it first. ``named`` are the same
    bodies by their full names of the time; the two halves of a body that was one body then are
    named once. ``unknown`` are printed names that the registry does not know.
    """

    publishers: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def signed(
    anatomy: Anatomy, printed: str | None, text: str, day: date | None, registry: Registry
) -> Signed:
    """Who published a release.

    ``printed`` is the publisher as its source prints it, ``day`` (Asia/Seoul) when it was
    published, None where it is not known; ``text`` is the whole release, for the full names of the
    time. A body in the contact table or the letterhead has signed; of those in the first sentence
    the ones that act in it, public bodies only where no part of the government does.
    """
    names = _Names(text, day, registry)
    printed = clean_line(printed or "")
    bodies, unknown = registry.find_all(printed)
    for body in bodies:
        names.add(body, printed)
    for spot in (*_to_phone(anatomy.contacts, registry), *registry.spots(anatomy.letterhead)):
        names.add_spot(spot)
    lead, *further = _sentences(anatomy.body)
    names.add_acting(lead)
    if not names.found:
        for sentence in (anatomy.title, *further[:_FURTHER]):
            names.add_acting(sentence)
            if names.found:
                break
    return names.signed(unknown)


def told_of(title: str, text: str, day: date | None, registry: Registry) -> Signed:
    """The bodies a news article tells of: those that act in its title and first sentences."""
    names = _Names(f"{title}\n{text}", day, registry)
    for spot in registry.spots(title):
        if spot.bodies[0].central:
            names.add_spot(spot)
    told = (sentence for sentence in _sentences(text) if any(registry.spots(sentence)))
    for sentence in islice(told, _TOLD):
        acting = tuple(_acting(sentence, registry))
        for spot in (*acting, *_partners(sentence, registry)) if acting else ():
            names.add_spot(spot)
    return names.signed(())


class _Names:
    """Bodies in the order they were found, each with the forms its name was printed in."""

    def __init__(self, text: str, day: date | None, registry: Registry) -> None:
        self._text, self._day, self._registry = text, day, registry
        self.found: dict[str, list[str]] = {}

    def add(self, body: Publisher, printed: str) -> None:
        self.found.setdefault(body.id, []).append(printed)

    def add_spot(self, spot: Spot) -> None:
        for body in spot.bodies:
            self.add(body, spot.printed)

    def add_acting(self, sentence: str) -> None:
        """Of those that act in it: the government's, public bodies only where there are none."""
        acting = tuple(_acting(sentence, self._registry))
        central = [spot for spot in acting if spot.bodies[0].central]
        for spot in central or (() if self.found else acting):
            self.add_spot(spot)

    def signed(self, unknown: Sequence[str]) -> Signed:
        named = (self._name(publisher_id, forms) for publisher_id, forms in self.found.items())
        return Signed(tuple(self.found), tuple(dict.fromkeys(named)), tuple(unknown))

    def _name(self, publisher_id: str, forms: Sequence[str]) -> str:
        body = self._registry.by_id(publisher_id)
        printed = next((form for form in forms if form in body.full_names()), forms[0])
        return self._registry.named(body, printed, self._day, self._text)


def _to_phone(contacts: str, registry: Registry) -> Iterator[Spot]:
    """The bodies to be phoned: of a labelled table, else those with a number after them."""
    blocks = _BLANK_LINE.split(contacts)
    tables = [block for block in blocks if _LABEL.search(block)]
    for block in tables or blocks:
        for spot in registry.spots(block):
            if tables or _NUMBER.match(block, spot.end):
                yield spot


def _sentences(text: str) -> list[str]:
    """The first sentences, at least one; headings only where there is no sentence."""
    pieces = _PIECE_END.split(text[:_READ])
    return [piece for piece in pieces if piece.endswith(_ENDINGS)] or pieces


def _acting(sentence: str, registry: Registry) -> Iterator[Spot]:
    """The bodies that do what a sentence says, in its order."""
    following = None
    acting = []
    for spot in reversed(tuple(registry.spots(sentence))):
        if _acts(sentence, spot) or (
            following is not None and _JOINED.fullmatch(sentence, spot.end, following.start)
        ):
            acting.append(spot)
            following = spot
    return reversed(acting)


def _acts(sentence: str, spot: Spot) -> bool:
    if _OF_A_PAPER.match(sentence, spot.end):
        return False
    if _HEAD.match(sentence, spot.end) or _TOPIC.match(sentence, spot.end):
        return True
    opens = _BULLET.fullmatch(sentence, 0, spot.start) is not None
    return opens and not _PASSIVE.match(sentence, spot.end)


def _partners(sentence: str, registry: Registry) -> Iterator[Spot]:
    """The parts of the government with which the one that acts does so: 중기부는 … 산업부와 …."""
    for spot in registry.spots(sentence):
        if spot.bodies[0].central and _WITH.match(sentence, spot.end):
            yield spot
