from __future__ import annotations

import random
import sys
import time
from dataclasses import replace

import pytest

from notifier.letter import Letter, Piece, letter
from notifier.model import Alert, File, Hit, Language, Message
from notifier.plain import plain

ALERT = Alert(
    subscription="수출 소식",
    title="수출 물류비 지원을 늘립니다",
    url="https://news.example.go.kr/1",
    publisher="산업통상부",
    source="motir",
    published_at="2026-08-03T00:30:00+00:00",
    published_precision="minute",
    summary="",
    hits=(Hit("수출", "…수출 물류비를…", ((1, 3),)), Hit("기관:산업통상부", "")),
)
FULL = replace(
    ALERT,
    kind="notice",
    embargo="엠바고 2026-08-04 06:00까지 · embargoed until 2026-08-04 06:00 KST",
    apply_by="2026-08-31 18:00",
    changes=("마감 8.24 → 8.31 (deadline)",),
    topics=("수출·해외진출", "물류"),
    contacts=("수출과 사무관 나한솔 044-000-0000", "수출과 주무관 차은별 044-000-0001"),
    files=(File("공고문.hwpx", "https://news.example.go.kr/f/1"),),
    extract="산업통상부는 물류비 지원을 늘린다고 밝혔다.",
)


def write(alert: Alert, language: Language = "ko") -> Letter:
    return letter(Message("msg_1", "-", None, alert, 1, language))


def texts(said: Letter) -> list[str]:
    """Everything in a letter that a reader sees."""
    return [
        said.subject,
        said.title,
        said.byline,
        said.extract,
        said.footer,
        *said.badges,
        *said.changes,
        *(text for fact in said.facts for text in fact),
        *("".join(piece.text for piece in line) for line in said.why),
        *(file.name for file in said.files),
    ]


def test_an_alert_is_title_origin_link_and_what_it_was_sent_for() -> None:
    assert plain(write(ALERT, "ko")).split("\n") == [
        "수출 물류비 지원을 늘립니다",
        "산업통상부 · 2026-08-03 09:30 KST",
        "",
        "원문: https://news.example.go.kr/1",
        "",
        "알려 드리는 까닭",
        "- 수출: …수출 물류비를…",
        "- 기관:산업통상부",
        "",
        "파발 · 구독 ‘수출 소식’",
    ]


def test_labels_are_english_for_who_reads_english_and_the_news_stays_korean() -> None:
    assert plain(write(FULL, "en")).split("\n") == [
        f"[{FULL.embargo}] [Correction] [Call or notice]",
        "수출 물류비 지원을 늘립니다",
        "산업통상부 · 2026-08-03 09:30 KST",
        "",
        "What changed",
        "- 마감 8.24 → 8.31 (deadline)",
        "",
        "산업통상부는 물류비 지원을 늘린다고 밝혔다.",
        "",
        "Apply by: 2026-08-31 18:00",
        "Topics: 수출·해외진출, 물류",
        "Contact: 수출과 사무관 나한솔 044-000-0000",
        "Contact: 수출과 주무관 차은별 044-000-0001",
        "",
        "Source: https://news.example.go.kr/1",
        "",
        "Why you get this",
        "- 수출: …수출 물류비를…",
        "- 기관:산업통상부",
        "",
        "Attachments",
        "- 공고문.hwpx https://news.example.go.kr/f/1",
        "",
        "Pabal · subscription “수출 소식”",
    ]


def test_the_subject_warns_of_a_correction_and_of_an_embargo() -> None:
    subjects = [write(each, "ko").subject for each in (ALERT, FULL)]
    english = write(FULL, "en").subject

    assert subjects == [ALERT.title, f"[엠바고] [정정] {ALERT.title}"]
    assert english == f"[Embargo] [Correction] {ALERT.title}"


def test_hits_are_marked_in_the_words_around_them() -> None:
    alert = replace(ALERT, hits=(Hit("수출 지원", "수출을  돕는 지원", ((0, 2), (8, 10))),))

    assert write(alert, "ko").why == (
        (
            Piece("수출 지원: "),
            Piece("수출", marked=True),
            Piece("을 돕는 "),
            Piece("지원", marked=True),
        ),
    )


@pytest.mark.parametrize(
    ("marks", "marked"),
    [
        (((-5, 1),), ["가"]),
        (((3, 99),), ["라"]),
        (((2, 1), (9, 12)), []),
        (((0, 2), (1, 3)), ["가나다"]),
        (((0, 10**12),), ["가나다라"]),
    ],
)
def test_a_mark_outside_of_the_words_marks_only_what_is_there(
    marks: tuple[tuple[int, int], ...], marked: list[str]
) -> None:
    alert = replace(ALERT, hits=(Hit("규칙", "가나다라", marks),))

    (line,) = write(alert, "ko").why

    assert [piece.text for piece in line if piece.marked] == marked
    assert "".join(piece.text for piece in line) == "규칙: 가나다라"


@pytest.mark.parametrize(
    ("at", "precision", "shown"),
    [
        ("2026-08-03T00:00:00+09:00", "day", "2026-08-03"),
        ("2026-08-02T15:00:00+00:00", "day", "2026-08-03"),
        ("2026-08-03T00:00:00+09:00", "minute", "2026-08-03 00:00 KST"),
        ("2026-08-03T09:30:59+09:00", "second", "2026-08-03 09:30 KST"),
        ("2026-12-31T15:30:00Z", "minute", "2027-01-01 00:30 KST"),
        (None, None, "시각 미상"),
    ],
)
def test_a_time_is_korean_and_a_date_stays_a_date(
    at: str | None, precision: str | None, shown: str
) -> None:
    alert = replace(ALERT, published_at=at, published_precision=precision)

    assert write(alert, "ko").byline == f"산업통상부 · {shown}"


def test_without_a_publisher_the_source_is_named() -> None:
    assert write(replace(ALERT, publisher=None), "ko").byline.startswith("motir · ")


def test_a_kind_that_is_unknown_to_us_is_no_badge() -> None:
    assert write(replace(ALERT, kind="podcast"), "ko").badges == ()


@pytest.mark.parametrize(
    ("scraped", "shown"),
    [
        ("두 줄\r\n제목", "두 줄 제목"),
        ("탭\t과 \u3000전각", "탭 과 전각"),
        ("\x1b[2J지움\x07", "[2J지움"),
        ("뒤집힌\u202e글", "뒤집힌글"),
        ("널\x00\ud800", "널"),
        ("줄\u2028나눔", "줄 나눔"),
    ],
)
def test_scraped_text_is_one_line_without_control_characters(scraped: str, shown: str) -> None:
    said = write(
        replace(
            FULL,
            title=scraped,
            publisher=scraped,
            subscription=scraped,
            embargo=scraped,
            apply_by=scraped,
            changes=(scraped,),
            topics=(scraped,),
            contacts=(scraped,),
            extract=scraped,
            files=(File(scraped, "https://a.example/1"),),
            hits=(Hit(scraped, scraped),),
        ),
        "ko",
    )

    assert (said.subject, said.title) == (f"[엠바고] [정정] {shown}", shown)
    assert (said.byline, said.footer) == (
        f"{shown} · 2026-08-03 09:30 KST",
        f"파발 · 구독 ‘{shown}’",
    )
    assert (said.badges[0], said.changes, said.extract) == (shown, (shown,), shown)
    assert said.facts == (("신청 마감", shown), ("분야", shown), ("문의", shown))
    assert said.why == ((Piece(f"{shown}: "), Piece(shown)),)
    assert said.files[0].name == shown


def test_what_is_empty_once_cleaned_is_not_told() -> None:
    hits = (Hit("규칙", "\u202e"), Hit("다른 규칙", " 가\n"))
    alert = replace(ALERT, contacts=("\u200b", " "), topics=("",), hits=hits)

    assert write(alert, "ko").facts == ()
    assert write(alert, "ko").why == ((Piece("규칙"),), (Piece("다른 규칙: "), Piece("가")))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (
            "https://a.example/안내.do?a=1&b=%20#c",
            "https://a.example/%EC%95%88%EB%82%B4.do?a=1&b=%20#c",
        ),
        ("HTTP://a.example/", "HTTP://a.example/"),
        (
            "https://a.example/\"><b>'(x)[y]|`\\",
            "https://a.example/%22%3E%3Cb%3E%27%28x%29%5By%5D%7C%60%5C",
        ),
        (" https://a.example/a b\r\nX: y", "https://a.example/a%20bX:%20y"),
        ("https://a.example/\u202e\ud800", "https://a.example/"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)//https://a.example", ""),
        ("data:text/html,x", ""),
        ("//a.example/1", ""),
        ("", ""),
        ("https://a.example/" + "가" * 300, ""),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(url: str, link: str) -> None:
    said = write(replace(ALERT, url=url, files=(File("파일", url),)), "ko")

    assert (said.url, said.files) == (link, (File("파일", link),))


def test_a_letter_without_a_link_has_no_line_for_it() -> None:
    said = plain(write(replace(FULL, url="", files=(File("가.pdf", ""),)), "ko"))

    assert "원문" not in said
    assert "\n- 가.pdf\n" in said


def test_no_line_is_long_enough_to_bury_the_rest() -> None:
    said = write(
        replace(
            FULL, title="가" * 50_000, extract="나" * 9999, hits=(Hit("다" * 999, "라" * 999),)
        ),
        "ko",
    )

    assert max(map(len, texts(said))) <= 1002
    assert (len(said.subject), said.subject[-1], len(said.title)) == (150, "…", 500)


def test_any_text_is_written_down_in_time_and_in_clean_lines() -> None:
    dice = random.Random(6)
    hostile = ["".join(chr(dice.randrange(sys.maxunicode)) for _ in range(300)) for _ in range(20)]
    hostile += [each * 100_000 for each in ("\u0300", " ", "\u202e", "가", "<", "\n")]
    began = time.process_time()

    for text in hostile:
        files, hits = (File(text, f"https://{text}"),), (Hit("규칙", text, ((0, 9), (3, 2**40))),)
        said = write(
            replace(FULL, title=text, extract=text, contacts=(text,), files=files, hits=hits), "ko"
        )
        assert all(text.isprintable() and text == text.strip() for text in texts(said) if text)
        assert all(file.url.isascii() for file in said.files)

    assert time.process_time() - began < 10
