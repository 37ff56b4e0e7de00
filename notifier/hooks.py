"""Incoming hooks of chat services: a letter is posted as JSON to the secret URL of a room.

What differs from service to service stands in its own channel, as the ``Service`` that is its
``open_channel``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from notifier.errors import BadAddress
from notifier.letter import Letter, letter
from notifier.model import ChannelOptions, Message, Receipt
from notifier.posting import Answer, Poster, Posting, code, judge, packed

GONE = frozenset({404, 410})


def _by_code(answer: Answer) -> None:
    """Judge by status: a hook that is not there is gone; ``code`` of the answer says why."""
    judge(answer, gone=GONE, said=code(answer.said.get("code", "")))


@dataclass(frozen=True, slots=True)
class Service:
    """One service. ``hooks`` matches host and path of the URLs that it gives out.

    ``verdict`` raises a SendError unless an answer means *sent*. ``query`` is set in every URL.
    """

    name: str
    hooks: re.Pattern[str]
    payload: Callable[[Letter], object]
    verdict: Callable[[Answer], None] = _by_code
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, options: ChannelOptions) -> Hook:
        """The channel to it, for the caller to close."""
        return Hook(self, options)


class Hook(Posting):
    """The channel to one service.

    Where private addresses are allowed, a stand-in of the service may have any address.
    """

    def __init__(
        self, service: Service, options: ChannelOptions, poster: Poster | None = None
    ) -> None:
        super().__init__(options, poster)
        self._service = service

    async def send(self, message: Message) -> Receipt:
        """Post one message. Raises TryAgain, Undeliverable or EndpointGone."""
        service = self._service
        address = self._address(message.address)
        body = packed(service.payload(letter(message)))
        headers = {"content-type": "application/json", **service.headers}
        answer = await self._poster.post(address, body, headers)
        service.verdict(answer)
        return answer.receipt

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is the URL of a hook of this service."""
        self._address(address)

    def _address(self, address: str) -> str:
        url = self._poster.check(address)
        place = f"{url.host_port_subcomponent}{url.raw_path}"
        if not self._options.private_addresses and not self._service.hooks.fullmatch(place):
            name = self._service.name
            raise BadAddress(f"{name} 웹훅의 주소가 아닙니다 (not the URL of a hook of {name})")
        return str(url.update_query(self._service.query)) if self._service.query else address
