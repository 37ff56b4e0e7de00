"""Subscriptions at the keyboard: several endpoints, a test message, a file, a snooze and an end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from service.__main__ import main
from service.demo.sink import Sink
from service.store.database import Database
from service.store.overview import Overview

Pabal = Callable[..., Awaitable[subprocess.CompletedProcess[str]]]


@pytest.fixture
def pabal(migrated_url: str) -> Iterator[Pabal]:
    """``await pabal("wake", "나")``: the command in a thread, with a loop of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        ours: dict[str, str | None] = dict.fromkeys(n for n in os.environ if n.startswith("PABAL_"))
        settings = {"PABAL_DATABASE_URL": migrated_url, "PABAL_PRIVATE_WEBHOOKS": "true"}
        with CliRunner().isolation(env=ours | settings) as streams:
            with pytest.raises(SystemExit) as ended:
                main(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
            out, err = (each.getvalue().decode() for each in streams[:2])
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), out, err)

    async def pabal(*arguments: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(run, *arguments)

    yield pabal
    structlog.reset_defaults()  # the command pointed the log at a stream that is gone


async def test_a_subscription_is_tried_kept_in_a_file_snoozed_and_woken(
    pabal: Pabal, replica: str, sink: Sink, secret: str, database: Database, tmp_path: Path
) -> None:
    hook = f"{replica}/sink/나"
    typed = ("--to", "console", "--to", f"webhook:{hook}", "--secret", secret)
    said = await pabal("subscribe", "나", "--rule", "관세", "--until", "2999-12-31", *typed)
    assert said.stdout.endswith(f"나: 규칙 1개 → console -, webhook {hook}\n")

    # One message to each, marked, and no delivery.
    sink.fail_next(1, 410)
    refused = await pabal("send-test", "나")
    assert refused.returncode == 1
    assert "[시험 · TEST]" in refused.stdout
    assert "✓ console -: stdout\n" in refused.stdout
    assert f"✗ webhook {hook}: 410: " in refused.stdout
    assert (await pabal("send-test", "나")).returncode == 0
    (receipt,) = sink.receipts
    assert receipt.valid
    assert receipt.payload["data"]["subscription"] == "나"
    assert (await Overview(database).counts())["to_send"] == 0

    # A file that is read again changes nothing, in whichever form.
    file = tmp_path / "all.yaml"
    for secrets in ((), ("--secrets",)):
        kept = (await pabal("subscriptions", "--yaml", *secrets)).stdout
        file.write_text(kept, "utf-8")
        assert (secret in kept) is bool(secrets)
        assert "shown once" not in (await pabal("import-subscriptions", str(file))).stdout
    assert (await pabal("subscriptions", "--yaml", "--secrets")).stdout == kept
    assert (await pabal("unsubscribe", "나")).returncode == 0
    assert (await pabal("import-subscriptions", str(file))).returncode == 0
    assert (await pabal("subscriptions", "--yaml", "--secrets")).stdout == kept

    assert "까지 쉽니다" in (await pabal("snooze", "나", "--until", "3d")).stdout
    assert (await pabal("subscriptions")).stdout.endswith(
        "까지 쉼 / snoozed) (3000-01-01 00:00에 끝남 / ends by itself)\n"
    )
    assert "outlast" in (await pabal("snooze", "나", "--until", "2999-12-31")).stderr
    assert "밀린 알림 0건" in (await pabal("wake", "나")).stdout
    for command in ("wake", "send-test", "unsubscribe"):
        assert "no such subscription" in (await pabal(command, "너")).stderr
