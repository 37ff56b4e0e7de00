"""Who wrote an article, as newspapers print it: before the first sentence or on a line of its own.

::

    (세종=연합뉴스) 홍길동 기자 = …      이투데이=홍길동 기자 | …       [파이낸셜뉴스] …
    [서울=뉴시스]홍길동 기자 = …         아시아투데이 홍길동 기자 = …    [이데일리 홍길동 기자] …
    홍길동 기자 hong@paper.example      순천, 광양 홍길동 기자          홍길동 기자 외 1명
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROLE = (
    r"(?:(?:선임|수습|인턴|객원|시민|[가-힣]{0,5}전문) ?)?기자|[가-힣]{0,5} ?특파원"
    r"|통신원|논설위원|에디터"
)
_NAMES = r"[가-힣]{2,4}(?:(?:, ?|[ ·])[가-힣]{2,4}){0,4}"
_WHO = rf"(?P<who>{_NAMES}) ?(?:{_ROLE})(?: ?외 ?\d{{1,2}}명)?"
_MAIL = r"[\w.+-]{1,40}@[\w.-]{3,40}"
_OUTLET = (
    r"(?P<outlet>[가-힣A-Za-z0-9]{0,10}(?:뉴스\d{0,2}|뉴시스|뉴스핌|일보|신문|경제|통신|데일리"
    r"|투데이|타임스|방송|TV|미디어|저널|닷컴|비즈|경향|한겨레|매경|한경|포스트))"
)
_ANY_OUTLET = r"(?:[A-Z]{2,6} ?/ ?)?(?P<outlet>[가-힣A-Za-z0-9]{2,12})"
_PLACE = r"[가-힣·,/ ]{1,20}"
_SIGNED = rf"{_WHO}(?: ?\(?{_MAIL}\)?)? ?[=|] ?"
_PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[(\[【]{_PLACE}= ?{_ANY_OUTLET}[)\]】] ?(?:{_SIGNED})?",
        rf"[(\[]{_OUTLET}[)\]] ?(?:{_SIGNED})?",
        rf"[(\[]{_OUTLET} ?[=|·]? ?(?:{_PLACE}= ?)?{_WHO}[)\]] ?",
        rf"{_OUTLET} ?[= ] ?{_WHO} ?[=|] ?",
        rf"(?:{_PLACE}= ?)?{_SIGNED}",
    )
)
_BEFORE_NAMES = rf"(?:{_OUTLET}[ =|] ?|{_PLACE}= ?|(?:[가-힣]{{1,6}}, ?){{1,3}}[가-힣]{{1,6}} )?"
_ALONE = re.compile(rf"(?:{_MAIL} ?)?[/=|■◇]? ?{_BEFORE_NAMES}{_WHO}(?: ?[|/·,(]? ?{_MAIL}\)?)?")
_RANK_WORD = re.compile(r"선임|수습|인턴|객원|시민|[가-힣]{0,5}전문")
_OUTLET_WORD = re.compile(rf"(?<![가-힣A-Za-z0-9]){_OUTLET}(?![가-힣A-Za-z0-9])")
_MAIL_ALONE = re.compile(rf"[(\[]?{_MAIL}[)\]]?")


@dataclass(frozen=True, slots=True)
class Credit:
    """Reporters' names joined by commas and the outlet, as far as printed; where the text begins.

    ``dateline``: a place stands before the outlet, so this can only be the beginning of a text.
    """

    names: str | None
    outlet: str | None
    end: int
    dateline: bool = False


def before(paragraph: str) -> Credit | None:
    """The credit in front of an article's first sentence, or None."""
    for prefix in _PREFIXES:
        match = prefix.match(paragraph)
        if match:
            return _credit(match)
    return None


def alone(line: str) -> Credit | None:
    """The credit that is all of ``line``; of a bare e-mail address it names nobody. Or None."""
    match = _ALONE.fullmatch(line)
    if match:
        return _credit(match)
    return Credit(None, None, len(line)) if _MAIL_ALONE.fullmatch(line) else None


def outlet_in(line: str) -> str | None:
    """The first name in ``line`` that is an outlet's by its ending (…일보, …뉴스), or None."""
    match = _OUTLET_WORD.search(line)
    return match["outlet"] if match else None


def _credit(match: re.Match[str]) -> Credit:
    parts = match.groupdict()
    # 홍길동 인턴 기자: what stands between name and rank is no second name.
    names = [
        n for n in re.split(r"[ ·,]+", parts["who"] or "") if n and not _RANK_WORD.fullmatch(n)
    ]
    return Credit(", ".join(names) or None, parts.get("outlet"), match.end(), "=" in match[0])
