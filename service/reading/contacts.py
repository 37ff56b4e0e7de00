"""Whom to phone: department, rank, name and phone out of tables, cells on lines, and sentences.

Every phone is read with the words between it and the phone before it. That is what a table row, a
row broken into cells and a sentence have in common, so one reading serves all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.model import Contact
from service.reading.people import TRAILER, Person, all_people, is_unit, last_person, words
from service.reading.phones import MASKED, OFFICE, spelt

_REACH = re.compile(
    rf"""(?P<number>{OFFICE})(?P<more>(?:\s?[,/·]\s?[0-9]{{4}}(?![0-9.년-]))*)
    | (?P<mail>(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{{1,64}}@[A-Za-z0-9.-]{{1,64}})
    | (?P<masked>{MASKED})
    | [(（][ ]?(?P<line>(?!19|20)[0-9]{{4}})[ ]?[)）]""",
    re.VERBOSE,
)
_NEAR = 400
"""How far before its phone a contact's words can begin."""
_FAX = re.compile(r"(?:팩\s?스|전송|[Ff][Aa][Xx]|\(F\)|\bF\.?)[\s:：)(（]{0,5}$")
_HOTLINE = re.compile(
    r"(?:콜\s?센터|고객\s?센터|상담\s?(?:센터|전화)|대표\s?(?:번호|전화)|예약\s?실?)\W*$"
)
_DEPARTMENT = re.compile(r"(?:담\s{0,3}당|소\s?관)\s{0,3}부\s{0,3}서|부\s{0,3}서\s{0,3}명")
_ROLE = re.compile(
    r"(?:총괄\s?)?책\s{0,3}임\s{0,3}자|담\s{0,3}당\s{0,3}(?:자(?!\s?현황)|[과국팀]\s{0,3}장)(?![에로와의가는를])|실\s?무\s?자|작\s?성\s?자"
    r"|문\s{0,3}의\s?처?(?=[\s.:：(])|연\s?락\s?처|담당(?=\s{0,3}[:：])|자료\s?생산"
)
_HEAD_ROLE = re.compile(r"책\s{0,3}임\s{0,3}자|담\s{0,3}당\s{0,3}[과국팀]\s{0,3}장")
_INQUIRY = re.compile(r"문\s{0,3}의|연\s?락\s?처|자료")
_GROUP = re.compile(
    r"[<＜〈【][^<>＜＞〈〉【】]{1,40}[>＞〉】]|[(（](?:총괄|주관|공동|협조|협업|합동|내선[^()（）]{0,12})[)）]"
)
_SENTENCE_END = re.compile(r"[.。!?][”\"’')]{0,2}\s|[다끝]\.\s{0,3}|[□■○●◦※▶☞]")
_PARTICLE = re.compile(r"[가-힣][은는을를면]$")
_LISTED = re.compile(r"\W{0,4}[,·및]")
_IN_A_ROW = re.compile(r"\W{0,4}[,·및\n\t]")
_LEAF = re.compile(r"(?:과|팀|담당관실?|TF|T/F)$")
_DIVISION = re.compile(r"\S.*?(?:과|팀)(?= |$)")
_MINISTRY = re.compile(r"[가-힣]{2,}(?:부|처|청|위원회)$")
_LONGEST_OFFICE = 45
_LONGEST_PEOPLE = 120


@dataclass(frozen=True, slots=True)
class _Row:
    """A person or an office with its phone; ``office`` is what is printed of it beside them."""

    person: Person | None
    phone: str | None
    office: str
    begins: bool
    head: bool
    listed: bool


def find(text: str) -> tuple[Contact, ...]:
    """The officials to phone, each once, in the order they stand in.

    ``text`` is the contact block or a whole document. A number with neither a person nor an office
    before it is none of them, nor is a fax or a call centre.
    """
    rows = list(_rows(text))
    return _distinct(
        Contact(
            department=office or None,
            rank=row.person.rank if row.person else None,
            name=row.person.name if row.person else None,
            phone=row.phone,
        )
        for row, office in zip(rows, _offices(rows), strict=True)
    )


def _rows(text: str) -> Iterator[_Row]:
    """One row for each person or office that can be reached."""
    for before, phones in _reaches(text):
        if not (_FAX.search(before) or _HOTLINE.search(before)):
            yield from _read(TRAILER.sub("", _GROUP.sub(" ", before)), phones)


def _read(segment: str, phones: list[str | None]) -> Iterator[_Row]:
    """What the words before some phones say. ``titled``: a table's label introduces the person."""
    label = _last(_DEPARTMENT, segment)
    before = label or _last(_SENTENCE_END, segment)
    cell = segment[before.end() :] if before else segment
    role = _role(cell)
    titled = role is not None and _INQUIRY.search(role[0]) is None
    who = words(_ROLE.sub(" ", cell[role.end() :]) if role else cell)
    people, rest = _people(who, len(phones), role=titled)
    if not (rest or role or _IN_A_ROW.match(cell)):
        people = [one if one and one.rank else None for one in people]  # any word looks like a name
    office = _cell(cell[: role.start()]) if role and titled and (label or any(people)) else ""
    office = office or (_cell(" ".join(rest)) if label else _units(rest))
    head = role is not None and _HEAD_ROLE.search(role[0]) is not None
    begins = label is not None or head or not titled
    for person, phone in zip(people, phones, strict=True):
        if (person and (person.rank or titled)) if phone is None else (person or office):
            yield _Row(person, phone, office, begins, head, _LISTED.match(segment) is not None)


def _role(segment: str) -> re.Match[str] | None:
    """The label before a person. Far before the phone it is the heading of a table's column."""
    role = _ROLE.search(segment)
    return role if role and len(segment) - role.end() <= _LONGEST_PEOPLE else None


def _reaches(text: str) -> Iterator[tuple[str, list[str | None]]]:
    """Phones with the words before them; those with nothing between them together.

    A mail address or a masked number ends a person's words like a phone, and gives none.
    """
    start, before, shared = 0, "", ""
    phones: list[str | None] = []
    for match in _REACH.finditer(text):
        between = text[max(start, match.start() - _NEAR) : match.start()]
        if "\n" in between:
            shared = ""
        if match["line"] and not (shared and _ends_with_official(between)):
            continue
        if phones and re.search(r"[^\W_]", between):
            yield before, _known(phones)
            phones = []
        if not phones:
            before = between
        if match["number"]:
            shared = spelt(match["number"])[:-4]
        phones.extend(_phones(match, shared))
        start = match.end()
    if phones:
        yield before, _known(phones)


def _ends_with_official(printed: str) -> bool:
    """Whether what follows can be the last digits of a number: ``…, 이정희 사무관(4012)``."""
    person, _ = last_person(words(printed), role=False)
    return person is not None and person.rank is not None


def _phones(match: re.Match[str], shared: str) -> list[str | None]:
    """``044-000-0001/0002`` is two numbers, ``(0002)`` behind a further official a third."""
    if match["line"]:
        return [shared + match["line"]]
    if match["number"] is None:
        return [None]
    return [
        shared + line for line in [match["number"][-4:], *re.findall(r"[0-9]{4}", match["more"])]
    ]


def _known(phones: list[str | None]) -> list[str | None]:
    """The numbers, or one None where there is only a mail address."""
    return [one for one in phones if one is not None] or [None]


def _people(who: list[str], count: int, *, role: bool) -> tuple[list[Person | None], list[str]]:
    """Whose the ``count`` phones are, by order, and the words that name nobody."""
    if count > 1:
        several = all_people(who)
        if len(several) == count:
            named = {part for one in several for part in (one.rank, one.name)}
            return [*several], [part for part in who if part not in named]
    person, rest = last_person(who, role=role)
    beside = person
    while beside and beside.rank:  # a superior who is named without a number
        beside, rest = last_person(rest, role=False)
    return [person] * count, rest


def _cell(printed: str) -> str:
    """The office in a table's cells: all that is printed there, unless it is a sentence."""
    parts = [part for part in _ROLE.sub(" ", printed).split() if re.search(r"[^\W_]", part)]
    joined = " ".join(parts).strip(" |:：·,/()（）")
    if len(joined) > _LONGEST_OFFICE or any(_PARTICLE.search(part) for part in parts):
        return _units(parts)
    return joined


def _units(parts: list[str]) -> str:
    """The office that a sentence's words end with."""
    units: list[str] = []
    for part in reversed(parts):
        if not is_unit(part.strip("(),:：☎")):
            break
        units.insert(0, part.strip("(),:：☎"))
    return " ".join(units)


def _offices(rows: list[_Row]) -> Iterator[str]:
    """Each row's whole office: merged cells are carried down, a name over two rows is joined."""
    offices: list[str] = []
    members: list[list[_Row]] = []
    for row in rows:
        last = offices[-1] if offices else ""
        begins = row.begins or row.person is None or _LEAF.search(last) is not None
        if not offices or (row.office and begins):
            offices.append(_with_ministry(row, last))
            members.append([])
        elif row.office:
            offices[-1] = f"{last} {row.office}".strip()
        members[-1].append(row)
    for office, people in zip(offices, members, strict=True):
        yield from _shared_out(office, people)


def _shared_out(office: str, people: list[_Row]) -> Iterator[str]:
    """A cell that holds several divisions: one for each head, else nobody can say whose."""
    divisions = [part.strip() for part in _DIVISION.findall(office)]
    if len(divisions) < 2:  # noqa: PLR2004
        yield from [office] * len(people)
        return
    heads = 0
    for row in people:
        heads += row.head
        by_head = sum(one.head for one in people) == len(divisions)
        yield divisions[max(heads, 1) - 1] if by_head else ""


def _with_ministry(row: _Row, before: str) -> str:
    """An office, under the ministry named first in the same sentence."""
    first = before.split(maxsplit=1)[0] if before else ""
    if row.listed and " " not in row.office and _MINISTRY.fullmatch(first):
        return f"{first} {row.office}"
    return row.office


def _last(rule: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in rule.finditer(text):  # noqa: B007
        pass
    return found


def _distinct(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """One entry for each person and phone, the fuller one; a bare phone where nobody has it."""
    kept: dict[tuple[str | None, str | None], Contact] = {}
    for one in contacts:
        key = (one.phone, one.name)
        if key not in kept or _fullness(one) > _fullness(kept[key]):
            kept[key] = one
    named = {one.phone for one in kept.values() if one.name}
    return tuple(one for one in kept.values() if one.name or one.phone not in named)


def _fullness(one: Contact) -> int:
    return sum(part is not None for part in (one.department, one.rank, one.name, one.phone))
