"""What a later version of one release says otherwise: 마감 5.20 → 5.27, field by field, in words.

A page that was edited silently, a corrected re-issue, an attachment put in another's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from operator import attrgetter

from service.judging import titles
from service.judging.figures import Figure, differing, figures
from service.judging.gaps import clip, clipped, days
from service.judging.letters import letters
from service.judging.rewritten import rewritten
from service.model import Call, Change, Contact, Embargo, Printed, Reading, day_of

_reach = attrgetter("name", "phone")  # of a contact
_MOST = 30
_SHOWN = 80
_MANY = 100
"""Contacts or files compared one with each other: more are not a release's."""
_ENGLISH = re.compile(r" \((?P<name>[a-z ]{1,40})\)$")


def changes(old: Reading, new: Reading) -> tuple[Change, ...]:
    """What ``new`` says otherwise, most important first, weighty before others, at most 30.

    Empty where a reader sees no difference: blanks, quotes, bullets, a mark (수정) of the title,
    the hour at which it was put up, sentences in another order.
    """
    near = day_of(old.published_at) or day_of(new.published_at)
    text = rewritten(old.text, new.text, near)
    fields = [
        *_call(old, new, text),
        *_embargo(old.embargo, new.embargo),
        *_title(old.title, new.title),
        *_contacts(old.contacts[:_MANY], new.contacts[:_MANY]),
        *_publishers(old, new),
        *_published(old.published_at, new.published_at),
    ]
    told = {(each.before, each.after) for each in fields if each.weighty}
    told |= {(before.partition(" ")[0], after.partition(" ")[0]) for before, after in told}
    found = [*fields, *(each for each in text if (each.before, each.after) not in told)]
    return _first(found)


def files(old: Mapping[str, bytes | None], new: Mapping[str, bytes | None]) -> tuple[Change, ...]:
    """Attachments replaced, added and removed: name → SHA-256, None where it was not read.

    What was not read on one side has not changed. The same bytes under another name are renamed;
    a name that differs by a mark only, 공고(수정).hwp, stands in the other's place.
    """
    found = [
        Change(f"붙임 ‘{clip(name, _SHOWN)}’ (attachment)", "이전 파일", "새 파일", weighty=True)
        for name in old
        if old[name] is not None and new.get(name) not in {None, old[name]}
    ]
    gone = [name for name in old if name not in new]
    come = [name for name in new if name not in old]
    for name in gone[:_MANY]:
        after = _successor(name, old, come[:_MANY], new)
        if after:
            come.remove(after)
        same = after != "" and old[name] is not None and old[name] == new[after]
        what = "붙임 이름 (attachment name)" if same else "붙임 (attachment)"
        found.append(Change(what, clip(name, _SHOWN), clip(after, _SHOWN), weighty=not same))
    found += [Change("붙임 (attachment)", "", clip(name, _SHOWN), weighty=True) for name in come]
    return _first(found)


def worded(change: Change) -> str:
    """A change in one line: ``마감 5.20 → 5.27 (deadline)``, ``붙임 추가: 안내.pdf (…, added)``."""
    english = _ENGLISH.search(change.what)
    korean = change.what[: english.start()] if english else change.what
    name = english["name"] if english else ""
    if change.before and change.after:
        return f"{korean} {change.before} → {change.after}" + (f" ({name})" if name else "")
    if not (change.before or change.after):
        return change.what  # it says all: the page is gone
    verb, done = ("삭제", "removed") if change.before else ("추가", "added")
    said = ", ".join(filter(None, [name, done]))
    return f"{korean} {verb}: {change.before or change.after} ({said})"


def _first(found: Sequence[Change]) -> tuple[Change, ...]:
    shown = (each for each in found if each.before != each.after)
    return tuple(sorted(shown, key=lambda each: not each.weighty)[:_MOST])


def _call(old: Reading, new: Reading, text: Sequence[Change]) -> Iterator[Change]:
    """A day on one side only is told where the texts bear it out: see ``_is_gone``."""
    was, now = old.call, new.call
    ends, starts = days(_end(was), _end(now)), days(_printed(was.start), _printed(now.start))
    ends = ends[0] or _open_ended(was), ends[1] or _open_ended(now)
    for what, (before, after) in (("마감 (deadline)", ends), ("접수 시작 (opening)", starts)):
        one_sided = _is_gone(before, text, new) if before else _is_gone(after, text, old)
        if (before and after) or one_sided:
            yield Change(what, before, after, weighty=True)
    if was.is_call != now.is_call and text and ends == starts == ("", ""):
        before, after = ("받음" if each.is_call else "" for each in (was, now))
        yield Change("신청 (applications)", before, after, weighty=True)


def _is_gone(printed: str, text: Sequence[Change], other: Reading) -> bool:
    """Whether a day left the text. One that it still prints only was not read to be the one.

    Of one that became another the text itself tells more.
    """
    day = printed.partition(" ")[0]
    became = any(
        each.before and each.after and printed in {each.before, each.after} for each in text
    )
    return bool(text) and not became and Figure(day, "day") not in figures(other.text)


def _end(call: Call) -> Printed | None:
    return Printed(call.end, call.end_clock) if call.end else None


def _printed(day: date | None) -> Printed | None:
    return Printed(day) if day else None


def _open_ended(call: Call) -> str:
    return "상시·소진 시까지" if call.open_ended else ""


def _embargo(old: Embargo | None, new: Embargo | None) -> Iterator[Change]:
    """Weighty where both say something: one site leaves the box out, another prints it."""
    if {each is None or each.immediate for each in (old, new)} == {True}:
        return
    before, after = _lifted(old, new), _lifted(new, old)
    if before != after:
        yield Change("엠바고 (embargo)", before, after, weighty=bool(before and after))


def _lifted(embargo: Embargo | None, other: Embargo | None) -> str:
    """When it is, days as in ``days``."""
    if embargo is None:
        return ""
    against = other or Embargo("")
    online = days(embargo.online, against.online)[0]
    paper = days(_paper(embargo), _paper(against))[0]
    edition = f"{paper} {embargo.paper[1]}" if embargo.paper else ""
    day = days(_printed(embargo.date_only), _printed(against.date_only))[0]
    known = filter(None, [online and f"온라인 {online}", edition, day])
    said = ", ".join(known) or ("즉시" if embargo.immediate else "")
    return clip(" ".join(filter(None, [said, embargo.condition])), _SHOWN)


def _paper(embargo: Embargo) -> Printed | None:
    return Printed(embargo.paper[0]) if embargo.paper else None


def _title(old: str, new: str) -> Iterator[Change]:
    """Weighty where a figure or a word is another; a particle or a day that is left out is not."""
    before, after = titles.bare(old), titles.bare(new)
    one, other = letters(before), letters(after)
    if one == other and figures(before) == figures(after):
        return
    unknown = chain(titles.unknown_words(before, other), titles.unknown_words(after, one))
    weighty = differing(figures(before), figures(after)) is not None or any(
        not word[0].isdecimal() for word in unknown
    )
    yield Change("제목 (title)", *clipped(before, after, _SHOWN), weighty)


def _contacts(old: Sequence[Contact], new: Sequence[Contact]) -> Iterator[Change]:
    """Whom to phone: the same name, else the same phone, else the same office and rank is he.

    A list that is missing as a whole weighs nothing: one site leaves it out.
    """
    gone = [each for each in old if _reach(each) not in map(_reach, new)]
    come = [each for each in new if _reach(each) not in map(_reach, old)]
    for known in (attrgetter("name"), attrgetter("phone"), _office):
        for was in tuple(gone):
            now = next((each for each in come if known(was) and known(was) == known(each)), None)
            if now:
                gone.remove(was)
                come.remove(now)
                yield from _one_contact(was, now)
    if not (old and new):
        before, after = _people(gone), _people(come)
        if before or after:
            yield Change("담당자 (contact)", before, after, weighty=False)
        return
    for was in gone:
        yield Change("담당자 (contact)", _person(was), "", weighty=True)
    for now in come:
        yield Change("담당자 (contact)", "", _person(now), weighty=True)


def _one_contact(was: Contact, now: Contact) -> Iterator[Change]:
    if was.name and now.name and was.name != now.name:
        yield Change("담당자 (contact)", _person(was), _person(now), weighty=True)
    if was.phone and now.phone and was.phone != now.phone:
        who = clip(now.name or now.department or "담당자", _SHOWN)
        yield Change(f"{who} 전화 (phone)", was.phone, now.phone, weighty=True)


def _office(contact: Contact) -> tuple[str, str] | None:
    return (contact.department, contact.rank or "") if contact.department else None


def _person(contact: Contact) -> str:
    """Name and rank, or the office, and the phone where there is no name."""
    who = " ".join(filter(None, [contact.name, contact.rank]))
    known = [contact.department, who] if contact.name else [contact.department, contact.phone]
    return clip(" ".join(filter(None, known)) or who, _SHOWN)


def _people(contacts: Sequence[Contact]) -> str:
    first = _person(contacts[0]) if contacts else ""
    return f"{first} 외 {len(contacts) - 1}명" if len(contacts) > 1 else first


def _publishers(old: Reading, new: Reading) -> Iterator[Change]:
    """Not weighty: of a joint release each site names its own ministry."""
    before, after = _bodies(old), _bodies(new)
    if set(before) != set(after):
        shown = (clip(", ".join(names.values()), _SHOWN) for names in (before, after))
        was, now = shown
        if was != now:
            yield Change("발표 기관 (publishers)", was, now, weighty=False)


def _bodies(reading: Reading) -> dict[str, str]:
    """Registry id → name of the time; the id where the name is not told."""
    names = dict(zip(reading.publishers, reading.named, strict=False))
    known = {each: names.get(each, each) for each in reading.publishers}
    unknown = reading.unknown_publisher
    return known | ({unknown: unknown} if unknown else {})


def _published(old: datetime | None, new: datetime | None) -> Iterator[Change]:
    """The day alone: a page that is put up again gets another hour."""
    before, after = days(_printed(day_of(old)), _printed(day_of(new)))
    if before and after and before != after:
        yield Change("배포일 (published)", before, after, weighty=False)


def _successor(
    name: str, old: Mapping[str, bytes | None], come: Sequence[str], new: Mapping[str, bytes | None]
) -> str:
    """The file that stands in its place: the same bytes, else the same name but for a mark."""
    same = (each for each in come if old[name] is not None and old[name] == new[each])
    alike = (each for each in come if _stem(each) == _stem(name) != "")
    return next(same, None) or next(alike, "")


def _stem(name: str) -> str:
    """A file's name without marks, its ending kept."""
    stem, dot, ending = name.rpartition(".")
    return letters(titles.bare(stem) + dot + ending) if dot else letters(titles.bare(name))
