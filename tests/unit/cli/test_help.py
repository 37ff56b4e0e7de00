from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from service.__main__ import app
from service.store.steps import STEPS

Pabal = Callable[..., subprocess.CompletedProcess[str]]

COMMANDS = {
    "": ("파발", "Pabal watches", "up", "once", "doctor", "demo", "subscribe", "read", "sources"),
    "up": ("서비스를 시작", "SIGTERM", "--only", "scheduler, worker, web"),
    "once": ("한 단계", "cron", *STEPS),
    "doctor": ("점검", "exit 1", "--ask"),
    "demo": ("인터넷 없이", "without internet", "--replay", "--speed", "--rules", "Exit 1"),
    "subscribe": (
        "규칙",
        "Tell of",
        "--rule",
        "--to",
        "--webhook",
        "--secret",
        "--until",
        "--cadence",
        "--quiet",
        "--remind",
        "--urgent",
        "--coverage",
        "--language",
        "--operator",
    ),
    "unsubscribe": ("구독을 끝냅니다", "End a subscription"),
    "subscriptions": ("구독을 모두", "List every", "--yaml", "--secrets"),
    "import-subscriptions": ("YAML의 구독", "Add the subscriptions", "FILE", "--operator"),
    "confirm": ("동의했음을", "Nothing is sent before", "--operator", "CHANNEL:ADDRESS"),
    "sign-in": ("로그인할 링크", "within 30 minutes", "--role"),
    "accounts": ("계정을 보이고", "List accounts", "--role", "--close", "--open"),
    "keys": ("API 열쇠", "Keys of the API", "make", "exchange", "revoke"),
    "keys make": ("한 번 보입니다", "show it once", "--scope", "--days", "--per-minute"),
    "keys list": ("계정의 열쇠", "the newest first", "ADDRESS"),
    "keys exchange": ("새 열쇠로", "Give a new key", "--hours"),
    "keys revoke": ("폐기합니다", "count no more"),
    "people": ("한 주소에 관한 기록", "export", "erase"),
    "people export": ("모든 것을 JSON으로", "without the signing secret", "CHANNEL:ADDRESS"),
    "people erase": ("기록을 지웁니다", "forget it", "CHANNEL:ADDRESS"),
    "snooze": ("구독 하나를 쉽니다", "Nothing is lost", "--until"),
    "wake": ("쉼을 끝냅니다", "End a snooze"),
    "mute": ("구독 하나를 끕니다", "Tell it nothing"),
    "unmute": ("다시 켭니다", "from now on"),
    "feeds": ("피드, 달력, 실시간", "Whoever knows an address", "--renew"),
    "letters": ("보내지 못한 알림", "that nobody took", "--resend", "--drop"),
    "bounces": ("반송과 신고", "Keep it to yourself"),
    "vapid": ("웹 푸시의 새 열쇠", "A new key for Web Push"),
    "send-test": ("시험 알림", "one test message", "exit 1"),
    "pulse": ("살아 있는지", "How alive", "--json"),
    "pause": ("그만 살핍니다", "Leave a source alone", "SOURCE", "--why"),
    "resume": ("다시 살핍니다", "Poll a paused source again", "SOURCE"),
    "read": ("문서", "Read what documents say", "--json"),
    "match": ("규칙이 글에 맞는지", "Whether a rule holds", "--since", "--json"),
    "routes": ("놓친 글", "What each route", "30 days", "--json"),
    "audit": ("맞지 않은 규칙", "Rules without a hit", "--since", "--json"),
    "export": ("모두 파일로", "Write every article", "--since", "--ministry", "--kind"),
    "backup": ("파일 하나로", "while it runs", "keep it where nobody else reads"),
    "restore": ("빈 데이터베이스에", "All or nothing", "--replace", "--check"),
    "retention": ("보관 기간", "kept for no longer", "--apply"),
    "reindex": ("색인을 다시", "Enter every article"),
    "backfill": ("거슬러 모읍니다", "silently", "--from", "--list"),
    "same": ("같은 글인지", "one announcement", "--json"),
    "sources": ("출처", "list", "show", "check"),
    "sources list": ("출처를 모두", "List every"),
    "sources show": ("출처 하나", "Show how"),
    "sources check": ("실제로 읽어", "exit 1"),
    "sources try": ("읽어 보고", "What a declaration reads", "--page", "--post"),
    "sources capture": ("줄이고", "made neutral", "--dir"),
    "sources export": ("OPML로", "Write every feed", "--opml"),
    "sources import": ("TOML 파일", "Write a TOML file", "DIR"),
}


def _help(command: str, width: int = 100) -> str:
    shown = CliRunner(env={"COLUMNS": f"{width}"}).invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    return _unframed(shown.output)


def _unframed(said: str) -> str:
    return re.sub(r"[\s│╭╮╰╯─]+", " ", said)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_of_the_help_is_cut_at_any_usual_width(command: str, width: int) -> None:
    said = _help(command, width)

    assert "…" not in said
    assert [word for part in _parts(command) for word in part.split() if word not in said] == []


def _parts(command: str) -> Iterator[str]:
    """What is written for the help of a command."""
    found: Any = get_command(app)
    for name in command.split():
        found = found.commands[name]
    yield found.help or ""
    yield from (each.help or "" for each in found.params)
    yield from (
        (each.help or "").partition("\n\n")[0] for each in getattr(found, "commands", {}).values()
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_is_for_in_korean_and_then_in_english(command: str) -> None:
    said = _help(command)
    assert [word for word in COMMANDS[command] if word not in said] == []
    korean, english = (re.search(letters, said.split("]", 1)[-1]) for letters in ("[가-힣]", "/"))
    assert korean is not None
    assert command == "" or (english is not None and korean.start() < english.start())


def test_every_command_is_looked_at_here() -> None:
    top = get_command(app)
    names = set(getattr(top, "commands", {}))
    groups = {name for name in names if hasattr(top.commands[name], "commands")}  # type: ignore[attr-defined]
    below = {f"{group} {name}" for group in groups for name in top.commands[group].commands}  # type: ignore[attr-defined]
    assert names | below | {""} == set(COMMANDS)


def test_what_is_needed_first_stands_first_in_the_help() -> None:
    said = _help("")
    places = [said.index(word) for word in ("먼저 / First", " demo ", " up ", "Alerts", "Sources")]
    assert places == sorted(places)
    assert " Commands " not in said, "every command stands in a part of the help"


def test_the_command_alone_shows_the_help(pabal: Pabal) -> None:
    shown = pabal()
    assert shown.returncode == 2
    assert "Pabal watches" in shown.stdout + shown.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["uup"], "uup"),
        (["sources", "lsit"], "lsit"),
        (["match"], "RULE"),
        (["up", "--only", "cook"], "scheduler, worker, web"),
        (["once", "dance"], ", ".join(STEPS)),
        (["demo", "--kills", "-1"], "--kills"),
    ],
)
def test_a_wrong_call_is_refused_with_what_was_wrong(
    pabal: Pabal, arguments: list[str], named: str
) -> None:
    refused = pabal(*arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert named.lower() in _unframed(refused.stderr).lower()
    assert "Traceback" not in refused.stderr


def test_it_says_which_release_it_is() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output) == (0, f"pabal {version('pabal')}\n")
