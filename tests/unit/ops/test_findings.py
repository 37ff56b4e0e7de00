"""Each check of the doctor can fail, and then says what to do in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.config import Settings
from service.ops.findings import Finding, of_disk, of_server, of_settings, of_sources, of_work
from service.store.condition import ServerCondition, Work
from service.store.migrate import head

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
SERVER = ServerCondition("18.1", "UTF8", "Etc/UTC", ("plpgsql",), 1 << 30, NOW, head())
WORK = Work(3, 2, NOW - timedelta(seconds=9), 0, 1, NOW - timedelta(seconds=30), ())


def one(findings: Iterable[Finding], what: str) -> Finding:
    (found,) = [each for each in findings if what in each.what]
    return found


def settings(**values: str) -> Settings:
    return Settings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("findings", "what", "advice"),
    [
        (of_settings(settings(secret="a1" * 20)), "secret", "openssl"),
        (of_settings(settings(url="http://pabal.example.org")), "address", "https"),
        (of_settings(settings(mail_server="smtps://mail.example:465")), "mail", "MAIL_FROM"),
        ([of_sources({"a": "off"})], "sources", "PABAL_SOURCES"),
        (of_server(replace(SERVER, encoding="SQL_ASCII"), NOW), "encoding", "UTF8"),
        (of_server(replace(SERVER, revision="9999"), NOW), "schema", "newer"),
        (of_server(SERVER, NOW + timedelta(seconds=6)), "clock", "NTP"),
        (of_work(replace(WORK, dead=1), NOW), "queue", "pabal letters"),
        (of_work(replace(WORK, waits_since=NOW - timedelta(hours=1)), NOW), "queue", "worker"),
        (of_work(replace(WORK, failing=("a",)), NOW), "pulse", "pabal pulse"),
        (of_work(replace(WORK, polled_at=NOW - timedelta(hours=1)), NOW), "pulse", "scheduler"),
        ([of_disk("/data", 1 << 29)], "disk", "room"),
    ],
)
def test_what_will_not_do_is_said_with_what_to_do(
    findings: Iterable[Finding], what: str, advice: str
) -> None:
    found = one(findings, what)

    assert not found.ok
    assert advice in found.advice


@pytest.mark.parametrize(
    ("failing", "said"), [("", "0"), ("a", "1 (a)"), ("abcdefg", "7 (a, b, c, d, e, …)")]
)
def test_of_many_failing_sources_the_first_are_named(failing: str, said: str) -> None:
    found = one(of_work(replace(WORK, failing=(*failing,)), NOW), "pulse").found
    assert found.endswith(f"failing {said}")


def test_what_is_well_passes_without_advice() -> None:
    well = [
        *of_settings(settings(url="https://pabal.example.org", secret="0123456789abcdef" * 2)),
        of_sources({"a": None, "b": "off: no key"}),
        *of_server(SERVER, NOW),
        *of_server(replace(SERVER, revision="0001"), NOW),
        *of_server(replace(SERVER, revision=None), NOW),
        *of_work(WORK, NOW),
        of_disk("/data", 1 << 31),
    ]

    assert [(each.what, each.advice) for each in well if not each.ok or each.advice] == []


def test_settings_are_shown_and_secrets_are_not() -> None:
    chosen = settings(
        database_url="postgresql://pabal:hidden@db/pabal",
        telegram_token="1:hidden",
        key_bizinfo="hidden",
        contact="ops@example.org",
    )

    shown = one(of_settings(chosen), "settings").found
    assert "hidden" not in shown
    assert "contact=ops@example.org" in shown
    assert "telegram_token=(set)" in shown


def test_why_a_source_is_off_is_said() -> None:
    assert "needs PABAL_KEY_B: b" in of_sources({"a": None, "b": "needs PABAL_KEY_B"}).found
