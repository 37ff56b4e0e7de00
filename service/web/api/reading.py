"""Routes that everybody may read: stories, releases, who publishes, what is open, a search."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from service.judging.taxonomy import called
from service.search import Order
from service.store.browse import Browse, Place
from service.store.database import storable
from service.store.embargo import Held
from service.store.keys import Bearer
from service.store.open_calls import OpenCall, OpenCalls
from service.store.reach import Reaches
from service.store.releases import Release, Releases
from service.web.api import shapes, shaping
from service.web.api.asked import Asking, CallListing, Listing, Number, bodies
from service.web.api.backing import House
from service.web.api.gate import Reader
from service.web.api.problems import Problem, documented
from service.web.held import headers

router = APIRouter(tags=["read"])

_OPEN: dict[str, Any] = {"security": [{}]}
"""For the OpenAPI of a route that answers without a key too."""
_SHORTLY = {"Cache-Control": "public, max-age=30"}
_NO_CLOCK = "99:99"  # a day without one is over last


@router.get("/stories", responses=documented("scope"), openapi_extra=_OPEN)
async def stories(
    house: House, bearer: Reader, asked: Annotated[Listing, Query()]
) -> shapes.Page[shapes.Story]:
    """새 소식, 새것부터. / Stories, the newest first."""
    wish = asked.wish(house.means.values.registry)
    after = house.cursors.read(("stories", wish), asked.cursor)
    held = bearer is not None
    found = await Browse(house.database).page(wish, asked.limit + 1, after, held=held)
    shown = found[: asked.limit]
    more = len(found) > asked.limit
    return shapes.Page(
        items=[shapes.Story.of(each) for each in shown],
        next=house.cursors.write(("stories", wish), shown[-1].place) if more else None,
    )


@router.get("/stories/{number}", responses=documented("nothing", "held"), openapi_extra=_OPEN)
async def story(house: House, bearer: Reader, number: Number) -> shapes.StoryWhole:
    """한 소식과 같은 글, 기사. / The story of a release: its copies and its coverage."""
    return shapes.StoryWhole.of(shaping.release(await _release(house, bearer, number)))


@router.get("/releases/{number}", responses=documented("nothing", "held"), openapi_extra=_OPEN)
async def release(
    house: House, bearer: Reader, number: Number, response: Response
) -> shapes.Release:
    """한 글의 모든 것. / One release whole: text, facts, files, copies, coverage, revisions."""
    found = await _release(house, bearer, number)
    changed = [found.discovered_at, *(each.noticed_at for each in found.revisions)]
    response.headers["Last-Modified"] = _stamp(max(changed))
    return shaping.release(found)


@router.get(
    "/releases/{number}/revisions", responses=documented("nothing", "held"), openapi_extra=_OPEN
)
async def revisions(
    house: House, bearer: Reader, number: Number, response: Response
) -> shapes.Several[shapes.Revision]:
    """무엇이 바뀌었나, 새것부터. / What changed of a release, the newest first."""
    found = await _release(house, bearer, number)
    if found.revisions:
        response.headers["Last-Modified"] = _stamp(max(r.noticed_at for r in found.revisions))
    return shapes.Several(items=shaping.revisions(found))


@router.get("/ministries", responses=documented("scope"), openapi_extra=_OPEN)
async def ministries(
    house: House, _: Reader, response: Response
) -> shapes.Several[shapes.Ministry]:
    """부처와 기관, 옛 이름까지. / Who publishes, with former names."""
    response.headers.update(_SHORTLY)
    known = [each for each in house.means.values.registry if each.kind != "outlet"]
    return shapes.Several(items=[shaping.ministry(each) for each in known])


@router.get("/ministries/{ministry}", responses=documented("nothing", "scope"), openapi_extra=_OPEN)
async def ministry(
    house: House, _: Reader, ministry: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
) -> shapes.Ministry:
    """한 부처. / One ministry by its id."""
    for each in house.means.values.registry:
        if each.id == ministry:
            return shaping.ministry(each)
    raise Problem("nothing", "그런 부처는 없습니다 (no such ministry)")


@router.get("/topics", responses=documented("scope"), openapi_extra=_OPEN)
async def topics(_: Reader, response: Response) -> shapes.Several[shapes.Topic]:
    """분야. / Topics."""
    response.headers.update(_SHORTLY)
    named = called().items()
    return shapes.Several(items=[shapes.Topic(id=each, names=list(names)) for each, names in named])


@router.get("/sources", responses=documented("scope"), openapi_extra=_OPEN)
async def sources(house: House, _: Reader) -> shapes.Several[shapes.Source]:
    """출처와 그 상태. / Sources and how they do."""
    extent = await Reaches(house.database).extent()
    return shapes.Several(items=[shaping.source(each) for each in extent.sources])


@router.get("/calls", responses=documented("scope"), openapi_extra=_OPEN)
async def calls(
    house: House, bearer: Reader, asked: Annotated[CallListing, Query()]
) -> shapes.Page[shapes.OpenCall]:
    """신청할 수 있는 것, 마감이 가까운 것부터. / What is open, the next deadline first."""
    behind = bodies(asked.ministry, house.means.values.registry) if asked.ministry else ()
    held = bearer is not None
    board = await OpenCalls(house.database).board(behind, asked.topic, held=held)
    listed = ("calls", asked.ministry, asked.topic)
    after = house.cursors.unpack(listed, asked.cursor, 4)
    every = [*board.dated, *board.undated]
    rest = [each for each in every if _place(each) > _again(after)] if after else every
    shown, more = rest[: asked.limit], len(rest) > asked.limit
    return shapes.Page(
        items=[shapes.OpenCall.of(each) for each in shown],
        next=house.cursors.pack(listed, *map(abs, _place(shown[-1]))) if more else None,
    )


@router.get("/series/{name}", responses=documented("nothing", "scope"), openapi_extra=_OPEN)
async def series(
    house: House, bearer: Reader, name: Annotated[str, Path(min_length=1, max_length=200)]
) -> shapes.Several[shapes.Appearance]:
    """이어지는 일, 새것부터. / A council, programme or event through its rounds."""
    held = bearer is not None
    found = await Releases(house.database).series(storable(name), held=held)
    if not found:
        raise Problem("nothing", "그런 이름은 나온 적이 없습니다 (nothing names it)")
    return shapes.Several(items=[shapes.Appearance.of(each) for each in found])


@router.get("/search", responses=documented("scope", "extra"), openapi_extra=_OPEN)
async def search(
    house: House, bearer: Reader, asked: Annotated[Asking, Query()]
) -> shapes.FoundPage:
    """제목·본문·첨부에서 찾기. / Search in titles, texts and attachments."""
    if house.search is None:
        raise Problem("extra", "여기서는 찾을 수 없습니다 (no search here)")
    rule = house.means.checks().rule(asked.q)[1]
    order: Order = "newest" if asked.newest else "best"
    listed = ("search", asked.q, order)
    after = house.cursors.unpack(listed, asked.cursor, 4)
    found = await house.search.find(
        rule,
        order=order,
        cursor=".".join(map(str, after)) if after else None,
        limit=asked.limit,
        held=bearer is not None,
    )
    return shapes.FoundPage(
        items=[shaping.hit(each) for each in found.hits],
        next=found.cursor and house.cursors.pack(listed, *map(int, found.cursor.split("."))),
        total=found.total,
        exact=found.exact,
    )


async def _release(house: House, bearer: Bearer | None, number: int) -> Release:
    """Raises Problem where there is none, or none that whoever asks without a key may see."""
    found = await Releases(house.database).release(number, held=bearer is not None)
    if found is None:
        raise Problem("nothing", "그런 글은 없습니다 (no such release)")
    if isinstance(found, Held):
        until = found.until.astimezone(UTC).isoformat(timespec="seconds")
        why = f"{until}까지 엠바고입니다 (under embargo until then; a key shows it)"
        raise Problem("held", why, headers(found.until))
    return found


def _place(call: OpenCall) -> tuple[int, ...]:
    """Where a call stands, whatever became of that one: by its deadline, else the newest first."""
    if call.end is None:
        return 1, -Place(call.out_at, call.id).ticks, 0, -call.id
    clock = int((call.end_clock or _NO_CLOCK).replace(":", ""))
    return 0, call.end.toordinal(), clock, call.id


def _again(place: tuple[int, ...]) -> tuple[int, ...]:
    """A place as it was before its signs went."""
    undated, when, clock, number = place
    return (1, -when, clock, -number) if undated else place


def _stamp(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
