from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from service.model import Given, Precision, Printed, Reading
from service.reading.publishers import Registry
from service.reading.release import read

REGISTRY = Registry.load()
SEOUL = ZoneInfo("Asia/Seoul")

BODY = (
    "산업통상부(장관 가나다)는 오는 6월 서울에서 수출 상담회를 열고 중소기업 서른 곳의 해외 판로를 "
    "돕는다고 밝혔다. 상담회에는 유럽의 바이어 스무 명이 온다."
)
PAPER = f"""보도자료
보도시점\t2026. 5. 12.(화) 11:00\t배포\t2026. 5. 11.(월)
유럽 바이어와 만나는 수출 상담회
- 중소기업 서른 곳 참가 -

{BODY}

담당 부서\t산업통상부 무역진흥과\t책임자\t과  장\t가나다\t(044-000-1111)
\t\t담당자\t사무관\t라마바\t(044-000-2222)
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)


def test_a_release_says_all_its_facts() -> None:
    reading = read(Given(PAPER), (), REGISTRY)

    assert reading.title == "유럽 바이어와 만나는 수출 상담회"
    assert reading.subtitles == ("중소기업 서른 곳 참가",)
    assert reading.text == f"중소기업 서른 곳 참가\n\n{BODY}"
    assert (reading.publishers, reading.named) == (("motir",), ("산업통상부",))
    assert reading.embargo is not None
    assert reading.embargo.online == Printed(date(2026, 5, 12), "11:00")
    assert reading.distributed == Printed(date(2026, 5, 11))
    assert (reading.published_at, reading.precision) == (at("2026-05-12T11:00"), "minute")
    assert [(each.name, each.phone) for each in reading.contacts] == [
        ("가나다", "044-000-1111"),
        ("라마바", "044-000-2222"),
    ]
    assert not reading.call.is_call


def test_what_the_source_says_of_the_time_goes_before_what_the_box_says() -> None:
    given = Given(PAPER, published_at=at("2026-05-12T11:03"), precision="second")
    reading = read(given, (), REGISTRY)

    assert (reading.published_at, reading.precision) == (at("2026-05-12T11:03"), "second")


@pytest.mark.parametrize(
    ("box", "published", "precision"),
    [
        ("배포 즉시\t배포\t2026. 5. 11.(월) 09:30", at("2026-05-11T09:30"), "minute"),
        ("2026. 5. 12.(화)\t배포\t2026. 5. 11.(월)", at("2026-05-12T00:00"), "day"),
        ("2026. 5. 12.(화) 조간\t배포\t2026. 5. 11.(월)", at("2026-05-12T00:00"), "day"),
        ("배포 즉시", None, None),
    ],
)
def test_without_a_time_from_the_source_the_box_gives_it(
    box: str, published: datetime | None, precision: Precision | None
) -> None:
    reading = read(Given(f"보도자료\n보도시점\t{box}\n수출 상담회 개최\n\n{BODY}"), (), REGISTRY)

    assert (reading.published_at, reading.precision) == (published, precision)


def test_a_document_that_says_more_than_its_page_is_what_is_read() -> None:
    page = Given(
        "자세한 내용은 첨부파일을 참고하시기 바랍니다.", "유럽 바이어와 만나는 수출 상담회"
    )
    reading = read(page, [("자료.hwpx", PAPER)], REGISTRY)

    assert BODY in reading.text
    assert reading.contacts
    assert reading.embargo is not None


def test_a_document_and_a_page_that_say_the_same_are_read_once() -> None:
    reading = read(Given(BODY, "수출 상담회"), [("자료.hwpx", PAPER)], REGISTRY)

    assert reading.text.count("유럽의 바이어 스무 명") == 1


def test_a_table_that_only_the_document_has_is_read() -> None:
    table = "구분\t기업\t바이어\n유럽\t30\t20\n북미\t10\t5"
    paper = PAPER.replace("\n담당 부서", f"\n{table}\n\n담당 부서")
    page = Given(f"{BODY}\n자세한 내용은 첨부를 참고하기 바란다.", "수출 상담회")

    assert "북미\t10\t5" in read(page, [("자료.hwpx", paper)], REGISTRY).text


def test_a_paper_that_adds_something_is_added_under_its_name() -> None:
    annex = "참가 기업 명단\n기업\t품목\n가람정밀\t베어링\n나래소재\t양극재"
    reading = read(
        Given("", "수출 상담회"),
        [("자료.hwpx", PAPER), ("명단.pdf", annex), ("같은것.pdf", PAPER)],
        REGISTRY,
    )

    assert "[명단.pdf]" in reading.text
    assert "가람정밀\t베어링" in reading.text
    assert "같은것.pdf" not in reading.text


def test_a_call_is_read_with_its_end() -> None:
    text = (
        "중소벤처기업부는 수출바우처 참여기업을 모집한다.\n"
        "신청기간: 2026. 5. 11.(월) ~ 6. 5.(금) 18:00"
    )
    given = Given(text, "수출바우처 참여기업 모집", "중소벤처기업부")
    reading = read(given, (), REGISTRY)

    assert reading.call.is_call
    assert (reading.call.end, reading.call.end_clock) == (date(2026, 6, 5), "18:00")
    assert reading.kind == "notice"


def test_an_article_is_news_of_its_outlet_and_tells_of_ministries() -> None:
    text = (
        "이투데이=마바사 기자 | 외교부는 11일 서울에서 재외공관장 회의를 열었다고 밝혔다. "
        "회의에서는 수출 기업을 돕는 방안을 논의했다."
    )
    given = Given(text, "외교부, 재외공관장 회의 개최", "이투데이", news=True)
    reading = read(given, (), REGISTRY)

    assert reading.kind == "news"
    assert reading.publishers == ("etoday",)
    assert reading.named == ("외교부",)
    assert reading.byline == "마바사"
    assert (reading.contacts, reading.embargo) == ((), None)


def test_a_text_is_read_clean_with_its_publishers() -> None:
    given = Given("본문\u200b이다. \n\n\n\n끝", "수출\u00a0동향", "과기정통부·환경부")
    reading = read(given, (), REGISTRY)

    assert (reading.title, reading.text) == ("수출 동향", "본문이다.\n\n끝")
    assert reading.publishers == ("msit", "mcee")
    assert reading.unknown_publisher is None


def test_an_unknown_publisher_is_kept_as_printed() -> None:
    reading = read(Given("글", "제목", " 외교부·새로운부 "), (), REGISTRY)

    assert reading.publishers == ("mofa",)
    assert reading.unknown_publisher == "새로운부"


def test_nothing_is_read_as_nothing() -> None:
    assert read(Given(""), (), REGISTRY) == Reading("", "", (), None)


def test_dates_without_a_year_are_near_the_day_it_was_found_where_no_other_is_known() -> None:
    text = PAPER.replace("2026. ", "") + "\n신청 기간: 5. 20.(수) ~ 6. 5.(금)까지 모집합니다.\n"
    title = "수출 상담회 참가기업 모집 공고"

    found = read(Given(text, title=title, near=date(2026, 5, 11)), (), REGISTRY)

    assert found.embargo is not None
    assert found.embargo.online == Printed(date(2026, 5, 12), "11:00")
    assert found.call.end == date(2026, 6, 5)
    assert read(Given(text, title=title), (), REGISTRY).embargo is None
