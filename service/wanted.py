"""A subscription as somebody wants it, typed or from a file: checked whole before it is saved."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from notifier.channels.webhook import new_secret
from notifier.errors import BadAddress
from notifier.model import Channel
from service.errors import UserError
from service.judging import rules
from service.judging.fields import Values
from service.judging.rules import Rule
from service.since import day_end
from service.store.subscriptions import Embargoed, Endpoint, Subscriptions

_SIGNING = frozenset({"webhook"})  # channels whose messages the receiver verifies
_SHORTEST_KEY, _LONGEST_KEY = 24, 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is to have; rules with their texts as typed."""

    name: str
    rules: tuple[tuple[str, Rule], ...]
    endpoints: tuple[Endpoint, ...]
    embargoed: Embargoed | None = None
    expires_at: datetime | None = None

    def warnings(self) -> list[str]:
        """What its author should be warned of."""
        return [f"{text}: {why}" for text, rule in self.rules for why in rules.warnings(rule)]

    async def save(self, store: Subscriptions) -> list[Endpoint]:
        """Save it; returns the endpoints that sign from now on with a secret that we made up."""
        secrets = await store.subscribe(
            self.name,
            [(text, rules.canonical(rule)) for text, rule in self.rules],
            *self.endpoints,
            embargoed=self.embargoed,
            expires_at=self.expires_at,
        )
        stands = zip(self.endpoints, secrets, strict=True)
        return [each for each, secret in stands if each.made and each.secret == secret]


@dataclass(frozen=True, slots=True)
class Checks:
    """What it is held against. Each method raises UserError for what can never work."""

    values: Values
    channels: Mapping[str, Channel]
    now: datetime

    def rule(self, typed: str) -> tuple[str, Rule]:
        """A rule, with its text."""
        return typed, rules.parse(typed, self.values)

    def endpoint(self, typed: str, secret: str = "") -> Endpoint:
        """``webhook:https://…``, ``console``: with a secret where the channel signs."""
        name, _, address = typed.partition(":")
        channel = self.channels.get(name)
        if channel is None:
            known = ", ".join(self.channels)
            raise UserError(f"{typed}: 그런 채널이 없습니다 (no such channel); {known}")
        address = address or "-"
        try:
            channel.check_address(address)
        except BadAddress as error:
            raise UserError(f"{typed}: {error}") from error
        if name in _SIGNING:
            return Endpoint(name, address, secret or new_secret(), made=not secret)
        return Endpoint(name, address)

    def secret(self, typed: str) -> str:
        """A secret as Standard Webhooks writes it, or several with blanks between; or none."""
        if not all(map(_is_secret, typed.split())):
            raise UserError(
                "whsec_와 24~64바이트의 base64여야 합니다 "
                "(must be whsec_ and 24 to 64 bytes in base64)"
            )
        return typed

    def expiry(self, typed: str) -> datetime:
        """The end of the last day of a subscription."""
        return day_end(typed, self.now)


@contextmanager
def at(place: str) -> Iterator[None]:
    """Let what is refused within say where it stands."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{place}: {error}") from error


def _is_secret(text: str) -> bool:
    """Whether receivers will take it for a secret."""
    try:
        key = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and _SHORTEST_KEY <= len(key) <= _LONGEST_KEY
