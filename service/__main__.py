"""The command ``pabal``: every group of commands is a module of service.cli, loaded when asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from service.cli import (
    accounts,
    backfill,
    backup,
    confirm,
    data,
    demo,
    export,
    keys,
    letters,
    people,
    pulse,
    read,
    run,
    send_test,
    sources,
    subscribe,
    subscriptions,
    upkeep,
)
from service.errors import UserError
from service.terminal import wrap_by_columns

wrap_by_columns()
app = typer.Typer(
    name="pabal",
    help="파발: 부처와 언론의 새 소식을 지켜보고, 관련된 것을 바로 알립니다.\n\n"
    "Pabal watches Korean ministries and the news, and tells you what concerns you.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # a paragraph of help is wrapped as one
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
            "--version", callback=_say_version, is_eager=True, help="버전 / which release"
        ),
    ] = False,
) -> None:
    """파발 / Pabal."""


# The help shows them so: what one needs first stands first.
_PANELS: Mapping[str, Sequence[Callable[..., None] | typer.Typer]] = {
    "먼저 / First": (demo.demo, run.up, run.doctor, run.once),
    "알림과 사람 / Alerts and people": (
        subscribe.subscribe,
        subscribe.import_subscriptions,
        subscriptions.unsubscribe,
        subscriptions.subscriptions,
        subscriptions.snooze,
        subscriptions.wake,
        subscriptions.mute,
        subscriptions.unmute,
        send_test.send_test,
        subscriptions.feeds,
        confirm.confirm,
        letters.letters,
        accounts.sign_in,
        accounts.accounts,
        keys.group,
        people.group,
    ),
    "출처 / Sources": (
        sources.group,
        pulse.pulse,
        pulse.pause,
        pulse.resume,
        backfill.backfill,
        pulse.routes,
    ),
    "글과 규칙 / Texts and rules": (
        data.match,
        data.same,
        data.audit,
        read.read,
        export.export,
    ),
    "자료와 돌보기 / Data and upkeep": (
        backup.backup,
        backup.restore,
        upkeep.retention,
        upkeep.reindex,
        upkeep.bounces,
        upkeep.vapid,
    ),
}
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        if isinstance(_command, typer.Typer):
            app.add_typer(_command, rich_help_panel=_panel)
        else:
            app.command(rich_help_panel=_panel)(_command)


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
