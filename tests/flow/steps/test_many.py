"""Many at once through the steps: a bad one among a thousand, old ones, all under new addresses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from service.collect import Collect
from service.judging.rules import canonical, parse
from service.read import Read
from service.store.database import Database
from service.store.subscriptions import Endpoint, Subscriptions
from service.triage import Triage
from tests.flow.steps.conftest import NINE, AddArticle, Go, Serve, Subscribe

Measured = Callable[..., None]

LIST = 1_000
PLACES = [0, 499, 500, 999]  # rows are inserted by 500
UNREADABLE = "SELECT count(*) FROM ops_item WHERE kind = 'post-unreadable'"
TOLD = "SELECT count(*) FROM delivery"


def invented(seed: int, *words: str) -> str:
    """A text like no other, with these words in it."""
    chance = random.Random(seed)
    some = ["".join(chance.choices("가나다라마바사아자차카타파하", k=4)) for _ in range(60)]
    return " ".join([*words, *some])


@pytest.mark.fault(11)
@pytest.mark.parametrize(
    "places", [PLACES, pytest.param(range(LIST), marks=pytest.mark.faults)], ids=["4", "each"]
)
async def test_one_bad_item_of_a_thousand_costs_none_of_the_others(
    collect: Callable[..., Collect],
    serve: Serve,
    sql: asyncpg.Connection,
    measured: Measured,
    places: list[int],
) -> None:
    """A NUL in its publisher, half a surrogate pair in its title: no row can hold them.

    It is stored too, without what ails it: one that is not, and of which nobody is told, is untold.
    """
    step = collect()
    await step.sources.declare(["a"])
    lost = untold = 0
    for place in places:
        keys = [f"p{place}n{number}" for number in range(LIST)]
        bad = keys.pop(place)
        keys.insert(place, f"{bad}#x~y")
        serve("/list/1", "\n".join(keys))
        await sql.execute("DELETE FROM article; UPDATE source SET next_due = now()")
        [slot] = await step.sources.claim_due(["a"])

        await step.poll(*slot)

        titles = dict(await sql.fetch("SELECT key, title FROM article"))
        mended = [title for key, title in titles.items() if key.startswith(f"{bad}#")]
        told = await sql.fetchval(UNREADABLE)
        lost += LIST - 1 - (len(titles) - len(mended))
        untold += mended != [f"제목 {bad}x?y"] and not told
    measured(places=len(places), lost=lost, untold=untold)
    assert (lost, untold) == (0, 0)


@pytest.mark.fault(14)
@pytest.mark.parametrize(
    "count", [20, pytest.param(500, marks=pytest.mark.faults)], ids=["some", "many"]
)
async def test_what_is_known_is_not_told_again_under_another_address(
    go: Go, subscribe: Subscribe, sql: asyncpg.Connection, measured: Measured, count: int
) -> None:
    await subscribe("무역", "수출")
    texts = [invented(number, "수출") for number in range(count)]
    for number, text in enumerate(texts):
        await go(title=f"제목 {number} {text[3:30]}", text=text, url=f"https://a.example/{number}")
    told = await sql.fetchval(TOLD)

    for number, text in enumerate(texts):
        await go(title=f"제목 {number} {text[3:30]}", text=text, url=f"https://a.example/?{number}")

    again = await sql.fetchval(TOLD) - told
    measured(moved=count, told_again_percent=100 * again / count)
    assert told == count
    assert again <= count / 100


@pytest.mark.fault(14)
@pytest.mark.parametrize(
    "count", [30, pytest.param(10_000, marks=pytest.mark.faults)], ids=["some", "many"]
)
async def test_old_releases_that_are_filled_in_tell_nobody(
    add_article: AddArticle,
    read: Read,
    triage: Triage,
    subscribe: Subscribe,
    sql: asyncpg.Connection,
    measured: Measured,
    scale: int,
    count: int,
) -> None:
    if count > 30:
        count *= scale
    await subscribe("무역", "수출")
    waiting = asyncio.Queue[int]()
    for number in range(count):
        text = invented(number, "수출")
        title = f"제목 {number} {text[3:30]}"
        made = await add_article(title=title, text=text, baseline=True, collected_at=NINE)
        waiting.put_nowait(made)

    async def work() -> None:
        while not waiting.empty():
            made = waiting.get_nowait()
            await read.read(made)
            await triage.judge(made)

    await asyncio.gather(*(work() for _ in range(8)))  # as workers do

    filled = await sql.fetchval("SELECT count(*) FROM article WHERE triaged_at IS NOT NULL")
    alerts = await sql.fetchval(TOLD)
    measured(filled=filled, alerts=alerts)
    assert filled == count
    assert alerts == await sql.fetchval("SELECT count(*) FROM waiting") == 0


class Edits:
    """Somebody who begins and ends subscriptions, each to one of ``words``, by chance.

    ``standing``: subscriptions and their words. ``states``: the same after each edit, in order.
    """

    def __init__(self, book: Subscriptions, chance: random.Random, words: Sequence[str]) -> None:
        self._book, self._chance, self._words = book, chance, words
        self.standing: dict[str, str] = {}
        self.states: list[dict[str, str]] = [{}]
        self.begun = 0  # the last edit that may have been committed

    async def go_on(self) -> None:
        """Edit without end."""
        for number in range(10**9):
            after = dict(self.standing)
            self.begun += 1
            if len(self.standing) > 5:
                name = self._chance.choice(sorted(self.standing))
                del after[name]
                self.states.append(after)
                await self._book.end(name)
            else:
                name, word = f"구독 {number}", self._chance.choice(self._words)
                after[name] = word
                self.states.append(after)
                to = Endpoint("console", name, agreed=True)
                await self._book.subscribe(name, [(word, canonical(parse(word)))], to)
            self.standing.clear()
            self.standing.update(after)
            await asyncio.sleep(0.002)


@pytest.mark.fault(7)
@pytest.mark.parametrize(
    "count", [15, pytest.param(250, marks=pytest.mark.faults)], ids=["some", "many"]
)
async def test_a_release_is_told_by_rules_that_stood_while_it_was_judged(
    database: Database,
    add_article: AddArticle,
    read: Read,
    triage: Triage,
    sql: asyncpg.Connection,
    measured: Measured,
    scale: int,
    count: int,
) -> None:
    """Somebody edits all the while, faster than a release is judged.

    Whoever wanted it from the beginning to the end is told, nobody who never wanted it meanwhile.
    """
    words = ["수출", "관세", "환급", "상담"]
    chance = random.Random(count)
    edits = Edits(Subscriptions(database), chance, words)
    states, wrong, done = edits.states, 0, 0

    editing = asyncio.create_task(edits.go_on())
    for number in range(count * (scale if count > 15 else 1)):
        said = chance.sample(words, 2)
        made = await add_article(text=invented(number, *said), collected_at=NINE)
        await read.read(made)
        before = len(states) - 2  # the one before the last may stand no more; the last may not yet
        await triage.judge(made)
        told = await told_of(sql, made)
        matching = [
            {name for name, word in each.items() if word in said}
            for each in states[max(0, before) : edits.begun + 1]
        ]
        wrong += not set.intersection(*matching) <= told <= set.union(*matching)
        done += 1
    editing.cancel()
    with suppress(asyncio.CancelledError):
        await editing

    made = await add_article(text=invented(-1, *words), collected_at=NINE + timedelta(days=9))
    await read.read(made)
    await triage.judge(made)
    different = await told_of(sql, made) not in (set(states[-1]), set(edits.standing))
    measured(edits=len(states) - 1, releases=done, wrong=wrong, different=int(different))
    assert wrong == 0
    assert not different


async def told_of(sql: asyncpg.Connection, article: int) -> set[str]:
    rows = await sql.fetch(
        """SELECT subscription.name FROM delivery
           JOIN subscription ON subscription.id = subscription_id
           JOIN telling ON telling.id = telling_id WHERE telling.article_id = $1""",
        article,
    )
    return {row["name"] for row in rows}
