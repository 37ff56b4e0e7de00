"""``pabal retention``: what is forgotten after how long, and what that would be now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from service.terminal import begin, in_store

if TYPE_CHECKING:
    from service.store.database import Database
    from service.store.retention import Removed

_WHAT = {
    "sighting": "대조 경로가 보인 글 / what checking routes showed",
    "request": "한 번만 할 요청의 표시 / marks of requests that count once",
    "ops_item": "닫힌 살펴볼 것 / closed ops items",
    "backfill": "다 읽은 지난 글 / finished backfills",
    "endpoint": "동의하지 않은 주소 / addresses whose owners never agreed",
    "attempt": "보낸 시도 / attempts of what is settled",
    "delivery.hits": "보낸 알림의 일치한 말 / matched words of what is settled",
    "waiting.hits": "묶음에 실린 일치한 말 / matched words of what digests told",
    "audit": "바꾼 기록 / audit log",
}


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="실제로 지움 / really remove it")] = False,
) -> None:
    """보관 기간이 지난 흔적을 봅니다. / Show what is kept for no longer; --apply removes it.

    글과 알림 약속은 지우지 않습니다. 켜 둔 파발은 날마다 스스로 합니다. / Releases and the promises
    of alerts stay. A running scheduler applies it every day by itself.
    """
    from service.store.retention import Kept, Retention  # noqa: PLC0415

    settings = begin()
    kept = Kept(settings.keep_told, settings.keep_audit)

    async def run(database: Database) -> Sequence[Removed]:
        store = Retention(database, kept)
        return await (store.apply() if apply else store.due())

    found = in_store(settings, run)
    for each in found:
        typer.echo(f"{each.rows:>10}  {_WHAT[each.what]}  (> {each.days}일 / days)")
    if not apply:
        typer.echo("아무것도 지우지 않았습니다: --apply / nothing was removed: --apply")
    elif any(each.rows for each in found):
        typer.echo("빈자리는 autovacuum이 다시 씁니다. / autovacuum makes the room usable again.")
