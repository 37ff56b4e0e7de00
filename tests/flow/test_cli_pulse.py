"""``pabal pulse``, ``pause`` and ``resume`` on a real store."""

from __future__ import annotations

import json
from typing import Any

from service.work import connect
from tests.commands import AwaitedPabal

_FAILING = """
    INSERT INTO source (id, failures, trouble, failing_since, last_error)
    VALUES ('mofa_press', 3, 'certificate', now() - interval '2 hours', 'Unreachable: u: expired')
"""


async def test_what_ails_a_source_is_shown_and_one_is_left_alone_and_taken_up_again(
    pabal: AwaitedPabal, migrated_url: str
) -> None:
    async def said(*arguments: str) -> str:
        done = await pabal(*arguments, PABAL_SOURCES="mofa_press,mofa_rss,yna")
        assert done.returncode == 0, done.stderr
        return done.stdout

    async def states() -> dict[str, Any]:
        records = map(json.loads, (await said("pulse", "--json")).splitlines())
        return {each["id"]: each for each in records}

    sql = await connect(migrated_url)
    await sql.execute(_FAILING)

    assert "yna: 멈춥니다 / paused: 쉬어 감" in await said("pause", "yna", "--why", "쉬어 감")

    told = await states()
    assert {name: each["state"] for name, each in told.items()} == {
        "mofa_press": "broken",
        "mofa_rss": "unseen",
        "yna": "paused",
    }
    assert told["mofa_press"]["trouble"] == "certificate"
    assert "인증서" in told["mofa_press"]["wrong"][0]["detail"]
    assert told["yna"]["paused_why"] == "쉬어 감"
    assert "인증서" in await said("pulse")
    assert await sql.fetchval("SELECT count(*) FROM ops_item") == 0  # looking changes nothing

    assert "다시 살핍니다" in await said("resume", "yna")

    assert (await states())["yna"]["state"] == "unseen"
    await sql.close()
