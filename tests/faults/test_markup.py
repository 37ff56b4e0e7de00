"""No word that was scraped or typed becomes markup that does something, whoever shows it.

Over a hundred attempts stand in a title, a publisher, a rule, a file's name and address, a name of
a subscription. A browser reads all pages where there is one; that nothing active is in them is
asked of their parsed form everywhere.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from notifier.letter import Letter, letter
from notifier.mail.page import html
from notifier.model import Alert, Content, Digest, File, Hit, Links, Message, Notice, Question
from service.web.entries import html_of
from service.web.markup import marked, prose
from service.web.text import blocks

DO = "window.fired=1"
WRAPS = (
    "{}", "'>{}", '">{}', "</title>{}", "</style>{}", "</textarea>{}", "--!>{}", "]]>{}",
    "&lt;/b&gt;{}", "<!--{}",
)  # fmt: skip
TAGS = (
    "<script>{do}</script>", "<ScRiPt >{do}</sCrIpT>", "<script\n>{do}//",
    "<img src=x onerror={do}>",
    "<img/src=x/onerror={do}>", "<svg onload={do}>", "<svg><script>{do}</script></svg>",
    "<body onload={do}>", "<input autofocus onfocus={do}>", "<details open ontoggle={do}>",
    "<iframe srcdoc='<script>parent.{do}</script>'></iframe>",
    "<iframe src='javascript:parent.{do}'>",
    "<math><mtext><img src=x onerror={do}>", "<style>@import 'x';</style><img src=x onerror={do}>",
    "<video><source onerror={do}>", "<meta http-equiv=refresh content='0;javascript:{do}'>",
    "<base href='javascript:{do}//'>", "<object data='javascript:{do}'>",
    "<a href='javascript:{do}' autofocus onfocus={do}>x</a>",
    "<form><button formaction='javascript:{do}'>",
)  # fmt: skip
PLAIN = (
    'x" onmouseover={do} style="x', "x' onfocus={do} autofocus='", "x` onerror={do} `",
    "{{{{constructor.constructor('{do}')()}}}}", "${{{do}}}", "javascript:{do}",
    "&#60;script&#62;{do}&#60;/script&#62;", "\\u003cscript\\u003e{do}", "＜script＞{do}",
    "\0<script>{do}",
)  # fmt: skip
ATTEMPTS = [
    *(wrap.format(tag.format(do=DO)) for wrap, tag in itertools.product(WRAPS, TAGS)),
    *(each.format(do=DO) for each in PLAIN),
]
ADDRESSES = [
    f"javascript:{DO}", f"JaVaScRiPt:{DO}", f" javascript:{DO}", f"java\tscript:{DO}",
    f"data:text/html,<script>{DO}</script>", f"vbscript:{DO}",
    f"https://a.example/' onclick={DO} '",
    f'https://a.example/"><script>{DO}</script>', "//evil.example/", f"\x01javascript:{DO}",
]  # fmt: skip
SINCE, UNTIL = "2026-11-21T08:00:00+09:00", "2026-11-22T08:00:00+09:00"
OURS = Links("https://pabal.example/end/e", "https://pabal.example/mine/m")


def alert(text: str, url: str) -> Alert:
    return Alert(
        subscription=text,
        title=text,
        url=url,
        publisher=text,
        source="mss",
        published_at=None,
        published_precision=None,
        summary=text,
        hits=(Hit(text, text, ((1, 5),)),),
        embargo=text,
        apply_by=None,
        changes=(text,),
        coverage=text,
        topics=(text,),
        contacts=(text,),
        files=(File(text, url),),
        extract=text,
        dismiss="https://pabal.example/dismiss/d",
    )


def contents() -> Iterator[Content]:
    addresses = itertools.cycle(ADDRESSES)
    for text in ATTEMPTS:
        yield alert(text, next(addresses))
    for text, url in zip(ATTEMPTS, addresses, strict=False):
        yield Digest(text, SINCE, UNTIL, (alert(text, url),), 1, url)
    for text in ATTEMPTS[::5]:
        yield Question(text, (text,), "https://pabal.example/confirm/c", text)
        yield Notice(text, text, (text,), ADDRESSES[0])


def letters() -> list[Letter]:
    return [letter(Message("msg_1", "", None, each, 1, links=OURS)) for each in contents()]


def active(page: str) -> list[str]:
    """What of a page could do something, or load something."""
    found = []
    for tag in BeautifulSoup(page, "lxml").find_all(True):
        if tag.name in {
            "script",
            "img",
            "svg",
            "iframe",
            "object",
            "base",
            "form",
            "video",
            "input",
        }:
            found.append(tag.name)
        if tag.name == "meta" and tag.get("http-equiv"):
            found.append("meta")
        for name, value in tag.attrs.items():
            leads = name in {"href", "src", "action", "formaction", "srcdoc"}
            if name.startswith("on") or (leads and not str(value).startswith("https://")):
                found.append(f"{name}={value}")
    return found


def test_there_are_over_a_hundred_attempts() -> None:
    assert len(set(ATTEMPTS)) > 200


def test_no_mail_and_no_entry_of_a_feed_does_anything() -> None:
    for each in letters():
        assert active(html(each)) == []
        assert active(f"<p>{html_of(each)}</p>") == []


def ours() -> Iterator[str]:
    """What our own pages make of them: paragraphs, tables, marks."""
    for text in (*ATTEMPTS, *ADDRESSES):
        told = blocks(f"{text}\n\n{text}\t{text}\n{text}\t{text}")
        yield prose(told, text) + marked(text, [(0, 3), (5, 9)])


def test_no_page_of_ours_does_anything() -> None:
    for each in ours():
        assert active(each) == []


def test_a_browser_that_shows_them_all_runs_nothing(tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no browser here; what it would read was parsed")
    # As they are in one page: what one of them leaves open could only help the next.
    every = "\n".join([*(html(each) + html_of(each) for each in letters()[::2]), *ours()])
    tell = "<script>document.title = window.fired ? 'FIRED' : 'QUIET'</script>"
    page = tmp_path / "every.html"
    page.write_text(f"<meta charset=utf-8>{every}{tell}", "utf-8", "replace")
    control = tmp_path / "control.html"
    control.write_text(f"<script>{DO}</script>{tell}", "utf-8")

    def shown(path: Path) -> str:
        done = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=500",
             f"--user-data-dir={tmp_path}/user", "--dump-dom", path.as_uri()],
            capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")

    assert "<title>FIRED</title>" in shown(control)
    seen = shown(page)
    assert ">FIRED<" not in seen
    assert "QUIET" in seen
