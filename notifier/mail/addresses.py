"""Mail addresses, one ``addr-spec`` each, as they go over the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from notifier.errors import BadAddress

# RFC 5321, 4.5.3.1, in octets.
_LONGEST_LOCAL, _LONGEST_DOMAIN, _LONGEST_NAME = 64, 253, 60
_ATOMS = re.compile(r"[\w#$&'*+/=?^{}~-]+(\.[\w#$&'*+/=?^{}~-]+)*")  # no % or !: routes
_DOMAIN = re.compile(r"((?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)(?![0-9]+$)[a-z0-9-]{2,63}(?<!-)")
_SENDER = re.compile(r"([^<>]*)<([^<>]*)>")
# Programs answer there, or nobody reads it: mail to them comes back or goes round.
_NOBODY = frozenset(
    {
        "mailer-daemon", "mailerdaemon", "postmaster", "abuse", "bounce", "bounces",
        "noreply", "no-reply", "donotreply", "do-not-reply", "listserv", "majordomo",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """``domain`` is in ASCII (punycode) and small letters; ``local`` as it was typed."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def international(self) -> bool:
        """Whether only servers with SMTPUTF8 can take it."""
        return not self.local.isascii()

    @property
    def mailbox(self) -> tuple[str, str]:
        """The mailbox behind the address, without what stands after a plus."""
        return self.local.partition("+")[0].lower(), self.domain


@dataclass(frozen=True, slots=True)
class Sender:
    """An address with the name that readers see."""

    name: str
    address: Address


def parse(text: str) -> Address:
    """The one address that ``text`` is, without name, comment or quotes. Raises BadAddress.

    A Korean keyboard types full-width letters too, which no mailbox has.
    """
    local, at, domain = normalize("NFKC", text).rpartition("@")
    spelt = _ascii(domain)
    if (
        not at
        or not _ATOMS.fullmatch(local)
        or not local.isprintable()
        or len(local.encode("utf-8", "replace")) > _LONGEST_LOCAL
        or len(spelt) > _LONGEST_DOMAIN
        or not _DOMAIN.fullmatch(spelt)
    ):
        raise BadAddress("메일 주소는 이름@도메인 하나입니다 (one address such as a@example.org)")
    return Address(local, spelt)


def recipient(text: str) -> Address:
    """An address that somebody may read. Raises BadAddress for those of programs too."""
    address = parse(text)
    if address.mailbox[0] in _NOBODY:
        raise BadAddress(f"사람이 읽는 주소가 아닙니다 (nobody reads it): {address.local}@")
    return address


def sender(text: str) -> Sender:
    """``파발 <alerts@example.org>`` or the bare address. Raises BadAddress."""
    named = _SENDER.fullmatch(text.strip())
    name, spec = (named[1].strip().strip('"'), named[2]) if named else ("", text.strip())
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        raise BadAddress("보내는 이름이 너무 길거나 줄이 바뀝니다 (one short line)")
    return Sender(name, parse(spec))


def parse_returns(text: str) -> Address:
    """Where mail comes back to: an address, or a domain with ``bounces@``. Raises BadAddress."""
    return parse(text if "@" in text else f"bounces@{text}")


def _ascii(domain: str) -> str:
    """The domain in punycode; empty where it has none."""
    if len(domain) > _LONGEST_DOMAIN:
        return ""
    if domain.isascii():
        return domain.lower()
    try:
        return domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""
