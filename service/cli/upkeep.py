"""``pabal retention``, ``reindex``, ``bounces``, ``vapid``: what keeps a house in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from service.config import Settings
from service.store.database import Database
from service.terminal import begin, in_store, page_url

if TYPE_CHECKING:
    from service.store.retention import Rule

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

    async def run(database: Database) -> Sequence[tuple[Rule, int]]:
        store = Retention(database, kept)
        return await (store.apply() if apply else store.due())

    found = in_store(settings, run)
    for rule, rows in found:
        typer.echo(f"{rows:>10}  {_WHAT[rule.what]}  (> {rule.days}일 / days)")
    if not apply:
        typer.echo("아무것도 지우지 않았습니다: --apply / nothing was removed: --apply")
    elif any(rows for _, rows in found):
        typer.echo("빈자리는 autovacuum이 다시 씁니다. / autovacuum makes the room usable again.")


def reindex() -> None:
    """검색 색인을 다시 만듭니다. / Enter every article in the search index again.

    일꾼이 새 글부터 차례로 합니다. 그동안에도 예전 색인으로 찾습니다. / Workers do it, the newest
    first; until then everything is found as before.
    """
    from service.store.search import Searching  # noqa: PLC0415

    owed = in_store(begin(), lambda database: Searching(database).again())
    typer.echo(f"{owed}건을 다시 넣습니다 / {owed} articles to be entered again")


def bounces() -> None:
    """메일 회사의 웹훅에 적을 주소. / The address for the webhook of a mail provider.

    반송과 신고를 알리는 곳입니다. 아는 사람은 누구나 알릴 수 있으니 숨겨 두십시오. / Bounces and
    complaints are told there. Keep it to yourself: whoever knows it is believed.
    """
    settings = begin()
    base = page_url(settings)
    token = in_store(settings, lambda database: _token(settings, database))
    typer.echo(f"{base}/bounces/{token}")


async def _token(settings: Settings, database: Database) -> str:
    from service.parts import signer  # noqa: PLC0415

    return (await signer(settings, database)).sign("bounces")


def vapid() -> None:
    """웹 푸시의 새 열쇠. / A new key for Web Push, and its public key.

    공개 열쇠로 브라우저가 구독합니다. 열쇠를 바꾸면 앞선 구독은 모두 다시 해야 합니다. / Browsers
    subscribe by the public key; with another key all of them have to subscribe again.
    """
    from notifier.channels.web_push import new_key, public_key  # noqa: PLC0415

    key = new_key()
    typer.echo(f"PABAL_VAPID_KEY={key}")
    typer.echo(f"공개 열쇠 / public key (applicationServerKey): {public_key(key)}")
