"""Feeds as feed readers ask for them and read them, and the page of a whole digest."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import asyncpg
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from service.links import Signer

HITS = [{"rule": "바우처", "excerpt": "수출 바우처 참여기업", "marks": [[3, 6]]}]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
FEEDS = ("/feed/{}.atom", "/feed/{}.json")
ALL = (*FEEDS, "/calendar/{}.ics", "/stream/{}", "/digest/{}")
HOSTILE = "]]><script>alert(1)</script>&nbsp;\x01\x1b[2J\u202e\ufffe\U0001f600 끝"


def parsed(body: bytes) -> etree._Element:
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))


def said(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=ATOM)
    assert isinstance(found, list)
    return [str(each) for each in found]


async def test_an_atom_feed_has_all_that_the_format_asks_for(house: Any) -> None:
    first = await house.told()
    await house.told(reason="correction", changes=["마감 · 12월 1일 → 12월 10일"])

    answer = await house.get("/feed/{}.atom")
    root = parsed(answer.content)

    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert said(root, "a:id/text()") == [f"tag:pabal.example,2026:subscription/{house.mine}"]
    assert said(root, "a:title/text()") == ["파발 · 나 & <b>"]
    assert said(root, "a:link[@rel='self']/@href") == [str(answer.request.url)]
    assert said(root, "a:author/a:name/text()") == ["파발 Pabal"]
    stamps = said(root, "//a:updated/text() | //a:published/text()")
    assert len(stamps) == 5
    assert all(datetime.fromisoformat(each).tzinfo == UTC for each in stamps)
    assert stamps[0] == max(said(root, "a:entry/a:updated/text()"))
    correction, alert = root.findall("a:entry", ATOM)
    for entry in (correction, alert):
        for name in ("id", "title", "updated", "author", "summary", "content"):
            assert len(entry.findall(f"a:{name}", ATOM)) == 1, name
        assert len(said(entry, "a:link[@rel='alternate']")) == 1
    assert said(alert, "a:id/text()") == [f"tag:pabal.example,2026:telling/{first}"]
    assert said(correction, "a:title/text()") == ["[정정] 수출 바우처 참여기업 모집"]
    assert said(alert, "a:author/a:name/text()") == ["관세청"]
    assert said(alert, "a:link[@rel='alternate']/@href") == ["https://a.example/1?a=1&b=2"]
    assert said(alert, "a:link[@rel='related']/@title") == ["공고문.hwpx"]
    assert said(alert, "a:category/@term") == ["수출", "중소기업", "notice"]
    assert said(alert, "a:published/text()") == ["2026-11-20T00:05:00Z"]
    (summary,) = said(alert, "a:summary/text()")
    assert summary.splitlines() == [
        "수출 바우처 참여기업을 뽑는다.",
        "신청 마감: 2026-12-10 18:00",
        "분야: 수출, 중소기업",
        "문의: 통상협력과 사무관 김가온 044-000-0000",
        "알려 드리는 까닭 — 바우처: 수출 바우처 참여기업",
    ]


async def test_a_json_feed_has_all_that_the_format_asks_for(house: Any) -> None:
    number = await house.told(published_precision="day")

    answer = await house.get("/feed/{}.json")
    feed = json.loads(answer.content)

    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "파발 · 나 & <b>"
    assert feed["feed_url"] == str(answer.request.url)
    (item,) = feed["items"]
    assert item["id"] == f"tag:pabal.example,2026:telling/{number}"
    assert item["url"] == "https://a.example/1?a=1&b=2"
    assert item["authors"] == [{"name": "관세청"}]
    assert item["tags"] == ["수출", "중소기업", "notice"]
    assert item["date_published"] == item["date_modified"]  # a date is not midnight
    shown = BeautifulSoup(item["content_html"], "lxml")
    assert [each.get_text() for each in shown.find_all("mark")] == ["바우처"]
    links = [str(each["href"]) for each in shown.find_all("a")]
    assert links[:2] == ["https://a.example/f", "https://a.example/1?a=1&b=2"]


@pytest.mark.fault(19)
async def test_hostile_words_harm_neither_feed(house: Any) -> None:
    await house.told(
        title=HOSTILE, publisher=HOSTILE, extract=HOSTILE, topics=[HOSTILE],
        url='javascript:alert(1)//"><script>', contacts=[HOSTILE], changes=[HOSTILE],
        files=[{"name": HOSTILE, "url": "javascript:1"}], kind="<kind>",
    )  # fmt: skip
    await house.run("UPDATE subscription SET name = :name", name=HOSTILE)

    root = parsed((await house.get("/feed/{}.atom")).content)
    (item,) = json.loads((await house.get("/feed/{}.json")).content)["items"]

    (title,) = said(root, "a:entry/a:title/text()")
    assert title == "[정정] ]]><script>alert(1)</script>&nbsp;[2J\U0001f600 끝" == item["title"]
    assert said(root, "a:entry/a:link") == []
    (content,) = said(root, "a:entry/a:content/text()")
    for html in (content, item["content_html"]):
        shown = BeautifulSoup(html, "lxml")
        assert shown.find_all("script") == []
        assert [each for each in shown.find_all("a") if "javascript" in str(each["href"])] == []
        assert "\u202e" not in shown.get_text()


async def test_an_entry_keeps_its_id_and_is_newer_when_it_says_something_else(house: Any) -> None:
    story = await house.add("story")
    number = await house.told(story_id=story)
    await house.run("UPDATE delivery SET created_at = now() - interval '1h'")
    before = parsed((await house.get(FEEDS[0])).content).find("a:entry", ATOM)
    await house.add("source", id="a")
    texts = {"key": "1", "url": "https://a.example", "title": "글", "summary": "", "source_id": "a"}
    article = await house.add("article", **texts, baseline=False, story_id=story)
    await house.add("revision", article_id=article)
    await house.run("""UPDATE telling SET version = 1, facts = facts || '{"title": "새 제목"}'""")

    after = parsed((await house.get(FEEDS[0])).content).find("a:entry", ATOM)

    assert before is not None
    assert after is not None
    assert said(before, "a:id/text()") == said(after, "a:id/text()")
    assert said(before, "a:id/text()")[0].endswith(f"/{number}")
    assert said(before, "a:updated/text()") < said(after, "a:updated/text()")
    assert said(after, "a:title/text()") == ["새 제목"]


@pytest.mark.parametrize("path", [*FEEDS, "/calendar/{}.ics"])
async def test_what_has_not_changed_is_not_sent_again(house: Any, path: str) -> None:
    first = await house.get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["x-robots-tag"] == "noindex, nofollow"
    for tags in (tag, f"W/{tag}", f'"x", {tag}'):
        same = await house.get(path, **{"if-none-match": tags})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)

    telling = await house.told(story_id=await house.add("story"), apply_by="2099-01-01")
    changed = await house.get(path, **{"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert telling


@pytest.mark.parametrize("path", [*FEEDS, "/calendar/{}.ics"])
async def test_what_was_told_long_ago_is_sent_again_in_other_words(house: Any, path: str) -> None:
    await house.told(story_id=await house.add("story"), apply_by="2099-01-01")
    await house.run("UPDATE delivery SET created_at = now() - interval '1h'")
    before = await house.get(path)
    await house.run("UPDATE subscription SET language = 'en', name = 'other'")

    now = format_datetime(datetime.now(UTC))
    after = await house.get(path, **{"if-modified-since": now})

    assert "last-modified" not in before.headers
    assert after.status_code == 200
    assert after.content != before.content


async def test_nothing_tells_a_wrong_address_from_an_old_one(house: Any) -> None:
    other = Signer(b"o" * 32)
    wrong = ["x", "%00", "가", "a" * 500, other.sign("feed", house.mine, 0)]
    wrong += [signed("rest", house.mine, 0), signed("feed", house.mine), signed("feed", 999, 0)]
    answers = set()
    for path in ALL:
        for each in wrong[:6] if path == ALL[0] else wrong[-4:]:
            answer = await house.client.get(path.format(each))
            answers.add((answer.status_code, answer.content))
            assert "private" in answer.headers["cache-control"] or (
                answer.headers["cache-control"] == "no-store"
            )
    await house.run("UPDATE subscription SET feed_epoch = 1")
    old = await house.get("/feed/{}.atom")
    answers.add((old.status_code, old.content))
    await house.run("UPDATE subscription SET ended_at = now(), feed_epoch = 0")
    ended = await house.get("/calendar/{}.ics")
    answers.add((ended.status_code, ended.content))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


async def test_no_address_is_written_to_a_log(
    house: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpx").disabled = True  # the test's own client
        for path in FEEDS:
            await house.get(path)
    assert house.token not in caplog.text + "".join(capsys.readouterr())


@pytest.mark.parametrize("over", [False, True], ids=["live", "over"])
async def test_a_whole_digest_is_one_page(
    house: Any, sql: asyncpg.Connection, *, over: bool
) -> None:
    if over:  # its last digest comes at the end of a subscription, and is read afterwards
        await sql.execute("UPDATE subscription SET expires_at = now()")
    span = {"since": "2026-11-20T08:00:00+09:00", "until": "2026-11-21T08:00:00+09:00"}
    key = f"digest {house.mine} 2026-11-20T23:00:00+00:00"
    digest = await house.add("telling", reason="digest", key=key, facts=span)
    row = {"subscription_id": house.mine, "told_by": digest, "hits": HITS}
    for title in ("하나", HOSTILE):
        item = await house.telling(
            title=title, url="javascript:1" if title != "하나" else "https://a.example"
        )
        since = datetime.now(UTC) - timedelta(hours=1)
        await house.add("waiting", telling_id=item, window_at=since, **row)

    answer = await house.client.get(f"/digest/{signed('rest', house.mine, digest)}")
    shown = BeautifulSoup(answer.text, "lxml")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert shown.find_all("script") == []
    assert "2026.11.20 08:00 – 2026.11.21 08:00 · 2건" in shown.get_text()
    links = {str(each["href"]) for each in shown.find_all("a")}
    no = {each for each in links if each.startswith("https://pabal.example/dismiss/")}
    assert len(no) == 2
    assert links - no == {"https://a.example", "https://a.example/f"}
    assert len(shown.find_all("mark")) == 2


def signed(purpose: Any, *numbers: int) -> str:
    return Signer(b"k" * 32).sign(purpose, *numbers)
