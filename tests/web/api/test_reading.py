"""Reading by the API: pages, one release, who publishes, tags, and what is not shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from service.indexing import Indexing
from service.store.database import Database
from service.store.search import Searching
from tests.web.conftest import nothing

Add = Callable[..., Awaitable[int]]

SOON = datetime.now(UTC) + timedelta(days=1)  # the database's clock decides


async def test_pages_go_on_where_the_last_one_ended_though_something_new_came(
    client: httpx.AsyncClient, article: Add
) -> None:
    made = [await article() for _ in range(5)]

    first = (await client.get("/stories", params={"limit": 2})).json()
    new = await article()
    second = (await client.get("/stories", params={"limit": 2, "cursor": first["next"]})).json()
    last = (await client.get("/stories", params={"limit": 2, "cursor": second["next"]})).json()

    seen = [each["id"] for page in (first, second, last) for each in page["items"]]
    assert seen == made[::-1]
    assert new not in seen
    assert last["next"] is None


async def test_a_cursor_counts_only_with_the_filters_that_it_was_made_for(
    client: httpx.AsyncClient, article: Add
) -> None:
    for _ in range(3):
        await article()
    cursor = (await client.get("/stories", params={"limit": 1})).json()["next"]

    other = await client.get("/stories", params={"cursor": cursor, "kind": "notice"})
    forged = await client.get("/stories", params={"cursor": cursor[:-2] + "AA"})

    assert (other.status_code, other.json()["type"]) == (400, "/api#problem-cursor")
    assert forged.status_code == 400


async def test_a_former_name_finds_the_releases_of_who_carries_on(
    client: httpx.AsyncClient, article: Add
) -> None:
    mine = await article(publishers=["mss"])
    await article(publishers=["moe"])

    found = (await client.get("/stories", params={"ministry": "중소기업청"})).json()
    unknown = await client.get("/stories", params={"ministry": "없는부"})

    assert [each["id"] for each in found["items"]] == [mine]
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["where"] == "query.ministry"


async def test_filters_narrow_by_source_kind_topic_and_day(
    client: httpx.AsyncClient, article: Add
) -> None:
    await article(kind="news", topics=["health"])
    wanted = await article(kind="notice", topics=["sme"], call_end=SOON.date())

    for asked in (
        {"kind": "notice"},
        {"topic": "sme"},
        {"open": "true"},
        {"kind": "notice", "source": "a", "since": "2026-03-01", "until": "2026-03-02"},
    ):
        found = (await client.get("/stories", params=asked)).json()["items"]
        assert [each["id"] for each in found] == [wanted], asked
    for asked in ({"source": "b"}, {"since": "2026-03-03"}, {"until": "2026-03-01"}):
        assert (await client.get("/stories", params=asked)).json()["items"] == [], asked


async def test_what_is_the_same_is_not_sent_again(client: httpx.AsyncClient, article: Add) -> None:
    number = await article()
    address = f"/releases/{number}"

    first = await client.get(address)
    again = await client.get(address, headers={"If-None-Match": first.headers["etag"]})
    head = await client.head(address)

    assert first.json()["text"] == "본문 1"
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]
    assert first.headers["last-modified"] == "Mon, 02 Mar 2026 09:01:00 GMT"


async def test_a_long_answer_is_compressed_on_demand(
    client: httpx.AsyncClient, article: Add
) -> None:
    number = await article(read_text="같은 말 " * 1000)

    packed = await client.get(f"/releases/{number}", headers={"Accept-Encoding": "gzip"})
    plain = await client.get(f"/releases/{number}", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()


async def test_a_release_comes_with_its_copies_coverage_and_revisions(
    client: httpx.AsyncClient, article: Add, add: Add
) -> None:
    story = await add("story", created_at=SOON)
    first = await article(story_id=story)
    copy = await article(story_id=story, twin_id=first, joined_as="copy", share=0.9, why="같은 글")
    news = await article(
        story_id=story, twin_id=first, joined_as="coverage", share=0.5, kind="news"
    )
    changes = [{"what": "날짜 (day)", "before": "1일", "after": "2일", "weighty": True}]
    await add("revision", article_id=first, changes=changes)

    whole = (await client.get(f"/stories/{first}")).json()
    shown = (await client.get(f"/releases/{first}/revisions")).json()["items"]

    assert [each["id"] for each in whole["copies"]] == [copy]
    assert [(each["id"], each["lead"]) for each in whole["coverage"]] == [(news, 120.0)]
    assert [each["changes"] for each in shown] == [changes]


async def test_series_calls_topics_sources_and_ministries_are_lists(
    client: httpx.AsyncClient, article: Add, add: Add
) -> None:
    number = await article(
        call_end=SOON.date(), facts={"call": {"is_call": True, "end": f"{SOON:%Y-%m-%d}"}}
    )
    await add(
        "mention", article_id=number, series="협의회", name="제2차 협의회", round=2, parties=[]
    )

    series = (await client.get("/series/협의회")).json()["items"]
    calls = (await client.get("/calls", params={"ministry": "mss"})).json()
    sources = (await client.get("/sources")).json()["items"]
    ministries = (await client.get("/ministries")).json()["items"]

    assert [(each["release"], each["round"]) for each in series] == [(number, 2)]
    assert [(each["id"], each["deadline"]) for each in calls["items"]] == [(number, "day")]
    assert [each["id"] for each in sources] == ["a"]
    assert "중소기업청" in next(each for each in ministries if each["id"] == "mss")["former"]
    assert (await client.get("/ministries/mss")).json()["name"] == "중소벤처기업부"
    assert (await client.get("/topics")).json()["items"][0]["id"] == "export"
    assert (await client.get("/series/그런것")).status_code == 404


async def test_open_calls_are_cut_into_pages(client: httpx.AsyncClient, article: Add) -> None:
    made = [
        await article(
            call_end=(SOON + timedelta(days=day)).date(),
            facts={"call": {"is_call": True}},
        )
        for day in range(3)
    ]

    first = (await client.get("/calls", params={"limit": 2})).json()
    rest = (await client.get("/calls", params={"limit": 2, "cursor": first["next"]})).json()

    assert [each["id"] for page in (first, rest) for each in page["items"]] == made
    assert rest["next"] is None


async def test_a_former_name_finds_the_calls_of_whoever_carries_on(
    client: httpx.AsyncClient, article: Add
) -> None:
    told = {"call_end": SOON.date(), "facts": {"call": {"is_call": True}}}
    heirs = [await article(publishers=[each], **told) for each in ("mofe", "mpb")]
    await article(publishers=["kcs"], **told)

    found = (await client.get("/calls", params={"ministry": "기재부"})).json()["items"]

    assert [each["id"] for each in found] == heirs


async def test_a_call_whose_hour_has_passed_is_not_open(
    client: httpx.AsyncClient, article: Add
) -> None:
    today = datetime.now(ZoneInfo("Asia/Seoul")).date()
    at = {"00:00": "새벽에 닫음", "24:00": "아직 열림"}
    for clock, title in at.items():
        said = {"call": {"is_call": True, "end_clock": clock}}
        await article(read_title=title, call_end=today, facts=said)

    for path, asked in (("/calls", {}), ("/stories", {"open": "true"})):
        items = (await client.get(path, params=asked)).json()["items"]
        assert [each["title"] for each in items] == ["아직 열림"], path


async def test_calls_of_one_day_are_all_shown_though_one_is_told_by_its_copy_meanwhile(
    client: httpx.AsyncClient, article: Add, add: Add
) -> None:
    story = await add("story")
    said = {"call_end": SOON.date(), "facts": {"call": {"is_call": True}}}
    some = {"call_end": None, "facts": {"call": {"is_call": True, "open_ended": True}}}
    lately = {"read_published_at": SOON - timedelta(days=3)}
    made = [await article(**said), await article(story_id=story, **said), await article(**said)]
    undated = [await article(**some, **lately) for _ in range(3)]

    first = (await client.get("/calls", params={"limit": 2})).json()
    copy = await article(story_id=story, **said)
    rest = (await client.get("/calls", params={"limit": 3, "cursor": first["next"]})).json()
    last = (await client.get("/calls", params={"limit": 3, "cursor": rest["next"]})).json()

    shown = [each["id"] for page in (first, rest, last) for each in page["items"]]
    assert shown == [*made[:2], made[2], copy, *reversed(undated)]


async def test_a_search_goes_on_where_its_page_ended(
    client: httpx.AsyncClient, article: Add, add: Add, database: Database
) -> None:
    made = [await article(read_title=f"수출 소식 {number}") for number in range(5)]
    for number in made:
        await add("unsearched", article_id=number)
    await Indexing(Searching(database), nothing, {"a": "government"}).enter_all()
    asked = {"q": "수출", "limit": "2", "newest": "true"}

    pages = [(await client.get("/search", params=asked)).json()]
    while pages[-1]["next"]:
        more = asked | {"cursor": pages[-1]["next"]}
        pages.append((await client.get("/search", params=more)).json())

    assert [each["id"] for page in pages for each in page["items"]] == [*reversed(made)]
    elsewhere = {"q": "관세", "cursor": pages[0]["next"]}
    assert (await client.get("/search", params=elsewhere)).status_code == 400


async def test_a_search_for_what_no_text_can_hold_is_refused(client: httpx.AsyncClient) -> None:
    asked = await client.get("/search", params={"q": "수출\x00바우처"})
    assert asked.status_code == 422
