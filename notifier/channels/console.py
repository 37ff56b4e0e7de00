"""Letters on standard output: for a person trying things out. The only address is ``-``."""

from __future__ import annotations

import sys

from notifier.errors import BadAddress
from notifier.letter import letter
from notifier.model import Card, ChannelOptions, Message, Receipt, Traits
from notifier.plain import plain

CARD = Card(
    korean="콘솔",
    english="Console",
    address="`-`",
    what="`pabal up`을 실행한 터미널 창에 찍습니다 / printed where the service runs",
    example="-",
    operators=True,
)

TRAITS = Traits(people=False, trusted=True)


class Console:
    """Writes each letter where the process writes."""

    async def send(self, message: Message) -> Receipt:
        """Write the letter with an empty line after it."""
        sys.stdout.write(f"{plain(letter(message))}\n\n")
        sys.stdout.flush()
        return Receipt("stdout")

    async def aclose(self) -> None:
        """Nothing is held open."""

    def check_address(self, address: str) -> None:
        """Raise BadAddress for anything but ``-``."""
        if address != "-":
            raise BadAddress("콘솔의 주소는 '-' 하나입니다 (the console's only address is '-')")


def open_channel(_: ChannelOptions) -> Console:
    """The console; it needs no options."""
    return Console()
