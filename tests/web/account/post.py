"""A mail channel of the tests of signing in."""

from __future__ import annotations

from notifier.model import Message, Receipt


class Post:
    """A mail channel that keeps what it is handed, or fails."""

    def __init__(self) -> None:
        self.handed: list[Message] = []
        self.trouble: Exception | None = None

    async def send(self, message: Message) -> Receipt:
        self.handed.append(message)
        if self.trouble is not None:
            raise self.trouble
        return Receipt("250")

    async def aclose(self) -> None:
        """Nothing is open."""

    def check_address(self, address: str) -> None:
        """Any will do."""
