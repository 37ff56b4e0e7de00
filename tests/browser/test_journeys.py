"""Three people at their work: a company, a journalist, an operator."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime

import pytest

from service.judging import rules
from service.store.subscriptions import Endpoint, Subscriptions
from tests.browser.conftest import OFFICE, PHONE, Visit, Visitor
from tests.browser.test_every_page import place
from tests.browser.town import BROKEN, EMBARGOED, OFFICER, SEOUL, VOUCHER, Town, link_in
from tests.conftest import throwaway
from tests.partition import reckoning

pytestmark = pytest.mark.browser


def test_a_company_finds_a_call_and_is_told_of_the_next_one(people: Town, visit: Visit) -> None:
    address = f"{throwaway('export')}@pabal.example"
    company = visit(PHONE)
    page = company.page
    _looks_around(company)
    _signs_in(company, people, address)

    page.wait_for_url("**/alerts/new?rule=*")
    word = f"해외인증{throwaway('x')[2:8]}"
    assert page.get_by_label("규칙", exact=True).input_value() == "수출바우처"
    page.get_by_label("규칙", exact=True).fill("수출바우처 참여기업")
    page.locator("#preview").get_by_text(VOUCHER).first.wait_for()
    company.look("alert-tried")
    page.get_by_label("규칙", exact=True).fill(word)
    page.get_by_label(f"{address} 메일로 받기").check()
    # Quiet while nobody is at work here: an hour that is never now.
    hour = (datetime.now(SEOUL).hour + 6) % 24
    page.get_by_label("방해 금지 시작").fill(f"{hour:02d}:00")
    page.get_by_label("방해 금지 끝").fill(f"{(hour + 1) % 24:02d}:00")
    company.look("alert-filled")
    page.get_by_role("button", name="알림 만들기").dblclick()
    page.wait_for_url(re.compile(r"/alerts/\d+"))
    assert company.said(re.compile("저장했습니다"))
    assert people.ask("SELECT count(*) FROM endpoint WHERE address = $1", address) == 1
    company.look("alert-saved")
    assert page.get_by_label("방해 금지 시작").input_value() == f"{hour:02d}:00"

    title = f"{word} 획득을 돕는 사업을 공고합니다"
    people.publish(people.release(title, "기업의 해외 인증을 돕는다.", "누리집에서 신청한다."))
    mail = people.mail_to(address, word)
    assert title in str(mail["subject"])

    page.get_by_role("link", name="보낸 기록").click()
    people.until(
        "SELECT count(*) > 0 FROM delivery JOIN endpoint ON endpoint.id = endpoint_id "
        "WHERE address = $1 AND outcome = 'sent'",
        address,
    )
    page.reload()
    assert company.said(title)
    company.look("alert-history")
    page.go_back()
    page.locator("details:has(form[action$='/end']) summary").click()
    page.locator("form[action$='/end'] button").click()
    page.wait_for_url("**/alerts*")
    assert company.said("끝냈습니다.")
    assert people.ask(
        "SELECT ended_at IS NOT NULL FROM subscription JOIN endpoint ON subscription_id = "
        "subscription.id WHERE address = $1",
        address,
    )


def _looks_around(company: Visitor) -> None:
    """From the front to an open call, and by search to an alert of one's own."""
    page = company.page
    company.go("/")
    page.locator("header nav a[href='/calls']").click()
    assert company.said(VOUCHER)
    page.get_by_role("link", name=VOUCHER).first.click()
    assert company.said(re.compile("18:00"))
    assert page.locator("a[href$='.ics']").count() >= 1

    company.go("/search")
    page.get_by_label("찾을 말").fill("수출바우처")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.locator("mark").count() >= 1
    page.locator("main a[href^='/alerts/new?rule=']").click()


def _signs_in(company: Visitor, people: Town, address: str) -> None:
    page = company.page
    page.get_by_label("메일 주소").fill(address)
    page.get_by_role("button", name="링크 받기").click()
    assert company.said(re.compile(address))
    company.go(link_in(people.mail_to(address, "로그인"), "/sign-in/"))
    page.locator("main form button").click()


def test_a_journalist_reads_a_story_to_its_sources(people: Town, signed_in: Visit) -> None:
    reporter = signed_in("reader")  # what is under embargo is shown to nobody else
    page = reporter.page
    reporter.go("/ministries")
    page.locator("summary").first.click()  # those of which nothing came until yesterday
    page.get_by_role("link", name="산업통상부").first.click()
    assert reporter.said(re.compile("산업통상자원부")), "whose name it was before"
    reporter.go("/")
    page.get_by_role("link", name=EMBARGOED, exact=True).click()
    page.wait_for_url(f"**{place(people, 'robot')}")

    assert page.locator(".badge", has_text="엠바고").is_visible()
    assert page.get_by_role("link", name=OFFICER).get_attribute("href") == f"tel:{OFFICER}"
    coverage = page.locator("table.coverage")
    assert coverage.get_by_text("이투데이").count() >= 1
    assert re.search(r"\d+%", coverage.inner_text())
    versions = page.locator("table.versions")
    assert "120억" in versions.inner_text()
    assert "210억" in versions.inner_text()
    assert page.locator("del").count() >= 1
    assert page.locator("ins").count() >= 1
    reporter.look("story-read")


def test_a_journalist_takes_releases_home(people: Town, signed_in: Visit) -> None:
    reporter = signed_in("reader")
    page = reporter.page
    reporter.go("/alerts/keys")
    page.get_by_label("이름").fill("기사 쓰기")
    page.locator("main form[action='/alerts/keys'] button").click()
    key = page.locator("pre code").inner_text().strip()
    reporter.look("keys-made")
    shown = {"authorization": f"Bearer {key}"}
    export = f"{people.page}/api/v1/export"
    assert page.request.get(f"{export}.csv").status == 401
    lines = page.request.get(f"{export}.jsonl", headers=shown).text().splitlines()
    assert any(EMBARGOED in json.loads(each)["title"] for each in lines)
    table = page.request.get(f"{export}.csv", headers=shown).text()
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert len(rows) > 10
    assert all(len(each) == len(rows[0]) for each in rows)


def test_a_journalist_follows_a_ministry(people: Town, signed_in: Visit) -> None:
    reporter = signed_in("reader")
    page = reporter.page
    reporter.go("/alerts/new")
    page.get_by_label("규칙", exact=True).fill("부처:산업부")
    page.get_by_role("button", name="지난 30일로 시험하기").click()
    page.locator("#preview a[href^='/release/']").first.wait_for()
    page.locator("#channel").select_option("feed")
    page.get_by_role("button", name="알림 만들기").click()
    page.wait_for_url(re.compile(r"/alerts/\d+"))
    feed = page.locator("dl.feeds a[href*='/feed/']").first.get_attribute("href")
    people.publish(people.release("산업부 주간 일정을 알려드립니다", "이번 주 일정이다."))
    answer = page.request.get(feed)
    assert answer.status == 200
    people.until("SELECT count(*) > 0 FROM telling WHERE facts ->> 'title' LIKE '산업부 주간%'")
    assert "산업부 주간 일정" in page.request.get(feed).text()


def test_an_operator_sees_what_is_wrong_and_mends_it(people: Town, signed_in: Visit) -> None:
    title = _letter(people)
    operator = signed_in("operator")
    page = operator.page

    operator.go("/desk")
    assert operator.said(re.compile(BROKEN)), "a broken source is named"
    operator.look("desk-wrong")
    page.locator(f"a[href='/desk/sources/{BROKEN}']").first.click()
    assert page.locator("h1 .tag.bad").is_visible()
    page.locator("#why").fill("목록의 모양이 바뀌었습니다")
    page.locator("form[action$='/pause'] button").click()
    page.locator("form[action$='/resume']").wait_for()
    assert people.ask("SELECT paused_at IS NOT NULL FROM source WHERE id = $1", BROKEN)
    operator.look("desk-source-paused")
    page.locator("form[action$='/resume'] button").click()
    page.locator("form[action$='/pause']").wait_for()

    operator.go("/desk/letters")
    page.get_by_label(title).check()
    operator.look("desk-letters-chosen")
    page.locator("button[name=do][value=resend]").click()
    people.until(
        "SELECT count(*) > 0 FROM delivery JOIN telling ON telling.id = telling_id "
        "WHERE facts ->> 'title' = $1 AND outcome = 'sent'",
        title,
    )

    operator.go("/desk/audit")
    said = page.locator("main").inner_text()
    assert BROKEN in said
    assert "목록의 모양이 바뀌었습니다" in said
    metrics = page.request.get(f"{people.page}/metrics")
    assert metrics.status == 200
    assert "pabal_" in metrics.text()


def _letter(people: Town) -> str:
    """A release of which the only subscriber would not hear; its title."""
    word = f"장비{throwaway('x')[2:8]}"

    async def subscribe() -> None:
        async with reckoning.opened(people.url) as database:
            await Subscriptions(database).subscribe(
                word,
                [(word, rules.canonical(rules.parse(word)))],
                Endpoint("webhook", people.receiver, people.secret, agreed=True),
            )

    people.run(subscribe())
    people.sink.fail_next(1, 400)
    title = f"{word} 이용 안내"
    people.publish(people.release(title, "연구 장비를 함께 쓴다.", "자세한 내용은 붙임과 같다."))
    people.until("SELECT count(*) > 0 FROM delivery WHERE outcome = 'dead'")
    return title


def test_a_reader_may_not_enter_the_desk(signed_in: Visit) -> None:
    reader = signed_in("reader")
    reader.go("/desk", status=403)
    assert reader.page.locator("h1").count() == 1


def test_over_plain_http_in_an_office_forms_are_taken(people: Town, visit: Visit) -> None:
    reader = visit()
    reader.base = people.page.replace("127.0.0.1", OFFICE)
    reader.go("/sign-in")
    _signs_in(reader, people, f"{throwaway('office')}@pabal.example")
    reader.page.wait_for_url(lambda url: "/sign-in" not in url)
    assert reader.page.locator("form[action='/sign-out'] button").count() == 1


def test_signed_out_is_signed_out(signed_in: Visit) -> None:
    reader = signed_in("reader")
    reader.page.locator("form[action='/sign-out'] button").click()
    reader.page.wait_for_load_state()
    reader.page.goto(f"{reader.base}/alerts")
    assert "/sign-in" in reader.page.url
