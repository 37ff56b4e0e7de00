"""An account's subscriptions behind the routes: nobody else's is found, changed or told of."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from service.judging import rules
from service.judging.rules import Rule
from service.owning import Owner, Saved
from service.store.asking import Endpoint
from service.store.keys import Bearer
from service.store.owned import Owned
from service.store.requests import Requests
from service.store.subscriptions import Subscribed
from service.wanted import Checks, Wanted, at, cadence_of, given, quiet_of
from service.web.api import wanting
from service.web.api.backing import Backing
from service.web.api.gate import who_of
from service.web.api.problems import Problem
from service.web.api.shaping import place
from service.web.offered import offered

Once = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="같은 것을 다시 보내도 한 번만 · the same again within a day makes nothing new",
    ),
]


class Own:
    """The subscriptions of whom a key speaks for."""

    def __init__(self, house: Backing, bearer: Bearer) -> None:
        """Of one request."""
        self._house, self._bearer = house, bearer
        self._who = who_of(bearer)
        self.owner = Owner(house.database, self._who)
        self._checks = house.means.checks()

    async def mine(self, number: int) -> Subscribed:
        """One of the account's. Raises Problem where it is none, whosever it may be."""
        found = await self.owner.one(number)
        if found is None:
            raise Problem("nothing", "그런 구독은 없습니다 (no such subscription)")
        return found

    def wanted(self, asked: wanting.Wanting) -> Wanted:
        """A subscription to be made. Raises UserError for what can never work."""
        return self._wanted(asked, asked.name, self._endpoints(asked.endpoints))

    def changed(self, before: Subscribed, asked: wanting.Changing) -> Wanted:
        """What is to be otherwise. Raises UserError."""
        known = {place(to) for to in before.endpoints}
        added = [each for each in asked.endpoints or () if each not in known]
        return self._wanted(asked, before.name, self._endpoints(added))

    async def change(self, before: Subscribed, asked: wanting.Changing, wanted: Wanted) -> Saved:
        """Save what is otherwise, and take away what a list does not have any more."""
        return await self.owner.change(
            before,
            wanted,
            rules=None if asked.rules is None else _forms(wanted.rules),
            urgent=None if asked.urgent is None else _forms(wanted.urgent),
            leaving=await self._leaving(before, asked, wanted),
            muted=asked.muted,
        )

    async def once(self, key: str | None, asked: BaseModel, wanted: Wanted) -> Saved:
        """Make it, or give what the same request made before. Raises Problem where they differ."""
        if key is None:
            return await self.owner.make(wanted)
        requests, account = Requests(self._house.database), self._bearer.account_id
        name = sha256(key.encode()).digest()
        body = sha256(f"{type(asked).__name__} {asked.model_dump_json()}".encode()).digest()
        known = await requests.begin(account, name, body)
        if known is not None:
            return await self._again(known.same, known.made)
        saved = None
        try:
            async with self._house.database.joined() as one:
                made = await Owner(one, self._who).make(wanted)
                await Requests(one).done(account, name, made.subscription.id)
            saved = made
        finally:
            if saved is None:
                await requests.failed(account, name)
        return saved

    async def _again(self, same: bool, made: int | None) -> Saved:
        if not same:
            why = "다른 요청에 쓴 Idempotency-Key입니다 (this key was used for another request)"
            raise Problem("conflict", why)
        if made is None:
            why = "같은 요청을 하고 있습니다 (the same request is under way)"
            raise Problem("conflict", why, {"Retry-After": "2"})
        found = await self.owner.again(made)
        if found is None:
            why = "같은 요청으로 만든 구독은 끝났습니다 (what this request made was ended since)"
            raise Problem("conflict", why)
        return found

    async def _leaving(
        self, before: Subscribed, asked: wanting.Changing, wanted: Wanted
    ) -> list[int]:
        """The endpoints that a list does not name, where one is given."""
        if asked.endpoints is None:
            return []
        named = {each.casefold() for each in (*asked.endpoints, *map(place, wanted.endpoints))}
        places = await Owned(self._house.database).places(before.id)
        return [to.id for to in places if place(to).casefold() not in named]

    def _endpoints(self, typed: Sequence[str]) -> tuple[Endpoint, ...]:
        checks, ways, found = self._checks, offered(self._house.means, self._who), []
        for number, each in enumerate(typed):
            channel, _, _ = each.partition(":")
            if channel in checks.channels and channel not in ways:
                raise Problem("scope", f"{channel}: 쓸 수 없는 채널입니다 (not to be had here)")
            with at(f"endpoints.{number}"):
                found.append(checks.own(checks.endpoint(each), self._bearer.address))
        return tuple(found)

    def _wanted(
        self,
        asked: wanting.Wanting | wanting.Changing,
        name: str,
        endpoints: tuple[Endpoint, ...],
    ) -> Wanted:
        checks, remind = self._checks, asked.remind
        return Wanted(
            name,
            _rules(asked.rules, checks, "rules"),
            endpoints,
            asked.embargoed,
            given("until", asked.until.isoformat() if asked.until else None, checks.expiry),
            _rules(asked.urgent, checks, "urgent"),
            given("cadence", asked.cadence, cadence_of),
            given("quiet", asked.quiet, quiet_of),
            None if remind is None else tuple(sorted(set(remind), reverse=True)),
            asked.coverage,
            asked.language,
            checks.people(endpoints),
        )


def _rules(typed: Sequence[str] | None, checks: Checks, where: str) -> tuple[tuple[str, Rule], ...]:
    found = []
    for number, each in enumerate(typed or ()):
        with at(f"{where}.{number}"):
            found.append(checks.rule(each))
    return tuple(found)


def _forms(written: Sequence[tuple[str, Rule]]) -> list[str]:
    return [rules.canonical(rule) for _, rule in written]
