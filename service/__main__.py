"""The command ``pabal``: every group of commands is a module of service.cli, loaded when asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from service.cli import (
    accounts,
    backfill,
    backup,
    bounces,
    confirm,
    data,
    demo,
    export,
    feeds,
    keys,
    letters,
    people,
    pulse,
    read,
    reindex,
    retention,
    routes,
    rules,
    run,
    send_test,
    sign_in,
    snooze,
    sources,
    subscribe,
    subscriptions,
    vapid,
)
from service.errors import UserError

app = typer.Typer(
    name="pabal",
    help="파발: 부처와 언론의 새 소식을 지켜보고, 관련된 것을 바로 알립니다.\n\n"
    "Pabal watches Korean ministries and the news, and tells you what concerns you.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pabal {version('pabal')}")
        raise typer.Exit


@app.callback()
def pabal(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="몇 판인지 / which release"
        ),
    ] = False,
) -> None:
    """파발 / Pabal."""


# The help shows them so: what one needs first stands first.
_PANELS = {
    "먼저 / First": (demo, run),
    "알림과 사람 / Alerts and people": (
        subscribe,
        subscriptions,
        snooze,
        send_test,
        feeds,
        confirm,
        letters,
        sign_in,
        accounts,
        keys,
        people,
    ),
    "출처 / Sources": (sources, pulse, backfill, routes),
    "글과 규칙 / Texts and rules": (data, rules, read, export),
    "자료와 돌보기 / Data and upkeep": (backup, retention, reindex, bounces, vapid),
}
for _panel, _modules in _PANELS.items():
    for _module in _modules:
        _module.add(app)
    for _command in app.registered_commands:
        if not isinstance(_command.rich_help_panel, str):
            _command.rich_help_panel = _panel
    for _group in app.registered_groups:
        if not isinstance(_group.rich_help_panel, str):
            _group.rich_help_panel = _panel


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; what a person can put right ends in one clear line and exit code 2."""
    stopped_by: list[BaseException] = []
    try:
        app(args=arguments)
    except* UserError as errors:  # those of a task group too
        stopped_by += _leaves(errors)
    if stopped_by:
        for each in stopped_by:
            print(f"pabal: {each}", file=sys.stderr)  # noqa: T201 - the place for it
        sys.exit(2)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _leaves(each)
    else:
        yield error


if __name__ == "__main__":
    main()
