"""The release-time box of a document: the words of its values, wherever a parser put them.

The box is two labels with their values (보도시점, 배포), or one sentence above the title (…부터
보도하여 주시기 바랍니다). Its cells come in any order out of a PDF, so a value is told by what it
looks like. The body is never read: nothing there says when a release may be published.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from service.reading.times import stamps

_HEAD = 4000
"""Where the box can stand at the latest: some PDFs give it after the first page's body."""
_FORMULA_HEAD = 1500
_LONGEST = 300
_LONGEST_EVENT = 40
_RELEASE = re.compile(
    r"(?:보\s{0,3}도\s{0,3}(?:가능\s{0,2})?(?:시\s{0,3}(?:점|기|간)|일\s{0,3}시)"
    r"|엠\s?바\s?고(?!\s{0,2}주의))(?![은는이을를의에과와도로])"
)
_GIVEN = re.compile(
    r"(?:배\s{0,3}포|제\s{0,3}공)\s{0,3}일(?:\s{0,2}시|자)?|자료\s?배포"
    r"|배\s{0,3}포(?![ ]{0,3}[가-힣]|\s{0,3}(?:즉시|후|시점))"
)
_OTHER = re.compile(r"담\s?당\s{0,3}(?:부\s?서|자|과\s?장)|책\s?임\s?자|페이지|문의")
FORMULA = re.compile(
    r"(?:부터|이후|즉시|조간|석간)[^\n]{0,15}?"
    r"보도(?:하여\s?주|해\s?(?:주|도)|하시|하실|할 수|\s?가능|\s?바랍|\s?요청|\s?자제)"
    r"|(?:[시분0-9]|조간|석간)\)?\s?(?:부터|이후)(?:에)?\s?보도(?:[\s.)]|$)"
)

# What a release time is told by.
IMMEDIATE = re.compile(r"즉\s?시|배포\s{0,2}(?:시점|시(?![가-힣])|후|와)|없\s?음")
EDITION = re.compile(
    r"(?:(?P<weekday>[월화수목금토일])요일\s?|(?P<day>[0-9]{1,2})일\s?(?:\([월화수목금토일]\))?\s?"
    r"|(?P<next>익일|다음\s?날)\s?)?(?P<edition>조|석)\s?간"
)
PAPER = re.compile(r"지\s{0,3}면|신\s?문")
ONLINE = re.compile(r"온라인|인터넷|방송|통신|누리(?:망|집)|매체")
CLOCK = re.compile(
    r"(?:(?:오전|오후|낮|밤|새벽)\s?)?(?:[0-9]{1,2}\s?[:：]\s?[0-9]{2}|[0-9]{1,2}\s?시(?!간))|정오"
)
CONDITION = re.compile(
    r"(?:의결|통과|종료|시작|발표|개최|개시|공표|체결|서명|확정|공고|공지|상정|선고|처리|개회|개막|폐회"
    r"|착수|회의|브리핑|행사|도착)\s{0,2}(?:시까지|시점|시(?![가-힣간])|직후|이후|후(?!보))"
)
_DAY = re.compile(r"[0-9]{1,2}\s?[.월]")
WORDS = (
    r"조\s?간|석\s?간|온라인|인터넷|지\s{0,3}면|신문|방송|통신사?|누리(?:망|집)|(?:전|모든)?\s?매체"
    r"|즉시|배\s?포|보도|가능|사용|이후|부터|까지|시점|엠바고|없음|낮|정오|자정|오[전후]|주말|주의"
    r"|[월화수목금토일]요일|[(（][화수목금토일][)）]|익일|다음\s?날"
    r"|하여|해|주시기|바랍니다|바람|합니다|[시분일월년후및는은용]"
)
"""A pattern for the words that values are made of."""
_VOCABULARY = re.compile(rf"{WORDS}|[^가-힣A-Za-z]")
_MARKS = re.compile(r"^[\s:：/|]*(?:>[\s:<]*)?|[\s:：/|]*(?:>?\s?<)?[\s/|]*$")
"""What stands between cells."""


@dataclass(frozen=True, slots=True)
class Box:
    """The values of both labels, ``""`` where one is not there.

    ``words``: the release time's value with its label, in the order they are printed in.
    """

    release: str
    given: str
    words: str


def box(text: str) -> Box | None:
    """The box by its labels, else the sentence that asks for a time, else the distribution only."""
    head = text[:_HEAD]
    for label in _RELEASE.finditer(head):
        found = _labelled(head, label)
        if _tells(found.release):
            return found
    formula = _formula(head[:_FORMULA_HEAD])
    given = next((one for one in _GIVEN.finditer(head) if _starts_cell(head, one.start())), None)
    after = _value(head, given.end()) if given else ""
    return Box(formula, after, formula) if formula or after else None


def _labelled(head: str, label: re.Match[str]) -> Box:
    """The values of a box whose release label stands here, whatever the order of its cells."""
    after = _value(head, label.end())
    before = _value_before(head, label.start())
    given = _GIVEN.search(head, label.end(), label.end() + _LONGEST)
    if given and _words(head[label.end() : given.start()]) != _words(after):
        given = None  # something else stands between: that 배포 is not the box's
    handed = _value(head, given.end()) if given else ""
    if given and after and before and not handed:
        return Box(before, after, f"{before} {label[0]}")  # each value stands before its label
    if not _tells(after):
        if _tells(before):
            return Box(before, handed, f"{before} {label[0]}")
        after, handed = _split_off_last(handed)
    elif _tells(before) and PAPER.search(after) and ONLINE.search(before):
        # The label stands in the middle of its two lines.
        return Box(f"{before}\n{after}", handed, f"{before} {label[0]} {after}")
    return Box(after, handed, f"{label[0]} {after}")


def _value(head: str, start: int) -> str:
    """What stands behind a label: the rest of its line, and the lines below that look like times.

    The next label ends it.
    """
    region = head[start : start + _LONGEST]
    ends = [match.start() for rule in (_RELEASE, _GIVEN, _OTHER) if (match := rule.search(region))]
    first, *below = region[: min(ends, default=len(region))].split("\n")
    lines = [first] if _words(first) else []
    for line in below:
        if not _words(line):
            continue
        event = not lines and len(line) < _LONGEST_EVENT and CONDITION.search(line)
        if not (event or _looks_like_time(line)) or len(lines) > 3:  # noqa: PLR2004
            break
        lines.append(line)
    return _MARKS.sub("", "\n".join(lines))


def _value_before(head: str, end: int) -> str:
    """The lines above a label that look like times, the nearest two at most."""
    lines: list[str] = []
    for line in reversed(head[max(0, end - _LONGEST) : end].split("\n")):
        if _words(line):
            if not _looks_like_time(line) or _GIVEN.search(line) or len(lines) > 1:
                break
            lines.insert(0, line)
    return "\n".join(lines).strip()


def _split_off_last(value: str) -> tuple[str, str]:
    """Both values stood behind both labels: the last date is the distribution's."""
    found = stamps(flat(value), date(2000, 1, 1))
    if len(found) + len(IMMEDIATE.findall(value)) < 2:  # noqa: PLR2004
        return value, ""
    start = found[-1].span[0] if found else len(value)
    return value[:start].strip(), value[start:].strip()


def _formula(head: str) -> str:
    """The line that asks to publish from a time on, with a bracketed line below it."""
    lines = [line for line in head.split("\n") if _words(line)]
    for number, line in enumerate(lines):
        if len(line) <= _LONGEST and FORMULA.search(line) and _tells(line):
            below = lines[number + 1 : number + 2]
            more = [one for one in below if one.lstrip()[:1] in "(※<" and _timed(one)]
            return "\n".join([line, *more])
        if _looks_like_time(line) and _timed(line) and (PAPER.search(line) or ONLINE.search(line)):
            return line
    return ""


def _starts_cell(head: str, start: int) -> bool:
    line = head[head.rfind("\n", 0, start) + 1 : start]
    return not _words(line) or line.rstrip(" <").endswith(("\t", "/", "|", ">"))


def _looks_like_time(line: str) -> bool:
    """Whether a line holds nothing but times, media and the box's own words."""
    if len(line) > _LONGEST:
        return False
    return not _VOCABULARY.sub("", line) or (
        CONDITION.search(line) is not None and line.strip()[:1] in {"(", "<", "["}
    )


def _tells(value: str) -> bool:
    """Whether a value says anything about a time."""
    rules = (IMMEDIATE, EDITION, CLOCK, CONDITION, _DAY)
    return any(rule.search(value) for rule in rules)


def _timed(value: str) -> bool:
    return any(rule.search(value) for rule in (EDITION, CLOCK))


def _words(value: str) -> str:
    return re.sub(r"[\W_]+", "", value)


def flat(value: str) -> str:
    """One line, cell marks blank, so that a date and its clock on two lines are one."""
    return re.sub(r"[\s<>]+", " ", value)
