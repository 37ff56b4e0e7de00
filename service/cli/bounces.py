"""``pabal bounces``: where a mail provider's webhook tells what became of our mail."""

from __future__ import annotations

import typer

from service.config import Settings
from service.errors import BadSetting
from service.store.database import Database
from service.terminal import begin, in_store


def bounces() -> None:
    """메일 회사의 웹훅에 적을 주소. / The address for the webhook of a mail provider.

    반송과 신고를 알리는 곳입니다. 아는 사람은 누구나 알릴 수 있으니 숨겨 두십시오. / Bounces and
    complaints are told there. Keep it to yourself: whoever knows it is believed.
    """
    settings = begin()
    if settings.url is None:
        why = "주소를 만들려면 필요합니다: needed for an address (https://pabal.example.org)"
        raise BadSetting("PABAL_URL", why)
    token = in_store(settings, lambda database: _token(settings, database))
    typer.echo(f"{settings.url}/bounces/{token}")


async def _token(settings: Settings, database: Database) -> str:
    from service.parts import signer  # noqa: PLC0415

    return (await signer(settings, database)).sign("bounces")
