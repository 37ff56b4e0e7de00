"""The text of somebody's page → filler of the same length and shape, its markup untouched. Pure.

What is written may become a fixture: no sentence of the page is left, and no name, number of a
telephone or address of a person; what a declaration looks for is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import cycle, islice
from urllib.parse import quote, unquote_to_bytes

from service.reading import phones

_VOCABULARY = (
    "것 수 등 및 그 이 때 곳 자료 안내 보기 견본 예시 내용 계획 사업 지원 행사 회의 기관 지역 시장 "
    "기업 제품 분야 과정 의견 결과 방안 기준 업무 점검 교육 관리 개선 확대 준비 참여 보고서 설명회 "
    "안내문 담당자 참가자 계획서 간담회 박람회 기념식 연구소 사업장 전시장 지원사업 견본자료 "
    "예시자료 업무계획 현장점검 설명자료 공동사업 시범운영"
)
_WORDS = {
    length: [word for word in _VOCABULARY.split() if len(word) == length] for length in (1, 2, 3, 4)
}
_LATIN = "loremipsumdolorsitametconsecteturadipiscingelitseddoeiusmodtempor"
_FILES = re.compile(
    "hwpx?|hwpml|pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|txt|csv|odt|mp4|html?|xml", re.IGNORECASE
)
_LONGEST = max(_WORDS)
_TAGS = (  # those in texts: "<특보>" and "<All rights reserved>" are words
    "a|b|body|br|center|dd|div|dl|dt|em|font|h[1-6]|head|hr|html|i|iframe|img|li|meta|ol|p|pre"
    "|script|section|span|strong|style|sub|sup|t[dhr]|table|tbody|tfoot|thead|title|u|ul"
)
_TOKEN = re.compile(
    rf"(?P<kept></?(?:{_TAGS})\b[^<>]*>|<!\[CDATA\[|\]\]>"
    r"|https?://[^\s<>\"']+|&(?:amp;){0,3}#?\w{1,20};)"
    rf"|(?P<phone>{phones.ANY}|(?<!\d)1[3568]\d\d[-. ]\d{{4}}(?!\d))"
    r"|(?P<hangul>[가-힣ㄱ-ㅎㅏ-ㅣ]+)"
    r"|(?P<hanja>[\u3400-\u9fff\uf900-\ufaff]+)"
    r"|(?P<latin>[A-Za-z\u00c0-\u024f]+)",
    re.IGNORECASE,
)
_IN_CODE = re.compile(
    r"(?P<hangul>[가-힣ㄱ-ㅎㅏ-ㅣ]+)"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<escaped>(?:[%\\]u[0-9A-Fa-f]{4})+)"
    r"|(?P<session>;jsessionid=)[^?#\"'&\s]+"
    rf"|(?P<phone>{phones.ANY})"
    r"|(?P<mail>[\w.+-]{1,64}@(?=[a-z][\w-]{0,60}\.))",
    re.ASCII | re.IGNORECASE,
)
_HANGUL = re.compile("[가-힣]")
_DIGIT = re.compile(r"\d")
_UNIT = re.compile(r"([%\\]u)([0-9A-Fa-f]{4})")


class Neutral:
    """Makes text neutral, the same word always the same; one for all pages of a source."""

    def __init__(self, fixed: Iterable[str]) -> None:
        """``fixed``: what a declaration says; the Hangul words in it stay, the Latin ones too."""
        said = " ".join(fixed)
        hangul = set(re.findall("[가-힣]+", said))
        inside = sorted((each for each in hangul if len(each) > 1), key=len, reverse=True)
        self._whole = hangul | set(re.findall("[A-Za-z]{3,}", said))
        self._inside = re.compile(f"({'|'.join(map(re.escape, inside))})") if inside else None
        self._fillers = {
            length: cycle([each for each in words if each not in said] or words)
            for length, words in _WORDS.items()
        }
        self._said: dict[str, str] = {}

    def text(self, text: str) -> str:
        """What people read; markup and addresses in it are left as :meth:`code` leaves them."""
        return _TOKEN.sub(self._token, text)

    def code(self, text: str) -> str:
        """Attributes, addresses, scripts: only the Hangul in them and what names a person."""
        return _IN_CODE.sub(self._in_code, text)

    def _token(self, found: re.Match[str]) -> str:
        match found.lastgroup:
            case "kept":
                return self.code(found[0])
            case "phone":
                return _DIGIT.sub("0", found[0])
            case "hanja":
                return "例" * len(found[0])
            case "latin":
                return self._latin(found)
            case _:
                return self._hangul(found[0])

    def _in_code(self, found: re.Match[str]) -> str:
        match found.lastgroup:
            case "percent":
                return self._percent(found[0])
            case "escaped":
                return self._escaped(found[0])
            case "session":
                return f"{found['session']}0"
            case "phone":
                return _DIGIT.sub("0", found[0])
            case "mail":
                return "someone@"
            case _:
                return self._hangul(found[0])

    def _hangul(self, word: str) -> str:
        if word in self._whole:
            return word
        pieces = self._inside.split(word) if self._inside else [word]
        # Every second piece is one of the words that split it.
        return "".join(
            piece if at % 2 else self._once(piece, self._filler) for at, piece in enumerate(pieces)
        )

    def _latin(self, found: re.Match[str]) -> str:
        word = found[0]
        behind_dot = found.string[max(0, found.start() - 1) : found.start()] == "."
        if len(word) == 1 or word in self._whole or (behind_dot and _FILES.fullmatch(word)):
            return word
        return self._once(word, self._lorem)

    def _once(self, word: str, make: Callable[[str], str]) -> str:
        if word not in self._said:
            self._said[word] = make(word)
        return self._said[word]

    def _filler(self, word: str) -> str:
        made, left = "", len(word)
        while left:
            made += next(self._fillers[min(left, _LONGEST)])
            left = len(word) - len(made)
        return made

    def _lorem(self, word: str) -> str:
        start = len(self._said) % len(_LATIN)
        letters = islice(cycle(_LATIN), start, start + len(word))
        pairs = zip(word, letters, strict=True)
        return "".join(new.upper() if old.isupper() else new for old, new in pairs)

    def _percent(self, written: str) -> str:
        raw = unquote_to_bytes(written)
        for encoding in ("utf-8", "cp949"):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            if _HANGUL.search(text):
                return quote(self._hangul_in(text), safe="", encoding=encoding)
        return written

    def _escaped(self, written: str) -> str:
        units = _UNIT.findall(written)
        text = "".join(chr(int(number, 16)) for _, number in units)
        if not _HANGUL.search(text):
            return written
        new = self._hangul_in(text)
        return "".join(f"{sign}{ord(each):04x}" for (sign, _), each in zip(units, new, strict=True))

    def _hangul_in(self, text: str) -> str:
        return re.sub("[가-힣]+", lambda found: self._hangul(found[0]), text)
