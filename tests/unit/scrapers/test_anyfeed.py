from datetime import UTC, datetime

import pytest

from scrapers.errors import LayoutError
from scrapers.model import Page, Post
from scrapers.platforms.anyfeed import AnyFeed

URL = "https://feeds.example.com/all"
FEED = AnyFeed(url=URL)

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>가상 신문</title><item>
<title>시장 소식</title><media:title>사진</media:title><link>https://a.example/news/1?utm_source=rss</link>
<description>&lt;p&gt;장이 섰다&lt;/p&gt;</description>{date}</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>가상 블로그</title>
<link rel="self" href="https://a.example/feed"/><entry><title type="html">시장 &amp;amp; 소식</title
><link rel="replies" href="https://a.example/news/1/comments"/>
<link rel="alternate" href="/news/1"/>
<link rel="enclosure" href="https://a.example/1.mp3"/><id>tag:a.example,2026:1</id>
<updated>2026-11-20T01:00:00Z</updated><published>2026-11-19T09:30:00+09:00</published>
<summary>장이 섰다</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://a.example/"><title>가상 신문</title></channel>
<item rdf:about="https://a.example/news/1"><title>시장 소식</title>
<link>https://a.example/news/1</link><description>장이 섰다</description>
<dc:date>2026-11-19T09:30:00+09:00</dc:date></item></rdf:RDF>"""
DATE = "<pubDate>Thu, 19 Nov 2026 09:30:00 +0900</pubDate>"


def read(markup: str) -> Post:
    page = Page(URL, URL, 200, {}, markup.encode(), datetime(2026, 11, 20, 9, tzinfo=UTC))
    (post,) = FEED.read_list(page).posts
    return post


@pytest.mark.parametrize(
    "markup",
    [
        RSS.format(date=DATE),
        RSS.format(date="<dc:date>2026-11-19T09:30:00+09:00</dc:date>"),
        RDF,
    ],
    ids=["RSS 2.0", "RSS 2.0 with dc:date", "RSS 1.0"],
)
def test_a_feed_is_read_by_its_address_alone(markup: str) -> None:
    post = read(markup)

    assert post.key == post.url == "https://a.example/news/1"
    assert post.title == "시장 소식"
    assert post.summary == "장이 섰다"
    assert post.text is None
    assert post.published is not None
    assert post.published.at == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)


def test_an_atom_entry_leads_to_its_page_and_not_to_its_comments() -> None:
    post = read(ATOM)

    assert post.url == "https://feeds.example.com/news/1"
    assert post.title == "시장 & 소식"
    assert post.published is not None
    assert post.published.at == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)


def test_an_atom_entry_without_a_link_of_its_own_is_refused() -> None:
    only_self = ATOM.replace('rel="alternate"', 'rel="self"').replace('rel="replies"', 'rel="self"')

    with pytest.raises(LayoutError, match="found 3"):
        read(only_self)


def test_an_item_with_an_empty_link_does_not_lead_to_the_feed_itself() -> None:
    empty = RSS.format(date=DATE).replace("https://a.example/news/1?utm_source=rss", " ")

    with pytest.raises(LayoutError, match="an empty"):
        read(empty)


def test_a_feed_without_dates_is_refused_unless_it_is_declared_so() -> None:
    undated = RSS.format(date="")
    page = Page(URL, URL, 200, {}, undated.encode(), datetime(2026, 11, 20, 9, tzinfo=UTC))
    (post,) = AnyFeed(url=URL, date=None).read_list(page).posts

    assert post.published is None
    with pytest.raises(LayoutError, match="no row has a date"):
        FEED.read_list(page)
