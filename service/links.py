"""What is written into links so that nobody can make one up: numbers, signed for one purpose.

Nothing of it is stored. A link counts as long as the numbers in it do: of most, one is an epoch.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

Purpose = Literal[
    "confirm", "end", "mine", "dismiss", "feed", "rest", "bounces", "csrf", "sign-in", "place"
]

_HEAD = b"p"  # so that no token begins with "-", which a command line takes for an option
_MAC = 20  # bytes of the signature: 160 bits
_LONGEST = 128  # characters; what is longer is none of ours


class Signer:
    """Signs and reads tokens under one secret."""

    def __init__(self, secret: bytes) -> None:
        """``secret``: 32 bytes or more. Whoever has it can end every subscription."""
        self._secret = secret

    def sign(self, purpose: Purpose, *numbers: int) -> str:
        """A token for ``numbers``, none negative: letters, digits, and within ``-`` and ``_``."""
        said = ".".join(map(str, numbers)).encode()
        mac = hmac.digest(self._secret, f"pabal {purpose} ".encode() + said, "sha256")[:_MAC]
        return urlsafe_b64encode(_HEAD + mac + said).rstrip(b"=").decode()

    def read(self, purpose: Purpose, token: str) -> tuple[int, ...] | None:
        """The numbers of a token that was signed for ``purpose``, else None; takes any text."""
        if len(token) > _LONGEST or not token.isascii():
            return None
        try:
            said = urlsafe_b64decode(token + "=" * (-len(token) % 4))[len(_HEAD) + _MAC :]
            numbers = tuple(map(int, said.decode("ascii").split("."))) if said else ()
        except ValueError:
            return None
        # Made again and compared whole: one token only stands for these numbers.
        return numbers if hmac.compare_digest(self.sign(purpose, *numbers), token) else None
