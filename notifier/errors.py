"""Why a message was not handed over: one class for each different reaction.

::

    SendError
    ├── TryAgain          later, with back-off; carries ``retry_after`` where the receiver said so
    └── Undeliverable     never again: the message goes to the dead letters
        ├── BadAddress    refused when it is typed, too
        └── EndpointGone  410: and the endpoint is switched off too
"""

from __future__ import annotations


class SendError(Exception):
    """The message was not handed over."""


class TryAgain(SendError):
    """A passing failure: time-out, 5xx, 429."""

    def __init__(
        self, detail: str, retry_after: float | None = None, *, ours: bool = False
    ) -> None:
        """``retry_after`` is in seconds, None where the receiver did not say.

        ``ours``: it is the operator's to mend (a server, a password); no receiver is to blame.
        """
        super().__init__(detail)
        self.retry_after = retry_after
        self.ours = ours


class Undeliverable(SendError):
    """A failure that will not pass: the receiver refused this message for good."""


class BadAddress(Undeliverable):
    """The address can never work for this channel."""


class EndpointGone(Undeliverable):
    """The receiver said 410 Gone: nothing more is wanted here."""
