"""``pabal pulse``, ``pause`` and ``resume`` on a real store."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from typer.testing import CliRunner

from service.__main__ import app
from service.work import connect

_FAILING = """
    INSERT INTO source (id, failures, trouble, failing_since, last_error)
    VALUES ('mofa_press', 3, 'certificate', now() - interval '2 hours', 'Unreachable: u: expired')
"""


async def test_what_ails_a_source_is_shown_and_one_is_left_alone_and_taken_up_again(
    migrated_url: str,
) -> None:
    settings = {
        "PABAL_DATABASE_URL": migrated_url,
        "PABAL_LOG": "json",
        "PABAL_SOURCES": "mofa_press,mofa_rss,yna",
    }

    async def pabal(*arguments: str) -> str:
        done = await asyncio.to_thread(CliRunner(env=settings).invoke, app, list(arguments))
        assert done.exit_code == 0, done.output
        return done.stdout

    async def states() -> dict[str, Any]:
        records = map(json.loads, (await pabal("pulse", "--json")).splitlines())
        return {each["id"]: each for each in records}

    sql = await connect(migrated_url)
    await sql.execute(_FAILING)

    assert "yna: 멈춥니다 / paused: 쉬어 감" in await pabal("pause", "yna", "--why", "쉬어 감")

    told = await states()
    assert {name: each["state"] for name, each in told.items()} == {
        "mofa_press": "broken",
        "mofa_rss": "unseen",
        "yna": "paused",
    }
    assert told["mofa_press"]["trouble"] == "certificate"
    assert "인증서" in told["mofa_press"]["wrong"][0]["detail"]
    assert told["yna"]["paused_why"] == "쉬어 감"
    assert "인증서" in await pabal("pulse")
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0  # looking changes nothing

    assert "다시 살핍니다" in await pabal("resume", "yna")

    assert (await states())["yna"]["state"] == "unseen"
    await sql.close()
