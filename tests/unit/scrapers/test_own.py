import string
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers import own, registry
from scrapers.own import BadDeclaration
from scrapers.platforms.anyfeed import AnyFeed
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.sitemap import Sitemap

FEED = 'platform = "feed"\nurl = "https://a.example/rss"\n'
BOARD = """
what = "가상 게시판: a board that nobody has"
platform = "board"
url = "https://a.example/list?page={page}"
row = "tr.row"
key = '[?&]id=(\\d+)'
link = "https://a.example/view?id={key}"
title = "a"
date = "td.date"
pause = 1

[article]
body = "div.body"
files = "a.file"
file_key = "down\\\\('(\\\\d+)','(?P<order>\\\\d)'\\\\)"
file_link = "https://a.example/down?id={key}&n={order}"
"""
API = """
platform = "api"
url = "https://a.example/api/list"
rows = "data.list"
key = "id"
title = "name"
link = "https://a.example/view/{key}"
date = "day"
headers = {Accept = "application/json"}
"""


def why(text: str) -> str:
    with pytest.raises(BadDeclaration) as caught:
        own.read(text, "mine.toml")
    return str(caught.value)


def test_a_feed_needs_no_more_than_its_address() -> None:
    source = own.read(FEED, "mine.toml")

    assert source == AnyFeed(url="https://a.example/rss")
    assert source.kind == "news"


def test_a_board_is_declared_with_all_that_a_built_in_one_has_but_code() -> None:
    source = own.read(BOARD, "mine.toml")

    assert isinstance(source, Board)
    assert source.article is not None
    assert source.article.file_link == "https://a.example/down?id={key}&n={order}"
    assert (source.publisher, source.pause, source.kind) == (None, 1, "release")
    assert source.what == "가상 게시판: a board that nobody has"


def test_an_api_and_a_sitemap_are_declared_likewise() -> None:
    api = own.read(API, "mine.toml")
    sitemap = own.read(FEED.replace("feed", "sitemap"), "mine.toml")

    assert isinstance(api, Api)
    assert api.headers == {"Accept": "application/json"}
    assert isinstance(sitemap, Sitemap)
    assert sitemap.kind == "news"


def test_an_empty_text_stands_for_none_where_none_may_be() -> None:
    assert own.read(FEED + 'summary = ""\n', "mine.toml") == AnyFeed(
        url="https://a.example/rss", summary=None
    )
    assert why(FEED + 'title = ""\n') == "mine.toml: title: 비어 있습니다 / is empty"


def test_the_keys_that_an_address_names_are_what_the_source_needs() -> None:
    text = API.replace("api/list", "api/list?serviceKey={key:data_go_kr}")

    assert own.read(text, "mine.toml").needs == ("data_go_kr",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "platform: board, feed, sitemap, api 가운데 하나여야 합니다 / must be one of"),
        ('platform = "rss"', "platform: board, feed, sitemap, api 가운데"),
        ("platform =", "TOML: 읽을 수 없습니다"),
        (
            FEED + 'kye = "(a)"',
            "kye: 이런 항목은 없습니다: key? / no such field: did you mean key?",
        ),
        (FEED + 'document = "os.system"', "document: 이런 항목은 없습니다"),
        (FEED + "searches = true", "searches: 이런 항목은 없습니다"),
        ('platform = "feed"', "url: 없으면 안 되는 항목입니다 / this field is missing"),
        (FEED + "what = 1", "what: 따옴표로 묶은 글이어야 합니다 / must be a string"),
        (FEED + 'what = "a\\nb"', "what: 한 줄의 글이어야 합니다 / must be one line"),
        (FEED + "every = true", "every: 수이어야 합니다 / must be a number"),
        (FEED + "every = 1", "every: 60~604800이어야 합니다"),
        (FEED + "every = nan", "every: 60~604800이어야 합니다"),
        (FEED + 'max_pages = "3"', "max_pages: 정수이어야 합니다 / must be a whole number"),
        (FEED + 'kind = "blog"', "kind: release, notice, news 가운데"),
        (FEED + 'key = "abc"', "key: 괄호로 묶은 곳이 있어야 합니다"),
        (FEED + 'key = "(["', "key: 읽을 수 없는 정규식입니다"),
        (FEED + 'item = "a["', "item: 읽을 수 없는 경로입니다"),
        (FEED + "checks = true", "checks: route_of와 함께 씁니다"),
        (FEED.replace("https:", "ftp:"), "url: http나 https 주소가 아닙니다 / not an http(s)"),
        (FEED.replace("a.example", "["), "url: http나 https 주소가 아닙니다"),
        (FEED.replace("/rss", "/{page}"), "url: {page}는 여기에 쓸 수 없습니다"),
        (BOARD.replace("{page}", "{page}&{page}"), "url: {page}가 한 번 있어야 합니다"),
        (BOARD.replace("view?id={key}", "view"), "link: {key}가 한 번 있어야 합니다"),
        (BOARD.replace("tr.row", "tr[class="), "row: 읽을 수 없는 CSS 선택자입니다"),
        (BOARD.replace("tr.row", "tr:contains(a)"), "row: 읽을 수 없는 CSS 선택자입니다"),
        (BOARD.replace("div.body", "div["), "article.body: 읽을 수 없는 CSS 선택자입니다"),
        (BOARD.replace('body = "div.body"', ""), "article.body: 없으면 안 되는 항목입니다"),
        (BOARD.replace("&n={order}", "&n={other}"), "article.file_link: {other}는 여기에"),
        (BOARD.replace("&n={order}", "&n={key.a}"), "article.file_link: {key.a}는 이름이"),
        (BOARD.replace("{order}", "{"), "article.file_link: 중괄호의 짝이 맞지 않습니다"),
        (BOARD.replace("file_key", "boilerplate"), "article.file_key: file_key, file_link는 함께"),
        (BOARD.replace("[article]", 'kind = "news"\n[article]'), "article: 언론 기사(news)는"),
        (FEED + '[article]\nbody = "p"', "article: 언론 기사(news)는 열지 않습니다"),
        (FEED + 'kind = "release"\n[article]\nbody = "p"', "link: 글을 열려면 있어야 합니다"),
        (API + "form = {a = 1}", "form.a: 따옴표로 묶은 글이어야 합니다"),
        (API + 'json = "{"', "json: JSON이 아닙니다"),
        (API.replace("Accept", '"A b"'), "headers.A b: 머리말로 보낼 수 없습니다"),
        (API.replace("application/json", r"a\r\nb"), "headers.Accept: 머리말로 보낼 수 없습니다"),
        (API + 'view = "https://a.example/{key}"', "text: view와 text는 함께 씁니다"),
    ],
)
def test_a_mistake_is_named_by_file_and_field_in_both_languages(text: str, said: str) -> None:
    told = why(text)

    assert told.startswith(f"mine.toml: {said}")
    assert " / " in told


# A folder of declarations


def test_the_name_of_a_file_is_the_id(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(FEED)
    (tmp_path / "another_1.toml").write_text(BOARD, "utf-8")
    (tmp_path / "notes.txt").write_text("not a declaration")

    assert list(registry.own_sources(tmp_path)) == ["another_1", "mine"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("korea_kr", FEED.encode(), "korea_kr.toml: 파일 이름 / its name: 이미 있는 출처의 id"),
        ("Mine-1", FEED.encode(), "Mine-1.toml: 파일 이름 / its name: 영어 소문자"),
        ("mine", b"\xb0\xa1", "mine.toml: TOML: UTF-8이 아닙니다 / not UTF-8"),
        ("mine", b"#" * 200_000, "mine.toml: TOML: 너무 큽니다"),
        ("mine", b"platform = 3", "mine.toml: platform: "),
    ],
)
def test_a_file_that_cannot_be_a_source_is_named(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / f"{name}.toml").write_bytes(content)

    with pytest.raises(BadDeclaration) as caught:
        registry.own_sources(tmp_path)
    assert str(caught.value).startswith(said)


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").mkdir()

    with pytest.raises(BadDeclaration, match=r"mine\.toml: TOML: 읽을 수 없습니다"):
        registry.own_sources(tmp_path)


# Hostile text

SCALARS = st.one_of(
    st.booleans().map(lambda value: str(value).lower()),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.sampled_from(["[]", "{}", "[[[]]]", "{a = {b = 1}}", "1979-05-27", "07:32:00", '"""', "'"]),
    st.text("()[]{}|*+?\\^$.:>~#=,\"'a1 /가\u0000\u200b", max_size=30).map(
        lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    ),
)
NAMES = st.sampled_from(
    [
        "platform",
        "what",
        "url",
        "row",
        "key",
        "link",
        "title",
        "date",
        "issuer",
        "summary",
        "pinned",
        "form",
        "json",
        "headers",
        "every",
        "pause",
        "max_pages",
        "kind",
        "off",
        "route_of",
        "checks",
        "document",
        "needs",
        "publisher",
        "item",
        "loc",
        "rows",
        "view",
        "text",
    ]
)
LINES = st.lists(st.tuples(NAMES, SCALARS).map(" = ".join), max_size=6, unique=True)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["", FEED, BOARD, API]),
    LINES,
    st.sampled_from(["", "[article]\n", "[[article]]\n", "[article.body]\n", "[form]\n"]),
    LINES,
)
def test_nothing_but_bad_declaration_is_raised_whatever_is_declared(
    base: str, lines: list[str], table: str, more: list[str]
) -> None:
    kept = [line for line in base.splitlines() if line.split(" ")[0] not in "".join(lines)]
    text = "\n".join([*lines, *kept, table, *more])
    try:
        own.read(text, "mine.toml")
    except BadDeclaration as bad:
        told = str(bad)
    else:
        told = "mine.toml: read"
    assert told.startswith("mine.toml: ")


@settings(max_examples=100, deadline=None)
@given(st.text(string.printable + "가\u0000\ud800", max_size=80))
def test_nothing_but_bad_declaration_is_raised_whatever_is_no_toml(text: str) -> None:
    with pytest.raises(BadDeclaration):
        own.read(text, "mine.toml")


@pytest.mark.parametrize("piece", ["[", "(", ":is(", "a > ", "|", "*", "\\\\", "{", "가", "[a="])
def test_long_hostile_fields_are_refused_or_read_in_time(piece: str) -> None:
    begun = time.process_time()
    for field in ("key", "row", "title", "link", "url"):
        text = "\n".join(line for line in BOARD.splitlines() if not line.startswith(field))
        try:
            own.read(f'{field} = "{piece * 100_000}"\n{text}', "mine.toml")
            own.read(f'{field} = "{piece * 900}"\n{text}', "mine.toml")
        except BadDeclaration:
            continue
    assert time.process_time() - begun < 10
