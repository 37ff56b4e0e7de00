"""No word that was scraped or typed becomes markup that does something, whoever shows it.

Over five hundred attempts stand in a title, a publisher, a rule, a file's name and address, a name
of a subscription. A browser reads all pages where there is one; that nothing active is in them is
asked of their parsed form everywhere.
"""

from __future__ import annotations

import csv
import io
import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from notifier.letter import Letter, letter
from notifier.mail.addresses import parse, sender
from notifier.mail.mime import Composer
from notifier.mail.sheet import html
from notifier.model import Alert, Content, Digest, File, Hit, Links, Message, Notice, Question
from service.export import safe
from service.web.entries import html_of
from service.web.markup import marked, prose
from service.web.text import blocks

DO = "window.fired=1"
WRAPS = (
    "{}", "'>{}", '">{}', "</title>{}", "</style>{}", "</textarea>{}", "--!>{}", "]]>{}",
    "&lt;/b&gt;{}", "<!--{}",
)  # fmt: skip
MORE_WRAPS = (
    "</a>{}", "</p></td></tr></table>{}", "</svg>{}", "</math>{}", "</select>{}", "</noscript>{}",
    '\\">{}', "`>{}", "%3E{}", "&gt;{}", "\u2028{}", "\x00{}", "\u202e{}", "<{}", "<<{}", "<b {}",
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
MORE = [wrap.format(tag.format(do=DO)) for wrap, tag in itertools.product(MORE_WRAPS, TAGS)]
ADDRESSES = [
    f"javascript:{DO}", f"JaVaScRiPt:{DO}", f" javascript:{DO}", f"java\tscript:{DO}",
    f"data:text/html,<script>{DO}</script>", f"vbscript:{DO}",
    f"https://a.example/' onclick={DO} '",
    f'https://a.example/"><script>{DO}</script>', "//evil.example/", f"\x01javascript:{DO}",
]  # fmt: skip
BREAKS = ("\r\n", "\n", "\r", "\0", "\x0b", "\x85", "\u2028")
HEADS = ("=1+1", "+1", "-1", "@SUM(1)", "=HYPERLINK(1)", "")
BEFORE = ("", " ", "\t", "\n", "\r", "\u200b", "\u202e", "\ufeff", "\xa0")
UNSEEN = "".join(BEFORE)
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


def contents(attempts: Sequence[str]) -> Iterator[Content]:
    addresses = itertools.cycle(ADDRESSES)
    for text in attempts:
        yield alert(text, next(addresses))
    for text, url in zip(attempts, addresses, strict=False):
        yield Digest(text, SINCE, UNTIL, (alert(text, url),), 1, url)
    for text in attempts[::5]:
        yield Question(text, (text,), "https://pabal.example/confirm/c", text)
        yield Notice(text, text, (text,), ADDRESSES[0])


def letters(attempts: Sequence[str]) -> list[Letter]:
    return [letter(_message(each)) for each in contents(attempts)]


def _message(content: Content) -> Message:
    return Message("msg_1", "reader@a.example", None, content, 1, links=OURS)


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


def ours(attempts: Sequence[str]) -> Iterator[str]:
    """What our own pages make of them: paragraphs, tables, marks."""
    for text in (*attempts, *ADDRESSES):
        told = blocks(f"{text}\n\n{text}\t{text}\n{text}\t{text}")
        yield prose(told, text) + marked(text, [(0, 3), (5, 9)])


EACH = pytest.mark.parametrize(
    "attempts", [ATTEMPTS, pytest.param(MORE, marks=pytest.mark.faults)], ids=["some", "more"]
)


def test_there_are_over_five_hundred_attempts() -> None:
    assert len({*ATTEMPTS, *MORE}) > 500


@pytest.mark.fault(19)
@EACH
def test_nothing_that_we_show_does_anything(
    attempts: Sequence[str], measured: Callable[..., None]
) -> None:
    """No mail, no entry of a feed, no page."""
    found = []
    for each in letters(attempts):
        found += active(html(each)) + active(f"<p>{html_of(each)}</p>")
    for page in ours(attempts):
        found += active(page)

    measured(payloads=len(attempts), executed=len(found))
    assert found == []


@pytest.mark.fault(19)
@EACH
def test_no_mail_has_a_header_that_somebody_else_wrote(
    attempts: Sequence[str], measured: Callable[..., None]
) -> None:
    composer = Composer(
        sender("파발 <alerts@pabal.example>"), None, None, lambda: datetime(2026, 8, 3, tzinfo=UTC)
    )
    usual = _headers(composer, alert("제목", "https://a.example/"))
    injected = []
    for text in attempts[::4]:
        for broken in BREAKS:
            content = alert(f"{broken}X-Evil: 1{broken}{broken}{text}", "https://a.example/")
            strange = [each for each in _headers(composer, content) if each not in usual]
            injected += strange

    measured(headers=len(injected))
    assert injected == []


def _headers(composer: Composer, content: Content) -> list[str]:
    """The names of the headers of all its parts, as another reads them."""
    mail = composer.compose(_message(content), parse("reader@a.example"))
    return [name for part in message_from_bytes(mail.content).walk() for name in part]


@pytest.mark.fault(19)
@EACH
def test_no_cell_of_a_table_is_a_formula(
    attempts: Sequence[str], measured: Callable[..., None]
) -> None:
    """As a spreadsheet reads it: what stands first, blanks and marks that nobody sees aside."""
    texts = [f"{before}{head}{text}" for text in attempts for head in HEADS for before in BEFORE]
    written = io.StringIO()
    csv.writer(written).writerows([[safe(each)] for each in texts])
    cells = [row[0] for row in csv.reader(io.StringIO(written.getvalue()))]
    formulas = [each for each in cells if each.lstrip(UNSEEN)[:1] in set("=+-@") and each[0] != "'"]

    measured(formulas=len(formulas))
    assert len(cells) == len(texts)
    assert formulas == []


@pytest.mark.fault(19)
@EACH
def test_a_browser_that_shows_them_all_runs_nothing(
    attempts: Sequence[str], measured: Callable[..., None], tmp_path: Path
) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no browser here; what it would read was parsed")
    # As they are in one page: what one of them leaves open could only help the next.
    every = "\n".join(
        [*(html(each) + html_of(each) for each in letters(attempts)[::2]), *ours(attempts)]
    )
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
    measured(executed=int(">FIRED<" in seen))
    assert ">FIRED<" not in seen
    assert "QUIET" in seen
