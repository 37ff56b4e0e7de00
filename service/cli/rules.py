"""``pabal audit``: rules that bring nothing, and why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from service.config import Settings
from service.jsonl import tell
from service.since import Since, since
from service.terminal import begin

if TYPE_CHECKING:
    from service.audit import Audit


def audit(
    back: Annotated[
        str, typer.Option("--since", help="이만큼 돌아봅니다 / look back: 30d, 2w, 12h, 2026-10-01")
    ] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False,
) -> None:
    """한 번도, 또는 오래 맞지 않은 규칙과 그 까닭. / Rules without a hit, and why."""
    from service.shown_rules import audit_records, show_audit  # noqa: PLC0415

    settings, ago = begin(), since(back)
    found = asyncio.run(_audit(settings, ago))
    if as_json:
        tell(audit_records(found))
    else:
        show_audit(found)


async def _audit(settings: Settings, ago: Since) -> Audit:
    from service import catalogue  # noqa: PLC0415
    from service.audit import Sources, audit  # noqa: PLC0415
    from service.lookback import opened  # noqa: PLC0415
    from service.parts import declared  # noqa: PLC0415
    from service.store.overview import Overview  # noqa: PLC0415
    from service.store.past import Past  # noqa: PLC0415

    async with opened(settings) as (database, tools):
        every, polled = catalogue.every(settings), declared(settings)
        state = Sources(every, polled, await Overview(database).sources())
        return await audit(Past(database), ago, tools, state)
