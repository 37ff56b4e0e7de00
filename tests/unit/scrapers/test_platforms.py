"""Boards of invented publishers."""

from dataclasses import replace

import pytest

from scrapers.errors import ChallengePage, LayoutError
from scrapers.model import Page, Post, Request
from scrapers.platforms import intake
from scrapers.platforms.board import Board
from tests.unit.scrapers.declared import FEED, LAYOUT, item, page, post

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


def row(key: str, title: str = "제목", date: str = "2026.11.20", extra: str = "") -> str:
    return (
        f"<tr class='row' onclick=\"view('{key}')\">{extra}"
        f"<td><a href='#' onclick=\"view('{key}')\">{title}</a></td><td class=date>{date}</td></tr>"
    )


def board(*rows: str) -> Page:
    return page(f"<html><body><table>{''.join(rows)}</table></body></html>")


def posts(*rows: str) -> tuple[Post, ...]:
    return BOARD.read_list(board(*rows)).posts


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


def test_a_list_of_days_to_come_alone_is_one_we_know() -> None:
    opens, later = posts(row("2", date="2026.11.22"), row("1", date="2026.12.1"))

    assert (opens.published, later.published) == (None, None)


def test_a_list_on_which_no_date_can_be_read_has_changed() -> None:
    with pytest.raises(LayoutError, match="no row has a date"):
        posts(row("2", date="방금"), row("1", date="1시간 전"))
    with pytest.raises(LayoutError, match="no row has a date"):
        posts(row("2", date="2099.12.31"), row("1", date="2028.1.1"))


def test_on_a_busy_day_the_hour_alone_is_no_date_and_no_change_of_a_list() -> None:
    for later in ("9:11", "14:32", "2026.11.19"):
        first, second = posts(row("2", date=" 14:50 "), row("1", date=later))
        assert first.published is None
        assert (second.published is None) == (":" in later)
    for strange in ("25:00", "14:60", "14:32 조회 3", "1432", "1:2"):
        with pytest.raises(LayoutError, match="no row has a date"):
            posts(row("2", date=strange), row("1", date=strange))


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


def test_a_page_of_tags_without_end_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(LayoutError, match="more than 100000 tags"):
        BOARD.read_list(board("<p>" * 100_001))


def test_xml_of_tags_without_end_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(LayoutError, match="more than 500000 tags"):
        intake.tree(page(f"<rss>{'<a/>' * 500_000}</rss>"))
