from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scrapers.errors import ChallengePage, LayoutError
from scrapers.model import File, Page, Post, Request
from scrapers.platforms import intake
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LAYOUT = ArticleLayout(body="div.body")
BOARD = Board(
    publisher="a",
    url="https://www.a.kr/list?page={page}&size=10",
    row="tr.row",
    key=r"view\('(\d+)'\)",
    link="https://www.a.kr/view?id={key}",
    title="a",
    date="td.date",
    summary="p",
    pinned="td.notice",
    article=LAYOUT,
)
FEED = Feed(publisher="a", url="https://www.a.kr/rss", key=r"id=(\d+)")


def page(markup: str, url: str = "https://www.a.kr/list?page=1&size=10") -> Page:
    return Page(url, url, 200, {}, markup.encode(), NOW)


def row(key: str, title: str = "제목", date: str = "2026.11.20", extra: str = "") -> str:
    return (
        f"<tr class='row' onclick=\"view('{key}')\">{extra}"
        f"<td><a href='#' onclick=\"view('{key}')\">{title}</a></td><td class=date>{date}</td></tr>"
    )


def board(*rows: str) -> Page:
    return page(f"<html><body><table>{''.join(rows)}</table></body></html>")


def feed(*items: str) -> Page:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return page(f"<rss><channel><title>가</title>{inside}</channel></rss>", FEED.url)


def item(
    key: int = 1, title: str = "제목", date: str = "2026-11-20 10:00:00", rest: str = ""
) -> str:
    link = f"<link>https://www.a.kr/view?id={key}</link>"
    return f"<title>{title}</title>{link}<pubDate>{date}</pubDate>{rest}"


def posts(*rows: str) -> tuple[Post, ...]:
    return BOARD.read_list(board(*rows)).posts


def post(html: str) -> Page:
    return page(f"<html><body>{html}</body></html>", "https://www.a.kr/view?id=1")


# Board


def test_a_pinned_row_is_marked() -> None:
    pinned, plain = posts(row("2", extra="<td class=notice>공지</td>"), row("1"))

    assert (pinned.pinned, plain.pinned) == (True, False)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_row_and_its_pinned_double_are_one_ordinary_post(turn: int) -> None:
    rows = [row("2", "고정", extra="<td class=notice>공지</td>"), row("2", "보통")]

    (only,) = posts(*rows[::turn])

    assert (only.title, only.pinned) == ("보통", False)


def test_of_two_ordinary_rows_with_one_key_the_first_is_kept() -> None:
    (only,) = posts(row("2", "먼저"), row("2", "나중"))

    assert only.title == "먼저"


def test_a_row_without_key_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"expected one key .* found 0"):
        posts(row("x"))


def test_a_row_with_two_keys_is_refused() -> None:
    with pytest.raises(LayoutError, match=r"expected one key .* found 2"):
        posts(row("1", extra="<td onclick=\"view('2')\"></td>"))


@pytest.mark.parametrize(
    ("title", "message"), [("  ", "'a' of row 1 is empty"), ("가</a><a>나", "'a', found 2")]
)
def test_a_row_without_one_title_is_refused(title: str, message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        posts(row("1", title))


def test_a_declared_date_must_be_there() -> None:
    with pytest.raises(LayoutError, match=r"expected one 'td\.date', found 0"):
        posts(row("1").replace("class=date", ""))


def test_a_date_in_the_future_is_no_date() -> None:
    tomorrow, today = posts(row("2", date="2026.11.22"), row("1"))

    assert tomorrow.published is None
    assert today.published is not None


def test_a_list_on_which_no_date_can_be_read_has_changed() -> None:
    with pytest.raises(LayoutError, match="no row has a date"):
        posts(row("2", date="방금"), row("1", date="1시간 전"))


def test_the_next_page_has_the_next_number() -> None:
    third = replace(board(row("1")), url="https://www.a.kr/list?page=3&size=10")

    assert BOARD.first() == Request("https://www.a.kr/list?page=1&size=10")
    assert BOARD.read_list(third).more == Request("https://www.a.kr/list?page=4&size=10")


def test_a_list_without_page_numbers_has_one_page() -> None:
    single = replace(BOARD, url="https://www.a.kr/list")

    assert single.read_list(board(row("1"))).more is None


def test_a_page_of_another_list_is_refused() -> None:
    with pytest.raises(LayoutError, match="not a page of"):
        BOARD.read_list(replace(board(row("1")), url="https://www.a.kr/other"))


def test_midnight_on_a_date_only_board_is_a_day() -> None:
    midnight = board(row("1", date="2026-11-20 00:00:00"))

    (stamped,) = BOARD.read_list(midnight).posts
    (dated,) = replace(BOARD, date_only=True).read_list(midnight).posts

    assert stamped.published
    assert dated.published
    assert (stamped.published.precision, dated.published.precision) == ("second", "day")


def test_a_board_without_a_layout_opens_nothing() -> None:
    news = replace(BOARD, article=None, kind="news")
    (only,) = news.read_list(board(row("1"))).posts

    assert (only.url, news.open(only)) == ("https://www.a.kr/view?id=1", None)
    with pytest.raises(LayoutError, match="no page that is read"):
        news.read_post(post("<div class=body>가</div>"))
    with pytest.raises(LayoutError, match="no page that is read"):
        news.read_part(post("<div class=body>가</div>"))


def test_a_key_of_several_parts_is_read_as_it_stands_in_the_address() -> None:
    several = replace(BOARD, key=r"\?(id=\d+&no=\d+)", link="https://www.a.kr/view?{key}")
    link = "<a href='/view?id=1&amp;no=2&amp;page=3'>제목</a>"
    cells = f"<td>{link}</td><td class=date>2026.11.20</td>"
    (only,) = several.read_list(board(f"<tr class=row>{cells}</tr>")).posts

    assert (only.key, only.url) == ("id=1&no=2", "https://www.a.kr/view?id=1&no=2")


def test_a_board_that_wants_a_form_is_posted_to() -> None:
    posted = replace(BOARD, form={"page": "1"})

    assert posted.first() == Request("https://www.a.kr/list?page=1&size=10", {"page": "1"})


# The door


def test_a_piece_of_a_page_is_whole_where_its_last_element_came() -> None:
    whole = "<div class=card>가</div><input type=hidden id=count>"

    assert intake.fragment(page(whole), last="#count").select(".card")
    with pytest.raises(LayoutError, match="stopped half way"):
        intake.fragment(page(whole[:20]), last="#count")
    with pytest.raises(ChallengePage):
        intake.fragment(page("<html><title>로그인</title></html>"), last="#count")


@pytest.mark.parametrize(
    "title", ["로그인 없이 보는 통계 - 보도자료", "시스템 안내 로봇 첫선", "Error 404 전시회 개막"]
)
def test_a_title_about_such_things_is_no_challenge(title: str) -> None:
    markup = f"<html><title>{title}</title><table>{row('1')}</table></html>"

    assert len(BOARD.read_list(page(markup)).posts) == 1


@pytest.mark.parametrize(
    "title", ["정책브리핑 - Error", "시스템 안내", "로그인 | 가부", "가부 : 접근 제한"]
)
def test_a_page_that_names_itself_otherwise_is_a_challenge(title: str) -> None:
    markup = f"<html><title>\n {title}\n</title><table>{row('1')}</table></html>"

    with pytest.raises(ChallengePage):
        BOARD.read_list(page(markup))
    with pytest.raises(ChallengePage):
        FEED.read_list(page(markup))


def test_half_a_page_says_so() -> None:
    with pytest.raises(LayoutError, match="stopped half way"):
        BOARD.read_list(page(f"<html><table>{row('1')}"))
    with pytest.raises(LayoutError, match="stopped half way"):
        FEED.read_list(page(f"<rss><channel><item>{item()}</item></channel>"))


# Feed


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


def test_a_feed_may_not_choose_which_address_is_opened() -> None:
    with pytest.raises(ValueError, match="declares their link"):
        replace(FEED, article=LAYOUT)


def test_a_feed_with_bare_ampersands_and_control_characters_is_read() -> None:
    (only,) = FEED.read_list(feed(item(title="R&D\x08 A&nbsp;B <![CDATA[C & D]]>"))).posts

    assert only.title == "R&D A B C & D"


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


# Article


def test_text_of_the_body_is_kept_without_boilerplate() -> None:
    layout = ArticleLayout(body="div.body", drop=".share", boilerplate=r"이 자료는 .*알립니다\.")
    detail = layout.read(
        post(
            "<div class=body><p>가</p><i class=share>공유</i><p>이 자료는 남이 알립니다.</p></div>"
        )
    )

    assert detail.text == "가"
    assert detail.body is None


def test_a_file_is_listed_once_under_its_name() -> None:
    layout = replace(LAYOUT, files="a.file")
    detail = layout.read(
        post(
            "<div class=body>가</div><a class=file href='/f?id=1'>가.hwpx</a>"
            "<a class=file href='/f?id=1'>내려받기</a><a class=file href='/f?id=2'>나.pdf</a>"
        )
    )

    assert detail.files == (
        File("가.hwpx", "https://www.a.kr/f?id=1"),
        File("나.pdf", "https://www.a.kr/f?id=2"),
    )


def test_a_file_without_a_name_is_refused() -> None:
    with pytest.raises(LayoutError, match="without a name"):
        replace(LAYOUT, files="a").read(post("<div class=body>가</div><a href='/f'><img></a>"))


@pytest.mark.parametrize(
    "named",
    [
        "<div class=body>가</div><a class=moved href='/f?id=1'>가 (최종).hwpx (1.2MB)</a>",
        "<div class=body>가<ul><li><a href='/f?id=1'>가.PDF</a></ul></div>",
        "<div class=body>가<a onclick='load(1)'>가.hwp</a></div>",
        "<div class=body>가</div><p><b>가.zip</b><a href='/f?id=1'>내려받기</a></p>",
    ],
    ids=["elsewhere", "in what is dropped", "by a script in the text", "beside its link"],
)
def test_a_file_that_is_named_where_none_is_found_is_heard_of(named: str) -> None:
    layout = replace(LAYOUT, files="a.file", file_name="b", drop="ul")

    with pytest.raises(LayoutError, match="a file is named"):
        layout.read(post(named))
    assert replace(layout, files=None).read(post(named)).files == ()


def test_a_text_may_link_to_files_of_others() -> None:
    link = "<a href='https://b.example/1.pdf'>보고서.pdf</a>"
    detail = replace(LAYOUT, files="a.file").read(
        post(f"<div class=body>가 {link}</div><a href='/viewer'>pdf 뷰어 내려받기 (.hwp)</a>")
    )

    assert detail.files == ()


def test_what_is_dropped_from_the_body_may_hold_the_title_and_the_files() -> None:
    layout = replace(LAYOUT, title="h3", files="a[href]", file_name="b", drop="h3, ul")
    files = "".join(
        f"<li><b>{name}.hwpx</b><p><a href='/down?{name}'>받기</a></p></li>" for name in ("x", "y")
    )

    detail = layout.read(post(f"<div class=body><h3>제목</h3>가<ul>{files}</ul></div>"))

    assert (detail.title, detail.text) == ("제목", "가")
    assert [file.name for file in detail.files] == ["x.hwpx", "y.hwpx"]


def test_what_stands_above_the_body_is_read_first() -> None:
    layout = replace(LAYOUT, above="tr.period")
    table = (
        "<table><tr class=period><th>신청기간</th><td>상시</td></tr><tr><td>조회</td></tr></table>"
    )

    assert layout.read(post(f"{table}<div class=body>가</div>")).text == "신청기간\t상시\n가"
    assert layout.read(post("<div class=body>가</div>")).text == "가"


def test_the_address_of_a_file_is_made_of_what_its_script_is_called_with() -> None:
    layout = replace(
        LAYOUT,
        files="a[onclick]",
        file_key=r"down\('(\w+)', '(?P<order>\d+)'\)",
        file_link="https://www.a.kr/down?no={key}&order={order}",
    )
    links = "".join(
        f"<a href='#' onclick=\"down('x1', '{order}')\">{order}.hwpx</a>" for order in (1, 2)
    )

    assert [file.url for file in layout.read(post(f"<div class=body>{links}</div>")).files] == [
        "https://www.a.kr/down?no=x1&order=1",
        "https://www.a.kr/down?no=x1&order=2",
    ]


def test_a_page_with_neither_text_nor_files_is_refused() -> None:
    with pytest.raises(LayoutError, match="neither text nor files"):
        LAYOUT.read(post("<div class=body> <br> </div>"))


VIEWER = replace(LAYOUT, frame="iframe", part="https://www.a.kr/{rs}/{fn}.files/1.html")


def test_text_in_a_viewer_is_asked_for_page_by_page() -> None:
    detail = VIEWER.read(
        post("<div class=body><iframe src='/doc?fn=f 1&amp;rs=/r/1'></iframe></div>")
    )

    assert detail.text == ""
    assert detail.body == Request("https://www.a.kr/r/1/f%201.files/1.html")
    part = VIEWER.read_part(replace(post("<p>가</p>"), url=detail.body.url))
    assert part.text == "가"
    assert part.more == Request("https://www.a.kr/r/1/f%201.files/2.html")


def test_text_on_the_page_needs_no_viewer() -> None:
    detail = VIEWER.read(post("<div class=body><p>가</p></div>"))

    assert (detail.text, detail.body) == ("가", None)


def test_a_viewer_cannot_lead_to_another_host() -> None:
    detail = VIEWER.read(
        post("<div class=body><iframe src='/doc?fn=f&amp;rs=@evil.example/x'></iframe></div>")
    )

    assert detail.body == Request("https://www.a.kr/%40evil.example/x/f.files/1.html")


def test_a_viewer_without_an_address_is_refused() -> None:
    with pytest.raises(LayoutError, match="the viewer's address has no 'rs'"):
        VIEWER.read(post("<div class=body><iframe src='/doc?fn=f'></iframe></div>"))


@pytest.mark.parametrize(
    ("written", "precision"),
    [("2026-11-19T00:00:00+09:00", "day"), ("2026-11-19T14:20:00+09:00", "second")],
)
def test_midnight_on_a_page_that_fills_it_in_is_a_day(written: str, precision: str) -> None:
    layout = ArticleLayout(body="div.body", date="meta[name=at]", date_only=True)
    head = f"<head><meta name=at content='{written}'></head>"
    detail = layout.read(page(f"<html>{head}<body><div class=body>본문</div></body></html>"))

    assert detail.published is not None
    assert detail.published.precision == precision


def test_a_page_of_tags_without_end_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(LayoutError, match="more than 100000 tags"):
        BOARD.read_list(board("<p>" * 100_001))


def test_xml_of_tags_without_end_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(LayoutError, match="more than 500000 tags"):
        intake.tree(page(f"<rss>{'<a/>' * 500_000}</rss>"))
