"""An account's subscriptions behind the routes: nobody else's is found, changed or told of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from service.judging import rules
from service.judging.rules import Rule
from service.store.asking import Endpoint, Standing, Taken
from service.store.keys import Bearer
from service.store.owned import Owned
from service.store.requests import Requests
from service.store.subscriptions import Subscribed, Subscriptions
from service.wanted import Checks, Wanted, at, cadence_of, quiet_of, remind_of
from service.web.api import wanting
from service.web.api.backing import Backing
from service.web.api.gate import who_of
from service.web.api.problems import Problem
from service.web.api.showing import place
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

_MOST_ASKED = 10  # places of one account that were asked and have not agreed


@dataclass(frozen=True, slots=True)
class Made:
    """A subscription as it is after it was saved; secrets by endpoint, of those that are new."""

    subscription: Subscribed
    standing: list[Standing]
    secrets: dict[str, str]


class Own:
    """The subscriptions of whom a key speaks for."""

    def __init__(self, house: Backing, bearer: Bearer) -> None:
        """Of one request."""
        self._house, self._bearer = house, bearer
        self._who = who_of(bearer)
        self._store, self._owned = Subscriptions(house.database), Owned(house.database)

    def checks(self) -> Checks:
        """What is wanted is held against these, as of now."""
        return self._house.means.checks()

    async def mine(self, number: int) -> Subscribed:
        """One of the account's. Raises Problem where it is none, whosever it may be."""
        listed = await self._store.listed(account_id=self._bearer.account_id)
        for each in listed:
            if each.id == number:
                return each
        raise Problem("nothing", "그런 구독은 없습니다 (no such subscription)")

    def wanted(self, asked: wanting.Wanting, checks: Checks) -> Wanted:
        """A subscription to be made. Raises UserError for what can never work."""
        endpoints = self._endpoints(asked.endpoints, checks)
        return self._chosen(asked, checks, asked.name, _rules(asked.rules, checks), endpoints)

    def changed(self, before: Subscribed, asked: wanting.Changing, checks: Checks) -> Wanted:
        """What is to be otherwise. Raises UserError."""
        known = {f"{to.channel}:{to.address}": to for to in before.endpoints}
        added = [each for each in asked.endpoints or () if each not in known]
        endpoints = self._endpoints(added, checks)
        return self._chosen(asked, checks, before.name, _rules(asked.rules, checks), endpoints)

    async def make(self, wanted: Wanted) -> Made:
        """Save a new one under its name, or one beside it."""
        await self._check_asked(wanted)
        name = await self._owned.reserve(self._who, wanted.name)
        saved = await replace(wanted, name=name).save(self._store)
        await self._owned.note(self._who, "alert.make", name)
        return await self._made(name, saved)

    async def change(
        self, before: Subscribed, asked: wanting.Changing, wanted: Wanted, checks: Checks
    ) -> Made:
        """Save what is otherwise, and take away what a list does not have any more."""
        await self._check_asked(wanted)
        saved = await wanted.save(self._store)
        await self._keep(before, asked, wanted, checks)
        if asked.muted is not None:
            quiet = self._store.mute if asked.muted else self._store.unmute
            await quiet(before.name)
        await self._owned.note(self._who, "alert.change", before.name)
        return await self._made(before.name, saved)

    async def end(self, mine: Subscribed) -> None:
        """End it."""
        await self._store.end(mine.name)
        await self._owned.note(self._who, "alert.end", mine.name)

    async def once(
        self, key: str | None, asked: BaseModel, make: Callable[[], Awaitable[Made]]
    ) -> Made:
        """Make it, or give what the same request made before. Raises Problem where they differ."""
        if key is None:
            return await make()
        requests, account = Requests(self._house.database), self._bearer.account_id
        name = sha256(key.encode()).digest()
        body = sha256(f"{type(asked).__name__} {asked.model_dump_json()}".encode()).digest()
        known = await requests.begin(account, name, body)
        if known is not None:
            return await self._again(known.same, known.made)
        made = None
        try:
            made = await make()
        finally:
            if made is None:
                await requests.failed(account, name)
        await requests.done(account, name, made.subscription.id)
        return made

    async def _again(self, same: bool, made: int | None) -> Made:
        if not same:
            why = "다른 요청에 쓴 Idempotency-Key입니다 (this key was used for another request)"
            raise Problem("conflict", why)
        if made is None:
            why = "같은 요청을 하고 있습니다 (the same request is under way)"
            raise Problem("conflict", why, {"Retry-After": "2"})
        found = await self.mine(made)
        secrets = {place(to): to.secret for to in found.endpoints if to.secret}
        return Made(found, _standing(found.endpoints), secrets)

    async def _made(self, name: str, saved: Sequence[tuple[Endpoint, Taken]]) -> Made:
        (found,) = await self._store.listed(name, account_id=self._bearer.account_id)
        fresh = {
            place(to): taken.secret
            for to, taken in saved
            if taken.secret and to.made and to.secret == taken.secret
        }
        return Made(found, [taken.standing for _, taken in saved], fresh)

    async def _check_asked(self, wanted: Wanted) -> None:
        asked = sum(not each.agreed for each in wanted.endpoints)
        if asked and await self._owned.pending(self._who) + asked > _MOST_ASKED:
            why = (
                "아직 답하지 않은 곳이 많습니다 (many places have not answered yet: wait for them)"
            )
            raise Problem("conflict", why)

    async def _keep(
        self, before: Subscribed, asked: wanting.Changing, wanted: Wanted, checks: Checks
    ) -> None:
        """Of rules and endpoints those alone that a list names, where one is given."""
        if asked.rules is not None or asked.urgent is not None:
            kept = wanted.rules if asked.rules is not None else _rules(before.rules, checks)
            urgent = wanted.urgent if asked.urgent is not None else _rules(before.urgent, checks)
            await self._owned.keep_rules(before.id, _forms(kept), _forms(urgent))
        if asked.endpoints is not None:
            named = {each.casefold() for each in asked.endpoints}
            named |= {place(to).casefold() for to in wanted.endpoints}
            places = await self._owned.places(before.id)
            gone = [to.id for to in places if f"{to.channel}:{to.address}".casefold() not in named]
            await self._owned.leave(before.id, gone)

    def _endpoints(self, typed: Sequence[str], checks: Checks) -> tuple[Endpoint, ...]:
        ways, found = offered(self._house.means, self._who), []
        for number, each in enumerate(typed):
            channel, _, address = each.partition(":")
            if channel in checks.channels and channel not in ways:
                raise Problem("scope", f"{channel}: 쓸 수 없는 채널입니다 (not to be had here)")
            mine = channel == "mail" and address.casefold() == self._bearer.address.casefold()
            with at(f"endpoints.{number}"):
                made = checks.endpoint(each, agreed=mine)
            found.append(replace(made, by="account") if mine else made)
        return tuple(found)

    def _chosen(
        self,
        asked: wanting.Wanting | wanting.Changing,
        checks: Checks,
        name: str,
        said: tuple[tuple[str, Rule], ...],
        endpoints: tuple[Endpoint, ...],
    ) -> Wanted:
        remind = wanting.remind_typed(asked.remind)
        with at("cadence"):
            cadence = None if asked.cadence is None else cadence_of(asked.cadence)
        with at("quiet"):
            quiet = None if asked.quiet is None else quiet_of(asked.quiet)
        with at("until"):
            expires_at = None if asked.until is None else checks.expiry(asked.until.isoformat())
        return Wanted(
            name,
            said,
            endpoints,
            asked.embargoed,
            expires_at,
            _rules(asked.urgent, checks, "urgent"),
            cadence,
            quiet,
            None if remind is None else remind_of(remind),
            asked.coverage,
            asked.language,
            checks.people(endpoints),
        )


def _rules(
    typed: Sequence[str] | None, checks: Checks, where: str = "rules"
) -> tuple[tuple[str, Rule], ...]:
    found = []
    for number, each in enumerate(typed or ()):
        with at(f"{where}.{number}"):
            found.append(checks.rule(each))
    return tuple(found)


def _forms(written: Sequence[tuple[str, Rule]]) -> list[str]:
    return [rules.canonical(rule) for _, rule in written]


def _standing(endpoints: Sequence[Endpoint]) -> list[Standing]:
    return ["agreed" if to.agreed else "asked" for to in endpoints]
