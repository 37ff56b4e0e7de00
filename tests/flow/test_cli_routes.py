"""``pabal routes`` on a real store: declared sources, what they showed, what one of them missed."""

from __future__ import annotations

import asyncio
import json

from typer.testing import CliRunner

from service.__main__ import app
from service.work import connect

_SOURCES = """
    INSERT INTO source (id, baselined_at)
    SELECT id, now() - interval '60 days' FROM unnest($1::text[]) AS id
"""
_ARTICLE = """
    INSERT INTO article (source_id, key, url, title, summary, baseline, discovered_at)
    VALUES ($1, $2, 'https://a.example/' || $2, '제목 ' || $2, '', false, now() - interval '3 days')
"""


async def test_the_declared_routes_of_a_source_are_measured(migrated_url: str) -> None:
    sql = await connect(migrated_url)
    await sql.execute(_SOURCES, ["mofa_press", "mofa_rss", "yna"])
    for source_id, key in (
        ("mofa_press", "1"),
        ("mofa_press", "2"),
        ("mofa_rss", "1"),
        ("yna", "1"),
    ):
        await sql.execute(_ARTICLE, source_id, key)
    await sql.close()
    settings = {"PABAL_DATABASE_URL": migrated_url, "PABAL_LOG": "json"}

    done = await asyncio.to_thread(CliRunner(env=settings).invoke, app, ["routes", "--json"])

    assert done.exit_code == 0, done.output
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["source_id"], each["shown"], each["missed"]) for each in records] == [
        ("mofa_press", 2, 0),
        ("mofa_rss", 2, 1),
    ]
    assert records[1]["examples"] == ["제목 2"]
