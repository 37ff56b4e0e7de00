"""A whole mail: headers, and the text in two forms.

Headers hold what was scraped in one place only, the subject: one clean line, in encoded words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

from notifier.mail.addresses import Address, Sender
from notifier.mail.sheet import Writer
from notifier.model import Alert, Message, SignIn

_TOKEN = re.compile(r"[^A-Za-z0-9_.-]+")
# Base64 has no "_": no text can end a part.
_BOUNDARY = "=_pabal_"
_FOLD = "\r\n"


@dataclass(frozen=True, slots=True)
class Mail:
    """What is handed to the mail server. ``sender`` is where it comes back to."""

    sender: Address
    recipient: Address
    content: bytes


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes mails from ``sender``; what cannot be delivered comes back to ``returns``.

    Each has a return path of its own, ``bounces+<its id>@…``, where ``returns`` is set; then a mail
    to it can end the subscription too. ``sign`` gives the header that goes before a mail. ``now``
    is aware.
    """

    sender: Sender
    returns: Address | None
    sign: Callable[[bytes], bytes] | None
    now: Callable[[], datetime]
    _writer: Writer = field(default_factory=Writer)

    def compose(self, message: Message, to: Address) -> Mail:
        """The mail of ``message``: the same id in each attempt."""
        said = self._writer.write(message)
        own, domain = _token(message.id), self.sender.address.domain
        back = self._return_path(own)
        ends = not isinstance(message.content, SignIn)  # asked for once, it has no end
        head = [
            f"To: {to}",
            f"Date: {_date(self.now().replace(microsecond=0))}",
            f"Message-ID: <{own}@{domain}>",
            *_unsubscribe(said.end, back if self.returns and ends else None),
            *([f"List-Help: <{said.mine}>"] if said.mine else []),
            f"X-PM-Metadata-Delivery: {own}",  # the one header of ours that Postmark tells of
            _common(self.sender, said.subject, message.language, *_about(message)),
        ]
        content = b"".join(["\r\n".join(head).encode(), _PLAIN, said.text, _HTML, said.html, _END])
        if self.sign:
            content = self.sign(content) + content
        return Mail(back, to, content)

    def _return_path(self, own: str) -> Address:
        if self.returns is None:
            return self.sender.address
        return Address(f"{self.returns.local}+{own.removeprefix('msg_')}", self.returns.domain)


def _about(message: Message) -> tuple[str, str, bool]:
    """Kind of content, thread, and whether this follows something that was told before."""
    content = message.content
    follows = not isinstance(content, Alert) or bool(content.changes or content.coverage)
    return type(content).__name__.lower(), message.thread, follows


@lru_cache(256)
def _common(
    sender: Sender, subject: str, language: str, kind: str, thread: str, follows: bool
) -> str:
    """The headers that are the same for all who are told the same."""
    # What looks like an encoded word is encoded, or a reader would take it for one.
    charset = "us-ascii" if subject.isascii() and "=?" not in subject else "utf-8"
    shown = Header(subject, charset, header_name="Subject").encode(linesep=_FOLD)
    event = f"<{_token(thread)}@{sender.address.domain}>"
    # All about one event refer to one id, so that a correction stands under its alert.
    refers = [f"References: {event}"] if thread else []
    replies = [f"In-Reply-To: {event}"] if thread and follows else []
    head = [
        f"From: {_named(sender)}",
        f"Subject: {shown}",
        *replies,
        *refers,
        f"List-Id: <pabal.{sender.address.domain}>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        f"Feedback-ID: {kind}:pabal",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{_BOUNDARY}"',
    ]
    return _FOLD.join(head)


def _part(kind: str) -> bytes:
    return (
        f"\r\n--{_BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode()


_PLAIN, _HTML = b"\r\n" + _part("plain"), _part("html")
_END = f"\r\n--{_BOUNDARY}--\r\n".encode()


def _unsubscribe(end: str, back: Address | None) -> list[str]:
    """RFC 2369 and 8058: a POST to the page ends it at once; a mail to the return path does too."""
    ways = [f"<{end}>"] if end else []
    if back:
        ways.append(f"<mailto:{back}?subject=unsubscribe>")
    if not ways:
        return []
    click = ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if end else []
    return [f"List-Unsubscribe: {', '.join(ways)}", *click]


def _token(text: str) -> str:
    return _TOKEN.sub("-", text)


def _named(sender: Sender) -> str:
    if not sender.name:
        return str(sender.address)
    name = Header(sender.name, "utf-8", header_name="From").encode(linesep=_FOLD)
    return f"{name} <{sender.address}>"


_date = lru_cache(4)(format_datetime)
