"""A newspaper's page as text, copied from a browser or taken from a feed → the article in it.

Lines are told apart by what they are: furniture goes wherever it stands, the head ends where the
first sentence or photo caption begins, and the article ends where a list of other articles does.
Where that would leave less than half of the sentences, nothing is cut.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from service.model import Printed
from service.reading import bylines
from service.reading.bylines import Credit
from service.reading.clean import clean_line
from service.reading.furniture import (
    heads_other_articles,
    is_claim_of_rights,
    is_furniture,
    is_of_a_newspaper,
    is_section,
)

_BULLET = re.compile(r"^[•·‣▪◦∙*]\s*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)

_CAPTION = re.compile(r"[▲△◀▼]\s?\S|\[?사진(?:=|\])")
_SENTENCE = re.compile(r"[.?!][\"'”’)\]〉》]{0,3}(?: ?[(\[/][^()\[\]]{1,40}[)\]]?)?$")
_LEAST_SENTENCE = 30
_PARAGRAPH = 90  # so long is no headline, however it ends
_LONGEST_HEADLINE = 120
_MOST_SUBTITLES = 8
_FIRST_LINES = 12
_LAST_LINES = 6

_DAY = (
    r"(?P<year>20\d\d)(?:[-./]|년) ?(?P<month>\d{1,2})(?:[-./]|월) ?(?P<day>\d{1,2})(?:일|\.)?"
    r"(?: ?\([월화수목금토일]\))?"
)
_CLOCK = r" {1,2}(?:(?P<half>오전|오후) ?)?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?"
_ACT = r"(?:(?:최초|기사) ?)?(?:입력|등록|승인|송고|발행|작성|게재)(?:시간|일시|일)? ?[:：]? ?"
_CHANGED = r"(?:[ |·/,ㅣ]{0,3}(?:최종 ?)?(?:수정|업데이트).{0,40})?"
_LABELLED = re.compile(rf"{_ACT}{_DAY}(?:{_CLOCK})?{_CHANGED}")
_BARE = re.compile(rf"{_DAY}{_CLOCK}(?: ?(?:송고|입력|등록))?{_CHANGED}")
_SENT = re.compile(rf"(?<!\d){_DAY}{_CLOCK} ?송고$")
_CHANGED_LINE = re.compile(
    rf"(?:최종 ?)?(?:수정|업데이트)(?:시간|일시|일)? ?[:：]? ?{_DAY}(?:{_CLOCK})?"
)

_MARK = (
    r"(?:속보|단독|종합|포토|사진|영상|그래픽|인사|부고|동정|신간|인터뷰|르포|사설|칼럼|기고|전문"
    r"|(?:종합)? ?\d{1,2}보|단독 ?인터뷰|이슈|특징주|오늘의 ?운세)"
)
_MARKED = rf"(?:\[ ?{_MARK} ?\]|< ?{_MARK} ?>|〈 ?{_MARK} ?〉|【 ?{_MARK} ?】|\( ?{_MARK} ?\))"
_TITLE_MARKS = re.compile(rf"^(?:{_MARKED} ?){{1,5}}|(?: ?{_MARKED}){{1,5}}$")

_RELEASE = re.compile(
    r"(?:보도 ?(?:자료|참고 ?자료|설명 ?자료|시점|일시)|(?:참고|설명|해명) ?자료"
    r"|배포 ?(?:일시|시점|즉시)|담당 ?(?:부서|자|과)|책임 ?자)(?![가-힣])"
    r"|이 (?:보도)?자료는"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """An article in its parts. ``title`` keeps its marks ([속보], (종합)).

    ``byline``: reporters' names without their rank, joined by commas. ``published`` is as printed
    behind 입력 or the like, in Asia/Seoul; a page's own date or the time of a change is not it.
    """

    title: str
    subtitles: tuple[str, ...]
    byline: str | None
    outlet: str | None
    published: Printed | None
    body: str


def looks_like_news(text: str) -> bool:
    """Whether the text is a newspaper's article: it bears the marks of one, and none of a release.

    An article without byline, time, notice and buttons, text alone, is not recognised.
    """
    lines = [line for line in _lines(text) if line]
    first, last = lines[:_FIRST_LINES], lines[-_LAST_LINES:]
    if any(map(_RELEASE.match, (_unmarked(line) for line in lines))):
        return False
    signed = any(_credited(line) for line in first) or any(
        (credit := bylines.alone(line)) and credit.names for line in last
    )
    timed = any(map(_LABELLED.fullmatch, first)) or any(map(_SENT.search, last))
    return signed or timed or any(map(is_of_a_newspaper, map(_unmarked, lines)))


def take_apart(text: str, title: str | None) -> Piece:
    """The article in ``text``. ``title`` where it is known from elsewhere, else the first line."""
    lines = _lines(text)
    kept = [line for line in lines if not _is_clutter(line) or heads_other_articles(line)]
    start = next((i for i, line in enumerate(kept) if _begins_text(line)), None)
    if start is None:  # a flash of one line, or nothing but furniture
        start = min(1, len(kept)) if title is None else 0
    end = start + _length(kept[start:])
    known, subtitles, named = _head(kept[:start], title)
    body, credit = _body(kept[start:end])
    if _prose(body) * 2 < _prose(lines):
        body = [line for line in lines if line != known]
    return Piece(
        title=known,
        subtitles=subtitles,
        byline=credit.names or named,
        outlet=credit.outlet or _claimed(lines),
        published=_published(kept[:end]),
        body=re.sub(r"\n{3,}", "\n\n", "\n".join(body)).strip(),
    )


def bare_title(title: str) -> str:
    """The title for comparison: without marks such as [속보] or (종합2보)."""
    line = _line(title)
    return _TITLE_MARKS.sub("", line).strip() or line


def _head(lines: Sequence[str], title: str | None) -> tuple[str, tuple[str, ...], str | None]:
    """What stands above the text: title, subtitles, and who is named on a line of their own."""
    headlines: list[str] = []
    names = None
    for line in map(_unmarked, filter(None, lines)):
        if is_furniture(line):  # 댓글 is a button here, below the text it heads a list
            continue
        credit = bylines.alone(line)
        if credit:
            names = names or credit.names
        elif not (_is_time(line) or is_section(line) or len(line) > _LONGEST_HEADLINE):
            headlines.append(line)
    known = _line(title or "") or next(iter(headlines), "")
    others = dict.fromkeys(line for line in headlines if not _same(line, known))
    return known, tuple(others)[:_MOST_SUBTITLES], names


def _lines(text: str) -> list[str]:
    """Lines with single blanks, the cells of a table row still apart by tabs."""
    return [
        "\t".join(map(_line, line.split("\t"))).strip()
        for line in re.split(r"\r\n?|[\n\v\f\x85\u2028\u2029]", text)
    ]


def _line(written: str) -> str:
    """One line with single blanks; entities that a feed escaped twice are resolved."""
    for _ in range(2):
        if _ENTITY.search(written):
            written = html.unescape(written)
    return clean_line(written)


def _is_clutter(line: str) -> bool:
    return bool(line) and is_furniture(_unmarked(line))


def _unmarked(line: str) -> str:
    return _BULLET.sub("", line)


def _same(one: str, other: str) -> bool:
    """Whether two headlines differ in quotation marks, blanks or marks only."""
    return _letters(bare_title(one)) == _letters(bare_title(other))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _begins_text(line: str) -> bool:
    credit = bylines.before(line)
    return bool(
        (credit and (credit.names or credit.dateline or len(line) - credit.end >= _LEAST_SENTENCE))
        or _is_prose(line)
        or _CAPTION.match(line)
    )


def _is_prose(line: str) -> bool:
    return len(line) >= _PARAGRAPH or (
        len(line) >= _LEAST_SENTENCE and _SENTENCE.search(line) is not None
    )


def _prose(lines: Iterable[str]) -> int:
    """How many characters stand in sentences; what stands twice counts once."""
    return sum(map(_prose_length, set(lines)))


def _prose_length(line: str) -> int:
    return len(line) if _is_prose(line) else 0


def _body(lines: Sequence[str]) -> tuple[list[str], Credit]:
    """The paragraphs without credits, times and repetitions; and what the credits say."""
    body: list[str] = []
    seen: set[str] = set()
    credits_found: list[Credit] = []
    for line in lines:
        if _is_clutter(line):
            continue
        credit = bylines.alone(line) or (bylines.before(line) if len(seen) < _FIRST_LINES else None)
        if credit:
            credits_found.append(credit)
        rest = line[credit.end :].strip() if credit else line
        if (rest and _is_time(rest)) or (len(rest) >= _LEAST_SENTENCE and rest in seen):
            continue  # a photo's caption stands twice: as its description and below it
        body += [rest] if rest or not credit else []
        seen.add(rest)
    names = next((credit.names for credit in credits_found if credit.names), None)
    outlet = next((credit.outlet for credit in credits_found if credit.outlet), None)
    return body, Credit(names, outlet, 0)


def _length(lines: Sequence[str]) -> int:
    """How many lines the article has; a list of others in its midst does not end it."""
    whole, before = sum(map(_prose_length, lines)), 0
    for number, line in enumerate(lines):
        if heads_other_articles(_unmarked(line)) and before * 2 >= whole:
            return number
        before += _prose_length(line)
    return len(lines)


def _credited(line: str) -> bool:
    credit = bylines.before(line) or bylines.alone(line)
    return credit is not None and bool(credit.names)


def _claimed(lines: Iterable[str]) -> str | None:
    """The outlet that claims the rights, or None."""
    return next(
        filter(None, (bylines.outlet_in(line) for line in lines if is_claim_of_rights(line))), None
    )


def _is_time(line: str) -> bool:
    return any(p.fullmatch(line) for p in (_LABELLED, _BARE, _CHANGED_LINE))


def _published(lines: Sequence[str]) -> Printed | None:
    """The first labelled time, else one that stands alone, else the one before 송고 at the end."""
    short = [line for line in lines if 0 < len(line) <= _LONGEST_HEADLINE]
    for search in (_LABELLED.match, _BARE.fullmatch, _SENT.search):
        found = (_printed(match) for line in short if (match := search(line)))
        if printed := next(filter(None, found), None):
            return printed
    return None


def _printed(match: re.Match[str]) -> Printed | None:
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    if match["hour"] is None:
        return Printed(day)
    half, hour = match["half"], int(match["hour"])
    if half:
        hour = hour % 12 + (12 if half == "오후" else 0)
    try:
        return Printed(day, f"{time(hour, int(match['minute'])):%H:%M}")
    except ValueError:
        return Printed(day)
