"""The feeds, calendar and stream of a subscription: nothing is sent, whoever reads comes to ask.

As an endpoint it lets a subscription live that has no other.
"""

from __future__ import annotations

from notifier.errors import BadAddress
from notifier.model import Card, ChannelOptions, Message, Receipt, Traits

CARD = Card(
    korean="피드·달력",
    english="Feed and calendar",
    address="`-`",
    what="보내지 않고, 와서 읽는 피드·달력·실시간만 둡니다 (`pabal feeds 이름`) / nothing is "
    "sent: feeds, calendar and stream to be read",
    example="-",
)

TRAITS = Traits(people=False, trusted=True, at_once=100)


class Feed:
    """Takes everything: it is there to be read from the moment it was owed."""

    async def send(self, message: Message) -> Receipt:  # noqa: ARG002 - there is nothing to do
        """Say that it is there."""
        return Receipt("읽을 수 있습니다 (there to be read)")

    async def aclose(self) -> None:
        """Nothing is open."""

    def check_address(self, address: str) -> None:
        """Raise BadAddress unless ``address`` is ``-``: its true one is made by the service."""
        if address != "-":
            raise BadAddress("피드에는 주소를 적지 않습니다 (feed takes no address)")


def open_channel(_: ChannelOptions) -> Feed:
    """The channel."""
    return Feed()
