"""Subscriptions at the keyboard: several endpoints, a test message, a file, a snooze and an end."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa

from service.links import Signer
from service.store.consent import Consent
from service.store.database import Database
from service.store.overview import Overview
from tests.commands import AwaitedPabal
from tests.replica import Moody

ASKED = (
    "받겠느냐고 물었습니다. 답하기 전에는 아무것도 보내지 않습니다 / asked for consent: "
    "nothing else is sent before"
)


async def test_a_subscription_is_tried_kept_in_a_file_snoozed_and_woken(
    pabal: AwaitedPabal, replica: str, sink: Moody, secret: str, database: Database, tmp_path: Path
) -> None:
    hook = f"{replica}/sink/나"
    typed = ("--to", "console", "--to", f"webhook:{hook}", "--secret", secret)
    said = await pabal("subscribe", "나", "--rule", "관세", "--until", "2999-12-31", *typed)
    assert f"나: 규칙 1개 → console -, webhook {hook}\n" in said.stdout
    assert "when: at-once · " in said.stdout
    assert said.stdout.endswith(f"webhook {hook}: {ASKED}\n")

    # Nothing goes where nobody agreed.
    unasked = await pabal("send-test", "나")
    assert (unasked.returncode, sink.receipts) == (1, [])
    assert "not confirmed: nothing is sent" in unasked.stdout
    assert "(동의 전 / not confirmed)" in (await pabal("subscriptions")).stdout
    place = f"webhook:{hook}"
    assert (await pabal("confirm", "--operator", "나", place)).returncode == 0
    assert "has no such address" in (await pabal("confirm", "--operator", "나", "mail:a@b")).stderr
    assert "no such code" in (await pabal("confirm", "made-up")).stderr

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
    assert ASKED in (await pabal("import-subscriptions", str(file))).stdout
    assert "confirmed: false" in (await pabal("subscriptions", "--yaml", "--secrets")).stdout
    answered = await pabal("import-subscriptions", str(file), "--operator")
    assert "you, the operator, answer" in answered.stdout
    assert (await pabal("subscriptions", "--yaml", "--secrets")).stdout == kept

    assert "까지 쉽니다" in (await pabal("snooze", "나", "--until", "3d")).stdout
    assert (
        "까지 쉼 / snoozed) (3000-01-01 00:00에 끝남 / ends by itself)\n"
        in (await pabal("subscriptions")).stdout
    )
    assert "outlast" in (await pabal("snooze", "나", "--until", "2999-12-31")).stderr
    assert "밀린 알림 0건" in (await pabal("wake", "나")).stdout
    assert "muted" in (await pabal("mute", "나")).stdout
    assert "(꺼짐 / muted)" in (await pabal("subscriptions")).stdout
    assert "told again" in (await pabal("unmute", "나")).stdout
    for command in ("wake", "mute", "unmute", "send-test", "unsubscribe"):
        refused = await pabal(command, "너")
        assert (refused.returncode, "no such subscription" in refused.stderr) == (2, True)


async def test_of_a_file_with_an_entry_that_cannot_be_saved_nothing_is(
    pabal: AwaitedPabal, replica: str, tmp_path: Path
) -> None:
    ends = {"name": "나", "rules": ["관세"], "until": "2999-01-02", "endpoints": ["console"]}
    await pabal("subscribe", "나", "--rule", "관세", "--to", "console")
    await pabal("snooze", "나", "--until", "2999-06-01")
    first = {"name": "가", "rules": ["수출"], "endpoints": [f"webhook:{replica}/sink/가"]}
    file = tmp_path / "two.yaml"
    file.write_text(json.dumps({"subscriptions": [first, ends]}), "utf-8")

    refused = await pabal("import-subscriptions", str(file))

    assert refused.returncode == 2
    assert "two.yaml: 나: " in refused.stderr
    assert "whsec_" not in refused.stdout
    assert "가" not in (await pabal("subscriptions", "--yaml")).stdout


async def test_what_is_chosen_is_kept_and_what_is_left_out_stays(pabal: AwaitedPabal) -> None:
    typed = ("subscribe", "나", "--rule", "관세", "--to", "ntfy:https://ntfy.example/topic")
    first = await pabal(*typed)
    # Whoever is rung at has their night, and is reminded.
    assert "when: at-once quiet 21:00-08:00 · " in first.stdout
    assert "before a deadline: 7, 1 · " in first.stdout

    refused = await pabal(*typed, "--cadence", "daily 7:30 workdays")
    assert refused.stderr.startswith("pabal: --cadence: daily 7:30 workdays: ")
    chosen = ("--remind", "none", "--urgent", "긴급 점검", "--coverage", "--language", "en")
    await pabal(*typed, "--cadence", "daily 07:30 workdays", *chosen)
    await pabal(*typed, "--quiet", "22-07", "--operator")

    shown = (await pabal("subscriptions")).stdout
    line = (
        "  때 / when: daily 07:30 workdays quiet 22:00-07:00 · "
        "마감 전 / days before a deadline: — · 바로 / at once: 긴급 점검 · "
        "기사도 / with coverage · en\n"
    )
    assert shown == f"나: 관세 → ntfy https://ntfy.example/topic\n{line}"

    nothing = await pabal("subscribe", "당직", "--to", "console")
    assert nothing.stderr.startswith("pabal: --rule: ")
    on_call = await pabal("subscribe", "당직", "--ops", "--to", "console")
    assert "살펴볼 것도 / with ops items" in on_call.stdout
    assert "  ops: true\n" in (await pabal("subscriptions", "--yaml")).stdout

    for option, value in (("--quiet", "9"), ("--remind", "x"), ("--urgent", "(")):
        wrong = await pabal(*typed, option, value)
        assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)


async def test_an_alert_of_a_reader_is_joined_by_nobody_who_chose_its_name(
    pabal: AwaitedPabal, database: Database, tmp_path: Path
) -> None:
    own = ("--to", "ntfy:https://ntfy.example/own", "--operator")
    await pabal("subscribe", "수출", "--rule", "수출", *own)
    await pabal("sign-in", "reader@a.example")
    async with database.transaction() as tx:
        await tx.execute(sa.text("UPDATE subscription SET account_id = (SELECT id FROM account)"))
    kept = (await pabal("subscriptions", "--yaml")).stdout
    file = tmp_path / "other.yaml"
    file.write_text(kept.replace("/own", "/other"), "utf-8")

    for other in (
        ("subscribe", "수출", "--rule", "관세", *own, "--to", "ntfy:https://ntfy.example/OWN"),
        ("subscribe", "수출", "--rule", "관세"),
        ("import-subscriptions", str(file)),
    ):
        refused = await pabal(*other)
        assert refused.returncode == 2
        assert "수출: reader@a.example 님의 알림입니다" in refused.stderr
        assert "choose another name, or give with --to" in refused.stderr
    assert (await pabal("subscriptions", "--yaml")).stdout == kept

    # One that was switched off is switched on again so.
    async with database.transaction() as tx:
        await tx.execute(sa.text("UPDATE endpoint SET switched_off_at = now()"))
    assert (await pabal("subscribe", "수출", "--rule", "수출", *own)).returncode == 0
    assert (await pabal("subscriptions", "--yaml")).stdout == kept

    await pabal("unsubscribe", "수출")  # it would be its reader's again
    assert (await pabal(*other)).returncode == 2


async def test_an_address_agrees_by_its_code_is_handed_over_and_erased(
    pabal: AwaitedPabal, database: Database
) -> None:
    place = "ntfy:https://ntfy.example/topic"
    await pabal("subscribe", "나", "--rule", "관세", "--to", place)
    async with database.transaction() as tx:
        row = (await tx.execute(sa.text("SELECT id, epoch, asked_at FROM endpoint"))).one()
    signer = Signer(await Consent(database).secret())
    code = signer.sign("confirm", row.id, row.epoch, int(row.asked_at.timestamp()))

    for _ in range(2):
        assert "나: ntfy https://ntfy.example/topic에" in (await pabal("confirm", code)).stdout
    kept = json.loads((await pabal("people", "export", place)).stdout)
    (held,) = kept["subscriptions"]
    assert (held["name"], held["consent"]["by"]) == ("나", "answer")
    assert (
        "1 endpoints, 1 subscriptions, 1 records" in (await pabal("people", "erase", place)).stdout
    )
    assert (
        "0 endpoints, 0 subscriptions, 0 records" in (await pabal("people", "erase", place)).stdout
    )
    assert (await pabal("subscriptions")).stdout == ""
    for short in ("", "me@example.org", "email:me@example.org"):
        assert "CHANNEL:ADDRESS" in (await pabal("people", "erase", short)).stderr
