"""Everything in a file: what is in it, what no spreadsheet runs, what is left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pyarrow.parquet as pq
import pytest

from service.export import safe
from service.store.browse import Wish
from service.store.database import Database
from service.store.keys import Keys
from service.store.past import Past
from service.web.api.app import build_api
from tests.web.api.conftest import backing

Add = Callable[..., Awaitable[int]]
MakeKey = Callable[..., Awaitable[str]]

SOON = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
async def headers(make_key: MakeKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {await make_key('a@x.example', 'read')}"}


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
async def test_an_export_needs_a_key(client: httpx.AsyncClient, form: str) -> None:
    assert (await client.get(f"/export.{form}")).status_code == 401


async def test_the_three_forms_say_the_same(
    client: httpx.AsyncClient, article: Add, headers: dict[str, str]
) -> None:
    made = [await article(read_text="첫 줄\n둘째, 줄") for _ in range(3)]

    lines = (await client.get("/export.jsonl", headers=headers)).text.splitlines()
    table = await client.get("/export.csv", headers=headers)
    parquet = await client.get("/export.parquet", headers=headers)

    said = [json.loads(line) for line in lines]
    cells = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    rows = pq.read_table(io.BytesIO(parquet.content)).to_pylist()
    assert [each["id"] for each in said] == [int(each["id"]) for each in cells] == made
    assert [each["id"] for each in rows] == made
    assert said[0]["text"] == cells[0]["text"] == rows[0]["text"] == "첫 줄\n둘째, 줄"
    assert said[0]["published_at"] == cells[0]["published_at"] == "2026-03-02T09:01:00Z"
    assert rows[0]["publishers"] == said[0]["publishers"] == ["mss"]
    assert table.content.startswith(b"\xef\xbb\xbfid,")
    assert table.headers["content-disposition"] == 'attachment; filename="pabal.csv"'


async def test_filters_narrow_an_export(
    client: httpx.AsyncClient, article: Add, headers: dict[str, str]
) -> None:
    await article()
    wanted = await article(kind="news", publishers=["moe"])

    for asked in (
        {"kind": "news"},
        {"ministry": "교육부"},
        {"kind": "news", "since": "2026-03-02"},
    ):
        found = await client.get("/export.jsonl", params=asked, headers=headers)
        assert [json.loads(line)["id"] for line in found.text.splitlines()] == [wanted]
    later = await client.get("/export.jsonl", params={"since": "2026-03-03"}, headers=headers)
    assert later.text == ""


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
async def test_what_an_embargo_holds_back_is_in_no_export(
    client: httpx.AsyncClient, article: Add, headers: dict[str, str], form: str
) -> None:
    await article(read_text="나가면 안 되는 말", embargo_until=SOON, read_title="비밀 제목")

    found = await client.get(f"/export.{form}", headers=headers)

    assert found.status_code == 200
    assert "비밀 제목".encode() not in found.content
    assert "나가면".encode() not in found.content


async def test_the_head_of_an_export_writes_nothing(
    client: httpx.AsyncClient, article: Add, headers: dict[str, str]
) -> None:
    await article()

    head = await client.head("/export.jsonl", headers=headers)

    assert (head.status_code, head.content) == (200, b"")


async def test_batches_go_on_though_many_came_at_one_moment(
    database: Database, article: Add
) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    made = [await article(read_published_at=at) for _ in range(7)]

    batches = [batch async for batch in Past(database).exported(Wish(), 3)]

    assert [len(each) for each in batches] == [3, 3, 1]
    assert [row.id for batch in batches for row in batch] == made


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        " =1",
        "\u200e=1",
    ],
)
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "수출 +10%", "a=b", " ", "'=1", "2026-01-01"])
def test_what_it_would_not_run_stays(text: str) -> None:
    assert safe(text) == text


@pytest.mark.fault(19)
async def test_a_hostile_title_is_no_formula_in_the_table(
    client: httpx.AsyncClient, article: Add, headers: dict[str, str]
) -> None:
    await article(read_title='=HYPERLINK("https://x.example","누르세요")')

    table = await client.get("/export.csv", headers=headers)

    (row,) = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
    assert row["title"].startswith("'=HYPERLINK")


async def test_who_has_an_export_under_way_gets_no_second_and_others_do(
    database: Database, account: Add
) -> None:
    api = build_api(backing(database))
    mine, other = await account("a@x.example"), await account("b@x.example")
    keys = [await Keys(database).make(each, "시험", ["read"]) for each in (mine, other)]
    api.state.exporting.add(mine)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(api), base_url="http://pabal.test"
    ) as client:
        answers = [
            await client.get("/export.jsonl", headers={"Authorization": f"Bearer {key}"})
            for key in keys
        ]

    assert [each.status_code for each in answers] == [429, 200]
    assert api.state.exporting == {mine}
