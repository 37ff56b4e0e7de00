"""Dead letters at the keyboard."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator

import pytest
from typer.testing import CliRunner

from service.__main__ import main
from service.work import connect
from tests.conftest import logging_as_before

Pabal = Callable[..., Awaitable[tuple[int, str, str]]]

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


@pytest.fixture
def pabal(migrated_url: str) -> Iterator[Pabal]:
    """``await pabal("letters")``: exit code and both outputs of the command."""

    def run(*arguments: str) -> tuple[int, str, str]:
        ours: dict[str, str | None] = dict.fromkeys(n for n in os.environ if n.startswith("PABAL_"))
        with CliRunner().isolation(env=ours | {"PABAL_DATABASE_URL": migrated_url}) as streams:
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
            out, err = (each.getvalue().decode() for each in streams[:2])
        return int(ended.value.code or 0), out, err

    async def pabal(*arguments: str) -> tuple[int, str, str]:
        return await asyncio.to_thread(run, *arguments)

    yield pabal
    logging_as_before()


async def test_dead_letters_are_shown_sent_again_and_dropped(
    pabal: Pabal, migrated_url: str
) -> None:
    sql = await connect(migrated_url)
    await sql.execute(DEAD)

    code, said, _ = await pabal("letters")
    assert code == 0
    assert said.split("\n")[0].startswith("1  2026-11-20 09:00")
    assert said.split("\n")[0].endswith("  ntfy https://n.example/x")
    assert said.split("\n")[1:] == ["    무역 · alert · 수출 상담회", "    400: no", ""]

    assert (await pabal("letters", "--resend", "2"))[1].startswith("0건")
    assert (await pabal("letters", "--resend", "1"))[1].startswith("1건을 다시 보냅니다")
    assert await sql.fetchval("SELECT settled_at IS NULL FROM delivery")
    assert (await pabal("letters"))[1].startswith("보내지 못한 알림이 없습니다")

    await sql.execute("UPDATE delivery SET settled_at = now(), outcome = 'dead'")
    assert (await pabal("letters", "--drop", "all"))[1].startswith("1건을 버렸습니다")
    await sql.close()


@pytest.mark.parametrize(
    "typed", [("--resend", "x"), ("--drop", "9" * 20), ("--resend", "1", "--drop", "1")]
)
async def test_what_cannot_be_meant_is_refused(pabal: Pabal, typed: tuple[str, ...]) -> None:
    code, _, said = await pabal("letters", *typed)

    assert code == 2
    assert said.startswith("pabal: ")
