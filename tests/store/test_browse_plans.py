"""How the server looks for articles: by an index, also for a page of stories in their order."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from service.store.browse import Browse, Place, Wish
from service.store.database import Database
from service.store.migrate import migrate
from service.work import connect

_FILLED = """
    INSERT INTO source (id) VALUES ('a');
    INSERT INTO story SELECT FROM generate_series(1, 4000);
    INSERT INTO article (source_id, key, url, title, summary, baseline, late, story_id,
                         discovered_at, published_at, embargo_until)
    SELECT 'a', n, 'https://a.example/' || n, '제목', '', n % 3 = 0, n % 7 = 0, n,
           now() - n * interval '1 minute', now() - n * interval '2 minutes',
           CASE WHEN n % 50 = 0 THEN now() - (n - 90) * interval '1 minute' END
      FROM generate_series(1, 4000) AS n;
    ANALYZE article;
"""


@pytest.fixture
async def filled(database_url: str) -> str:
    """A database of its own: what ANALYZE finds would change the plans of other tests."""
    await migrate(database_url)
    sql = await connect(database_url)
    await sql.execute(_FILLED)
    await sql.close()
    return database_url


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("story_id = 7", "ix_article_story"),
        ("story_id IN (SELECT story_id FROM telling)", "ix_article_story"),
        ("twin_id = ANY(ARRAY(SELECT id FROM story))", "ix_article_twin"),
        ("publishers && CAST('{kcs}' AS text[])", "ix_article_of_publisher"),
        ("topics && CAST('{trade}' AS text[])", "ix_article_of_topic"),
        ("call_end >= now()", "ix_article_ends"),
    ],
)
async def test_what_is_indexed_once_it_is_there_is_found_by_it(
    filled: str, where: str, index: str
) -> None:
    sql = await connect(filled)
    await sql.execute("SET enable_seqscan = off")

    rows = await sql.fetch(f"EXPLAIN SELECT FROM article WHERE {where}")

    assert f"{index} " in "\n".join(f"{row[0]} " for row in rows)
    await sql.close()


@pytest.mark.parametrize(
    ("held", "index"), [(False, "ix_article_public"), (True, "ix_article_listed")]
)
async def test_a_page_is_read_off_an_index_first_and_further_on(
    filled: str, index: str, *, held: bool
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, given: Any, *___: object) -> None:
        if "LIMIT" in statement:
            asked.append((statement, given))

    database = Database(filled, size=1)
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        page = await Browse(database).page(Wish(), 30, held=held)
        after = Place(page[-1].came, page[-1].id)
        assert len(await Browse(database).page(Wish(), 30, after, held=held)) == 30
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
        await database.close()

    sql = await connect(filled)
    assert len(asked) == 2
    for statement, given in asked:
        plan = "\n".join(row[0] for row in await sql.fetch(f"EXPLAIN {statement}", *given))
        assert f"Index Scan Backward using {index}" in plan, plan
        assert "Sort" not in plan, plan
    await sql.close()
