"""Pages that are no documents, hidden or hostile ones: what is refused, and why."""

import logging
import random

import pytest

from scrapers.documents.html import read_html
from scrapers.documents.model import Document, DocumentError
from tests.unit.scrapers.documents.pages import BODY, NEWS, SENTENCES, article, ld, page


def refused(content: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_html(content)
    return caught.value


@pytest.mark.parametrize("hidden", ["hidden", 'style="display:none"', 'style="display: none;"'])
def test_what_is_hidden_is_not_read(hidden: str) -> None:
    assert "숨은" not in read_html(page(f"<div {hidden}>숨은 글</div>{BODY}")).text


@pytest.mark.parametrize(
    "content",
    [
        page(
            "<p>잠시만 기다려 주십시오. 곧 첫 화면으로 옮깁니다.</p>",
            "<title>정책브리핑 - Error</title>",
        ),
        page(f"<p>{'안내 말씀입니다. ' * 90}</p>", "<title>시스템안내</title>"),
        page(f"<p>{'안내 말씀입니다. ' * 90}</p>", "<title>로그인 | 나무일보</title>"),
        page("<p>요청하신 페이지를 찾을 수 없습니다. 주소를 다시 확인해 주십시오.</p>"),
        page("<p>요청하신 기사는 삭제되었거나 볼 수 없는 자료입니다.</p>"),
        page("<p>Checking your browser before accessing</p>", "<title>Just a moment...</title>"),
        page(f"<script>window._cf_chl_opt={{}}</script>{BODY}"),
    ],
)
def test_a_page_in_place_of_a_document_is_refused(content: bytes) -> None:
    trouble = refused(content)

    assert trouble.reason == "no-text"
    assert trouble.detail.startswith("in place of a document, ")


def test_a_release_about_errors_is_no_error_page() -> None:
    body = BODY + "<p>누리집에서 페이지를 찾을 수 없다는 오류 신고가 줄었다.</p>" * 20

    assert read_html(page(body, "<title>오류 신고 줄었다 | 나무일보</title>")).text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unsupported"),
        (b"only text", "unsupported"),
        (bytes(range(256)), "broken"),
        (page(""), "no-text"),
        (page('<img src="poster.jpg">'), "no-text"),
        (b"<html><frameset><frame src=a></frameset></html>", "no-text"),
        (b"<p>" + b" " * 10_000_000, "too-large"),
        (b"<p>" * 100_001, "too-large"),
        (b"<div>" * 300 + "글이 여기에 있다.".encode(), "too-large"),
    ],
)
def test_what_gives_no_text_says_why(content: bytes, reason: str) -> None:
    assert refused(content).reason == reason


@pytest.mark.parametrize(
    "hostile",
    [
        f"<title>{'-' * 200_000}</title>",
        f"<title>{'a - ' * 50_000}</title>",
        f'<script type="application/ld+json">{"[" * 200_000}</script>',
        f"<script>x({'[' * 200_000}</script>",
        f"<script>{'=[ ' * 50_000}</script>",
        "<!--" * 20_000 + "-->",
    ],
)
def test_hostile_markup_costs_no_more_than_its_length(hostile: str) -> None:
    assert SENTENCES[0] in read_html(page(BODY, hostile)).text


def test_an_article_of_more_tags_than_any_real_one_has_is_read_by_hand() -> None:
    many = "<b>숲</b>" * 15_100
    document = read_html(article(head=ld(NEWS), body=f"<p>{many}</p>"))

    assert document.parser == "beautifulsoup4"
    assert document.text.endswith("숲" * 15_100)


def test_a_page_that_is_no_article_is_not_reported_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        read_html(page(f"<div>{SENTENCES[0]}</div>", ld(NEWS)))

    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_no_markup_at_all_makes_it_fail_otherwise() -> None:
    rng = random.Random(5)
    tokens = [
        "<p>", "</p>", "<table>", "<tr>", "<td>", "<script>", "</script>", "</title>", "<title>",
        '<script type="application/ld+json">', '{"@type":"NewsArticle","headline":', "&#0;",
        '"가"}', "<body>", "<html>", '<time datetime="', "<!--", "<![CDATA[", "<svg>", "<?x", "가 ",
        '<meta name="author" content="', '<link rel="canonical" href="', "입력 2026-01-02", "\0",
    ]  # fmt: skip

    for _ in range(150):
        content = "".join(rng.choice(tokens) for _ in range(rng.randrange(40))).encode()
        try:
            assert isinstance(read_html(content), Document)
        except DocumentError:  # any other error is a failure
            continue
