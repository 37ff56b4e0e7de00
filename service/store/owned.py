"""Whose a subscription is: made on the pages, changed there by nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from service.errors import UserError
from service.store.addressed import addressed
from service.store.asking import Endpoint
from service.store.audit import What, Who, note
from service.store.database import Intentions
from service.store.ending import LIVE, ON, leave, turn_page
from service.store.tables import account, dismissal, endpoint, rule, subscription, telling
from service.store.titles import TITLE, names

_MOST = 50
"""Live subscriptions of one account."""

_REMEMBERED = 100  # dismissals that are shown, the newest


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint that is on. ``agreed``: its owner, or somebody for them, said yes."""

    id: int
    channel: str
    address: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Something that a reader said was not for them, or was told about."""

    title: str
    url: str
    article_id: int | None
    at: object


class Owned(Intentions):
    """Intentions about the subscriptions of an account, a transaction each."""

    async def reserve(self, who: Who, wish: str) -> str:
        """A name for a new subscription of the account, titled ``wish`` or with a number behind it.

        Until something is saved under it, it is one that has ended. Raises UserError where the
        account has as many as it may.
        """
        mine = subscription.c.account_id == who.account_id
        async with self._database.transaction() as tx:
            # One at a time: two that ask at once count and name what the other has made.
            owner = sa.select(account.c.id).where(account.c.id == who.account_id)
            await tx.execute(owner.with_for_update())
            titles = list(await tx.scalars(sa.select(TITLE).where(mine, LIVE)))
            if len(titles) >= _MOST:
                raise UserError(f"알림은 {_MOST}개까지 둘 수 있습니다 (at most {_MOST} alerts)")
            numbered = (f"{wish} {number}" for number in count(2))
            free = (each for each in chain([wish], numbered) if each not in titles)
            for name in chain.from_iterable(names(each, who.account_id) for each in free):
                row = insert(subscription).values(
                    name=name, account_id=who.account_id, ended_at=sa.func.now()
                )
                own = row.on_conflict_do_update(
                    index_elements=["name"],
                    set_={"account_id": row.excluded.account_id},
                    # What has ended may be taken up again by whose it was.
                    where=mine & subscription.c.ended_at.is_not(None),
                ).returning(subscription.c.id)
                if (await tx.execute(own)).scalar_one_or_none() is not None:
                    break
        return name

    async def check_joined(self, name: str, endpoints: Collection[Endpoint]) -> None:
        """Raise UserError where ``name`` is an account's and does not go to all of these already.

        Nobody is told by an alert of somebody else, and shown to them, by a name that both chose.
        """
        theirs = endpoint.c.subscription_id == subscription.c.id
        here = (sa.exists().where(theirs, addressed(to.channel, to.address)) for to in endpoints)
        query = (
            sa.select(account.c.address)
            .join(subscription, subscription.c.account_id == account.c.id)
            .where(subscription.c.name == name, ~sa.and_(sa.true(), *here))
        )
        if found := await self._row(query):
            raise UserError(
                f"{name}: {found.address} 님의 알림입니다. 다른 이름을 쓰거나, 그 알림이 이미 가는 "
                f"곳만 --to로 적어 주세요 (an alert of {found.address}: choose another name, or "
                "give with --to nothing but places that it goes to already)"
            )

    async def keep_rules(
        self,
        subscription_id: int,
        rules: Collection[str] | None,
        urgent: Collection[str] | None,
    ) -> None:
        """Forget every rule of a subscription but those, by canonical form. None: all stay."""
        kept = sa.case((rule.c.urgent, _among(urgent)), else_=_among(rules))
        async with self._database.transaction() as tx:
            owner = sa.select(subscription.c.id).where(subscription.c.id == subscription_id)
            await tx.execute(owner.with_for_update())
            gone = await tx.execute(
                sa.delete(rule)
                .where(rule.c.subscription_id == subscription_id, ~kept)
                .returning(rule.c.id)
            )
            if gone.all():
                await turn_page(tx)

    async def places(self, subscription_id: int) -> Sequence[Place]:
        """Where a subscription is told, or asked whether it may be."""
        query = (
            sa.select(
                *endpoint.c["id", "channel", "address"],
                endpoint.c.confirmed_at.is_not(None),
            )
            .where(endpoint.c.subscription_id == subscription_id, ON)
            .order_by(endpoint.c.id)
        )
        return [Place(*row) for row in await self._rows(query)]

    async def pending(self, who: Who) -> int:
        """How many endpoints of the account were asked and have not agreed."""
        query = (
            sa.select(sa.func.count())
            .select_from(endpoint)
            .join(subscription, subscription.c.id == endpoint.c.subscription_id)
            .where(
                subscription.c.account_id == who.account_id, ON, endpoint.c.confirmed_at.is_(None)
            )
        )
        return int(await self._value(query))

    async def leave(self, subscription_id: int, endpoints: Collection[int]) -> int:
        """End endpoints of a subscription and what is owed to them; returns how many were on."""
        theirs = (endpoint.c.subscription_id == subscription_id) & endpoint.c.id.in_(endpoints)
        async with self._database.transaction() as tx:
            return await leave(tx, theirs, "unsubscribed")

    async def dismissed(self, subscription_id: int) -> Sequence[Dismissed]:
        """What was said not to be for them, the latest first."""
        query = (
            sa.select(
                telling.c.facts["title"].astext,
                telling.c.facts["url"].astext,
                telling.c.article_id,
                dismissal.c.at,
            )
            .join_from(dismissal, telling, telling.c.id == dismissal.c.telling_id)
            .where(dismissal.c.subscription_id == subscription_id)
            .order_by(dismissal.c.at.desc(), telling.c.id.desc())
            .limit(_REMEMBERED)
        )
        return [Dismissed(*row) for row in await self._rows(query)]

    async def note(
        self, who: Who, what: What, name: str, detail: Mapping[str, object] | None = None
    ) -> None:
        """Take down what the account did to a subscription."""
        async with self._database.transaction() as tx:
            await note(tx, who, what, name, detail)


def _among(forms: Collection[str] | None) -> sa.ColumnElement[bool]:
    return sa.true() if forms is None else rule.c.canonical.in_(forms)
