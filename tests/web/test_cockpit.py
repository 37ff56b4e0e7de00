"""The cockpit over the real store: what is wrong, who sees and changes what, what is taken down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import get_args

import httpx
import pytest

from scrapers.errors import TROUBLES, Trouble
from service.analyser import Analyser
from service.config import Settings
from service.desk import _means
from service.store.accounts import Accounts, Who
from service.store.audit import What
from service.store.database import Database
from service.web.app import build
from service.web.phrases import languages, say
from tests.web.asked import SIGNER, Desk, cookie

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(hours=5)
ADDRESS = "hong@example.org"


@pytest.fixture
async def desk(migrated_url: str) -> AsyncIterator[Desk]:
    database = Database(migrated_url, size=3)
    transport = httpx.ASGITransport(build(database, SIGNER), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pabal.test") as client:
        made = Desk(database, client)
        for role in ("operator", "editor", "reader"):  # sessions 1, 2, 3
            number = await made.add("account", address=f"{role}@example.org", role=role)
            digest, ends = sha256(role.encode()).digest(), NOW + timedelta(days=1)
            await made.add("session", sha256=digest, account_id=number, expires_at=ends)
        await made.add("source", id="a", last_ok_at=NOW, next_due=NOW + timedelta(days=1))
        yield made
    await database.close()


async def letter(desk: Desk) -> int:
    who = await desk.add("subscription", name="홍보팀")
    to = await desk.add("endpoint", subscription_id=who, channel="mail", address=ADDRESS)
    told = await desk.add("telling", reason="notice", key="n1", facts={"title": "못 간 알림"})
    row = {"telling_id": told, "subscription_id": who, "endpoint_id": to, "channel": "mail"}
    said = f"550 no such user {ADDRESS}"
    number = await desk.add(
        "delivery", **row, outcome="dead", settled_at=NOW, attempts=9, last_error=said
    )
    return int(number)


PAGES = ("", "/flow", "/sources", "/sources/a", "/letters", "/subscriptions")


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_an_editor_sees_and_a_reader_or_nobody_does_not(desk: Desk, language: str) -> None:
    for page in PAGES:
        assert (await desk.see(f"/desk{page}?lang={language}", "editor")).status_code == 200
        assert (await desk.see(f"/desk{page}", "reader")).status_code == 403
        assert (await desk.see(f"/desk{page}", None)).status_code == 303
    for page in ("/accounts", "/audit"):
        assert (await desk.see(f"/desk{page}?lang={language}")).status_code == 200
        assert (await desk.see(f"/desk{page}", "editor")).status_code == 403


async def test_it_says_that_nothing_is_wrong_until_something_is(desk: Desk) -> None:
    assert "잘못된 것이 없습니다." in await desk.text("/desk")


async def test_it_says_what_is_wrong_since_when_and_what_is_to_be_done(desk: Desk) -> None:
    await desk.add(
        "ops_item", kind="source-broken", subject="a", detail="연결되지 않음", first_at=LONG_AGO
    )
    await desk.add(
        "article", source_id="a", key="k", url="https://a.example/k", title="밀린 글", summary="",
        baseline=False, collected_at=LONG_AGO,
    )  # fmt: skip

    said = await desk.text("/desk")

    assert "출처를 읽지 못함" in said
    assert "(5시간째)" in said
    assert "pabal sources check" in said
    assert "읽기: 1건이 너무 오래 기다립니다" in said
    assert "잘못된 것이 없습니다." not in said


async def test_an_item_is_closed_with_a_reason_by_an_operator_alone(desk: Desk) -> None:
    number = await desk.add("ops_item", kind="article-stuck", subject="url", detail="…")
    path = f"/desk/items/{number}/close"

    assert await desk.do(path, "editor", why="고침") == 403
    assert await desk.do(path, why="  ") == 422
    assert (await desk.client.post(path, headers=cookie("operator"))).status_code == 403
    assert await desk.column("ops_item", "closed_at") == [None]

    assert await desk.do(path, why="고침") == 303
    assert await desk.column("ops_item", "closed_at") != [None]
    assert await desk.column("audit", "what") == ["item.close"]
    assert await desk.column("audit", "detail") == [{"why": "고침"}]
    assert "항목을 닫음 article-stuck url" in await desk.text("/desk/audit")


@pytest.mark.parametrize("what", get_args(What))
def test_what_is_changed_by_hand_has_its_words(what: What) -> None:
    assert all(say(language, f"desk.did_{what}") for language in languages())


async def test_a_source_is_paused_resumed_and_polled_at_once(desk: Desk) -> None:
    assert await desk.do("/desk/sources/a/pause", why="점검") == 303
    assert "멈춤" in await desk.text("/desk/sources")
    assert await desk.do("/desk/sources/a/poll") == 404
    assert await desk.do("/desk/sources/a/resume") == 303
    assert await desk.do("/desk/sources/a/poll") == 303
    assert await desk.do("/desk/sources/nobody/poll") == 404
    assert await desk.do("/desk/sources/a/poll", "editor") == 403

    (due,) = await desk.column("source", "next_due")
    assert due < NOW + timedelta(hours=1)
    assert await desk.column("audit", "what") == ["source.pause", "source.resume", "source.poll"]


@pytest.mark.parametrize("trouble", get_args(Trouble))
async def test_a_source_that_fails_is_told_in_words_with_what_was_expected_and_what_to_do(
    desk: Desk, trouble: Trouble
) -> None:
    seen = "https://mofa.example/: expected at least one 'item', found none"
    await desk.add(
        "source",
        id="mofa_rss",
        failures=2,
        failing_since=LONG_AGO,
        trouble=trouble,
        last_error=seen,
    )
    await desk.add(
        "poll", source_id="mofa_rss", slot=0, finished_at=NOW, outcome="failed", trouble=trouble,
        detail=seen,
    )  # fmt: skip

    for language, name in zip(("ko", "en"), TROUBLES[trouble], strict=True):
        said = await desk.text(f"/desk/sources/mofa_rss?lang={language}", "editor")
        assert said.count(name) == 2
        assert said.count(seen) == 1
        assert "https://www.mofa.go.kr/" in said
        assert ("외교부 보도자료" if language == "ko" else "What to do:") in said


async def test_a_source_of_ones_own_is_called_as_its_file_says(desk: Desk, tmp_path: Path) -> None:
    feed = 'platform = "feed"\nurl = "https://city.example/rss"\n'
    (tmp_path / "a.toml").write_text(f'{feed}what = "가상 시청: Example City"\n', "utf-8")
    (tmp_path / "b.toml").write_text(feed, "utf-8")
    await desk.add("source", id="b", next_due=NOW)
    await desk.add("ops_item", kind="source-broken", subject="a", detail="x")
    async with AsyncExitStack() as stack:
        means = await _means(Settings(sources_dir=tmp_path), Analyser(), stack)
        transport = httpx.ASGITransport(build(desk.database, SIGNER, means=means))
        client = httpx.AsyncClient(transport=transport, base_url="http://pabal.test")
        desk.client = await stack.enter_async_context(client)

        assert "가상 시청 a" in await desk.text("/desk/sources")
        assert "Example City a" in await desk.text("/desk/sources?lang=en")
        assert " b b " in await desk.text("/desk/sources")
        assert "https://city.example/rss" in await desk.text("/desk/sources/a")
        assert "가상 시청" in await desk.text("/desk?lang=ko")
        assert "가상 시청" in await desk.text("/coverage?lang=ko", None)


async def test_dead_letters_are_sent_again_and_editors_see_no_address(desk: Desk) -> None:
    number = await letter(desk)
    seen = await desk.text("/desk/letters", "editor")
    assert "h…@example.org" in seen
    assert "홍…" in seen
    assert not any(each in seen for each in (ADDRESS, "홍보팀", "550"))
    assert ADDRESS in await desk.text("/desk/letters")
    assert "홍보팀" not in await desk.text("/desk/subscriptions", "editor")

    assert await desk.do("/desk/letters", do="resend") == 422
    assert await desk.do("/desk/letters", do="resend", letter=str(number)) == 303

    assert await desk.column("delivery", "outcome") == [None]
    assert await desk.column("audit", "what") == ["letters.resend"]


async def test_an_editor_sees_no_address_in_an_item_either(desk: Desk) -> None:
    hook, said = "https://hooks.example/T0/B0/a-secret", f"410 of {ADDRESS}"
    for kind, place in (("endpoint-failing", f"slack {hook}"), ("suppressed", f"mail {ADDRESS}")):
        await desk.add("ops_item", kind=kind, subject=place, detail=said)

    seen = await desk.text("/desk", "editor")

    assert ("hooks.example/…" in seen, "h…@example.org" in seen) == (True, True)
    assert not any(each in seen for each in ("a-secret", ADDRESS, "410"))
    assert hook in await desk.text("/desk")


async def test_what_an_item_is_about_is_said_in_words(desk: Desk) -> None:
    named = {"outage": "outlets", "mailbox-unread": "bounces", "alert-untold": "tellings"}
    for kind, subject in named.items():
        await desk.add("ops_item", kind=kind, subject=subject, detail="x")
    shown = {"ko": ("언론 출처", "되돌아온 메일", "알릴 내용"), "en": ("news outlets",)}
    for language, words in shown.items():
        seen = await desk.text(f"/desk?lang={language}")
        assert all(seen.count(each) >= 2 for each in words)
        assert all(say(language, f"desk.kind_{kind}") in seen for kind in named)
        assert "tellings" not in seen


async def test_subscriptions_are_shown_in_words(desk: Desk) -> None:
    who = await desk.add("subscription", name="홍보팀", cadence="at-once quiet 21:00-08:00")
    await desk.add("endpoint", subscription_id=who, channel="mail", address=ADDRESS)

    seen = await desk.text("/desk/subscriptions")

    assert "메일 " in seen
    assert "나오는 대로 · 21:00–08:00 방해 금지" in seen


async def test_as_many_letters_are_ticked_as_a_page_shows(desk: Desk) -> None:
    ticked = {"letter": [str(each) for each in range(500)], "do": "drop"}
    csrf = SIGNER.sign("csrf", 1, 7)

    async def sent(**fields: object) -> int:
        answer = await desk.client.post(
            "/desk/letters", data=fields | {"csrf": csrf}, headers=cookie("operator")
        )
        return answer.status_code

    assert await sent(**ticked) == 303
    assert await sent(letter="9" * 5000, do="drop") == 422


async def test_two_operators_who_take_each_others_role_leave_one(desk: Desk) -> None:
    accounts = Accounts(desk.database)
    assert await accounts.promote("editor@example.org", "operator")
    first = Who(1, "operator@example.org", "operator", "ko", 1)
    second = Who(2, "editor@example.org", "operator", "ko", 2)

    done = await asyncio.gather(
        accounts.promote(second.address, "reader", first),
        accounts.close(first.address, second),
    )

    assert sorted(done) == [False, True]


async def test_an_operator_gives_roles_but_not_their_own(desk: Desk) -> None:
    path = "/desk/accounts"
    assert await desk.do(path, address="editor@example.org", do="operator") == 303
    assert await desk.do(path, address="Operator@example.org", do="reader") == 409
    assert await desk.do(path, address="operator@example.org\0", do="close") == 409
    assert await desk.do(path, address="nobody@example.org", do="reader") == 409
    assert await desk.do(path, address="reader@example.org", do="close") == 303

    assert await desk.column("account", "role") == ["operator", "operator", "reader"]
    assert (await desk.see("/desk", "reader")).status_code == 303  # signed out


async def test_metrics_tell_what_waits_and_never_of_a_page_that_nobody_asked_for(
    desk: Desk,
) -> None:
    await letter(desk)
    await desk.add(
        "article", source_id="a", key="k", url="https://a.example/k", title="밀린 글", summary="",
        baseline=False, collected_at=LONG_AGO,
    )  # fmt: skip

    lines = (await desk.see("/metrics", None)).text.splitlines()

    assert "pabal_database_up 1.0" in lines
    assert 'pabal_queue_depth{step="read"} 1.0' in lines
    assert "pabal_dead_letters 1.0" in lines
    assert 'pabal_sources{state="ok"} 1.0' in lines
    assert any(each.startswith("process_resident_memory_bytes") for each in lines)
    assert ADDRESS not in "\n".join(lines)
