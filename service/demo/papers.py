"""What a reader of the demo gets beside webhooks: mails, a feed, a calendar."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from urllib.request import urlopen

from icalendar import Calendar
from lxml import etree

from service.judging import rules
from service.links import Signer
from service.store.consent import Consent
from service.store.database import Database
from service.store.subscriptions import Endpoint, Subscriptions
from service.store.told import Told

_READER = "수출 담당자"
_WIDTH = 20  # letters of a title, so that the ledger stays a table
_ATOM = {"a": "http://www.w3.org/2005/Atom"}


@dataclass(frozen=True, slots=True)
class Papers:
    """Mails as they came in, and what the addresses of a subscription gave."""

    mails: tuple[bytes, ...]
    feed: bytes
    calendar: bytes

    def keep(self, folder: Path) -> None:
        """Write the first mail, its page, the feed and the calendar into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "feed.atom").write_bytes(self.feed)
        (folder / "calendar.ics").write_bytes(self.calendar)
        for mail in self.mails[:1]:
            (folder / "mail.eml").write_bytes(mail)
            page = BytesParser(policy=policy.default).parsebytes(mail).get_body(("html",))
            if page is not None:
                (folder / "mail.html").write_text(str(page.get_content()), "utf-8")

    def shown(self) -> list[tuple[str, str]]:
        """A line for each: how many, and the first of them."""
        subjects = [
            str(BytesParser(policy=policy.default).parsebytes(each, headersonly=True)["subject"])
            for each in self.mails
        ]
        titles = [
            each.text or ""
            for each in etree.fromstring(self.feed).findall("a:entry/a:title", _ATOM)
        ]
        events = [str(each["summary"]) for each in Calendar.from_ical(self.calendar).events]
        return [
            ("메일 / mails", _line(subjects)),
            ("피드의 소식 / entries of the feed", _line(titles)),
            ("달력의 마감 / deadlines in the calendar", _line(events)),
        ]


async def subscribe(database: Database, typed: Sequence[str], address: str, secret: str) -> None:
    """A program at ``address`` that is told of everything, a reader who gets mail of the first."""
    parsed = [(each, rules.canonical(rules.parse(each))) for each in typed]
    store = Subscriptions(database)
    await store.subscribe("demo", parsed, Endpoint("webhook", address, secret, agreed=True))
    reader = Endpoint("mail", "reader@pabal.example", agreed=True)
    await store.subscribe(_READER, parsed[:1], reader, remind=(7, 1))


async def fetch(database: Database, page: str, mails: Sequence[bytes]) -> Papers:
    """Ask the service's page at ``page`` for the reader's feed and calendar."""
    reader = await Told(database).address(_READER)
    assert reader is not None
    token = Signer(await Consent(database).secret()).sign("feed", *reader)
    feed = await asyncio.to_thread(_get, f"{page}/feed/{token}.atom")
    calendar = await asyncio.to_thread(_get, f"{page}/calendar/{token}.ics")
    return Papers(tuple(mails), feed, calendar)


def _get(url: str) -> bytes:
    with urlopen(url, timeout=30) as answer:  # noqa: S310 - the page that we started
        return bytes(answer.read())


def _line(found: list[str]) -> str:
    if not found:
        return "0"
    first = found[0] if len(found[0]) <= _WIDTH else f"{found[0][: _WIDTH - 1]}…"
    return f"{len(found)} · {first}"
