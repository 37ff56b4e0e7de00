"""``pabal vapid``: a key for Web Push, and what browsers subscribe by."""

from __future__ import annotations

import typer


def vapid() -> None:
    """웹 푸시의 새 열쇠. / A new key for Web Push, and its public key.

    공개 열쇠로 브라우저가 구독합니다. 열쇠를 바꾸면 앞선 구독은 모두 다시 해야 합니다. / Browsers
    subscribe by the public key; with another key all of them have to subscribe again.
    """
    from notifier.channels.web_push import new_key, public_key  # noqa: PLC0415

    key = new_key()
    typer.echo(f"PABAL_VAPID_KEY={key}")
    typer.echo(f"공개 열쇠 / public key (applicationServerKey): {public_key(key)}")
