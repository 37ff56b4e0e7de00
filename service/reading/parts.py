"""Which lines of a release are its furniture: letterhead, release-time box, contacts, notices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from service.reading import phones
from service.reading.box import FORMULA, WORDS
from service.reading.mend import Line


class Part(Enum):
    """What a line belongs to."""

    TEXT = auto()
    LETTERHEAD = auto()
    BOX = auto()
    CONTACTS = auto()
    NOTICE = auto()


PHONE = re.compile(phones.OFFICE)
_REACH = re.compile(PHONE.pattern + r"|[A-Za-z0-9._-]{1,40}@[A-Za-z0-9-]{1,40}\.")
_RANK = re.compile(
    r"(?:과|국|실|팀|단|부|계|소|원|청|처|관|센터|차|본부|사무국)\s?장(?![가-힣])|담당관|심의관|전문관|조정관"
    r"|서\s?기\s?관|사\s?무\s?관|주\s?무\s?관|연\s?구\s?[관사원]|지도[관사]|사무원|행정관|검사|교수"
    r"|경[감정위사장]|총경|중령|소령|대령|소\s?방[경위장령]|[책선전]임|대리|주임|차관보|담당자|책임자"
)
_SECTION = r"담\s{0,2}당\s{0,3}(?:부\s{0,2}서|과\s{0,2}장|자)|책\s{0,2}임\s{0,2}자"
_CONTACT_LABEL = re.compile(rf"[\s<\[(□ㅇ○*]{{0,3}}(?:{_SECTION})(?:[\s:：)>\]]|$)")
_IN_TABLE = re.compile(rf"(?:^|[\s:])(?:{_SECTION})(?:[\s:：]|$)")
_ASKING = re.compile(
    r"[\s*※□○ㅇ▣■◎【<(\[-]{0,4}(?:문\s{0,3}의(?:\s?처|\s?전화)?|담당자?|소관\s?부서|연락처|자료\s?문의)"
    r"\s?[】>)\]]?\s?[.:：\s]"
)
_GROUP_LABEL = re.compile(r"[<〈【\[][^<>〈〉【】\[\]]{1,40}[>〉】\]]$")
_CLOSING = re.compile(
    r"이\s?(?:보도|설명|해명|참고|보도참고)?\s?자료(?:와|에|의|\s)[^\n]{0,20}?(?:관련|대하|대한|대해|문의|내용)"
)
_CLOSED = re.compile(r"(?:바랍니다|바람|주십시오|주세요)\.?\W{0,3}$")
_BOX_LABEL = re.compile(
    r"(?:보\s{0,3}도\s{0,3}(?:가능\s?)?(?:시\s{0,3}[점기]|일\s{0,3}시)|배\s{0,3}포\s{0,3}일(?:\s{0,3}시)?)"
    r"(?![은는이을를의에가-힣])"
)
_EMBARGO = re.compile(r"엠\s?바\s?고")
_BOX_WORDS = re.compile(WORDS)
_LETTERHEAD = re.compile(
    r"(?:[가-힣·]{2,22})?(?:보도|참고|설명|해명|동정|브리핑|공동|합동|정정|취재|발표|홍보)\s?자료"
    r"|(?:PRESS|NEWS)\s?RELEASE",
    re.IGNORECASE,
)
_EXACT_LETTERHEAD = re.compile(
    r"(?:공동|합동|관계부처합동)?(?:보도|보도참고|참고|보도설명|설명|보도해명|해명|동정)자료"
)
_NOTICE = re.compile(
    r"\W{0,4}(?:본|이|해당)?\s?(?:공공저작물|저작물|자료|보도자료|게시물)[은는][^\n]{0,60}(?:공공누리|저작권법)"
    r"|\W{0,4}공공누리\s?(?:공공저작물\s?자유이용|제\s?[0-4]\s?유형\W*$|\W*$)"
    r"|\W{0,4}공공저작물\s?자유이용\s?허락\W*$|\W{0,4}출처표시(?:\s?[+,]\s?(?:상업적|변경)[^\n]{0,30})?\W*$"
)
_ANNEX = re.compile(
    r"(?:참\s{0,2}고|[\s<\[【(□■◇▣]{0,3}(?:붙\s{0,2}임|별\s{0,2}첨|참\s{0,2}고(?=\s?\d)|별\s{0,2}지|첨\s{0,2}부))"
    r"\s{0,2}(?:자료\s?)?[0-9①-⑩Ⅰ-Ⅹ]{0,2}(?:-\d)?(?:[\s>\])】.:｜|]|$)"
)
_LONGEST_CELL, _LONGEST_RANK = 62, 14
"""Of a line that can be one cell or person of a contact table, in columns; of a rank's cell."""
_LONGEST_ROW, _LONGEST_VALUE, _LONGEST_HEADING = 150, 80, 120
"""In columns: of a row of a table or box, of a value alone, of the heading of an annex."""
_LONGEST_LETTERHEAD = 26
_BOX_REACH = 4
_CELLS_BETWEEN = 9
_FIRST_LINES = 40


def sort_out(found: Sequence[Line]) -> list[Part]:
    """The part of each line. An empty line has the part of what surrounds it, or is TEXT."""
    parts = [_alone(line) for line in found]
    _mark_box(found, parts)
    for start, stop in (*_tables(found), *_closings(found)):
        parts[start:stop] = [Part.CONTACTS] * (stop - start)
    return parts


def _is_letterhead(text: str) -> bool:
    """The words on a release's head: 보도자료 with or without a ministry's name."""
    bare = re.sub(r"[^0-9A-Za-z가-힣·]", "", text[:60])
    return len(bare) <= _LONGEST_LETTERHEAD and _LETTERHEAD.fullmatch(bare) is not None


def is_annex(line: Line) -> bool:
    """A heading such as 붙임 1, not the list of what is attached."""
    listed = line.text.rstrip().endswith(("끝.", "끝", "1부.", "각 1부.")) or ":" in line.text[:8]
    return _ANNEX.match(line.text) is not None and line.width <= _LONGEST_HEADING and not listed


def asks_to_phone(line: Line) -> bool:
    """A line of its own that names an office or official with a phone (문의: …)."""
    return (
        _ASKING.match(line.text) is not None
        and line.width <= _LONGEST_ROW
        and PHONE.search(line.text) is not None
    )


def _alone(line: Line) -> Part:
    """What a line is by itself."""
    if not line.text:
        return Part.TEXT
    if _NOTICE.match(line.text) and line.width <= _LONGEST_ROW:
        return Part.NOTICE
    bare = re.sub(r"\W", "", line.text[:60])
    if _EXACT_LETTERHEAD.fullmatch(bare):
        return Part.LETTERHEAD
    return Part.CONTACTS if asks_to_phone(line) else Part.TEXT


def _mark_box(found: Sequence[Line], parts: list[Part]) -> None:
    """Lines with a label and a time, and the values on the lines after a label."""
    reach = 0
    for at, line in enumerate(found):
        if not line.text:
            continue
        if _opens_box(line, early=at < _FIRST_LINES):
            parts[at] = Part.BOX
            reach = _BOX_REACH
        elif reach and _is_value(line):
            parts[at] = Part.BOX
            reach -= 1
        else:
            reach = 0
            if parts[at] is Part.TEXT and at < _FIRST_LINES and _is_letterhead(line.text):
                parts[at] = Part.LETTERHEAD


def _opens_box(line: Line, *, early: bool) -> bool:
    label = _BOX_LABEL.search(line.text[:60])
    if label and line.width <= _LONGEST_ROW and not line.text.endswith("다."):
        value = line.text[label.end() :].strip(" \t:：<>|")
        return not value or re.search(r"\d|즉시|배포", value) is not None
    if early and line.width <= _LONGEST_ROW and FORMULA.search(line.text):
        return True
    return early and line.width <= _LONGEST_ROW and _EMBARGO.search(line.text[:40]) is not None


def _is_value(line: Line) -> bool:
    """Days, clocks, editions and media, and nothing said of anything else."""
    left, told = _BOX_WORDS.subn("", line.text[:_LONGEST_VALUE])
    return (
        line.width <= _LONGEST_VALUE
        and re.search(r"[가-힣A-Za-z]{2}", left) is None
        and (told > 0 or re.search(r"\d{1,2}\s?[.:]\s?\d{1,2}", left) is not None)
    )


def _tables(found: Sequence[Line]) -> list[tuple[int, int]]:
    """Spans of contact tables: from the first label or phone to the last, cells in any order."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(found):
        if not _anchors(found[at]):
            at += 1
            continue
        stop = _table_end(found, at)
        if any(_REACH.search(line.text) for line in found[at:stop]):
            floor = spans[-1][1] if spans else 0
            spans.append((_with_labels(found, at, floor), stop))
        at = max(stop, at + 1)
    return spans


def _anchors(line: Line) -> bool:
    """Whether a contact table can begin with a line."""
    if not line.text or line.width > _LONGEST_ROW:
        return False
    if _CONTACT_LABEL.match(line.text):
        return True
    if not PHONE.search(line.text):
        return _IN_TABLE.search(line.text) is not None and _BOX_LABEL.search(line.text) is not None
    cells = line.text.split("\t")
    if len(cells) > 1:
        return any(_RANK.search(cell) and len(cell) <= _LONGEST_RANK for cell in cells)
    if _IN_TABLE.search(line.text):
        return True
    return line.width <= _LONGEST_CELL and _RANK.search(line.text) is not None


def _table_end(found: Sequence[Line], start: int) -> int:
    """Behind the last line with a phone or rank that still belongs to the table."""
    stop, cells = start + 1, 0
    for at in range(start + 1, len(found)):
        line = found[at]
        if not line.text:
            continue
        label = _GROUP_LABEL.match(line.text) is not None
        if not label and (line.width > _LONGEST_ROW or is_annex(line) or line.text.endswith("다.")):
            break
        if _REACH.search(line.text) or _anchors(line) or _ranked(line):
            stop, cells = at + 1, 0
        elif not label and (line.width > _LONGEST_CELL or line.bullet):
            break
        cells += 1
        if cells > _CELLS_BETWEEN:
            break
    return stop


def _ranked(line: Line) -> bool:
    """A cell with a rank and perhaps a name; a title that names an official says more."""
    said = re.sub(r"\W", "", line.text[:_LONGEST_CELL])
    return len(said) <= _LONGEST_RANK and _RANK.search(line.text) is not None


def _with_labels(found: Sequence[Line], start: int, floor: int) -> int:
    """With what stands right above: a label such as <총괄>."""
    at = start
    while at > floor and (not found[at - 1].text or _GROUP_LABEL.match(found[at - 1].text)):
        at -= 1
        if found[at].text:
            start = at
    return start


def _closings(found: Sequence[Line]) -> list[tuple[int, int]]:
    """Spans of the sentence that names whom to phone, over at most six lines."""
    spans = []
    for at, line in enumerate(found):
        if not _CLOSING.match(line.text.lstrip("※*□ㅇ -")):
            continue
        for end in range(at, min(at + 12, len(found))):
            if _CLOSED.search(found[end].text[-20:]):
                spans.append((at, end + 1))
                break
    return spans
