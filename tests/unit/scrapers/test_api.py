import json
import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scrapers.dates import SEOUL
from scrapers.errors import ChallengePage, LayoutError
from scrapers.model import Page, Post, Request
from scrapers.platforms.api import Api
from scrapers.platforms.article import ArticleLayout

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
API = Api(
    publisher=None,
    url="https://www.a.kr/api/list",
    rows="data.list",
    key="id",
    title="name",
    link="https://www.a.kr/view?id={key}",
    date="open.from",
    issuer="agency",
    error="said.message",
)
OPENED = replace(API, view="https://www.a.kr/api/{key}", text="data.body")


def page(content: Any, url: str = API.url) -> Page:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Page(url, url, 200, {}, body, NOW)


def row(**fields: Any) -> dict[str, Any]:
    opened = {"from": "2026-11-20", "to": "2026-12-01"}
    return {"id": 7, "name": "공고", "open": opened, "agency": "어느 부처"} | fields


def listing(*rows: object) -> Page:
    return page({"data": {"list": rows}})


def posts(*rows: object) -> tuple[Post, ...]:
    return API.read_list(listing(*rows)).posts


def test_a_row_becomes_a_post() -> None:
    (only,) = posts(row())

    assert (only.key, only.url, only.title) == ("7", "https://www.a.kr/view?id=7", "공고")
    assert only.published is not None
    assert only.published.at == datetime(2026, 11, 20, tzinfo=SEOUL)
    assert only.publisher == "어느 부처"


def test_a_list_has_one_page() -> None:
    assert API.read_list(listing(row())).more is None


def test_the_list_is_asked_for_as_declared() -> None:
    form, headers = {"page": "1"}, {"X-Asked-By": "page"}

    assert replace(API, form=form).first() == Request(API.url, form=form)
    asked = replace(API, json="{}", headers=headers).first()
    assert asked == Request(API.url, json="{}", headers=headers)


def test_entities_and_markup_of_a_title_are_resolved_and_its_brackets_kept() -> None:
    (only,) = posts(row(name=" <b>R&amp;D</b>\n<첫 만남>\ud83d "))

    assert only.title == "R&D <첫 만남>"


def test_a_day_that_is_a_number_or_lies_ahead_or_is_missing() -> None:
    read = [
        post.published
        for post in posts(
            row(id=1, open={"from": 20261101}),
            row(id=2, open={"from": "2026-11-25 09:00"}),
            row(id=3, open=None),
        )
    ]

    assert read[0] is not None
    assert (read[0].at.day, read[0].precision) == (1, "day")
    assert read[1:] == [None, None]


def test_a_publisher_may_be_missing() -> None:
    assert posts(row(agency=None))[0].publisher is None
    assert replace(API, issuer=None).read_list(listing(row())).posts[0].publisher is None


@pytest.mark.parametrize(
    "broken",
    [
        row(id=None),
        row(id=""),
        row(id="../7"),
        row(id="7?x=1"),
        row(id=True),
        row(id=[7]),
        row(name=None),
        row(name=" &nbsp; "),
        row(name={"ko": "공고"}),
        "row",
        None,
    ],
)
def test_a_row_that_is_not_as_known_is_refused(broken: object) -> None:
    with pytest.raises(LayoutError):
        posts(row(id=1), broken)


def test_the_hour_alone_is_no_day_and_no_change_of_a_list() -> None:
    (only,) = posts(row(open={"from": "14:32"}))
    assert only.published is None


def test_a_list_without_one_readable_day_is_refused() -> None:
    with pytest.raises(LayoutError, match="no row has a date"):
        posts(row(open={"from": "상시"}))


@pytest.mark.parametrize("name", ["id", "name", "open", "agency"])
def test_a_list_in_which_one_name_has_changed_is_refused(name: str) -> None:
    renamed = [{f"{each}_" if each == name else each: row()[each] for each in row()}]

    with pytest.raises(LayoutError):
        posts(*renamed)
    assert len(posts(row(id=8), {**row(), "agency": None})) == 2


def test_a_refusal_with_status_200_is_told_in_the_words_of_the_site() -> None:
    refusal = {"said": {"code": 999, "message": "존재하지 않는\n인증키"}}

    with pytest.raises(LayoutError, match="the site says: 존재하지 않는 인증키"):
        API.read_list(page(refusal))


@pytest.mark.parametrize(
    "content",
    [
        {"data": {"list": []}},
        {"data": {"list": {"id": 7}}},
        {"data": [{"list": [row()]}]},
        {"rows": [row()]},
        {"said": {"message": ""}},
        [],
        "data.list",
        7,
        None,
    ],
)
def test_an_answer_without_rows_is_refused(content: object) -> None:
    with pytest.raises(LayoutError, match=r"at least one row in 'data\.list', found none"):
        API.read_list(page(content))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>" + b"</body></html>",
        b'{"data": {"list": [{"id": 7',
        b"[" * 100_000,
        b'{"data": {"list": [{"id": ' + b"9" * 100_000 + b"}]}}",
    ],
)
def test_what_is_not_json_or_half_of_it_is_refused(body: bytes) -> None:
    with pytest.raises(LayoutError, match="not JSON"):
        API.read_list(page(body))


@pytest.mark.parametrize("letter", ["\t", "\n", "\x0b"], ids=repr)
def test_a_raw_control_letter_costs_no_list(letter: str) -> None:
    body = json.dumps({"data": {"list": [row(name="수출@바우처")]}}).replace("@", letter)
    (post,) = API.read_list(page(body.encode())).posts
    assert post.title == "수출 바우처"


def test_a_login_in_place_of_the_list_is_named() -> None:
    with pytest.raises(ChallengePage):
        API.read_list(page("<html><title>로그인</title></html>".encode()))


def test_posts_are_opened_only_where_the_site_gives_their_text() -> None:
    (only,) = posts(row())

    assert API.open(only) is None
    with_headers = replace(OPENED, headers={"X-Asked-By": "page"})
    expected = Request("https://www.a.kr/api/7", json="{}", headers={"X-Asked-By": "page"})
    assert with_headers.open(only) == expected


def test_the_text_of_a_post_is_read_as_its_reader_sees_it() -> None:
    body = "<p>가&nbsp;나</p><table><tr><td>대상</td><td>서점</td></tr></table>"

    assert OPENED.read_post(page({"data": {"body": body}})).text == "가 나\n대상\t서점"


@pytest.mark.parametrize("content", [{"data": {"body": "<p> </p>"}}, {"data": {}}, []])
def test_a_post_without_text_is_refused(content: object) -> None:
    with pytest.raises(LayoutError, match=r"no text at 'data\.body'"):
        OPENED.read_post(page(content))


def test_posts_may_have_a_page_and_a_teaser() -> None:
    paged = replace(API, article=ArticleLayout(body="div.body"), summary="period")
    (only,) = paged.read_list(listing(row(period=" 예산 <b>소진</b>시까지 "))).posts

    assert only.summary == "예산 소진시까지"
    assert paged.open(only) == Request("https://www.a.kr/view?id=7")
    assert paged.read_post(page(b"<html><div class=body>text</div></html>")).text == "text"


def test_rows_may_stand_one_level_deeper_as_items() -> None:
    deeper = page({"data": {"list": {"item": [row(), row(id=8)]}}})

    assert [post.key for post in API.read_list(deeper).posts] == ["7", "8"]


def test_no_rows_are_no_trouble_where_the_site_counts_none() -> None:
    counted = replace(API, total="count")

    assert counted.read_list(page({"count": 0, "data": {"list": []}})).posts == ()
    for trouble in ({"count": 3, "data": {"list": []}}, {"count": 0}):
        with pytest.raises(LayoutError, match="expected at least one row"):
            counted.read_list(page(trouble))


def test_posts_have_no_pages_of_a_viewer() -> None:
    with pytest.raises(LayoutError):
        OPENED.read_part(page({}))


def test_hostile_rows_are_read_or_refused_in_time() -> None:
    chance = random.Random(5)
    values: list[Any] = [
        None,
        True,
        7,
        10**4000,
        -1,
        0.5,
        "가" * 1000,
        "&#x110000;<!--",
        "\ud800",
        [],
        {},
    ]
    started = time.process_time()
    for _ in range(500):
        fields = {name: chance.choice(values) for name in ("id", "name", "open", "agency")}
        try:
            (only,) = posts(row(**fields))
        except LayoutError:
            continue
        only.title.encode()
    for hostile in ("<" * 100_000, "&" * 100_000, "<p>" * 20_000, "\x00" * 100_000):
        posts(row(name=f"공고 {hostile}"))
    assert time.process_time() - started < 10
