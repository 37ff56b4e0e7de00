"""Routes of an account: its subscriptions, what a rule would bring, what was sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service.judging import rules
from service.preview import previews
from service.store.browse import Place
from service.store.history import History
from service.store.past import Past
from service.web.api import ledger, shaping, wanting
from service.web.api.asked import Number
from service.web.api.backing import House
from service.web.api.gate import Subscriber
from service.web.api.ledger import Once
from service.web.api.problems import Problem, documented
from service.web.api.shapes import Page, Several

router = APIRouter(tags=["alerts"])

_SECONDS = 8.0  # for one preview


@router.get("/subscriptions", responses=documented("scope"))
async def subscriptions(house: House, bearer: Subscriber) -> Several[wanting.SubscriptionOut]:
    """내 구독. / The account's own subscriptions."""
    mine = await ledger.Own(house, bearer).owner.every()
    return Several(items=[shaping.subscription(each) for each in mine])


@router.post("/subscriptions", status_code=201, responses=documented("scope", "conflict", "large"))
async def subscribe(
    house: House, bearer: Subscriber, asked: wanting.Wanting, response: Response, once: Once = None
) -> wanting.Saved:
    """구독 만들기. / Make a subscription; an endpoint that is new is asked for its consent."""
    own = ledger.Own(house, bearer)
    wanted = own.wanted(asked)
    made = await own.once(once, asked, wanted)
    response.headers["Location"] = f"/api/v1/subscriptions/{made.subscription.id}"
    return shaping.saved(made, wanted)


@router.get("/subscriptions/{number}", responses=documented("scope", "nothing"))
async def subscription(house: House, bearer: Subscriber, number: Number) -> wanting.SubscriptionOut:
    """내 구독 하나. / One of the account's subscriptions."""
    return shaping.subscription(await ledger.Own(house, bearer).mine(number))


@router.patch(
    "/subscriptions/{number}", responses=documented("scope", "nothing", "conflict", "large")
)
async def change(
    house: House, bearer: Subscriber, number: Number, asked: wanting.Changing
) -> wanting.Saved:
    """구독 고치기. / Change a subscription: what is left out stays, a list is the whole list."""
    own = ledger.Own(house, bearer)
    before = await own.mine(number)
    wanted = own.changed(before, asked)
    return shaping.saved(await own.change(before, asked, wanted), wanted)


@router.delete("/subscriptions/{number}", status_code=204, responses=documented("scope", "nothing"))
async def end(house: House, bearer: Subscriber, number: Number) -> None:
    """구독 끝내기. / End a subscription and whatever is still owed to it."""
    own = ledger.Own(house, bearer)
    await own.owner.end(await own.mine(number))


@router.post("/webhooks", status_code=201, responses=documented("scope", "conflict", "large"))
async def hook(
    house: House, bearer: Subscriber, asked: wanting.Hooking, response: Response, once: Once = None
) -> wanting.Hooked:
    """웹훅 만들기. / Have releases posted to an address, signed (Standard Webhooks).

    It is a subscription with that endpoint; the receiver is asked first, by
    ``endpoint.verify`` with a challenge that it gives back.
    """
    own = ledger.Own(house, bearer)
    same = asked.model_dump(exclude={"url"})
    wanted = own.wanted(wanting.Wanting(endpoints=[f"webhook:{asked.url}"], **same))
    made = await own.once(once, asked, wanted)
    response.headers["Location"] = f"/api/v1/subscriptions/{made.subscription.id}"
    said = shaping.saved(made, wanted)
    return wanting.Hooked(
        subscription=said.subscription,
        secret=next(iter(said.secrets.values()), ""),
        standing=said.standing[0],
    )


@router.post("/rules/preview", responses=documented("scope", "large", "extra"))
async def try_out(
    request: Request, house: House, _: Subscriber, asked: wanting.Trying
) -> wanting.Tried:
    """규칙 미리 보기. / What a rule would have brought lately."""
    rule = house.means.checks().rule(asked.rule)[1]
    if house.means.tools is None:
        raise Problem("extra", "여기서는 미리 볼 수 없습니다 (rules cannot be tried here)")
    past, days = Past(house.database), timedelta(days=asked.days)
    turns = request.app.state.looking  # each costs a core for a while
    if turns.locked():
        why = "다른 미리 보기가 끝나야 합니다 (another preview is under way)"
        raise Problem("limit", why, {"Retry-After": "5"})
    async with turns:
        try:
            (found,) = await previews(
                past, [rule], days, house.means.tools, asked.newest, seconds=_SECONDS
            )
        except TimeoutError:
            why = "너무 넓은 규칙이라 제때 보지 못했습니다 (too broad to be tried in time)"
            raise Problem("values", why) from None
    return shaping.tried(found, rules.warnings(rule))


@router.get("/deliveries", responses=documented("scope", "nothing"))
async def deliveries(
    house: House, bearer: Subscriber, asked: Annotated[wanting.Told, Query()]
) -> Page[wanting.Delivery]:
    """무엇을 언제 왜 보냈나. / What one subscription was sent, the newest first, and why."""
    mine = await ledger.Own(house, bearer).mine(asked.subscription)
    listed = ("deliveries", bearer.account_id, mine.id)
    after = house.cursors.read(listed, asked.cursor)
    before = None if after is None else after.id
    found = await History(house.database).page(mine.id, before, asked.limit)
    return Page(
        items=[shaping.delivery(each) for each in found.sendings],
        next=house.cursors.write(listed, Place.at(0, found.before)) if found.before else None,
    )
