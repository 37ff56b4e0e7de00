"""A subscription as somebody wants it, typed or from a file: checked whole before it is saved."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from notifier.channels.webhook import new_secret
from notifier.errors import BadAddress
from notifier.mail.addresses import parse as parse_mail
from notifier.model import Channel, Traits
from service import cadence
from service.errors import UserError
from service.judging import rules
from service.judging.fields import Values
from service.judging.rules import Rule
from service.model import Language
from service.since import day_end
from service.store.subscriptions import (
    Choices,
    Embargoed,
    Endpoint,
    Subscribed,
    Subscriptions,
    Taken,
)

_Value = TypeVar("_Value")
NONE = "none"
MOST_RULES, MOST_PLACES, LONGEST, LONGEST_NAME = 50, 20, 2000, 80
"""Of what pages and API take: rules, as many urgent ones, places, characters of a line, a name."""

_SHORTEST_KEY, _LONGEST_KEY = 24, 64
_HOURS = re.compile(r"([01]?\d|2[0-3])(:[0-5]\d)?\s*-\s*([01]?\d|2[0-3])(:[0-5]\d)?", re.ASCII)
_DAYS = re.compile(r"\d{1,2}(?:\s*,\s*\d{1,2}){0,9}", re.ASCII)

# At first, by whether it rings at somebody.
_AT_FIRST = {
    True: Subscribed("", (), (), cadence="at-once quiet 21:00-08:00", remind=(7, 1)),
    False: Subscribed("", (), ()),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is to have; rules with their texts as typed.

    None: as it was before, or is at first. ``cadence`` as typed; ``quiet`` as ``21:00-08:00``, or
    empty for none; ``remind`` in days. ``people``: one of its endpoints rings at somebody.
    ``ops``: it is told of ops items, too.
    """

    name: str
    rules: tuple[tuple[str, Rule], ...]
    endpoints: tuple[Endpoint, ...]
    embargoed: Embargoed | None = None
    expires_at: datetime | None = None
    urgent: tuple[tuple[str, Rule], ...] = ()
    cadence: str | None = None
    quiet: str | None = None
    remind: tuple[int, ...] | None = None
    coverage: bool | None = None
    language: Language | None = None
    people: bool = False
    ops: bool | None = None

    def warnings(self) -> list[str]:
        """What its author should be warned of."""
        return [f"{text}: {why}" for text, rule in self.rules for why in rules.warnings(rule)]

    def choices(self, before: Subscribed | None) -> Choices:
        """What it is to be from now on, where it was ``before``, or None."""
        known = before or _AT_FIRST[self.people]
        return {
            "embargoed": self.embargoed,
            "expires_at": self.expires_at,
            "cadence": _merged(known.cadence, self.cadence, self.quiet),
            "remind": known.remind if self.remind is None else self.remind,
            "coverage": self.coverage,
            "language": self.language,
            "ops": self.ops,
        }

    async def save(self, store: Subscriptions) -> list[tuple[Endpoint, Taken]]:
        """Save it; returns how each of its endpoints stands then."""
        before = next(iter(await store.listed(self.name)), None)
        taken = await store.subscribe(
            self.name,
            _forms(self.rules),
            *self.endpoints,
            urgent=_forms(self.urgent),
            **self.choices(before),
        )
        return list(zip(self.endpoints, taken, strict=True))


@dataclass(frozen=True, slots=True)
class Checks:
    """What it is held against. Each method raises UserError for what can never work."""

    values: Values
    channels: Mapping[str, Channel]
    traits: Mapping[str, Traits]
    now: datetime

    def rule(self, typed: str) -> tuple[str, Rule]:
        """A rule, with its text."""
        return typed, rules.parse(typed, self.values)

    def endpoint(self, typed: str, secret: str = "", *, agreed: bool = False) -> Endpoint:
        """``webhook:https://…``, ``console``: with a secret where the channel signs.

        ``agreed``: the operator answers for its owner. Nobody else is behind a channel we trust.
        """
        name, _, address = typed.partition(":")
        channel = self.channels.get(name)
        if channel is None:
            known = ", ".join(self.channels)
            raise UserError(f"{typed}: 그런 채널이 없습니다 (no such channel); {known}")
        address = address or "-"
        try:
            channel.check_address(address)
            if name == "mail":  # its domain spelt in one way
                address = str(parse_mail(address))
        except BadAddress as error:
            raise UserError(f"{typed}: {error}") from error
        traits = self.traits[name]
        made = Endpoint(name, address, agreed=agreed or traits.trusted)
        if traits.signs:
            return replace(made, secret=secret or new_secret(), made=not secret)
        return made

    def own(self, made: Endpoint, address: str) -> Endpoint:
        """``made`` for whoever signed in with ``address``: their own place needs no question."""
        if made.channel == "mail" and made.address.casefold() == address.casefold():
            return replace(made, agreed=True, by="account")
        return made

    def people(self, endpoints: tuple[Endpoint, ...]) -> bool:
        """Whether one of them rings at somebody."""
        return any(self.traits[each.channel].people for each in endpoints)

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


def cadence_of(typed: str) -> str:
    """A cadence as it is kept."""
    return str(cadence.parse(typed))


def quiet_of(typed: str) -> str:
    """Quiet hours as a cadence writes them: ``21-08`` → ``21:00-08:00``; empty for ``none``."""
    if typed.strip() == NONE:
        return ""
    hours = _HOURS.fullmatch(typed.strip())
    if hours is None:
        raise UserError(f"{typed}: 21-08, 21:30-07:00이나 none (must look like 21-08, or be none)")
    start, end = (f"{int(hours[n]):02}{hours[n + 1] or ':00'}" for n in (1, 3))
    return f"{start}-{end}"


def remind_of(typed: str) -> tuple[int, ...]:
    """Days before a deadline, the farthest first: ``14,7,1`` or ``none``."""
    if typed.strip() == NONE:
        return ()
    if not _DAYS.fullmatch(typed.strip()):
        raise UserError(
            f"{typed}: 14,7,1처럼 적습니다. 없애려면 칸을 비우고, 명령에서는 none (must look like "
            "14,7,1; for none leave the field empty, or type none at the command)"
        )
    return tuple(sorted({int(each) for each in typed.split(",")}, reverse=True))


def in_words(each: Subscribed) -> str:
    """When a subscription is told, in a line."""
    days = ", ".join(map(str, each.remind)) or "—"
    said = [f"때 / when: {each.cadence}", f"마감 전 / days before a deadline: {days}"]
    if each.urgent:
        said.append(f"바로 / at once: {' · '.join(each.urgent)}")
    if each.coverage:
        said.append("기사도 / with coverage")
    if each.ops:
        said.append("살펴볼 것도 / with ops items")
    return " · ".join([*said, each.language])


@contextmanager
def at(place: str) -> Iterator[None]:
    """Let what is refused within say where it stands."""
    try:
        yield
    except UserError as error:
        raise UserError(f"{place}: {error}") from error


def given(place: str, typed: str | None, read: Callable[[str], _Value]) -> _Value | None:
    """What ``read`` makes of it; None where nothing is given. What is refused says where."""
    with at(place):
        return None if typed is None else read(typed)


def _forms(written: tuple[tuple[str, Rule], ...]) -> list[tuple[str, str]]:
    return [(text, rules.canonical(rule)) for text, rule in written]


def _merged(known: str, typed: str | None, quiet: str | None) -> str:
    """A cadence that keeps the quiet hours it had unless others, or none, are wanted."""
    before = cadence.kept(known)
    chosen = before if typed is None else cadence.parse(typed)
    if quiet is None:
        return str(chosen if chosen.quiet else replace(chosen, quiet=before.quiet))
    bare = str(replace(chosen, quiet=None))
    return cadence_of(f"{bare} quiet {quiet}") if quiet else bare


def _is_secret(text: str) -> bool:
    """Whether receivers will take it for a secret."""
    try:
        key = b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and _SHORTEST_KEY <= len(key) <= _LONGEST_KEY
