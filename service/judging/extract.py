"""What an announcement announces, in its own first sentences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import dropwhile, islice

from service.judging.letters import letters
from service.model import Reading
from service.reading.clean import clean_line

_MOST = 240
_TEASER = 200
_LOOKED_AT = 5  # sentences: further down it is no longer announced
_READ = 4000  # characters of a text: what is announced stands at its beginning
_SAME = 0.5
_SHORTEST = 15  # letters of the first sentence: below it somebody greets

_BULLET = re.compile(r"^(?:[□■○●◦◎◇◆❍❏▪•·ㅇㅁ]|[oO0](?=\s))\s{0,3}")
# …을 폐지하고, of which the rest stands in the next line.
_BROKEN = re.compile(r"(?:[가-힣)’”」][은는을를며]|[하되]고|도록|위해|위하여|및)[ ]{0,2},?$|,$")
# Points in one line with the text: ….ㅇ 국민 …
_POINT = re.compile(r"(?=[□■])|(?<=[.])(?=[ㅇ○❍])")
# Notes, sub-headings between dashes, boxes, rows of tables: they say nothing by themselves.
_ASIDE = re.compile(
    r"[*※✓✔▴→>\-–—―<〈＜【\[△▲▶☞☎#|]|[(（][^()（）\n]{1,30}[)）]\s{0,3}$|\d{1,2}[.)]\s(?!\d)"
)
_END = re.compile(r"(?<=[가-힣)])[.!?][\"'”’)」]{0,2}(?=\s|$)")
_FINISHED = re.compile(r"[다요까오죠음함임됨](?:\([^()]{1,40}\))?[.!?][\"'”’)」]{0,2}$")
_LEADS_ON = re.compile(
    r"(?:첨부|붙임|별첨|원문|파일)[^\n]{0,60}(?:참고|참조|확인|바랍니다)"
    r"|보도\s?(?:참고|설명|해명)?\s?자료(?:의)?\s?(?:내용)?입니다"
)
# Of a clarification what the press said comes first; ours stands under such a heading.
_OUR_SIDE = re.compile(r"(?m)^[^\n]{0,20}(?:설명|해명|반박|입장|사실\s?관계)[^\n.]{0,10}$")
# Who announces stands there with the name of its head: 중소벤처기업부(장관 …)는.
_ANNOUNCER = re.compile(
    r"[(（][^()（）\n]{0,15}(?:장관|총리|[청처원실]장|위원장|이사장|본부장|총장)[^()（）\n]{1,30}[)）]"
)
# Lines that a site puts over the text: > 9일 설명회 개최
_OVER = re.compile(r"(?m)^[ \t]{0,3}[>\-–—][>\-–— ]{0,3}(?=[^\s【])(?P<said>[^\n\t]{8,200})$")


def extract(said: Reading, teaser: str = "") -> str:
    """The first two sentences that say what is announced, in one line; at most 240 characters.

    The second is left out where it does not fit. Where there is no sentence, what stands over the
    text, else the ``teaser``. Of news the teaser alone, at most 200 characters. Empty where nothing
    but the title would be left.
    """
    given = clean_line(teaser[:_READ])
    if said.kind == "news":
        return _cut(given or clean_line(said.text[:_READ]), _TEASER)
    text = _POINT.sub("\n", said.text[:_READ])
    if said.kind == "rebuttal" and (ours := _OUR_SIDE.search(text)):
        text = text[ours.end() :]
    heads = {letters(each) for each in (said.title, *said.subtitles)}
    told = dropwhile(lambda each: len(letters(each)) < _SHORTEST, _sentences(text, heads))
    sentences = list(islice(told, _LOOKED_AT))
    found = _announcing(sentences, said.title) if sentences else ""
    found = found or _over(said, text) or given
    return "" if letters(found) in {letters(said.title), ""} else _cut(found, _MOST)


def _announcing(sentences: Sequence[str], title: str) -> str:
    """The first two, or those from the one that names who announces, where others lead up to it.

    What says the title again in other words announces itself.
    """
    found = _fitting(sentences)
    if _ANNOUNCER.search(found) or _share(title, sentences[0]) > _SAME:
        return found
    named = (at for at, each in enumerate(sentences) if _ANNOUNCER.search(each))
    return _fitting(sentences[next(named, 0) :])


def _share(title: str, sentence: str) -> float:
    """How much of the title's pairs of letters a sentence has, 0 to 1."""
    plain, told = letters(title), letters(sentence)
    pairs = {plain[at : at + 2] for at in range(len(plain) - 1)}
    return sum(pair in told for pair in pairs) / max(1, len(pairs))


def _fitting(sentences: Sequence[str]) -> str:
    """The first of them, and the second where both fit."""
    both = " ".join(sentences[:2])
    return both if len(both) <= _MOST else sentences[0]


def _sentences(text: str, heads: Collection[str]) -> Iterator[str]:
    """Whole sentences of the body, in order, without the title and what stands under it."""
    for line in _paragraphs(text, heads):
        start = 0
        for end in _END.finditer(line):
            sentence = line[start : end.end()].strip()
            if _is_told(sentence, heads):
                yield clean_line(sentence)
            start = end.end()


def _paragraphs(text: str, heads: Collection[str]) -> Iterator[str]:
    """Lines of the body without their bullets; one that was broken at the paper's edge whole."""
    begun = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        if "\t" in line or _ASIDE.match(line) or letters(line) in heads:
            continue
        bullet = _BULLET.match(line)
        whole = line[bullet.end() :] if bullet else f"{begun} {line}".lstrip()
        begun = whole if _BROKEN.search(whole) else ""
        if not begun:
            yield whole


def _is_told(sentence: str, heads: Collection[str]) -> bool:
    finished = _FINISHED.search(sentence) is not None and letters(sentence) not in heads
    return finished and not _LEADS_ON.search(sentence)


def _over(said: Reading, text: str) -> str:
    """What stands over a text that says nothing in sentences, else its first points."""
    lines = [*said.subtitles] or [found["said"].rstrip(" -–—") for found in _OVER.finditer(text)]
    if not lines:
        lines = [_BULLET.sub("", each) for each in text.split("\n") if _BULLET.match(each)][:2]
    return " · ".join(clean_line(each) for each in lines if not _LEADS_ON.search(each))


def _cut(text: str, most: int) -> str:
    """At a blank where one is near."""
    if len(text) <= most:
        return text
    blank = text.rfind(" ", most // 2, most)
    return f"{text[: blank if blank > 0 else most - 1]}…"
