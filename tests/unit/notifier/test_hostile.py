"""Whatever a ministry's page says, no service reads it as markup, and none gets more than it takes.

Every channel is handed the same hostile texts in every place where a scraped text may stand.
"""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from notifier.model import Alert, Content, Digest, File, Hit, Links, Question
from notifier.registry import names

Build = Callable[[str], Content]
Posted = Callable[..., Awaitable[Any]]

# Watched, these take twice as long: they cover nothing that no example does.
pytestmark = pytest.mark.no_cover

_OTHERS = {"apprise", "console", "feed", "mail", "webhook"}
SERVICES = [name for name in names() if name not in _OTHERS]
HOSTILE = [
    "<!channel> <@U1> <http://evil.example|원문>",
    "@everyone @here <@&1> <#2>",
    "*_~`||굵게||`~_* **굵게** ~~지움~~ # 머리 > 인용 - 목록",
    "[](http://evil.example) ](http://evil.example) [원문](http://evil.example)",
    '<script>alert(1)</script><img src=x onerror="x"> </b></a> &lt;b&gt; &amp;',
    "\\",
    '"}]} {"text": "끼움"} \\" \\n',
    "{{DATE(2026-01-01T00:00:00Z)}} ${x} @{triggerBody()} <at>모두</at>",
    "\r\nX-Evil: 1\r\n\r\n본문",
    "=?UTF-8?B?ZXZpbA==?=",
    "반쪽 \ud83d 뒤집힌 \u202e 널 \x00",
    "\ud83d",
    "",
    "가" * 1_000_000,
    "<&>*[" * 200_000,
    "😀" * 250_000,
]


def _alert(text: str) -> Alert:
    """``text`` as the title, and some of it wherever else something scraped or typed may stand."""
    some = text[:1000]
    url = f"https://news.example.go.kr/{some}"
    return Alert(
        subscription=some,
        title=text,
        url=url,
        publisher=some,
        source="mss",
        published_at=None,
        published_precision=None,
        summary=some,
        hits=(Hit(some, some, tuple((n, n + 1) for n in range(0, 400, 2))),) * 12,
        embargo=some,
        apply_by=some,
        changes=(some,) * 12,
        topics=(some,) * 3,
        contacts=(some,) * 12,
        files=(File(some, url), File(some, some)) * 6,
        extract=some,
    )


def _digest(text: str) -> Digest:
    rest = "https://pabal.example/digest/b"
    return Digest(text[:1000], SINCE, UNTIL, (_alert(text[:1000]),) * 30, more=7, rest=rest)


def _question(text: str) -> Question:
    return Question(text, (text[:1000],) * 12, "https://pabal.example/confirm/c", text[:1000])


SINCE, UNTIL = "2026-11-21T08:00:00+09:00", "2026-11-22T08:00:00+09:00"
LINKS = Links("https://pabal.example/end/e", "https://pabal.example/mine/m")
OURS = ("https://news.example.go.kr/", "https://pabal.example/")
CASES: dict[str, tuple[Build, str]] = {
    **{f"alert{at}": (_alert, text) for at, text in enumerate(HOSTILE)},
    **{f"digest{at}": (_digest, text) for at, text in enumerate(HOSTILE[:8])},
    **{f"question{at}": (_question, text) for at, text in enumerate(HOSTILE[:4])},
}
every_case = pytest.mark.parametrize(("build", "text"), CASES.values(), ids=CASES)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


@pytest.mark.parametrize("name", SERVICES)
@every_case
async def test_any_text_goes_out_whole_clean_and_soon(
    name: str, text: str, build: Build, posted: Posted
) -> None:
    started = time.process_time()
    request = await posted(name, build(text), links=LINKS)

    assert time.process_time() - started < 10
    assert len(request.content) < 28 * 1024
    shown = request.content.decode("utf-8")
    said = [shown] if name == "ntfy" else list(_strings(json.loads(shown)))
    assert all(line.isprintable() or line == "\u00a0" for each in said for line in each.split("\n"))
    assert "x-evil" not in request.headers
    if name not in {"kakao", "web_push"}:  # which have no room for links
        assert "https://pabal.example/end/e" in shown


def _slack(payload: dict[str, Any]) -> Iterator[tuple[int, int]]:
    header, body, footer = payload["blocks"]
    yield len(header["text"]["text"].encode("utf-16-le")) // 2, 150
    yield len(payload["text"]), 4000
    yield len(footer["elements"][0]["text"]), 2000
    yield len(json.dumps(body)), 13_000


def _discord(payload: dict[str, Any]) -> Iterator[tuple[int, int]]:
    (embed,) = payload["embeds"]
    parts = (embed["title"], embed["description"], embed["footer"]["text"])
    sizes = [len(part.encode("utf-16-le")) // 2 for part in parts]
    yield from zip(sizes, (256, 4096, 2048), strict=True)
    yield sum(sizes), 6000


def _naver_works(payload: dict[str, Any]) -> Iterator[tuple[int, int]]:
    yield len((payload["title"] + payload["body"]["text"]).encode("utf-16-le")) // 2, 1000


class _Read(HTMLParser):
    """Telegram's markup as it is read: what is shown, and the tags, which must be closed."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self._open: list[str] = []
        self.feed(markup)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _web_push(payload: dict[str, Any]) -> Iterator[tuple[int, int]]:
    yield len(json.dumps(payload, ensure_ascii=False).encode()), 3993


def _telegram(payload: dict[str, Any]) -> Iterator[tuple[int, int]]:
    read = _Read(payload["text"])
    yield len(read.text.encode("utf-16-le")) // 2, 4096
    yield len(read.tags), 100
    addresses = [value or "" for _, attrs in read.tags for _, value in attrs]
    yield 12 * len(read.tags) + sum(map(len, addresses)), 9500


@every_case
@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("slack", _slack),
        ("discord", _discord),
        ("naver_works", _naver_works),
        ("telegram", _telegram),
        ("web_push", _web_push),
    ],
)
async def test_no_documented_limit_is_passed(
    name: str,
    sizes: Callable[[dict[str, Any]], Iterator[tuple[int, int]]],
    text: str,
    build: Build,
    posted: Posted,
) -> None:
    payload = json.loads((await posted(name, build(text), links=LINKS)).content)

    assert [size for size, most in sizes(payload) if not 0 < size <= most] == []


@every_case
async def test_slack_calls_nobody(text: str, build: Build, posted: Posted) -> None:
    payload = json.loads((await posted("slack", build(text), links=LINKS)).content)

    assert not re.search(r"[<>]", payload["text"])
    assert not re.search(r"&(?!amp;|lt;|gt;)", payload["text"])
    kinds = {each["type"] for each in payload["blocks"][1]["elements"][0]["elements"]}
    assert kinds <= {"text", "link"}
    assert payload["blocks"][0]["text"]["type"] == "plain_text"
    links = re.findall(r'"url": "([^"]*)"', json.dumps(payload))
    assert all(link.startswith(OURS) for link in links)


def _unescaped(markdown: str) -> str:
    """What is left of Discord's Markdown without our own markup: no bare mark may be."""
    ours = re.sub(r"\\[^0-9A-Za-z\s]", "", markdown)
    link = r"\[[^\[\]\n]*\]\(https://(news\.example\.go\.kr|pabal\.example)/[^()\s]*\)"
    return re.sub(r"\*\*[^*\n]*\*\*", "", re.sub(link, "", ours))


@every_case
async def test_discord_reads_no_mark_but_ours(text: str, build: Build, posted: Posted) -> None:
    payload = json.loads((await posted("discord", build(text), links=LINKS)).content)

    assert payload["allowed_mentions"] == {"parse": []}
    embed = payload["embeds"][0]
    for shown in (embed["title"], embed["description"]):
        assert not re.search(r"[*_~`|<>\[\]()@]", _unescaped(shown)), _unescaped(shown)
    assert not embed["title"].removesuffix("…").endswith("\\") or embed["title"].endswith("\\\\")


@every_case
async def test_telegram_has_our_tags_only_and_all_closed(
    text: str, build: Build, posted: Posted
) -> None:
    payload = json.loads((await posted("telegram", build(text), links=LINKS)).content)

    read = _Read(payload["text"])
    assert {tag for tag, _ in read.tags} <= {"a", "b"}
    links = [attrs for tag, attrs in read.tags if tag == "a"]
    assert all([name for name, _ in attrs] == ["href"] for attrs in links)
    assert all(str(attrs[0][1]).startswith(OURS) for attrs in links)


@pytest.mark.fault(19)
@every_case
@pytest.mark.parametrize("name", ["jandi", "dooray"])
async def test_no_link_or_mention_but_ours_is_made(
    name: str, text: str, build: Build, posted: Posted
) -> None:
    payload = json.loads((await posted(name, build(text), links=LINKS)).content)
    said = "\n".join(each for each in _strings(payload) if not each.startswith("http"))

    assert not re.search(r"[*~`<>@]", re.sub(r"https://\S*", "", said))
    brackets = re.findall(r"[\[\]]", said)
    if name == "jandi" and "](https://" in payload["body"]:
        assert payload["body"].startswith("[")
        assert brackets == ["[", "]"]
    else:
        assert brackets == []


@every_case
async def test_teams_gets_runs_without_markup(text: str, build: Build, posted: Posted) -> None:
    payload = json.loads((await posted("teams", build(text), links=LINKS)).content)
    card = payload["attachments"][0]["content"]

    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert all(run["type"] == "TextRun" for block in card["body"] for run in block["inlines"])
    assert len(card["body"]) > 2


@pytest.mark.fault(19)
@every_case
async def test_ntfys_title_is_one_encoded_word_that_says_the_title(
    text: str, build: Build, posted: Posted
) -> None:
    request = await posted("ntfy", build(text), links=LINKS)

    found = re.fullmatch(r"=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=", request.headers["title"])
    assert found
    title = b64decode(found[1]).decode("utf-8")
    assert title.isprintable()
    assert len(title.encode()) <= 1024
    assert len(request.content) <= 4096
    assert request.headers.get("click", OURS[0]).startswith(OURS)
