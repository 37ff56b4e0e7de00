"""E-mail, through the operator's own mail server. The address is one mail address.

A 250 to the end of a mail means *sent*: the server has it. 4xx, a connection that broke off, and
whatever is wrong with the server or the sender are tried again, a refusal is for good, and an
address that is not there ends the endpoint. Where the connection broke off after the mail and
before the answer nobody knows; it is sent again with the same Message-ID, by which mailboxes know
it. What comes back later, ``service.bounces`` reads.

Limits: the server's; eight connections, used again, 500 mails on each.

The page is HTML from one template, which escapes whatever was scraped.
"""

from __future__ import annotations

import ssl
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notifier.errors import BadAddress, TryAgain
from notifier.mail.addresses import Address, parse_returns, recipient, sender
from notifier.mail.mime import Composer
from notifier.mail.relay import CONNECTIONS, Relay
from notifier.mail.server import parse_server
from notifier.model import Card, ChannelOptions, Message, Receipt, Traits

CARD = Card(
    korean="메일",
    english="Mail",
    address="메일 주소 / a mail address",
    what="전자우편. `PABAL_MAIL_SERVER`와 `PABAL_MAIL_FROM`이 있어야 합니다 ([메일 "
    "보내기](docs/mail.md)) / needs a server and a sender",
    example="name@example.org",
)

if TYPE_CHECKING:
    from notifier.mail.signing import Signer

# Those that wait for a connection: to claim and settle a few costs more than to send them.
TRAITS = Traits(people=True, at_once=5 * CONNECTIONS, one_server=True)

_SEOUL = ZoneInfo("Asia/Seoul")
_UNSET = (
    "메일에는 PABAL_MAIL_SERVER와 PABAL_MAIL_FROM이 있어야 합니다 "
    "(needs a mail server and a sender)"
)


class Mails:
    """What is written by one sender and handed to one server."""

    def __init__(self, composer: Composer, relay: Relay) -> None:
        self._composer = composer
        self._relay = relay
        own = (composer.sender.address, composer.returns)
        self._own = {each.mailbox for each in own if each}

    async def send(self, message: Message) -> Receipt:
        """Send one message. Raises TryAgain, Undeliverable or EndpointGone."""
        to = self._recipient(message.address)
        return Receipt(await self._relay.send(self._composer.compose(message, to)))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._relay.aclose()

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is one that a person may read."""
        self._recipient(address)

    def _recipient(self, text: str) -> Address:
        """Mail to ourselves would come back and be answered for ever."""
        address = recipient(text)
        if address.mailbox in self._own:
            raise BadAddress("파발 자신의 주소입니다 (our own address)")
        return address


class _Unset:
    """The channel without a server: no address may be given, and what is owed waits for one."""

    async def send(self, _: Message) -> Receipt:
        """Raise TryAgain."""
        raise TryAgain(_UNSET, ours=True)

    async def aclose(self) -> None:
        """Nothing is held open."""

    def check_address(self, _: str) -> None:
        """Raise BadAddress."""
        raise BadAddress(_UNSET)


def open_channel(options: ChannelOptions) -> Mails | _Unset:
    """The mail server of ``options``. Raises BadAddress where they are wrong.

    Its certificate is verified against the certificates that the machine trusts.
    """
    if not (options.mail_server and options.mail_from):
        return _Unset()
    server, own = parse_server(options.mail_server), sender(options.mail_from)
    domain = own.address.domain
    returns = parse_returns(options.mail_bounces) if options.mail_bounces else None
    sign = _signer(options, domain).sign if options.dkim_key else None
    composer = Composer(own, returns, sign, now=lambda: datetime.now(_SEOUL))
    tls = ssl.create_default_context()
    return Mails(composer, Relay(server, options.mail_password, domain, options.timeout, tls))


def _signer(options: ChannelOptions, domain: str) -> Signer:
    from notifier.mail.signing import Signer  # noqa: PLC0415 - most servers sign by themselves

    return Signer(options.dkim_key, options.dkim_selector, domain)
