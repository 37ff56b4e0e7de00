"""One release that a hundred thousand subscriptions match, and workers that are killed meanwhile.

``make storm``: the release appears on a replica of korea.kr, the ordinary service finds it, owes it
to everybody and sends it, half as webhooks, half as mail, while a worker is killed again and again.
Then a second release without kills, beside what one would write by hand over httpx and aiosmtplib.
Exit code 1 unless nothing is lost and nothing repeated beyond what was on its way at the kills.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import aiosmtplib
import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

from tests.faults import record
from tests.storm.house import TEXTS, House, house, publish, until

JUDGED = "SELECT count(*) FROM article WHERE read_title = $1 AND triaged_at IS NOT NULL"
_STATE = """
    SELECT count(*) AS owed, count(*) FILTER (WHERE settled_at IS NULL) AS open,
           count(*) FILTER (WHERE outcome = 'sent') AS sent,
           count(DISTINCT delivery.created_at) AS commits,
           min(delivery.created_at) AS owed_at, max(settled_at) AS last_at
    FROM delivery JOIN telling ON telling.id = telling_id WHERE facts ->> 'title' = $1
"""
_IDS = """
    SELECT 'msg_' || message_id FROM delivery JOIN telling ON telling.id = telling_id
    WHERE facts ->> 'title' = $1
"""
_FRESH = """
    SELECT min(discovered_at) AS found_at, min(read_at) AS read_at,
           (SELECT min(created_at) FROM delivery WHERE telling_id = min(telling.id)) AS judged_at,
           (SELECT min(finished_at) FROM attempt JOIN delivery ON delivery.id = delivery_id
            WHERE telling_id = min(telling.id) AND attempt.outcome = 'sent') AS first_at
    FROM telling JOIN article ON article.id = article_id WHERE telling.facts ->> 'title' = $1
"""
_DIED = "SELECT count(*) FROM attempt WHERE finished_at IS NULL"
STEPS = "read", "judged", "first sent", "last"
_COMMITS = 2  # the first thousand, and all others


@dataclass(slots=True)
class Storm:
    """What came of one release."""

    title: str
    owed: int = 0
    commits: int = 0
    lost: int = 0
    repeats: int = 0
    strangers: int = 0
    on_their_way: int = 0
    kills: int = 0
    first: float = 0.0
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Nothing lost, and no more repeated than was on its way at a kill."""
        return not (self.lost or self.strangers) and self.repeats <= self.on_their_way


async def blow(built: House, title: str, text: str, kills: int, rng: random.Random) -> Storm:
    """Publish one release and see it through."""
    storm = Storm(title)
    built.sink.ask("reset")
    died = await built.sql.fetchval(_DIED)
    publish(built, title, text)
    appeared = time.monotonic()

    async def anything() -> bool:
        return sum(built.sink.ask("count").values()) > 0

    async def settled() -> bool:
        # The first thousand may all be sent while the rows of the others are written.
        if not await built.sql.fetchval(JUDGED, title):
            return False
        row = await built.sql.fetchrow(_STATE, title)
        return bool(row["owed"]) and not row["open"]

    await until(built, anything, 0.02)
    storm.first = time.monotonic() - appeared
    for _ in range(kills):
        await asyncio.sleep(rng.uniform(0.5, 4.0))
        if await settled():
            break
        victim = rng.choice(built.workers)
        await victim.kill()
        storm.kills += 1
        await victim.start()

    await until(built, settled, 0.5)
    row = await built.sql.fetchrow(_STATE, title)
    storm.owed, storm.commits = row["owed"], row["commits"]
    storm.seconds = (row["last_at"] - row["owed_at"]).total_seconds()
    fresh = await built.sql.fetchrow(_FRESH, title)
    times = [*fresh, row["last_at"]]
    storm.steps = {
        name: (at - fresh["found_at"]).total_seconds()
        for name, at in zip(STEPS, times[1:], strict=True)
    }
    storm.on_their_way = await built.sql.fetchval(_DIED) - died
    _reckon(storm, {each[0] for each in await built.sql.fetch(_IDS, title)}, built)
    return storm


def _reckon(storm: Storm, owed: set[str], built: House) -> None:
    came = built.home / "ids.txt"
    counts = built.sink.ask(f"ids {came}")
    got = Counter(came.read_text().split())
    storm.lost = len(owed - got.keys())
    storm.strangers = len(got.keys() - owed)
    storm.repeats = got.total() - len(got)
    storm.rates = {name: count / storm.seconds for name, count in counts.items()}


async def by_hand(built: House, count: int) -> dict[str, float]:
    """The same, as one would write it: a client each, one message after the other, a row each."""
    sink = built.sink
    await built.sql.execute(
        "CREATE TABLE IF NOT EXISTS hand (id int PRIMARY KEY, sent_at timestamptz)"
    )
    await built.sql.execute("TRUNCATE hand")
    await built.sql.execute("INSERT INTO hand SELECT generate_series(1, $1::int)", count)
    rates = {}
    began = time.perf_counter()
    async with httpx.AsyncClient(trust_env=False) as client:
        for n in range(1, count + 1):
            await client.post(
                sink.web, json={"title": TEXTS[0] * 8}, headers={"webhook-id": f"hand_{n}"}
            )
            await built.sql.execute("UPDATE hand SET sent_at = now() WHERE id = $1", n)
    rates["web"] = count / (time.perf_counter() - began)
    began = time.perf_counter()
    for n in range(1, count + 1):
        mail = EmailMessage()
        mail["From"], mail["To"] = "alerts@pabal.example", f"reader{n}@example.org"
        mail["Subject"], mail["Message-ID"] = "수출 소식", make_msgid(domain="pabal.example")
        mail.set_content(TEXTS[0] * 8)
        mail.add_alternative(f"<p>{TEXTS[0] * 8}</p>", subtype="html")
        await aiosmtplib.send(mail, hostname="127.0.0.1", port=sink.mail)
        await built.sql.execute("UPDATE hand SET sent_at = now() WHERE id = $1", n)
    rates["mail"] = count / (time.perf_counter() - began)
    return rates


def _say(storm: Storm) -> None:
    web, mail = storm.rates["web"], storm.rates["mail"]
    say = sys.stdout.write
    say(f"{storm.title}: {storm.owed:,} owed in {storm.commits} commit(s), ")
    say(f"lost {storm.lost}, not owed {storm.strangers}, repeats {storm.repeats} ")
    say(f"(on their way at {storm.kills} kills: {storm.on_their_way})\n")
    say(f"  first out {storm.first:.2f} s after it appeared, all settled {storm.seconds:.1f} s ")
    say(f"after it was owed; a second: web {web:,.0f}, mail {mail:,.0f}, both {web + mail:,.0f}\n")
    steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in storm.steps.items())
    say(f"  seconds after its list was fetched: {steps}\n")


async def _main(subscriptions: int, kills: int, seed: int, sample: int, home: Path) -> int:
    rng, began = random.Random(seed), time.monotonic()
    async with house(home, subscriptions) as built:
        storms = [await blow(built, "폭풍 속의 첫 소식", TEXTS[0], kills, rng)]
        _say(storms[0])
        storms.append(await blow(built, "바람이 잔 뒤의 소식", TEXTS[1], 0, rng))
        _say(storms[1])
        await built.stop()
        hand = await by_hand(built, sample)
    alone = subscriptions / 2 / hand["web"] + subscriptions / 2 / hand["mail"]
    say = sys.stdout.write
    say(f"by hand, {sample} each: web {hand['web']:,.0f}, mail {hand['mail']:,.0f} a second; ")
    say(f"Pabal does both together {alone / storms[1].seconds:.1f} times as fast\n")
    some = (each for each in storms if each.owed < subscriptions or each.commits > _COMMITS)
    short = [each.title for each in some]
    say(f"NOT owed to all in {_COMMITS} commits: {short}\n" if short else "")
    good = all(each.clean for each in storms) and not short
    figures = {
        "kills": sum(each.kills for each in storms),
        "releases": len(storms),
        "alerts": sum(each.owed for each in storms),
        "lost": sum(each.lost for each in storms),
        "extra": sum(each.strangers for each in storms),
        "repeats_over_in_flight": sum(max(0, each.repeats - each.on_their_way) for each in storms),
    }
    record.script(1, __file__, figures, good=good, since=began)
    return 0 if good else 1


def main() -> int:
    """Read the options and blow."""
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--subscriptions", type=int, default=100_000)
    asks.add_argument("--kills", type=int, default=10)
    asks.add_argument("--seed", type=int, default=6)
    asks.add_argument("--sample", type=int, default=500)
    said = asks.parse_args()
    with tempfile.TemporaryDirectory(prefix="pabal-storm-") as made:
        Path(made).chmod(0o755)  # the server is another account's where we are root
        way = _main(said.subscriptions, said.kills, said.seed, said.sample, Path(made))
        return asyncio.run(way)


if __name__ == "__main__":
    sys.exit(main())
