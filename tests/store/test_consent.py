"""Nothing but the question goes to an address whose owner has not agreed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from service.store.asking import Endpoint, Suppressed
from service.store.consent import Consent
from service.store.database import Database
from service.store.subscriptions import Subscriptions

Wakes = Callable[[], Awaitable[list[str]]]
RULE = ("수출 바우처", "바우처 수출")
SAID = {"by": "link", "words": "받겠습니다", "ip": "192.0.2.7"}
MAIL = Endpoint("mail", "reader@a.example")


@pytest.fixture
def consent(database: Database) -> Consent:
    return Consent(database)


async def question(sql: asyncpg.Connection, address: str = MAIL.address) -> tuple[int, int, int]:
    """The numbers of the latest question to an address."""
    row = await sql.fetchrow(
        """SELECT endpoint.id, endpoint.epoch, (facts->>'asked_at')::bigint AS asked_at
           FROM telling JOIN endpoint ON key = 'confirm ' || endpoint.id || ' ' || epoch
           WHERE address = $1 ORDER BY telling.id DESC LIMIT 1""",
        address,
    )
    return (row["id"], row["epoch"], row["asked_at"])


async def standing(subscriptions: Subscriptions, *to: Endpoint, name: str = "무역") -> list[str]:
    return [each.standing for each in await subscriptions.subscribe(name, [RULE], *to)]


async def test_a_new_address_is_asked_once_in_the_words_of_the_rules(
    subscriptions: Subscriptions, sql: asyncpg.Connection, wakes: Wakes
) -> None:
    assert await standing(subscriptions, MAIL) == ["asked"]
    assert await standing(subscriptions, MAIL) == ["asked"]

    [told] = await sql.fetch("SELECT * FROM telling")
    [owed] = await sql.fetch("SELECT * FROM delivery")
    facts = json.loads(told["facts"])
    assert (told["reason"], facts["rules"]) == ("confirm", ["수출 바우처"])
    assert (owed["telling_id"], owed["channel"]) == (told["id"], "mail")
    assert await wakes() == ["deliver:mail"]
    [listed] = await subscriptions.listed()
    assert listed.endpoints == (MAIL,)


async def test_whoever_agrees_is_told_and_what_they_said_is_kept(
    subscriptions: Subscriptions, consent: Consent, sql: asyncpg.Connection
) -> None:
    await standing(subscriptions, MAIL)
    asked = await question(sql)

    for _ in range(2):  # the second time changes nothing
        place = await consent.confirm(*asked, SAID)
        assert place is not None
        assert (place.subscription, place.address) == ("무역", MAIL.address)
        kept = await sql.fetchrow("SELECT confirmed_at, consent FROM endpoint")
        said = json.loads(kept["consent"])
        assert {**SAID, "rules": ["수출 바우처"]}.items() <= said.items()
        assert said["at"].startswith(f"{kept['confirmed_at']:%Y-%m-%dT%H:%M}")
    assert (await subscriptions.listed())[0].endpoints[0].agreed
    # Other rules need no other consent, another address does.
    other = Endpoint("mail", "other@a.example")
    written = await subscriptions.subscribe("무역", [("관세", "관세")], MAIL, other)
    assert [each.standing for each in written] == ["agreed", "asked"]


async def test_a_question_is_open_for_two_days_and_asked_again_after_one(
    subscriptions: Subscriptions, consent: Consent, sql: asyncpg.Connection
) -> None:
    await standing(subscriptions, MAIL)
    endpoint, epoch, asked_at = await question(sql)
    assert await consent.question(endpoint, epoch, asked_at - 2 * 86_400 - 60) is None
    assert await consent.question(endpoint, epoch, asked_at + 60) is None
    assert await consent.question(endpoint, epoch + 1, asked_at) is None
    assert await consent.confirm(endpoint, epoch, asked_at - 2 * 86_400 - 60, SAID) is None
    assert await sql.fetchval("SELECT confirmed_at FROM endpoint") is None

    await sql.execute("UPDATE endpoint SET asked_at = now() - interval '25 hours'")
    await standing(subscriptions, MAIL)
    assert await consent.question(endpoint, epoch, asked_at) is None
    assert await consent.question(endpoint, epoch + 1, asked_at) is not None
    assert await sql.fetchval("SELECT count(*) FROM delivery") == 2


@pytest.mark.fault(21)
async def test_an_address_is_asked_three_times_a_day_whoever_asks(
    eight: list[Database], sql: asyncpg.Connection, measured: Callable[..., None]
) -> None:
    async def ask(number: int, database: Database) -> list[str]:
        places = (MAIL, Endpoint("mail", "zoe@a.example"))[:: 1 if number % 2 else -1]
        return await standing(Subscriptions(database), *places, name=f"구독 {number}")

    found = await asyncio.gather(*(ask(*each) for each in enumerate(eight)))

    assert sorted(sum(found, [])) == ["asked"] * 6 + ["unasked"] * 10  # noqa: RUF017 - a few
    asked = await sql.fetchval("SELECT count(*) FROM delivery")
    measured(questions_a_day=asked / 2)
    assert asked == 6
    await sql.execute("UPDATE delivery SET created_at = now() - interval '25 hours'")
    assert await ask(9, eight[0]) == ["asked", "asked"]
    unasked = await sql.fetchval("SELECT count(*) FROM endpoint WHERE asked_at IS NULL")
    assert unasked == 10


async def test_the_operator_answers_for_an_address(
    subscriptions: Subscriptions, consent: Consent, sql: asyncpg.Connection
) -> None:
    sure = Endpoint("mail", "sure@a.example", agreed=True)
    assert await standing(subscriptions, MAIL, sure) == ["asked", "agreed"]

    assert await consent.answer_for("무역", "mail", MAIL.address)
    assert not await consent.answer_for("무역", "mail", "nobody@a.example")
    assert not await consent.answer_for("없음", "mail", MAIL.address)

    rows = await sql.fetch("SELECT consent->>'by' AS by, consent->'rules' AS rules FROM endpoint")
    assert [(row["by"], json.loads(row["rules"])) for row in rows] == [
        ("operator", ["수출 바우처"])
    ] * 2


async def test_a_refused_address_is_refused_whoever_answers_for_it(
    subscriptions: Subscriptions, sql: asyncpg.Connection
) -> None:
    await sql.execute(
        "INSERT INTO suppressed (channel, address, why) VALUES ('mail', $1, '민원')", MAIL.address
    )
    for to in (MAIL, Endpoint("mail", MAIL.address, agreed=True)):
        with pytest.raises(Suppressed, match=r"never sent anything again.*민원"):
            await subscriptions.subscribe("무역", [RULE], to)
    assert await subscriptions.listed() == []


async def test_an_endpoint_ends_by_itself_and_the_subscription_with_its_last(
    subscriptions: Subscriptions, consent: Consent, sql: asyncpg.Connection
) -> None:
    console = Endpoint("console", "-", agreed=True)
    await standing(subscriptions, MAIL, console)
    mail, screen = await sql.fetch("SELECT id, epoch FROM endpoint ORDER BY channel DESC")

    for _ in range(2):
        ended = await consent.end(mail["id"], mail["epoch"])
        assert ended is not None
        assert ended.ended
        assert [each.endpoints for each in await subscriptions.listed()] == [(console,)]
    assert await consent.end(screen["id"], screen["epoch"] + 1) is None
    await consent.end(screen["id"], screen["epoch"])
    assert await subscriptions.listed() == []
    outcomes = await sql.fetch("SELECT outcome FROM delivery")
    assert [row["outcome"] for row in outcomes] == ["ended"]

    # Whoever is subscribed again is asked again; the way out given out before still leads out.
    assert await standing(subscriptions, MAIL) == ["asked"]
    ended = await consent.end(mail["id"], mail["epoch"])
    assert ended is not None
    assert ended.ended
    assert await subscriptions.listed() == []


async def test_every_installation_has_a_secret_of_its_own(consent: Consent) -> None:
    assert len(await consent.secret()) == 32


async def test_two_last_endpoints_that_leave_at_once_end_their_subscription(
    eight: list[Database], sql: asyncpg.Connection
) -> None:
    places = [Endpoint("mail", f"{each}@a.example", agreed=True) for each in range(8)]
    await Subscriptions(eight[0]).subscribe("무역", [RULE], *places)
    ids = await sql.fetch("SELECT id FROM endpoint")

    left = await asyncio.gather(
        *(Consent(each).end(row["id"], 0) for each, row in zip(eight, ids, strict=True))
    )

    assert all(each is not None and each.ended for each in left)
    assert await sql.fetchval("SELECT ended_at IS NOT NULL FROM subscription")
