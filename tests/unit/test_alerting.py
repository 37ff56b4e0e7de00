from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from service.alerting import concern_of, facts_of
from service.model import Contact, Match, Reading
from service.reading.publishers import Registry
from service.store.rows import Readable
from service.store.rulebook import LiveRule

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
REGISTRY = Registry.load()
TEXT = "관세청은 통관 절차를 줄인다고 밝혔다. 새 절차는 다음 달부터 모든 세관에서 쓴다."
ARTICLE = Readable(
    id=1,
    source_id="a",
    url="https://a.example/1",
    publisher="관세청",
    summary="목록에 실린 요약",
    baseline=False,
    discovered_at=NOON,
    given_title="통관 절차 간소화",
    given_text=TEXT,
    documents=(),
    reading=Reading("통관 절차 간소화", TEXT, ("kcs",), None),
    embargo_until=None,
    files={},
    read_at=NOON,
)


def told(article: Readable = ARTICLE, **reading: Any) -> dict[str, Any]:
    said = replace(article.reading, **reading)
    return facts_of(replace(article, reading=said), REGISTRY, ["trade", "export"])


def test_an_alert_says_what_is_announced_and_under_which_topics() -> None:
    assert told()["extract"] == TEXT
    assert told()["topics"] == ["통상·관세·무역", "수출·해외진출"]


def test_of_news_the_extract_is_what_its_list_showed() -> None:
    assert told(kind="news")["extract"] == "목록에 실린 요약"


def test_a_contact_is_one_line_as_far_as_it_is_known() -> None:
    contacts = (
        Contact("통관과", "사무관", "나한솔", "042-000-0000"),
        Contact(None, None, "차은별", "042-000-0001"),
        Contact("심사과", None, None, "042-000-0002"),
    )

    assert told(contacts=contacts)["contacts"] == [
        "통관과 사무관 나한솔 042-000-0000",
        "차은별 042-000-0001",
        "심사과 042-000-0002",
    ]


def test_whom_one_cannot_phone_and_whom_one_knows_already_is_left_out() -> None:
    known = Contact("통관과", "과장", "나한솔", "042-000-0000")
    contacts = (known, known, Contact("통관과", "사무관", "차은별", None))

    assert told(contacts=contacts)["contacts"] == ["통관과 과장 나한솔 042-000-0000"]


def test_a_row_stays_small_however_much_a_page_holds() -> None:
    contacts = tuple(Contact("과" * 999, None, None, f"042-000-{n:04}") for n in range(50))
    links = [(f"{n}{'가' * 999}", f"https://a.example/{n}") for n in range(50)]

    facts = told(replace(ARTICLE, links=tuple(links)), contacts=contacts, text=TEXT * 999)

    assert [len(line) for line in facts["contacts"]] == [200] * 5
    assert [len(file["name"]) for file in facts["files"]] == [200] * 10
    assert len(facts["extract"]) <= 240


def test_files_keep_their_order_and_a_link_of_no_use_is_left_out() -> None:
    links = (
        ("나.pdf", "https://a.example/2"),
        ("긴.pdf", "https://a.example/" + "x" * 500),
        ("가.hwpx", "https://a.example/1"),
    )

    assert told(replace(ARTICLE, links=links))["files"] == [
        {"name": "나.pdf", "url": "https://a.example/2"},
        {"name": "가.hwpx", "url": "https://a.example/1"},
    ]


LIVE = {
    7: LiveRule(7, 3, "무역", "통관"),
    8: LiveRule(8, 3, "무역", "기관:관세청"),
    9: LiveRule(9, 4, "관세", "통관"),
    10: LiveRule(10, 5, "세관", "통관"),
    11: LiveRule(11, 5, "세관", "관세청", urgent=True),
    12: LiveRule(12, 6, "급한 것만", "관세청", urgent=True),
}


def hit(rule_id: int, word: str = "통관") -> Match:
    at = TEXT.index(word)
    return Match(rule_id, ((at, at + len(word)),), ())


def test_every_rule_that_hit_is_named_with_its_words_marked() -> None:
    concern = concern_of(ARTICLE.reading, [hit(7), Match(8, (), ())], LIVE)

    assert concern.of == {3: 0}
    named, bare = concern.whys[0].hits
    assert (named["rule"], bare) == ("통관", {"rule": "기관:관세청", "excerpt": "", "marks": ()})
    excerpt: Any = named["excerpt"]
    marks: Any = named["marks"]
    assert [excerpt[start:end] for start, end in marks] == ["통관"]


def test_those_with_equal_rules_have_their_hits_in_common() -> None:
    live = {number: LiveRule(number, number, "하나", "통관") for number in range(1000)}

    concern = concern_of(ARTICLE.reading, map(hit, live), live)

    assert len(concern.whys) == 1
    assert concern.of == dict.fromkeys(live, 0)


def test_an_urgent_rule_hastens_what_another_matches_and_alone_concerns_nobody() -> None:
    matches = [hit(9), hit(10), hit(11, "관세청"), hit(12, "관세청")]

    concern = concern_of(ARTICLE.reading, matches, LIVE)

    assert set(concern.of) == {4, 5}
    assert [concern.whys[concern.of[each]].urgent for each in (4, 5)] == [False, True]
    assert [each["rule"] for each in concern.whys[concern.of[5]].hits] == ["통관", "관세청"]
