"""Every source's own sample, captured as if it were live."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from scrapers import registry
from scrapers.model import Detail, Listing, Page, Request, Source
from scrapers.platforms.board import Board
from service.workshop import capture

SAMPLES = Path(__file__).parents[2] / "sources"
LISTS = ("list.html", "list.json", "feed.xml", "sitemap.xml")
SOURCES = registry.sources()


def sample(name: str, request: Request, *files: str) -> tuple[str, Page]:
    folder = SAMPLES / name
    (found,) = [each for each in files if (folder / each).exists()]
    at = datetime.fromisoformat(json.loads((folder / "expected.json").read_text())["fetched_at"])
    return found, Page(request.url, request.url, 200, {}, (folder / found).read_bytes(), at)


def words(page: Page) -> set[str]:
    return set(re.findall("[가-힣]{5,}", page.body.decode("utf-8", "ignore")))


@pytest.mark.parametrize("name", SOURCES)
def test_a_captured_list_is_read_as_the_live_one_and_has_none_of_its_sentences(name: str) -> None:
    source = SOURCES[name]
    file, page = sample(name, source.first(), *LISTS)

    made = capture.of_list(source, page, capture.neutral_for(source))

    assert (made.name, made.trouble) == (file, None)
    assert isinstance(made.read, Listing)
    fixed = " ".join(map(str, capture._said(source)))
    assert {each for each in words(page) & words(made.page) if each not in fixed} == set()
    titles = {post.title for post in source.read_list(page).posts}
    assert titles.isdisjoint(post.title for post in made.read.posts)


OPENED = [name for name in SOURCES if (SAMPLES / name / "post.html").exists()]


@pytest.mark.parametrize("name", OPENED)
def test_a_captured_post_is_read_as_the_live_one(name: str) -> None:
    source = SOURCES[name]
    _, listed = sample(name, source.first(), *LISTS)
    request = source.open(source.read_list(listed).posts[0])
    assert request is not None
    _, page = sample(name, request, "post.html")
    live = source.read_post(page)

    made = capture.of_post(source, page, capture.neutral_for(source))

    assert (made.name, made.trouble) == ("post.html", None)
    assert isinstance(made.read, Detail)
    assert made.read.published == live.published
    assert made.read.text != live.text or not live.text
    assert [each.url.split("?")[0] for each in made.read.files] == [
        each.url.split("?")[0] for each in live.files
    ]


def korea_kr() -> tuple[Source, Page]:
    source = SOURCES["korea_kr"]
    return source, sample("korea_kr", source.first(), "list.html")[1]


def test_few_rows_are_kept_and_no_script() -> None:
    rows = "".join(
        f"<tr class='{'row notice' if n < 3 else 'row'}'><td><a href='?id={n}'>우체국</a></td></tr>"
        for n in range(1, 12)
    )
    markup = f"""<html><head><script>var secret = 1</script><!-- secret --></head>
        <body><table>{rows}</table></body></html>"""
    source = Board(
        publisher=None,
        url="https://a.example/list",
        row="tr.row",
        key=r"id=(\d+)",
        link="https://a.example/view?id={key}",
        title="a",
        pinned="tr.notice > td, .notice td",
    )
    _, page = korea_kr()
    live = Page(source.url, source.url, 200, {}, markup.encode(), page.fetched_at)

    made = capture.of_list(source, live, capture.neutral_for(source))

    assert isinstance(made.read, Listing)
    assert [post.key for post in made.read.posts] == ["1", "3", "4", "5", "6"]
    assert b"secret" not in made.page.body


def test_a_page_that_the_source_cannot_read_is_kept_whole_and_refused_alike() -> None:
    source, page = korea_kr()
    drifted = page.body.replace(b'class="list_type"', b'class="list_new"')
    live = Page(page.url, page.url, 200, {}, drifted, page.fetched_at)

    made = capture.of_list(source, live, capture.neutral_for(source))

    assert (made.read, made.trouble) == (None, None)
    assert made.page.body.count(b"newsId=") == drifted.count(b"newsId=")


@pytest.mark.parametrize("name", ["korea_kr", "yna", "sbiz24"])
def test_something_else_in_the_place_of_the_list_is_kept_as_it_is(name: str) -> None:
    source = SOURCES[name]
    body = "<html><head><title>로그인</title></head><body>홍길동</body></html>".encode()
    live = Page("https://a.example", "https://a.example", 200, {}, body, korea_kr()[1].fetched_at)

    made = capture.of_list(source, live, capture.neutral_for(source))

    assert made.read is None
    assert "홍길동" not in made.page.body.decode()


def test_the_record_has_the_form_of_a_fixture() -> None:
    source, page = korea_kr()
    made = capture.of_list(source, page, capture.neutral_for(source))

    record = json.loads(capture.record({"list": made}))

    assert list(record) == ["fetched_at", "list"]
    assert record["list"]["posts"][0]["key"] == source.read_list(page).posts[0].key
    datetime.fromisoformat(record["list"]["posts"][0]["published"]["at"])


def test_headers_are_told_without_cookies() -> None:
    _, page = korea_kr()
    headers = {"content-type": "text/html", "set-cookie": "JSESSIONID=1"}
    told = json.loads(
        capture.heads({"list": Page(page.url, page.url, 200, headers, b"", page.fetched_at)})
    )

    assert told["list"]["headers"] == {"content-type": "text/html"}
