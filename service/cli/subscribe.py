"""``pabal subscribe``, ``import-subscriptions``: who wants to be told, typed or from a file."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service import config
from service.config import Settings
from service.errors import UserError
from service.model import Language
from service.store.owned import Owned
from service.store.subscriptions import Embargoed, Endpoint, Standing, Subscriptions, Taken
from service.terminal import begin, in_store

if TYPE_CHECKING:
    from service.judging.rules import Rule
    from service.preview import Tools
    from service.store.database import Database
    from service.wanted import Checks, Wanted

_LOOKED_BACK = timedelta(days=30)
_TITLES = 3

_Rule = Annotated[list[str] | None, typer.Option(help="규칙 (여러 번 가능) / a rule, repeatable")]
_To = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CHANNEL:ADDRESS", help="알림을 받을 곳 (여러 번 가능) / where, repeatable"
    ),
]
_Hook = Annotated[str, typer.Option(help="--to webhook:주소 / short for --to webhook:")]
_Secret = Annotated[
    str, typer.Option(help="웹훅의 서명 열쇠, 비우면 만듦 / of webhooks, made if empty")
]
_Until = Annotated[
    str, typer.Option(help="마지막 날 2026-12-31 / ends by itself after this day in Korea")
]
_Embargoed = Annotated[
    Embargoed | None,
    typer.Option(
        help="엠바고 중이면 wait: 풀린 뒤에, badge: 표시와 함께 바로 / under embargo: wait, or at "
        "once with a badge"
    ),
]
_Cadence = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="언제: at-once, hourly, 'daily 08:00 workdays', 'weekly mon 08:00' (한국 시각) / "
        "when, in Korean time",
    ),
]
_Quiet = Annotated[
    str | None,
    typer.Option(metavar="21-08", help="보내지 않는 시간, 또는 none / quiet hours, or none"),
]
_Remind = Annotated[
    str | None,
    typer.Option(
        metavar="14,7,1", help="신청 마감 며칠 앞에 다시, 또는 none / days before a deadline"
    ),
]
_Urgent = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WORDS",
        help="규칙에 맞고 이것에도 맞으면 밤에도 바로 (여러 번 가능) / told at once, even at night",
    ),
]
_Coverage = Annotated[
    bool | None, typer.Option(help="알린 소식의 기사도 / news about what was told, too")
]
_Tongue = Annotated[
    Language | None,
    typer.Option(help="알림에 붙는 말의 언어 / words around an announcement"),
]
_Ops = Annotated[
    bool | None,
    typer.Option(help="살펴볼 것도: 죽은 출처처럼 / ops items, too: a source that died"),
]
_Operator = Annotated[
    bool,
    typer.Option(
        "--operator",
        help="받는 이의 동의를 운영자가 책임집니다 / you answer for the consent of each address",
    ),
]


def subscribe(
    name: Annotated[str, typer.Argument(help="구독 이름 / a name for the subscription")],
    rule: _Rule = None,
    to: _To = None,
    webhook: _Hook = "",
    secret: _Secret = "",
    until: _Until = "",
    embargoed: _Embargoed = None,
    cadence: _Cadence = None,
    quiet: _Quiet = None,
    remind: _Remind = None,
    urgent: _Urgent = None,
    coverage: _Coverage = None,
    language: _Tongue = None,
    ops: _Ops = None,
    *,
    operator: _Operator = False,
) -> None:
    """규칙에 맞는 소식을 알립니다. / Tell of whatever matches the rules.

    받을 곳이 없으면 파발을 실행한 터미널 창에 찍습니다. 새 주소에는 먼저 묻습니다. / On the
    console where no address is given. A new address is first asked whether it wants to be told.
    """
    from service.wanted import Wanted, cadence_of, given, quiet_of, remind_of  # noqa: PLC0415

    checks = _checks()
    endpoints = _endpoints(checks, to or (), webhook, secret, agreed=operator)
    wanted = Wanted(
        name,
        _rules(checks, rule or (), ops=ops),
        endpoints,
        embargoed,
        given("--until", until or None, checks.expiry),
        tuple(map(checks.rule, urgent or ())),
        given("--cadence", cadence, cadence_of),
        given("--quiet", quiet, quiet_of),
        given("--remind", remind, remind_of),
        coverage,
        language,
        checks.people(endpoints),
        ops,
    )
    asyncio.run(_foretold_and_saved(begin(), wanted, answered=operator))


def import_subscriptions(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="YAML 파일 또는 - / a YAML file or -")
    ],
    *,
    operator: _Operator = False,
) -> None:
    """YAML의 구독을 더합니다. / Add the subscriptions of a YAML file, with their endpoints.

    subscriptions --yaml이 쓴 것입니다. 있는 것은 그대로 두므로 다시 해도 같습니다. 한 곳이라도
    틀리면 아무것도 저장하지 않습니다. 새 주소에는 먼저 묻습니다. / As subscriptions --yaml writes
    them. What is there stays, so twice is as once. Nothing is saved where one of them is wrong. New
    addresses are asked first.
    """
    from service.wanted import at  # noqa: PLC0415
    from service.wanted_file import load  # noqa: PLC0415

    try:
        text = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise UserError(f"{source}: {error.strerror}") from error
    with at(source):
        every = load(text, _checks(), agreed=operator)

    async def save(database: Database) -> None:
        taken = []
        async with database.joined() as one:
            for each in every:
                with at(f"{source}: {each.name}"):
                    taken.append(await _saved(one, each))
        for each, given in zip(every, taken, strict=True):
            await _tell(each, given, Subscriptions(database), answered=operator)

    in_store(begin(), save)


def _rules(
    checks: Checks, typed: Sequence[str], *, ops: bool | None
) -> tuple[tuple[str, Rule], ...]:
    if not typed and not ops:
        raise UserError("--rule: 규칙이나 --ops가 있어야 합니다 (needs a rule, or --ops)")
    return tuple(map(checks.rule, typed))


def _endpoints(
    checks: Checks, to: Sequence[str], webhook: str, secret: str, *, agreed: bool
) -> tuple[Endpoint, ...]:
    from service.wanted import at  # noqa: PLC0415

    places = [*to, *([f"webhook:{webhook}"] if webhook else ())] or ["console"]
    with at("--secret"):
        checks.secret(secret)
    endpoints = tuple(checks.endpoint(each, secret, agreed=agreed) for each in places)
    if secret and not any(each.secret for each in endpoints):
        raise UserError("--secret: 서명하는 곳이 없습니다 (nothing that signs is given)")
    return endpoints


async def _foretold_and_saved(settings: Settings, wanted: Wanted, *, answered: bool) -> None:
    from service.lookback import opened  # noqa: PLC0415

    async with opened(settings) as (database, tools):
        await _foretell(database, tools, wanted)
        taken = await _saved(database, wanted)
        await _tell(wanted, taken, Subscriptions(database), answered=answered)


async def _saved(database: Database, wanted: Wanted) -> list[tuple[Endpoint, Taken]]:
    """Save it, unless it would join what a reader made on the pages. Raises UserError."""
    await Owned(database).check_joined(wanted.name, wanted.endpoints)
    return await wanted.save(Subscriptions(database))


async def _foretell(database: Database, tools: Tools, wanted: Wanted) -> None:
    """Say what the rules would have brought, before they are saved."""
    from service.preview import previews  # noqa: PLC0415
    from service.shown_rules import estimate, titles  # noqa: PLC0415
    from service.store.past import Past  # noqa: PLC0415

    found = await previews(
        Past(database), [rule for _, rule in wanted.rules], _LOOKED_BACK, tools, _TITLES
    )
    for (typed, _), each in zip(wanted.rules, found, strict=True):
        typer.echo("\n  ".join([typed, *estimate(each).splitlines()]))
        for title in titles(each):
            typer.echo(f"    {title}")
        if each.flood:
            typer.echo(
                "  ! 하루에 50건이 넘게 옵니다. 낱말이나 조건을 더해 좁혀 보십시오. / "
                "More than 50 a day: narrow it with another word or filter."
            )


async def _tell(
    wanted: Wanted,
    taken: Sequence[tuple[Endpoint, Taken]],
    store: Subscriptions,
    *,
    answered: bool,
) -> None:
    """Say what a subscription that was saved has been given."""
    from service.wanted import in_words  # noqa: PLC0415

    places = ", ".join(f"{each.channel} {each.address}" for each in wanted.endpoints)
    typer.echo(f"{wanted.name}: 규칙 {len(wanted.rules)}개 → {places}")
    for warning in wanted.warnings():
        typer.echo(f"  ! {warning}")
    for now in await store.listed(wanted.name):
        typer.echo(f"  {in_words(now)}")
    if answered:
        typer.echo("  동의는 운영자가 책임집니다 / you, the operator, answer for their consent")
    for each, stands in taken:
        if said := _STANDING[stands.standing]:
            typer.echo(f"  {each.channel} {each.address}: {said}")
    if any(each.channel == "feed" for each in wanted.endpoints):
        typer.echo(f"  주소 보기 / its addresses: pabal feeds {shlex.quote(wanted.name)}")
    made = [each for each, stands in taken if each.made and each.secret == stands.secret]
    for each in made:
        typer.echo(
            f"서명 열쇠 / signing secret (다시 보이지 않습니다 / shown once): {each.secret}"
            + (f" ({each.address})" if len(made) > 1 else "")
        )


_STANDING: Mapping[Standing, str] = {
    "agreed": "",
    "asked": "받겠느냐고 물었습니다. 답하기 전에는 아무것도 보내지 않습니다 / asked for consent: "
    "nothing else is sent before",
    "unasked": "오늘 이미 여러 번 물어 더 묻지 않습니다. 내일 다시 구독해 주세요 / asked too often "
    "today: subscribe it again tomorrow",
}


def _checks() -> Checks:
    from notifier import registry  # noqa: PLC0415
    from service import catalogue  # noqa: PLC0415
    from service.judging.fields import Values  # noqa: PLC0415
    from service.parts import open_channels  # noqa: PLC0415
    from service.reading.publishers import Registry  # noqa: PLC0415
    from service.wanted import Checks  # noqa: PLC0415

    settings = config.from_environment()
    values = Values(Registry.load(), sources=frozenset(catalogue.every(settings)))
    known = {each: registry.traits(each) for each in registry.names()}
    return Checks(values, open_channels(settings), known, datetime.now(UTC))
