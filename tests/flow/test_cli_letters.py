"""Dead letters at the keyboard."""

from __future__ import annotations

import pytest

from service.work import connect
from tests.commands import AwaitedPabal

DEAD = """
    WITH t AS (INSERT INTO telling (reason, key, facts)
               VALUES ('alert', 'story 1', '{"title": "수출 상담회"}') RETURNING id),
    u AS (INSERT INTO subscription (name) VALUES ('무역') RETURNING id),
    e AS (INSERT INTO endpoint (subscription_id, channel, address)
          SELECT id, 'ntfy', 'https://n.example/x' FROM u RETURNING id, subscription_id)
    INSERT INTO delivery (telling_id, subscription_id, endpoint_id, channel, settled_at, outcome,
                          last_error)
    SELECT t.id, subscription_id, e.id, 'ntfy', '2026-11-20 09:00+09', 'dead', '400: no' FROM t, e
"""


async def test_dead_letters_are_shown_sent_again_and_dropped(
    pabal: AwaitedPabal, migrated_url: str
) -> None:
    sql = await connect(migrated_url)
    await sql.execute(DEAD)

    said = await pabal("letters")
    assert said.returncode == 0
    first, *others = said.stdout.split("\n")
    assert first.startswith("1  2026-11-20 09:00")
    assert first.endswith("  ntfy https://n.example/x")
    assert others == ["    무역 · alert · 수출 상담회", "    400: no", ""]

    nobody = (await pabal("letters", "--resend", "2")).stdout
    assert nobody.startswith("0건")
    assert "1 not listed" in nobody
    again = (await pabal("letters", "--resend", "1")).stdout
    assert again.startswith("1건을 다시 보냅니다")
    assert "listed" not in again
    assert await sql.fetchval("SELECT settled_at IS NULL FROM delivery")
    assert (await pabal("letters")).stdout.startswith("보내지 못한 알림이 없습니다")

    await sql.execute("UPDATE delivery SET settled_at = now(), outcome = 'dead'")
    assert (await pabal("letters", "--drop", "all")).stdout.startswith("1건을 버렸습니다")
    await sql.close()


@pytest.mark.parametrize(
    "typed", [("--resend", "x"), ("--drop", "9" * 20), ("--resend", "1", "--drop", "1")]
)
async def test_what_cannot_be_meant_is_refused(pabal: AwaitedPabal, typed: tuple[str, ...]) -> None:
    refused = await pabal("letters", *typed)

    assert refused.returncode == 2
    assert refused.stderr.startswith("pabal: ")
