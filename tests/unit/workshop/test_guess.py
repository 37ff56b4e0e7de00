import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import own
from scrapers.model import Page
from service.workshop import guess, toml

URL = "https://a.example/board/list.do?menu=3"
TABLE = """<html><head><title>가상 시청 | 알림</title></head><body>
<ul id="menu"><li><a href="/1">홈</a></li><li><a href="/2">소식</a></li>
<li><a href="/3">찾기</a></li><li><a href="/4">지도</a></li></ul>
<table class="board"><thead><tr><th>번호</th><th>제목</th><th>날짜</th></tr></thead>
<tbody>{rows}</tbody></table></body></html>"""
QUERY = "<a href='view.do?menu=3&amp;seq={n}&amp;page=1'>장터 {n}회</a>"
PATH = "<a href='/news/2026/{n}.html'>장터 {n}회</a>"
CONSTANT = "<a href='#' onclick=\"goView('86','{n}')\">장터 {n}회</a>"
SCRIPT = "<a href='#' onclick=\"goView('{n}','1')\">장터 {n}회</a>"
CARD = "<li class='card'><div><p class='tit'>{link}</p><em>2026. 11. {day}.</em></div></li>"


def page(markup: str) -> Page:
    return Page(URL, URL, 200, {}, markup.encode(), datetime(2026, 12, 20, tzinfo=UTC))


def rows(link: str, count: int = 5) -> str:
    return "".join(
        f"<tr><td>{n}</td><td class='subject'>{link.format(n=n)}</td><td>2026-11-{n}</td></tr>"
        for n in range(11, 11 + count)
    )


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (QUERY, "https://a.example/board/view.do?menu=3&seq=11&page=1"),
        (PATH, "https://a.example/news/2026/11.html"),
    ],
    ids=["query", "path"],
)
def test_the_rows_of_a_table_make_a_board_that_reads_them(link: str, address: str) -> None:
    values, note = guess.board(page(TABLE.format(rows=rows(link)))) or ({}, "")
    source = own.read(toml.written(values), "x.toml")
    posts = source.read_list(page(TABLE.format(rows=rows(link)))).posts

    assert note == ""
    assert [post.title for post in posts] == [f"장터 {n}회" for n in range(11, 16)]
    assert posts[0].url == address
    assert posts[0].published is not None
    assert posts[0].published.at.isoformat() == "2026-11-11T00:00:00+09:00"


def test_cards_make_one_too() -> None:
    cards = "".join(CARD.format(link=QUERY.format(n=n), day=n) for n in range(11, 16))
    markup = f"<html><body><ul class='cards'>{cards}</ul></body></html>"
    values, _ = guess.board(page(markup)) or ({}, "")

    assert values["row"] == "ul.cards > li"
    posts = own.read(toml.written(values), "x.toml").read_list(page(markup)).posts
    assert [post.key for post in posts] == ["11", "12", "13", "14", "15"]


def test_where_a_script_opens_the_posts_the_link_is_left_to_fill_in() -> None:
    values, note = guess.board(page(TABLE.format(rows=rows(SCRIPT)))) or ({}, "")

    assert values["key"] == r"goView\(\s*['\"]?([\w-]+)"
    assert values["link"] == "https://a.example/FILL-IN?id={key}"
    assert "fill in link" in note


def test_the_argument_that_differs_is_the_key() -> None:
    values, _ = guess.board(page(TABLE.format(rows=rows(CONSTANT)))) or ({}, "")
    source = own.read(toml.written(values), "x.toml")
    posts = source.read_list(page(TABLE.format(rows=rows(CONSTANT)))).posts

    assert [post.key for post in posts] == ["11", "12", "13", "14", "15"]


def test_the_title_is_the_heading_within_a_link_that_holds_the_whole_row() -> None:
    card = "<a href='view?id={n}'><strong>장터 {n}회</strong><em>2026.11.{n}</em><p>요약</p></a>"
    cards = "".join(f"<li>{card.format(n=n)}</li>" for n in range(11, 16))
    values, _ = guess.board(page(f"<html><body><ul class='c'>{cards}</ul></body></html>")) or (
        {},
        "",
    )

    assert (values["title"], values["date"]) == ("strong", "em")


TAGS = st.sampled_from(
    [
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<a>",
        "</a>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "<div>",
        "</div>",
        "가",
        "2026-11-20",
        "12",
        "<a/href='?id=7'>",
        "<a/onclick='go(1,2)'>",
        "<p/class='a:b'>",
        "<b/id='1'>",
        "<a/href='//['>",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(TAGS, max_size=60))
def test_any_markup_is_guessed_at(pieces: list[str]) -> None:
    markup = "".join(pieces).replace("/", " ", pieces.count("<a/href='?id=7'>"))
    guessed = guess.board(page(f"<html><body>{markup * 3}</body></html>"))

    assert guessed is None or {"row", "key", "link", "title"} <= guessed[0].keys()


@pytest.mark.parametrize("piece", ["<div>", "<li><a>1</a>", "<td><a href=?id=1>2026-11-20"])
def test_hostile_markup_takes_no_more_than_its_length(piece: str) -> None:
    begun = time.process_time()
    guess.board(page(f"<html><body>{piece * 3_000}</body></html>"))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "markup",
    [
        "",
        "<html><body></body></html>",
        "<html><head><title>로그인</title></head><body></body></html>",
        TABLE.format(rows=""),
        TABLE.format(rows=rows("<a href='http://[bad'>가</a>")),
        TABLE.format(rows=rows("<a href='/same'>가</a>")),
    ],
)
def test_where_no_list_can_be_told_nothing_is_said(markup: str) -> None:
    assert guess.board(page(markup)) is None
