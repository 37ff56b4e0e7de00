"""Whatever a mail server does, no mail is lost, none is sent again after a no, and its id stays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from notifier.channels.mail import TRAITS
from notifier.errors import SendError, TryAgain
from notifier.model import Receipt
from tests.channels.peer import HANG_UP, SILENCE, Peer, message_of, sending

MANY = "250-2.0.0 it\r\n250-2.0.0 was\r\n250 2.0.0 taken"


@dataclass(frozen=True)
class Mood:
    """What a server says at first, and then; ``tries`` that it takes; whether mail ever comes."""

    says: dict[str, str | list[str]]
    tries: int
    comes: bool = True
    offers: Sequence[str] = ("PIPELINING",)
    starttls: bool = False


OK = "250 ok"
MOODS = {
    "421 at the door": Mood({"HELLO": ["421 too busy", "220 mail.example"]}, 2),
    "450 greylisted": Mood({"RCPT": ["450 4.2.0 later", "450 4.2.0 later", OK]}, 3),
    "452 full": Mood({"END": ["452 4.3.1 no space", OK]}, 2),
    "550 nobody": Mood({"RCPT": "550 5.1.1 no such user"}, 1, comes=False),
    "gone after the text": Mood({"END": [HANG_UP, OK]}, 2),
    "a late answer": Mood({"END": [SILENCE, OK]}, 2),
    "many lines": Mood({"RCPT": "250-2.1.5\r\n250 2.1.5 ok", "END": MANY}, 1),
    "no pipelining": Mood({"RCPT": ["451 4.7.1 later", OK]}, 2, offers=()),
    "starttls stripped": Mood({}, 3, comes=False, starttls=True),
}


@pytest.mark.fault(16)
@pytest.mark.parametrize(
    "mood",
    [
        pytest.param(each, marks=pytest.mark.faults if each == "a late answer" else ())
        for each in MOODS
    ],
)
async def test_a_mail_comes_once_its_server_is_well_and_never_after_a_no(
    mood: str, measured: Callable[..., None]
) -> None:
    """As the step does it: again for what passes, not for what is refused."""
    like = MOODS[mood]
    peer = Peer(dict(like.says), like.offers)
    tries, taken, refused = 0, False, False
    async with sending(peer, starttls=like.starttls) as mails:
        while tries < 3 and not (taken or refused):
            tries += 1
            try:
                await mails.send(message_of())
                taken = True
            except TryAgain:
                continue
            except SendError:
                refused = True

    again = tries - 1 if refused else 0
    measured(moods=1, lost=int(taken is not like.comes), again_after_550=again)
    assert (tries, taken) == (like.tries, like.comes)
    ids = {line for each in peer.mails for line in each.split(b"\r\n") if b"Message-ID" in line}
    assert ids == ({b"Message-ID: <msg_1@pabal.example>"} if like.comes else set())
    assert len(set(peer.mails)) <= 1


class Slow(Peer):
    """Looks at each mail for 12 seconds before it says that it took it."""

    async def _say(self, writer: asyncio.StreamWriter, verb: str, usual: str) -> bool:
        if verb == "END":
            await asyncio.sleep(12.0)
        return await super()._say(writer, verb, usual)


@pytest.mark.fault(16)
@pytest.mark.faults
async def test_a_slow_server_gets_every_mail_once(measured: Callable[..., None]) -> None:
    """As many at once as the channel has; who gets no turn comes again."""
    peer, owed, tries = Slow(), list(range(TRAITS.at_once)), 0
    async with sending(peer, seconds=15.0) as mails:
        while owed and tries < 4:
            tries += 1
            sends = (mails.send(message_of(number)) for number in owed)
            came = await asyncio.gather(*sends, return_exceptions=True)
            left = [
                number for number, each in zip(owed, came, strict=True) if type(each) is TryAgain
            ]
            assert len(left) + sum(isinstance(each, Receipt) for each in came) == len(owed)
            owed = left

    measured(moods=1, lost=len(owed))
    assert (tries, len(peer.mails), len(set(peer.mails))) == (3, TRAITS.at_once, TRAITS.at_once)
