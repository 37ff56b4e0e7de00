"""What each trouble of a source is called, from the wire up to the layout of a page."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scrapers import errors
from scrapers.errors import PASSES, Passing, ScrapeError, Trouble
from scrapers.fetch import Fetcher
from scrapers.model import Page, Request, Source
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.sitemap import Sitemap
from scrapers.wire import Limits, Reply, expect_ok

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BOARD = Board(
    publisher="a",
    url="https://www.a.kr/list",
    row="ul.list > li",
    key=r"view\('(\d+)'\)",
    link="https://www.a.kr/view?id={key}",
    title="a",
)
FEED = Feed(publisher="a", url="https://www.a.kr/rss", key=r"id=(\d+)")
SITEMAP = Sitemap(publisher="a", url="https://www.a.kr/s", key=r"/(\d+)")
API = Api(
    publisher="a",
    url="https://www.a.kr/api",
    rows="data.list",
    key="id",
    title="name",
    link="https://www.a.kr/view?id={key}",
    date="day",
    error="message",
)
ROW = "<li><a onclick=\"view('1')\">제목</a></li>"


def called(source: Source, markup: str | bytes) -> Trouble:
    """What the trouble with a list is called."""
    body = markup if isinstance(markup, bytes) else markup.encode()
    with pytest.raises(ScrapeError) as raised:
        source.read_list(Page("https://www.a.kr/list", "https://www.a.kr/list", 200, {}, body, NOW))
    return raised.value.trouble


def leaves(kind: type[ScrapeError]) -> list[type[ScrapeError]]:
    below = kind.__subclasses__()
    return [leaf for each in below for leaf in leaves(each)] if below else [kind]


# by class


def test_every_class_has_a_name_and_what_passes_is_told_by_it() -> None:
    kinds = leaves(ScrapeError)

    assert {each.trouble for each in kinds} <= set(get_args(Trouble))
    for each in kinds:
        assert (each.trouble in PASSES) is issubclass(each, Passing), each
    assert set(get_args(Trouble)) > PASSES


def test_an_exact_name_goes_before_that_of_the_class() -> None:
    assert errors.LayoutError("u", "no rows", "empty").trouble == "empty"
    assert errors.LayoutError("u", "no rows").trouble == "layout"


@pytest.mark.parametrize(
    ("status", "headers", "trouble"),
    [
        (500, {}, "server"),
        (503, {}, "server"),
        (503, {"retry-after": "9"}, "throttled"),
        (429, {}, "throttled"),
        (404, {}, "gone"),
        (410, {}, "gone"),
        (401, {}, "disallowed"),
        (403, {}, "disallowed"),
        (400, {}, "layout"),
    ],
)
def test_a_status_has_its_name(status: int, headers: dict[str, str], trouble: str) -> None:
    reply = Reply(httpx.URL("https://www.a.kr/list"), status, headers, b"")

    with pytest.raises(ScrapeError) as raised:
        expect_ok(reply, "https://www.a.kr/list", NOW)
    assert raised.value.trouble == trouble


# by the wire


async def unanswered(url: str) -> ScrapeError:
    fetcher = Fetcher(contact="https://pabal.example/contact", limits=Limits(total=20))
    try:
        with pytest.raises(ScrapeError) as raised:
            await fetcher.get(Request(url))
    finally:
        await fetcher.aclose()
    return raised.value


async def test_a_name_that_nobody_knows_is_trouble_with_dns() -> None:
    error = await unanswered("https://nobody.invalid/list")

    # It was robots.txt that was asked for first.
    assert (error.trouble, "robots.txt" in error.detail) == ("dns", True)


async def test_a_connection_that_is_refused_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        error = await unanswered(f"http://127.0.0.1:{taken.getsockname()[1]}/list")

    assert error.trouble == "unreachable"


@asynccontextmanager
async def self_signed(folder: Path) -> AsyncIterator[str]:
    """A publisher whose certificate nobody has signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=9_000))
        .not_valid_after(NOW + timedelta(days=9_000))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "site.pem"
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)

    async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(close, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/list"


async def test_a_certificate_that_nobody_vouches_for_is_trouble_with_it(tmp_path: Path) -> None:
    async with self_signed(tmp_path) as url:
        error = await unanswered(url)

    assert (error.trouble, type(error)) == ("certificate", errors.Unreachable)


async def test_a_handshake_that_fails_otherwise_is_unreachable() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await unanswered(f"https://127.0.0.1:{port}/list")

    assert error.trouble == "unreachable"


# by what came in place of the page


@pytest.mark.parametrize("source", [BOARD, FEED, API])
@pytest.mark.parametrize(
    ("title", "trouble"),
    [
        ("가상부 : 로그인", "login"),
        ("통합 로그인", "login"),
        ("Sign-in | 가상부", "login"),
        ("시스템 안내", "system-notice"),
        ("가상부 - 서비스 점검 안내", "system-notice"),
        ("홈페이지 점검중", "system-notice"),
        ("가상부 - Error", "error-page"),
        ("404 Not Found", "error-page"),
        ("페이지를 찾을 수 없습니다.", "error-page"),
        ("오류 안내 | 가상부", "error-page"),
        ("Just a moment...", "challenge"),
        ("보안 문자 | 가상부", "challenge"),
        ("접속 차단", "challenge"),
    ],
)
def test_a_page_that_names_itself_is_called_by_that(
    source: Source, title: str, trouble: str
) -> None:
    assert called(source, f"<html><title>{title}</title><p>가</p></html>") == trouble


def test_a_browser_check_without_a_title_is_a_challenge() -> None:
    assert called(BOARD, "<html><script>window._cf_chl_opt={}</script></html>") == "challenge"


# by what is missing of it


@pytest.mark.parametrize(
    ("source", "half"),
    [
        (BOARD, ""),
        (BOARD, f"<html><body><ul class=list>{ROW}"),
        (BOARD, "<html><body>가나".encode()[:-1]),
        (FEED, " "),
        (FEED, "<rss><channel><item><title>가</title>"),
        (API, ""),
        (API, '{"data": {"list": [{"id": 7, "name": "가나'),
        (API, '{"data": {"list": [{"id": 7}'),
        (API, "[" * 100_000),
    ],
)
def test_half_a_page_is_cut_off(source: Source, half: str | bytes) -> None:
    assert called(source, half) == "cut-off"


@pytest.mark.parametrize(
    ("source", "other"),
    [
        (BOARD, '{"rows": []}'),
        (BOARD, "가나다"),
        (BOARD, "<html><ul><li>가</li></ul></html>"),
        (BOARD, b"\xff\xfe\xfd\xff\xff\xff\xff\xff"),
        (FEED, "가나다"),
        (FEED, "<html><body>가</body></html>"),
        (FEED, "<rss><channel><item><b>가</item></channel></rss>"),
        (API, "<html><body>가</body></html>"),
        (API, '{"data": {"rows": [1]}}'),
        (API, '{"data": {"list": {}}}'),
    ],
)
def test_a_page_that_is_none_of_ours_is_another_layout(source: Source, other: str | bytes) -> None:
    assert called(source, other) == "layout"


# by what it does not list


@pytest.mark.parametrize(
    ("source", "nothing"),
    [
        (BOARD, "<html><p>안내</p><ul class=list></ul></html>"),
        (BOARD, "<html><ul class=list><!-- none --><p>등록된 글이 없습니다.</p></ul></html>"),
        (BOARD, "<html><div>조회된 데이터가 존재하지 않습니다</div></html>"),
        (FEED, "<rss><channel><title>가</title><image><title>나</title></image></channel></rss>"),
        (SITEMAP, '<urlset xmlns="urn:s"></urlset>'),
        (API, '{"data": {"list": []}}'),
        (API, '{"data": {"list": []}, "message": "정상"}'),
    ],
)
def test_a_list_without_a_row_is_empty(source: Source, nothing: str) -> None:
    assert called(source, nothing) == "empty"


@pytest.mark.parametrize(
    ("source", "redesigned"),
    [
        (BOARD, f"<html><ul class=list>{ROW.replace('li>', 'div>') * 12}</ul></html>"),
        (BOARD, f"<html><ul class=new>{ROW}</ul><p hidden>검색 결과가 없습니다</p></html>"),
        (FEED, "<rss><channel><title>가</title><new><title>나</title></new></channel></rss>"),
        (SITEMAP, '<urlset xmlns="urn:s"><page><loc>https://www.a.kr/5</loc></page></urlset>'),
    ],
)
def test_rows_that_are_there_under_another_name_are_another_layout(
    source: Source, redesigned: str
) -> None:
    assert called(source, redesigned) == "layout"


def test_a_site_that_says_with_status_200_why_it_gives_nothing_is_an_error_page() -> None:
    assert called(API, '{"message": "등록되지 않은 인증키입니다"}') == "error-page"


def test_another_board_than_ours_is_another_layout_whatever_its_selector_says() -> None:
    single = Board(
        publisher="a", url=BOARD.url, row="tr[onclick]", key=BOARD.key, link=BOARD.link, title="a"
    )

    assert called(single, "<html><table><tr><td>가</td></tr></table></html>") == "layout"
    assert (
        called(single, "<html><table><tr><td>자료가 없습니다</td></tr></table></html>") == "empty"
    )
