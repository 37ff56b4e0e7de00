"""``pabal bounces``: where a mail provider's webhook tells what became of our mail."""

from __future__ import annotations

import typer

from service.config import Settings
from service.store.database import Database
from service.terminal import begin, in_store, page_url


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
