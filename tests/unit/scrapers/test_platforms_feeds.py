"""Feeds and sitemaps of invented publishers."""

from dataclasses import replace

import pytest

from scrapers.errors import LayoutError
from scrapers.model import Page, Request
from scrapers.platforms.sitemap import Sitemap
from scrapers.wellformed import mended
from tests.unit.scrapers.declared import FEED, LAYOUT, item, page, post


def feed(*items: str) -> Page:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return page(f"<rss><channel><title>가</title>{inside}</channel></rss>", FEED.url)


def test_a_release_of_a_feed_without_pages_has_its_text() -> None:
    (only,) = FEED.read_list(
        feed(item(rest="<description><![CDATA[<p>가</p><p>나</p>]]></description>"))
    ).posts

    assert (only.text, only.summary) == ("가\n나", "가 나")
    assert FEED.open(only) is None


def test_a_teaser_is_cut_at_two_hundred_characters() -> None:
    (only,) = FEED.read_list(feed(item(rest=f"<description>{'가' * 300}</description>"))).posts

    assert only.summary == "가" * 199 + "…"
    assert only.text == "가" * 300


def test_news_has_no_text_and_is_not_opened() -> None:
    news = replace(FEED, kind="news")
    (only,) = news.read_list(feed(item(rest="<description>가나다</description>"))).posts

    assert (only.text, only.summary) == (None, "가나다")
    assert news.open(only) is None
    with pytest.raises(LayoutError):
        news.read_post(post("<div class=body>가</div>"))


def test_an_item_of_several_outlets_names_its_own() -> None:
    several = replace(FEED, issuer="source")
    by = "<source url='https://b.kr'>{}</source>".format
    quoted, hyphened, plain = several.read_list(
        feed(
            item(3, "가 &amp;quot;나&amp;quot; - A&amp;amp;B 신문", rest=by("A&amp;B 신문")),
            item(2, "가 - 나 - b.kr", rest=by("b.kr")),
            item(1, "가 - 나", rest=by("다")),
        )
    ).posts

    assert (quoted.title, quoted.publisher) == ('가 "나"', "A&B 신문")
    assert (hyphened.title, hyphened.publisher) == ("가 - 나", "b.kr")
    assert (plain.title, plain.publisher) == ("가 - 나", "다")


@pytest.mark.parametrize(
    "broken", [item(), item(title="- 나", rest="<source>나</source>"), item(rest="<source/>" * 2)]
)
def test_an_item_of_several_outlets_names_one_and_has_a_title(broken: str) -> None:
    with pytest.raises(LayoutError):
        replace(FEED, issuer="source").read_list(feed(broken))


def test_a_feed_of_one_outlet_keeps_a_hyphen_in_its_titles() -> None:
    (only,) = FEED.read_list(feed(item(title="가 - None", rest="<source>None</source>"))).posts

    assert (only.title, only.publisher) == ("가 - None", None)


def test_a_feed_with_a_layout_opens_the_declared_address() -> None:
    opened = replace(FEED, article=LAYOUT, link="https://www.a.kr/view?id={key}")
    (only,) = opened.read_list(feed(item(7, rest="<description>가</description>"))).posts

    assert only.text is None
    assert opened.open(only) == Request("https://www.a.kr/view?id=7")
    assert opened.read_post(post("<div class=body>나</div>")).text == "나"


def test_a_feed_without_https_links_to_pages_without_and_names_them_all_the_same() -> None:
    plain, whole = replace(FEED, key="(.+)"), feed(item())
    http = replace(whole, final_url="http://www.a.kr/rss")
    http = replace(http, body=whole.body.replace(b"<link>https:", b"<link>http:"))

    (there,), (here,) = plain.read_list(http).posts, plain.read_list(whole).posts

    assert (there.url, here.url) == ("http://www.a.kr/view?id=1", "https://www.a.kr/view?id=1")
    assert there.key == here.key == here.url


def test_a_feed_may_not_choose_which_address_is_opened() -> None:
    with pytest.raises(ValueError, match="declares their link"):
        replace(FEED, article=LAYOUT)


def test_a_feed_with_bare_ampersands_and_control_characters_is_read() -> None:
    (only,) = FEED.read_list(feed(item(title="R&D\x08 A&nbsp;B <![CDATA[C & D]]>"))).posts

    assert only.title == "R&D A B C & D"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("수출&#11; 바우처&#x1F;&#0;", "수출 바우처"),
        ("끝&#xFFFE;&#65535;&#x110000;&#99999999999999999999;", "끝"),
        ("소식 &#55357;&#56832;", "소식 😀"),
        ("소식 &#xD83D;&#xDE00;", "소식 😀"),
        ("반쪽 &#55357;가&#56832;", "반쪽 가"),
        ("&#49688;&#xCD9C; R&#38;D &#X41;&#00000065;", "수출 R&D AA"),
        ("A&AMP;B &#x; &#G;", "A&B &#x; &#G;"),
        ("1&#38;lt;2", "1<2"),
    ],
)
def test_a_letter_by_a_number_that_xml_forbids_costs_no_feed(written: str, expected: str) -> None:
    (first, second) = FEED.read_list(feed(item(title=written), item(2))).posts

    assert first.title == expected
    assert second.title == "제목"


def test_a_title_that_looks_like_an_element_is_read() -> None:
    (only,) = FEED.read_list(feed(item(title="&lt;select&gt;"))).posts

    assert only.title == "<select>"


def test_what_cdata_holds_is_text_to_its_end() -> None:
    written = b"<a>&#11;<![CDATA[&#55357;&#11;\x0b &amp; &]]>&#11;&<b/><![CDATA[&"
    assert mended(written) == b"<a><![CDATA[&#55357;&#11; &amp; &]]>&amp;<b/><![CDATA[&amp;"


@pytest.mark.parametrize(
    "piece", ["&#", "&#1", "&#1;", "&#x", "&#55357;", "&", "<![CDATA[", "&#x0"]
)
def test_a_hostile_feed_costs_no_more_than_its_length(piece: str) -> None:
    with pytest.raises(LayoutError):
        FEED.read_list(feed(piece * 100_000))


def test_entities_of_a_feed_are_not_expanded() -> None:
    bomb = feed(item(title="가 &boom;"))
    body = b'<!DOCTYPE rss [<!ENTITY boom "x">]>' + bomb.body

    (only,) = FEED.read_list(replace(bomb, body=body)).posts

    assert "x" not in only.title


@pytest.mark.parametrize(
    "broken",
    [
        item(title=""),
        item().replace("<title>제목</title>", ""),
        item() + "<title>둘</title>",
        item().replace("id=1", "no=1"),
        item().replace("https:", "javascript:"),
        item(title="<b>제목"),
    ],
)
def test_an_item_that_is_not_as_known_is_refused(broken: str) -> None:
    with pytest.raises(LayoutError):
        FEED.read_list(feed(item(2), broken))


def test_an_item_of_a_sitemap_is_not_taken_for_its_picture() -> None:
    sitemap = Sitemap(publisher="a", url="https://www.a.kr/s", key=r"/(\d+)")
    (only,) = sitemap.read_list(
        page(
            '<urlset xmlns="urn:s" xmlns:n="urn:n" xmlns:i="urn:i"><url><loc>https://www.a.kr/5</loc>'
            "<n:news><n:publication_date>2026-11-20T10:00:00+09:00</n:publication_date>"
            "<n:title>제목</n:title></n:news>"
            "<i:image><i:loc>https://www.a.kr/6</i:loc><i:title>그림</i:title></i:image></url></urlset>"
        )
    ).posts

    assert (only.key, only.title, only.summary) == ("5", "제목", None)
