"""Mail: what writing one costs, and how many a second are handed over, beside aiosmtplib.

The receiver runs in a process of its own and takes everything. The peer makes an EmailMessage and
calls ``aiosmtplib.send`` for each reader, as its documentation shows; a second line gives it open
connections and the same number of them as we use.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import aiosmtplib
from rich.console import Console
from rich.table import Table

from notifier.channels.mail import Mails
from notifier.letter import letter
from notifier.mail.addresses import parse, parse_returns, sender
from notifier.mail.mime import Composer
from notifier.mail.relay import CONNECTIONS, Relay
from notifier.mail.server import parse_server
from notifier.mail.sheet import html
from notifier.model import Alert, Digest, File, Hit, Links, Message
from notifier.plain import plain
from tests.bench import sinks
from tests.bench.report import OURS, Figure, Growth, named, number, save

EXCERPT = "…수출 중소기업의 해외 물류비를 지원하는 사업의 올해 두 번째 신청을 받는다…"
ALERT = Alert(
    subscription="수출 소식",
    title="수출 중소기업 물류비 지원 2차 모집 공고",
    url="https://news.example.go.kr/release/1024",
    publisher="산업통상부",
    source="motir_press",
    published_at="2026-08-03T09:30:00+09:00",
    published_precision="minute",
    summary="",
    hits=(Hit("수출 지원", EXCERPT, ((1, 3), (17, 19))),),
    kind="notice",
    apply_by="2026-08-31 18:00",
    days_left=28,
    topics=("수출·통상",),
    contacts=("수출지원과 홍길순 사무관 044-000-0000",),
    files=(File("공고문.hwpx", "https://news.example.go.kr/file/1.hwpx"),),
    extract="수출 중소기업의 물류비 지원 한도를 업체당 2천만 원으로 올린다. 8월 말까지 받는다.",
)
FROM = "파발 <alerts@pabal.example>"
PAGES = "https://pabal.example/{}/{:043d}"
PEER, PATIENT = "send(EmailMessage)", "open connections"
console = Console()


def messages(count: int) -> Iterator[Message]:
    """One release for ``count`` readers: name, address and links are each one's own."""
    for at in range(count):
        own = replace(ALERT, subscription=f"수출 소식 {at}", dismiss=PAGES.format("dismiss", at))
        links = Links(PAGES.format("end", at), PAGES.format("mine", at))
        yield Message(
            f"msg_{at:036d}", f"reader{at}@example.kr", None, own, 1, links=links, thread="story 7"
        )


def composer() -> Composer:
    """Who writes, by the machine's clock."""
    returns = parse_returns("bounces@pabal.example")
    return Composer(sender(FROM), returns, None, now=lambda: datetime.now(UTC))


SAID = letter(Message("msg_0", "", None, ALERT, 1, links=Links(PAGES.format("end", 0))))
TEXT, PAGE = plain(SAID), html(SAID)


def built(message: Message) -> EmailMessage:
    """The same mail by the standard library; its two forms were written before, for all alike."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = FROM, message.address, SAID.subject
    made["Message-ID"] = f"<{message.id}@pabal.example>"
    made["List-Unsubscribe"] = f"<{message.links.end}>"
    made.set_content(TEXT)
    made.add_alternative(PAGE, subtype="html")
    return made


def cost(write: Callable[[Message], object], readers: Sequence[Message]) -> float:
    """Microseconds of processor time for each of ``readers``."""
    started = time.process_time()
    for each in readers:
        write(each)
    return (time.process_time() - started) / len(readers) * 1e6


def rendering(count: int) -> Iterator[Figure]:
    """What writing one mail costs."""
    ours = composer()

    def compose(message: Message) -> object:
        return ours.compose(message, parse(message.address))

    readers = list(messages(count))
    own_rules = [
        replace(each, content=replace(ALERT, hits=(Hit(f"수출 지원 {at}", EXCERPT, ((1, 3),)),)))
        for at, each in enumerate(readers)
    ]
    day = Digest("수출 소식", "2026-08-02T08:00+09:00", "2026-08-03T08:00+09:00", (ALERT,) * 30)
    digests = [replace(each, content=day) for each in readers[:100]]
    email = cost(lambda message: built(message).as_bytes(), readers[:100])
    for what, those, must, aim in (
        ("쓰기: 같은 글, 한 사람 더 / written: one release, a reader more", readers, 50, 10),
        ("쓰기: 규칙마다 다른 말 / written: whose rule is called otherwise", own_rules, 50, 10),
        ("쓰기: 저마다의 서른 소식 / written: a digest of thirty", digests, None, None),
    ):
        took = cost(compose, those)
        peer = f"EmailMessage: {email:,.0f} µs"
        yield Figure(what=what, value=took, unit="µs", peer=peer, must=must, aim=aim, at_most=True)


async def _each(send: Callable[[Message], Awaitable[object]], count: int) -> None:
    left = messages(count)

    async def work() -> None:
        for message in left:
            await send(message)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))


async def rate(
    sink: sinks.Sinks, count: int, send: Callable[[Message], Awaitable[object]]
) -> float:
    """Mails a second, all of which must have come."""
    sink.ask("reset")
    started = time.perf_counter()
    await _each(send, count)
    took = time.perf_counter() - started
    assert sink.ask("count")["mail"] == count
    return count / took


Rates = dict[str, dict[int, float]]  # mails a second, by how many were sent


async def handing_over(counts: Sequence[int], of_peer: Sequence[int]) -> Rates:
    """How many mails a second are taken over: by aiosmtplib, as it may be, and by us."""
    with sinks.running() as sink:
        server = parse_server(f"smtp://127.0.0.1:{sink.mail}")
        tls = ssl.create_default_context()
        ours = Mails(composer(), Relay(server, "", "pabal.example", 15, tls))

        async def peer(message: Message) -> None:
            await aiosmtplib.send(
                built(message), hostname="127.0.0.1", port=sink.mail, start_tls=False
            )

        open_ones = [
            aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.mail, start_tls=False)
            for _ in range(CONNECTIONS)
        ]
        for client in open_ones:
            await client.connect()

        async def patient(message: Message) -> None:
            client = open_ones.pop()
            await client.send_message(built(message))
            open_ones.append(client)

        ways = (OURS, ours.send, counts), (PEER, peer, of_peer), (PATIENT, patient, of_peer)
        rates = {
            name: {count: await rate(sink, count, send) for count in many}
            for name, send, many in ways
        }
        await ours.aclose()
        for client in open_ones:
            await client.quit()
    return rates


def handed(rates: Rates) -> Iterator[Figure]:
    """The largest of each, ours beside the peers."""
    most = max(rates[OURS])
    ours = rates[OURS][most]
    for name, must in ((PEER, 8), (PATIENT, None)):
        theirs = rates[name][max(rates[name])]
        yield Figure(
            what=f"넘김 / handed over: {most:,}",
            value=ours / theirs,
            ours=f"{ours:,.0f} /s",
            peer=f"{named('aiosmtplib')}, {name}: {theirs:,.0f} /s",
            must=must,
        )


def main() -> None:
    """Measure, print, leave it for the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mails", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--peer", type=int, nargs="+", default=[100, 300, 1_000])
    chosen = options.parse_args()
    written = list(rendering(min(20_000, max(chosen.mails))))
    rates = asyncio.run(handing_over(chosen.mails, chosen.peer))
    figures = [*written, *handed(rates)]
    table = Table("a mail", "", "peer", "")
    for each in figures:
        assert each.value is not None
        table.add_row(each.what, each.ours, each.peer, f"{number(each.value)} {each.unit}")
    console.print(table)
    growth = Growth(
        title="메일 수에 따른 넘김 / Time to hand mails over, by their number",
        sizes="메일 / mails",
        seconds={
            name: {count: count / each for count, each in by.items()} for name, by in rates.items()
        },
    )
    save("mail", figures, growth)


if __name__ == "__main__":
    main()
