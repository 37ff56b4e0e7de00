"""Every declared source against the pages in its folder here: ``tests/sources/<id>/``.

A source brings its list (``list.html``, ``list.json``, ``feed.xml`` or ``sitemap.xml``),
``post.html`` or ``post.json`` where posts are opened and ``part.html`` where their text is kept
elsewhere: markup of the site, words of ours.
What it says about them is recorded into ``expected.json`` by the first run, for a person to review.
"""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup

from scrapers import registry
from scrapers.errors import ChallengePage, LayoutError
from scrapers.model import Page
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.opendata import OpenData
from scrapers.platforms.search import Search
from tests.sources.cases import CASES, HERE, Case

FOLDERS = {
    folder.name for folder in HERE.iterdir() if folder.is_dir() and not folder.name.startswith("_")
}

STRANGE = {
    "an HTML page": "<!DOCTYPE html><html><head><title>주차장 안내</title></head>"
    "<body><table><tr><td>1</td><td>2026.11.20</td></tr></table></body></html>",
    "an XML document": "<catalogue><book><title>파발</title></book></catalogue>",
    "nothing": "",
    "bytes of no text": "\x00",
    "another JSON": '{"tides": {"list": [{"port": "목포", "date": "2026-11-20"}]}}',
    "an error with status 200": '{"reqErr": "존재하지 않는 인증키 입니다."}',
    "an empty JSON list": "[]",
    "rows that are no objects": '{"ds_infoList": [1], "data": {"default": {"list": [[]]}}}',
}
REPLACED = {
    "an error page": "<html><head><title>정책브리핑 - Error</title></head><body>…</body></html>",
    "a system notice": "<html><head><title>시스템안내</title></head><body>점검 중</body></html>",
    "a login": "<html><head><title>로그인 | 어느 부처</title></head><body></body></html>",
    "a challenge": "<html><head><title>Just a moment...</title></head><body></body></html>",
    "a quiet challenge": "<html><body><script>window._cf_chl_opt={}</script></body></html>",
}


@pytest.fixture(params=CASES, ids=lambda case: case.id)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def only(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.id)


opened = only(*(case for case in CASES if case.post_file))
parted = only(*(case for case in CASES if (case.folder / "part.html").exists()))
news = only(*(case for case in CASES if case.source.kind == "news"))


def test_sources_and_folders_are_one_to_one() -> None:
    assert set(registry.sources()) == FOLDERS


def test_a_folder_holds_the_pages_its_source_reads_and_no_other(case: Case) -> None:
    needed = {case.list_file.name, "expected.json"}
    if case.source.open(case.listing().posts[0]):
        assert case.post_file is not None
        needed.add(case.post_file.name)
        if case.source.read_post(case.post_page()).body:
            needed.add("part.html")

    assert {path.name for path in case.folder.iterdir()} == needed


def test_the_list_is_read_as_recorded(case: Case) -> None:
    case.compare("list", case.listing())


@opened
def test_the_post_is_read_as_recorded(case: Case) -> None:
    case.compare("post", case.source.read_post(case.post_page()))


@parted
def test_the_part_is_read_as_recorded(case: Case) -> None:
    case.compare("part", case.source.read_part(case.part_page()))


def test_keys_are_unique(case: Case) -> None:
    keys = [post.key for post in case.listing().posts]

    assert len(keys) == len(set(keys))


def test_addresses_are_absolute_and_safe(case: Case) -> None:
    for post in case.listing().posts:
        parts = urlsplit(post.url)
        assert parts.scheme == "https"
        assert "." in parts.netloc
        assert ":" not in parts.netloc


def test_every_post_has_a_date_and_none_lies_after_the_capture(case: Case) -> None:
    fetched_at = case.list_page().fetched_at

    for post in case.listing().posts:
        assert post.published is not None
        assert post.published.at.utcoffset() is not None
        assert post.published.at <= fetched_at


def test_a_date_of_tomorrow_is_not_believed(case: Case) -> None:
    """Read two days before its newest post, a list has undated posts or is refused whole."""
    page = case.list_page()
    newest = max(post.published.at for post in case.listing().posts if post.published)
    early = Page(
        page.url, page.final_url, 200, {}, page.body, fetched_at=newest - timedelta(days=2)
    )

    try:
        posts = case.source.read_list(early).posts
    except LayoutError:
        return
    assert any(post.published is None for post in posts)


@news
def test_news_keeps_a_teaser_only(case: Case) -> None:
    for post in case.listing().posts:
        assert post.text is None
        assert len(post.summary or "") <= 200
        assert case.source.open(post) is None


@news
def test_a_news_site_rests_two_seconds_between_pages(case: Case) -> None:
    if not isinstance(case.source, Search):  # an open API, which says itself how often
        assert case.source.pause >= 2


def test_the_next_page_follows_the_page_at_hand(case: Case) -> None:
    more = case.listing().more

    if case.source.max_pages == 1:
        assert more is None
    else:
        assert more is not None
        assert more.url != case.source.first().url
        following = case.source.read_list(case.page(more, case.list_file.read_bytes()))
        assert following.more not in [None, more, case.source.first()]


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_page_is_refused(case: Case, body: str) -> None:
    page = case.page(case.source.first(), body.encode())

    with pytest.raises(LayoutError):
        case.source.read_list(page)
    with pytest.raises(LayoutError):
        case.source.read_post(page)


@pytest.mark.parametrize("body", REPLACED.values(), ids=REPLACED.keys())
def test_a_page_in_place_of_the_list_is_refused(case: Case, body: str) -> None:
    with pytest.raises(ChallengePage):
        case.source.read_list(case.list_page(body.encode()))


@opened
@pytest.mark.parametrize("body", REPLACED.values(), ids=REPLACED.keys())
def test_a_page_in_place_of_the_post_is_refused(case: Case, body: str) -> None:
    with pytest.raises(ChallengePage):
        case.source.read_post(case.post_page(body.encode()))


def test_an_empty_list_is_refused(case: Case) -> None:
    with pytest.raises(LayoutError, match="expected at least one"):
        case.source.read_list(case.list_page(emptied(case)))


def emptied(case: Case) -> bytes:
    """The list without its rows."""
    body = case.list_file.read_bytes()
    match case.source:
        case Board(row=row):
            soup = BeautifulSoup(body, "lxml")
            for element in soup.select(row):
                element.decompose()
            return str(soup).encode()
        case Feed(item=item) | OpenData(item=item):
            name = re.split(r"[/}]", item)[-1].encode()
            return re.sub(rb"<%b>.*</%b>" % (name, name), b"", body, flags=re.DOTALL)
        case Api(rows=rows):
            *path, last = rows.split(".")
            content = holder = json.loads(body)
            for name in path:
                holder = holder[name]
            holder[last] = []
            return json.dumps(content).encode()
        case _:
            raise NotImplementedError("say here how a list of this platform is emptied")


def test_half_a_list_is_refused_or_said_to_be_cut_off(case: Case) -> None:
    body = case.list_file.read_bytes()
    half = case.list_page(body[: len(body) * 6 // 10])

    if isinstance(case.source, OpenData):  # whatever came whole is kept
        assert case.source.read_list(half).trouble == "cut-off"
    else:
        with pytest.raises(LayoutError):
            case.source.read_list(half)


@opened
def test_half_a_post_is_refused(case: Case) -> None:
    body = case.post_page().body

    with pytest.raises(LayoutError):
        case.source.read_post(case.post_page(body[: len(body) * 6 // 10]))


@parted
def test_half_a_part_is_refused(case: Case) -> None:
    body = case.part_page().body

    with pytest.raises(LayoutError):
        case.source.read_part(case.part_page(body[: len(body) * 6 // 10]))
