"""Read what came back from a mailbox, settle it, and remove from there what was understood.

What nobody understands is left, marked as read, for a person.
"""

from __future__ import annotations

import asyncio
import imaplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import structlog

from service.model import Returned
from service.reading.returned import read_returned
from service.reading.told_of_mail import read_event
from service.store import bounces
from service.store.database import storable

log = structlog.get_logger()

_IMAPS = 993
_SECONDS = 30.0
_AT_ONCE = 200  # mails that are read in one go
_MOST = 300_000  # bytes of one


class Box(Protocol):
    """A mailbox while it is open; a mail in it is known by a key."""

    def unread(self) -> Iterable[tuple[str, bytes]]:
        """Some mails that nobody has read, with their first 300,000 bytes."""
        ...

    def done(self, key: str, *, understood: bool) -> None:
        """Remove a mail, or mark it as read."""
        ...


@dataclass(frozen=True, slots=True)
class Bounces:
    """The step with its tools. ``opened`` opens the mailbox; it blocks, so threads do it."""

    store: bounces.Returns
    opened: Callable[[], AbstractContextManager[Box]] | None

    async def read(self) -> int:
        """Settle what lies in the mailbox; returns how many mails were understood.

        A mailbox that cannot be opened is told a person, and tried again the next time. Where we
        die half way, what was settled is found again, and changes nothing.
        """
        if self.opened is None:
            return 0
        try:
            mails = await asyncio.to_thread(_fetched, self.opened)
            told = {key: await self._settle(read_returned(raw)) for key, raw in mails}
            await asyncio.to_thread(_mark, self.opened, told)
        except (OSError, imaplib.IMAP4.error) as error:
            why = storable(str(error)[:200])
            log.warning("bounces.unread", why=why)
            await self.store.seen(why)
            return 0
        await self.store.seen(None)
        return sum(told.values())

    async def heard(self, body: bytes) -> int:
        """Settle what a provider's webhook says; returns how many of our mails it was about."""
        return sum([await self._settle(each) for each in read_event(body)])

    async def _settle(self, returned: Returned | None) -> bool:
        if returned is None:
            return False
        done = await self.store.settle(returned)
        log.info("bounces.settled", fate=returned.fate, why=returned.why, known=done)
        return done


def opener(place: str, password: str) -> Callable[[], AbstractContextManager[Box]]:
    """How to open the mailbox at ``place``: ``imaps://user@host/INBOX`` or a Maildir's path."""
    if place.startswith("/"):
        return lambda: nullcontext(_Maildir(Path(place)))
    parts = urlsplit(place)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    user = unquote(parts.username or "")

    @contextmanager
    def opened() -> Iterator[Box]:
        tls = ssl.create_default_context()  # of itself imaplib believes any certificate
        with imaplib.IMAP4_SSL(
            parts.hostname or "", parts.port or _IMAPS, ssl_context=tls, timeout=_SECONDS
        ) as server:
            server.login(user, password)
            yield Imap(server, folder)

    return opened


def _fetched(opened: Callable[[], AbstractContextManager[Box]]) -> list[tuple[str, bytes]]:
    with opened() as box:
        return list(box.unread())


def _mark(opened: Callable[[], AbstractContextManager[Box]], told: dict[str, bool]) -> None:
    if told:
        with opened() as box:
            for key, understood in told.items():
                box.done(key, understood=understood)


class _Maildir:
    """A directory of mails; keys are their names. Who has read one says so in its name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def unread(self) -> Iterator[tuple[str, bytes]]:
        places = (each for part in ("new", "cur") for each in sorted((self._path / part).iterdir()))
        fresh = (each for each in places if "S" not in _flags(each.name) and each.is_file())
        for each in islice(fresh, _AT_ONCE):
            with each.open("rb") as file:
                yield str(each.relative_to(self._path)), file.read(_MOST)

    def done(self, key: str, *, understood: bool) -> None:
        mail = self._path / key
        with suppress(FileNotFoundError):  # somebody else was faster
            if understood:
                mail.unlink()
            else:
                flags = "".join(sorted({*_flags(mail.name), "S"}))
                mail.rename(self._path / "cur" / f"{mail.name.partition(':')[0]}:2,{flags}")


def _flags(name: str) -> str:
    return name.partition(":2,")[2]


class Imap:
    """A folder of an IMAP server where we are logged in; keys are UIDs."""

    def __init__(self, server: imaplib.IMAP4, folder: str) -> None:
        self._server = server
        self._said(server.select(f'"{folder}"'))

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """See ``Box``. Reading does not mark."""
        found = self._said(self._server.uid("SEARCH", "UNSEEN"))
        for key in (found[0] or b"").split()[:_AT_ONCE]:
            uid = key.decode("ascii")
            for part in self._said(self._server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{_MOST}>)")):
                if isinstance(part, tuple):
                    yield uid, part[1]

    def done(self, key: str, *, understood: bool) -> None:
        """See ``Box``."""
        flags = r"(\Seen \Deleted)" if understood else r"(\Seen)"
        self._said(self._server.uid("STORE", key, "+FLAGS.SILENT", flags))
        if understood:
            self._said(self._server.expunge())

    @staticmethod
    def _said(answer: tuple[str, list[Any]]) -> list[Any]:
        kind, said = answer
        if kind != "OK":
            raise imaplib.IMAP4.error(repr(said)[:200])
        return said
