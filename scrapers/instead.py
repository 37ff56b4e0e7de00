"""What comes with status 200 in the place of a page: a login, an error, a notice, a captcha."""

from __future__ import annotations

import re

from scrapers import html
from scrapers.errors import Trouble

_PARTS = re.compile(r"\s[-–|:>]+\s|[|ㅣ]")
# Compared with a whole part of the title, so that a release about "로그인" is not taken for one.
_TITLES: tuple[tuple[Trouble, str], ...] = (
    ("login", r"(?:통합|회원|사용자)?로그인(?:페이지|안내)?|log-?in|sign-?in"),
    ("system-notice", r"(?:시스템|서비스|사이트|홈페이지)(?:점검(?:중|안내)?|일시중단|중단안내)"),
    ("system-notice", r"(?:시스템|서비스)안내|점검(?:중|안내)"),
    ("error-page", r"(?:\d{3})?(?:error|notfound|forbidden|servererror)"),
    ("error-page", r"(?:\d{3}|페이지|시스템|서비스)?(?:에러|오류)(?:페이지|안내)?"),
    ("error-page", r"(?:요청하신)?페이지를찾을수없습니다\.?"),
    ("challenge", r"보안문자|captcha|접근제한|접속차단|justamoment\.\.\.|attentionrequired!"),
    ("challenge", "accessdenied"),
)
_CLOUDFLARE = "_cf_chl_opt"


def came(title: str, markup: str) -> tuple[Trouble, str] | None:
    """What a page is that came in the place of another, and how to say so; None: it is itself."""
    title = html.fold(title)
    parts = [re.sub(r"\s", "", part) for part in _PARTS.split(f" {title} ")]
    for trouble, called in _TITLES:
        if any(re.fullmatch(called, each, re.IGNORECASE) for each in (parts[0], parts[-1])):
            return trouble, f"a page called {title!r}"
    return ("challenge", "a browser check") if _CLOUDFLARE in markup else None
