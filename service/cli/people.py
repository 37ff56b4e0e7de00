"""``pabal people export``, ``erase``: all that is kept about one address."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from notifier.registry import names
from service.errors import UserError
from service.store.people import Address, People
from service.terminal import begin, in_store

_Said = TypeVar("_Said")
_Place = Annotated[str, typer.Argument(metavar="CHANNEL:ADDRESS", help="주소 / an address")]


group = typer.Typer(
    name="people",
    help="한 주소에 관한 기록: 내보내기, 지우기. / What is kept about one address.",
    no_args_is_help=True,
)


@group.command()
def export(place: _Place) -> None:
    """한 주소에 관해 남아 있는 모든 것을 JSON으로. / All that is kept about an address, as JSON.

    구독과 규칙, 동의, 무엇을 언제 보냈는지. 서명 열쇠는 빠집니다. / Subscriptions, rules, consent,
    what was sent when; without the signing secret.
    """
    found = _of(place, lambda people, who: people.export(who))
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


@group.command()
def erase(place: _Place) -> None:
    """한 주소에 보내던 것을 끝내고 기록을 지웁니다. / End all that goes to an address; forget it.

    그 주소로 로그인해 만든 알림은 메신저로 가는 것도 지웁니다. 없는 주소이거나 스팸으로 신고된
    주소는 그 사실만 남깁니다. / So are the messengers of alerts that its account made. Of an
    address that does not exist or complained only that is kept.
    """
    gone = _of(place, lambda people, who: people.erase(who))
    typer.echo(
        f"{place}: 받는 곳 {gone.endpoints}곳, 구독 {gone.subscriptions}개, 보낸 기록 "
        f"{gone.messages}건을 지웠습니다 / erased {gone.endpoints} endpoints, "
        f"{gone.subscriptions} subscriptions, {gone.messages} records of messages"
    )
    if gone.suppressed:
        typer.echo("  다시 보내지 않는다는 것만 남깁니다 / kept: that nothing is sent there")


def _of(place: str, act: Callable[[People, Address], Awaitable[_Said]]) -> _Said:
    channel, _, address = place.partition(":")
    if channel not in names() or not address:  # of another nothing is kept, which is no answer
        known = ", ".join(names())
        raise UserError(f"{place}: CHANNEL:ADDRESS여야 합니다 (must be CHANNEL:ADDRESS); {known}")
    who = Address(channel, address)
    return in_store(begin(), lambda database: act(People(database), who))
