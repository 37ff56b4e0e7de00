"""DKIM, for who sends without a relay that signs: relaxed/relaxed, RSA, over what matters."""

from __future__ import annotations

import re

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from notifier.errors import BadAddress

_SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
# From is named twice: a second one that somebody adds breaks the signature.
_SIGNED = (
    "from", "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "list-help", "auto-submitted", "feedback-id",
    "mime-version", "content-type", "content-language",
)  # fmt: skip


class Signer:
    """Signs for one domain. A signature takes some milliseconds of processor time."""

    def __init__(self, key: str, selector: str, domain: str) -> None:
        """``key`` is an RSA key in PEM. Raises BadAddress unless key and selector are usable."""
        self._key = key.encode()
        self._selector = selector.encode()
        self._domain = domain.encode()
        try:
            parse_pem_private_key(self._key)
        except (UnparsableKeyError, ValueError, IndexError, KeyError):
            raise BadAddress("DKIM 열쇠는 PEM 꼴의 RSA여야 합니다 (an RSA key in PEM)") from None
        if not _SELECTOR.fullmatch(selector):
            raise BadAddress("DKIM 선택자가 틀렸습니다 (no such selector)")

    def sign(self, content: bytes) -> bytes:
        """The header that goes before ``content``, with its line end."""
        signed: bytes = dkim.sign(
            content,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[each.encode() for each in _SIGNED],
        )
        return signed
