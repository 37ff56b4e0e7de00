"""What mail servers answer when they do not simply take a mail, and what each answer does to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from notifier.mail.addresses import parse
from notifier.mail.mime import Mail
from tests.channels.peer import HANG_UP, SILENCE, Peer, message_of, sending


async def _failure(peer: Peer, **options: object) -> SendError:
    async with sending(peer, **options) as mails:  # type: ignore[arg-type]
        with pytest.raises(SendError) as caught:
            await mails.send(message_of())
    return caught.value


PIPELINED = pytest.mark.parametrize(
    "offers", [("PIPELINING",), ()], ids=["pipelined", "one by one"]
)


@pytest.mark.fault(16)
@PIPELINED
@pytest.mark.parametrize(
    ("verb", "answer", "error"),
    [
        ("RCPT", "450 4.2.0 greylisted, see you in five minutes", TryAgain),
        ("RCPT", "451 4.7.1 try again later", TryAgain),
        ("RCPT", "452 4.2.2 mailbox full", TryAgain),
        ("END", "452 4.3.1 no space left", TryAgain),
        ("END", "451 4.3.0 later", TryAgain),
        ("DATA", "451 4.3.0 later", TryAgain),
        ("MAIL", "421 4.3.2 shutting down", TryAgain),
        ("RCPT", "421 4.3.2 shutting down", TryAgain),
        ("END", "421 4.3.2 shutting down", TryAgain),
        ("HELLO", "421 too many connections", TryAgain),
        ("HELLO", "554 5.7.1 we do not know you", TryAgain),
        ("MAIL", "530 5.7.0 authentication required", TryAgain),
        ("MAIL", "553 5.1.8 sender not yours", TryAgain),
        ("MAIL", "552 5.3.4 too large", Undeliverable),
        ("RCPT", "550 5.1.1 no such user", EndpointGone),
        ("RCPT", "550-5.1.1 no such user\r\n550-5.1.1 look again\r\n550 5.1.1 bye", EndpointGone),
        ("RCPT", "550 5.1.10 recipient not found", EndpointGone),
        ("RCPT", "550 5.2.1 mailbox disabled", EndpointGone),
        ("RCPT", "550 no such user here", EndpointGone),
        ("RCPT", "553 mailbox name not allowed", EndpointGone),
        ("RCPT", "550 5.7.1 relaying denied", Undeliverable),
        ("RCPT", "550 your host is on a blocklist", Undeliverable),
        ("RCPT", "552 5.2.2 over quota", Undeliverable),
        ("RCPT", "550 mailbox is full", Undeliverable),
        ("RCPT", "550 5.2.1 the account is over its quota", Undeliverable),
        ("RCPT", "554 5.7.1 no", Undeliverable),
        ("END", "550 5.7.1 looks like spam", Undeliverable),
        ("END", "550 5.1.1 no such user after all", EndpointGone),
        ("END", "550 no", Undeliverable),
        ("END", "552 5.3.4 too large", Undeliverable),
        ("END", "554 5.6.0 no", Undeliverable),
        ("END", "550 5.7.1 mail from 195.5.4.5 is not wanted", Undeliverable),
        ("RCPT", "550 5.1.1 no such user; senders of many such are limited daily", EndpointGone),
        ("END", "552 5.3.4 message exceeds the sending size limit", Undeliverable),
    ],
)
async def test_an_answer_has_the_one_reaction_it_asks_for(
    offers: Sequence[str], verb: str, answer: str, error: type[SendError]
) -> None:
    failure = await _failure(Peer({verb: answer}, offers))

    assert type(failure) is error
    assert answer[:3] in str(failure)


@PIPELINED
@pytest.mark.parametrize("verb", ["HELLO", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_connection_that_breaks_before_the_mail_is_tried_again(
    offers: Sequence[str], verb: str
) -> None:
    peer = Peer({verb: HANG_UP}, offers)

    assert type(await _failure(peer)) is TryAgain
    assert peer.mails == []


@pytest.mark.fault(16)
async def test_a_connection_that_breaks_after_the_mail_leaves_it_open_whether_it_came() -> None:
    peer = Peer({"END": [HANG_UP, "250 2.0.0 taken"]})
    async with sending(peer) as mails:
        with pytest.raises(TryAgain, match="same Message-ID"):
            await mails.send(message_of())
        await mails.send(message_of())

    assert peer.mails[0] == peer.mails[1]
    assert b"\r\nMessage-ID: <msg_1@pabal.example>\r\n" in peer.mails[0]


@pytest.mark.parametrize(
    ("verb", "answer", "ours"),
    [
        ("HELLO", "554 5.7.1 we do not know you", True),
        ("MAIL", "553 5.1.8 sender not yours", True),
        ("DATA", HANG_UP, True),
        ("END", HANG_UP, True),
        ("RCPT", "421 4.3.2 shutting down", True),
        ("RCPT", "450 4.2.0 greylisted", False),
        ("END", "452 4.2.2 mailbox full", False),
        ("RCPT", "550 5.4.5 Daily user sending limit exceeded.", True),
        ("DATA", "550-5.4.5 Daily user sending limit exceeded.\r\n550 5.4.5 look here", True),
        ("END", "550 5.7.1 Daily SMTP relay limit exceeded for customer.", True),
        ("RCPT", "550 5.1.90 you have reached your daily limit for message recipients", True),
        ("END", "454 Throttling failure: Daily message quota exceeded.", True),
        ("END", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", True),
        ("END", "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException; Failed", True),
        ("END", "550 5.2.252 Sender throttled due to continuous send as denied errors.", True),
        ("RCPT", "550 5.2.1 The user is receiving mail at a rate that prevents more", False),
        ("RCPT", "550 5.2.1 the user is receiving mail too quickly", False),
    ],
)
async def test_a_reader_is_not_blamed_for_the_server(verb: str, answer: str, ours: bool) -> None:
    failure = await _failure(Peer({verb: answer}))

    assert isinstance(failure, TryAgain)
    assert failure.ours is ours


@pytest.mark.parametrize("verb", ["HELLO", "EHLO", "MAIL", "RCPT"])
async def test_a_server_that_says_nothing_is_not_waited_for(verb: str) -> None:
    assert type(await _failure(Peer({verb: SILENCE}), seconds=0.2)) is TryAgain


@pytest.mark.parametrize("nonsense", ["hello", "999", "25x ok", "250-on\r\n" * 99, "2" * 99_999])
async def test_a_server_that_speaks_no_smtp_is_tried_again(nonsense: str) -> None:
    assert type(await _failure(Peer({"MAIL": nonsense}, ()), seconds=0.5)) is TryAgain


@pytest.mark.fault(16)
async def test_without_starttls_nothing_goes_out_in_the_clear() -> None:
    peer = Peer()
    failure = await _failure(peer, user="pabal", starttls=True)

    assert type(failure) is TryAgain
    assert "STARTTLS" in str(failure)
    assert peer.heard == ["EHLO"]


async def test_a_password_that_is_refused_is_the_operators_to_mend() -> None:
    peer = Peer({"AUTH": "535 5.7.8 wrong"}, ("AUTH PLAIN",))
    failure = await _failure(peer, user="pabal")

    assert type(failure) is TryAgain
    assert "535" in str(failure) or "wrong" in str(failure)


async def test_a_server_without_smtputf8_is_not_asked_for_it() -> None:
    peer = Peer()
    async with sending(peer) as mails:
        with pytest.raises(Undeliverable, match="SMTPUTF8"):
            await mails.send(message_of(address="읽는이@example.kr"))
        await mails.send(message_of())

    assert (peer.connections, len(peer.mails)) == (1, 1)


@PIPELINED
async def test_one_connection_carries_many_mails_and_survives_a_refusal(
    offers: Sequence[str],
) -> None:
    peer = Peer({"RCPT": ["250 ok", "550 5.1.1 no such user", "250 ok"]}, offers)
    async with sending(peer) as mails:
        await mails.send(message_of(1))
        with pytest.raises(EndpointGone):
            await mails.send(message_of(2))
        await mails.send(message_of(3))

    assert peer.connections == 1
    assert peer.heard.count("RSET") == 1
    assert [b"msg_1@" in each or b"msg_3@" in each for each in peer.mails] == [True, True]


async def test_a_mail_that_nobody_is_to_get_is_not_sent() -> None:
    peer = Peer({"RCPT": ["550 5.1.1 no such user", "250 ok"]}, naive=True)
    async with sending(peer) as mails:
        with pytest.raises(EndpointGone):
            await mails.send(message_of(1))
        await mails.send(message_of(2))

    assert [b"<msg_2@" in each for each in peer.mails] == [True]


async def test_a_connection_that_ended_meanwhile_is_replaced_unnoticed() -> None:
    for verb in ("MAIL", "RCPT"):
        for ending in (HANG_UP, "421 4.4.2 idle for too long"):
            peer = Peer({verb: ["250 ok", ending, "250 ok"]})
            async with sending(peer) as mails:
                await mails.send(message_of(1))
                await mails.send(message_of(2))

            assert (peer.connections, len(peer.mails)) == (2, 2)


async def test_no_more_connections_are_open_than_there_are_places() -> None:
    peer = Peer()
    async with sending(peer) as mails:
        await asyncio.gather(*(mails.send(message_of(number)) for number in range(100)))

    assert len(peer.mails) == 100
    assert peer.connections <= 8


async def test_a_mail_that_gets_no_turn_is_not_begun_and_tried_again() -> None:
    peer = Peer({"END": SILENCE})
    async with sending(peer, seconds=0.5) as mails:
        *first, ninth = [asyncio.create_task(mails.send(message_of(each))) for each in range(9)]
        with pytest.raises(TryAgain, match="busy") as caught:
            await ninth
        for each in first:
            each.cancel()
        await asyncio.gather(*first, return_exceptions=True)

        assert caught.value.ours
        assert not any(b"<msg_8@" in each for each in peer.mails)
        peer.says.clear()
        await mails.send(message_of(8))  # the turns of those that were given up are free

    assert b"<msg_8@" in peer.mails[-1]


async def test_a_line_that_begins_with_a_dot_ends_no_mail() -> None:

    peer = Peer()
    async with sending(peer) as mails:
        mail = Mail(parse("a@pabal.example"), parse("b@example.kr"), b"X: 1\r\n\r\n.\r\nRSET\r\n")
        await mails._relay.send(mail)

    assert peer.mails == [b"X: 1\r\n\r\n..\r\nRSET\r\n.\r\n"]
