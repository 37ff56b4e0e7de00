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


run.add(app)
demo.add(app)
sources.add(app)
pulse.add(app)
subscribe.add(app)
subscriptions.add(app)
snooze.add(app)
confirm.add(app)
people.add(app)
sign_in.add(app)
accounts.add(app)
feeds.add(app)
letters.add(app)
bounces.add(app)
vapid.add(app)
send_test.add(app)
read.add(app)
data.add(app)
rules.add(app)
routes.add(app)
backfill.add(app)
export.add(app)
keys.add(app)
backup.add(app)
retention.add(app)
reindex.add(app)


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
