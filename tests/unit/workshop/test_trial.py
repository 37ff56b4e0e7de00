from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scrapers import own
from scrapers.errors import ChallengePage
from scrapers.model import Page
from scrapers.platforms.api import Api
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.board import Board
from service.workshop import trial
from service.workshop.trial import Line

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ROW = (
    "<tr class='row'><td><a href='?id={n}'>우체국 {n}</a></td><td class='day'>2026-11-{n}</td></tr>"
)
LIST = f"""<html><body><ul><li><a href='/'>홈</a></li></ul><table class='board'>
{"".join(ROW.format(n=n) for n in (12, 11, 10))}</table></body></html>"""
POST = f"""<html><body><div class="head"><h1>우체국</h1></div>
<div class="text">{"길고 긴 글이다. " * 30}</div></body></html>"""
BOARD = Board(
    publisher=None,
    url="https://a.example/list",
    row="tr.row",
    key=r"id=(\d+)",
    link="https://a.example/view?id={key}",
    title="a",
    date="td.day",
    pinned="td.notice",
    article=ArticleLayout(body="div.text", files="a.file"),
)
FEED = """<rss><channel><title>가</title><item><title>나</title><link>https://a.example/1</link>
<when>2026-11-20 10:00</when></item></channel></rss>"""


def page(markup: str) -> Page:
    return Page(BOARD.url, BOARD.url, 200, {}, markup.encode(), NOW)


def lines(source: Board, markup: str = LIST) -> dict[str, Line]:
    return {line.field: line for line in trial.of_list(source, page(markup))}


def test_each_selector_is_counted_in_the_rows_with_an_example() -> None:
    found = lines(BOARD)

    assert {name: (line.mark, line.found) for name, line in found.items()} == {
        "row": ("✓", "3"),
        "title": ("✓", "3/3"),
        "date": ("✓", "3/3, 읽힘 / read 3"),
        "pinned": ("·", "0/3"),
        "key": ("✓", "3/3"),
    }
    assert (found["title"].example, found["key"].example) == ("우체국 12", "12")


def test_a_row_that_is_not_found_is_answered_with_what_repeats_on_the_page() -> None:
    found = lines(replace(BOARD, row="tr.item"))

    assert list(found) == ["row"]
    assert found["row"].mark == "✗"
    assert found["row"].instead[0] == "table.board > tr (3, 날짜 / dated 3)"


def test_a_field_that_is_not_found_is_answered_with_what_stands_in_the_row() -> None:
    found = lines(replace(BOARD, date="td.date"))

    assert (found["date"].mark, found["date"].found) == ("✗", "0/3")
    assert found["date"].instead == ("a “우체국 12”", "td.day “2026-11-12”")
    assert found["title"].ok


def test_a_field_that_is_found_twice_in_a_row_fails() -> None:
    found = lines(replace(BOARD, title="td"))

    assert (found["title"].mark, found["title"].found) == ("✗", "3/3, 2×")


def test_a_date_that_cannot_be_read_fails() -> None:
    found = lines(replace(BOARD, date="a"))

    assert (found["date"].mark, found["date"].found) == ("✗", "3/3, 읽힘 / read 0")


def test_a_key_that_is_not_found_is_answered_with_the_row() -> None:
    found = lines(replace(BOARD, key=r"seq=(\d+)"))

    assert found["key"].mark == "✗"
    assert "?id=12" in found["key"].instead[0]


def test_a_body_that_is_not_found_is_answered_with_where_the_text_is() -> None:
    layout = ArticleLayout(body="div.content", files="a.file")
    found = trial.of_post(replace(BOARD, article=layout), page(POST))
    body, files = found

    assert (body.mark, body.field) == ("✗", "article.body")
    assert body.instead[0].startswith("div.text ")
    assert (files.mark, files.found) == ("·", "0")


def test_a_feed_is_tried_by_its_paths() -> None:
    text = 'platform = "feed"\nurl = "https://a.example/list"\n'
    plain = {line.field: line for line in trial.of_list(own.read(text, "x"), page(FEED))}
    dated = own.read(text + 'date = "when"\n', "x")

    assert (plain["date"].mark, plain["title"].mark) == ("·", "✓")
    assert all(line.ok for line in trial.of_list(dated, page(FEED)))


def test_an_item_that_is_not_found_is_answered_with_what_the_document_has() -> None:
    text = 'platform = "feed"\nurl = "https://a.example/list"\nitem = "entry"\n'
    (item,) = trial.of_list(own.read(text, "x"), page(FEED))

    assert (item.mark, item.instead) == ("✗", ("channel", "channel/title", "channel/item"))


def test_an_api_is_tried_by_its_paths() -> None:
    api = Api(
        publisher=None,
        url=BOARD.url,
        rows="data.list",
        key="id",
        title="name",
        link="https://a.example/{key}",
        date="when.day",
    )
    body = '{"data": {"rows": [{"id": 1, "title": "우체국", "when": {"day": "2026-11-20"}}]}}'

    (rows,) = trial.of_list(api, page(body))
    found = {line.field: line for line in trial.of_list(replace(api, rows="data.rows"), page(body))}

    assert (rows.mark, rows.instead) == ("✗", ("data.rows",))
    assert (found["date"].mark, found["key"].mark, found["title"].mark) == ("✓", "✓", "✗")
    assert "title “우체국”" in found["title"].instead


def test_a_page_in_the_place_of_the_list_is_named() -> None:
    with pytest.raises(ChallengePage):
        lines(BOARD, "<html><head><title>로그인</title></head><body></body></html>")
