"""What a person can put right ends in one clear line and exit code 2, whatever went wrong."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from tests.commands import Pabal


def _line(refused: subprocess.CompletedProcess[str]) -> str:
    """The one line of standard error of a command that was refused."""
    assert refused.returncode == 2, refused.stderr
    (line,) = refused.stderr.splitlines()
    assert line.startswith("pabal: ")
    return line.removeprefix("pabal: ")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("PABAL_PORT", "http", "integer"),
        ("PABAL_DATABASE_URL", "mysql://x", "postgresql://"),
        ("PABAL_DATABASE_URL_FILE", "/nowhere/url", "/nowhere/url"),
        ("PABAL_DATABSE_URL", "postgresql://x", "did you mean PABAL_DATABASE_URL?"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(
    pabal: Pabal, name: str, value: str, why: str
) -> None:
    line = _line(pabal("up", **{name: value}))
    assert line.startswith(f"설정 {name}: ")
    assert why in line


def test_an_unknown_source_is_named_with_those_that_are_known(pabal: Pabal) -> None:
    line = _line(pabal("sources", "show", "korea_rk"))
    assert line.startswith("korea_rk: 그런 출처가 없습니다 (no such source); ")
    assert "korea_kr" in line


@pytest.mark.parametrize(
    "arguments",
    [
        ("match", "수출 (바우처", "-"),
        ("subscribe", "나", "--rule", "수출 (바우처"),
        ("demo", "--rule", "수출 (바우처"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(pabal: Pabal, arguments: tuple[str, ...]) -> None:
    line = _line(pabal(*arguments))
    assert line.startswith("규칙의 4번째 글자 (character 4 of the rule): 괄호가 닫히지 않았")


@pytest.mark.parametrize(
    ("webhook", "why"),
    [
        ("http://a.example/", "https only"),
        ("https://127.0.0.1/", "not a public address"),
        ("a.example", "https only"),
    ],
)
def test_an_address_that_can_never_work_is_refused(pabal: Pabal, webhook: str, why: str) -> None:
    assert why in _line(pabal("subscribe", "나", "--rule", "수출", "--webhook", webhook))


@pytest.mark.parametrize("secret", ["geheim", "whsec_geheim", "whsec_" + "a" * 31 + "!"])
def test_a_secret_that_no_receiver_would_take_is_refused(pabal: Pabal, secret: str) -> None:
    typed = ("--webhook", "https://a.example/", "--secret", secret)
    assert "--secret" in _line(pabal("subscribe", "나", "--rule", "수출", *typed))


def test_a_file_that_is_not_there_is_named(pabal: Pabal, tmp_path: Path) -> None:
    gone = str(tmp_path / "없는 글.txt")
    for arguments in (("read", gone), ("match", "수출", gone), ("same", gone)):
        assert _line(pabal(*arguments)).startswith(f"{gone}: ")
    for option in ("--replay", "--rules"):
        assert gone in _line(pabal("demo", option, gone))


def test_a_file_and_what_is_stored_are_not_asked_together(pabal: Pabal, tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text("{}")
    for source in (str(tmp_path / "some.jsonl"), "-"):
        line = _line(pabal("match", "수출", source, "--since", "30d"))
        assert line.startswith(f"{source}: --since는 저장된 글을 보므로")


def test_a_time_that_is_none_is_refused_before_anything_is_opened(pabal: Pabal) -> None:
    for command in (("match", "수출"), ("audit",)):
        assert _line(pabal(*command, "--since", "어제")).startswith("--since 어제: 30d, 2w, 12h나")


def test_a_rule_for_what_is_stored_is_held_against_the_declared_sources(pabal: Pabal) -> None:
    line = _line(pabal("match", "출처:korea_rk", "--since", "30d"))
    assert "혹시 ‘korea_kr’ 아닌가요?" in line


def test_a_rule_may_name_one_s_own_source(pabal: Pabal, tmp_path: Path) -> None:
    (tmp_path / "my_paper.toml").write_text('platform = "feed"\nurl = "https://a.example/"\n')
    line = _line(pabal("match", "출처:my_papre", "--since", "30d", PABAL_SOURCES_DIR=str(tmp_path)))
    assert "혹시 ‘my_paper’ 아닌가요?" in line


@pytest.mark.parametrize(
    ("given", "number", "why"),
    [
        (b'{"id":"1","text":"a"}\n\nnot json\n', 3, "not JSON"),
        (b'{"id":"1","text":"a"}\n[1]\n', 2, "not an object"),
        (b'{"id":"1","text":"\xff"}\n', 1, "not JSON"),
        (b"[" * 100_000, 1, "not JSON"),
    ],
    ids=["words", "a list", "no UTF-8", "a well"],
)
def test_a_line_that_is_no_object_is_refused_with_its_number(
    pabal: Pabal, given: bytes, number: int, why: str
) -> None:
    for command in (("read", "-"), ("match", "수출", "-"), ("same", "-")):
        if command[0] == "same":
            given = given.replace(b'"text":"a"', b'"a":{"text":"a"},"b":{"text":"b"}')
        line = _line(pabal(*command, "--json", given=given))
        assert line.startswith(f"-:{number}: ")
        assert why in line


def test_a_record_without_its_text_is_refused_with_its_id(pabal: Pabal) -> None:
    assert "id 7" in _line(pabal("match", "수출", given='{"id":"7"}'))
    assert "id 8" in _line(pabal("same", given='{"id":"8","a":{"text":""}}'))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.jsonl", b"words\n"),
        ("half.jsonl.gz", gzip.compress(b"{}\n" * 999, mtime=0)[:-9]),
        ("no.jsonl.gz", b"{}\n"),
        ("empty.jsonl", b""),
    ],
)
def test_a_file_that_cannot_be_replayed_is_refused(
    pabal: Pabal, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert name in _line(pabal("demo", "--replay", str(tmp_path / name)))


def test_a_file_of_rules_that_is_no_text_is_refused(pabal: Pabal, tmp_path: Path) -> None:
    (tmp_path / "rules").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in _line(pabal("demo", "--rules", str(tmp_path / "rules")))


def test_the_demo_leaves_a_database_with_real_news_alone(pabal: Pabal) -> None:
    line = _line(pabal("demo", PABAL_DATABASE_URL="postgresql://x:geheim@127.0.0.1:1/pabal"))
    assert "_demo" in line
    assert "geheim" not in line


def test_the_doctor_says_at_once_that_the_database_is_away(pabal: Pabal) -> None:
    found = pabal("doctor", PABAL_DATABASE_URL="postgresql://x:geheim@127.0.0.1:1/x")
    assert found.returncode == 1
    (away,) = [line for line in found.stdout.splitlines() if line.startswith("✗")]
    assert "데이터베이스" in away
    assert "127.0.0.1:1/x" in away
    assert "geheim" not in found.stdout + found.stderr
    assert found.stdout.count("✓") == 8


def test_the_doctor_says_which_source_nobody_declared(pabal: Pabal) -> None:
    away = {"PABAL_DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "PABAL_SOURCES": "yna,nope"}
    found = pabal("doctor", **away)
    assert found.returncode == 1
    assert "✗ 출처 / sources: 설정 PABAL_SOURCES: nope" in found.stdout
    _, _, database = found.stdout.partition("✗ 데이터베이스 / database: ")
    assert "PABAL_DATABASE_URL: 값과, 그 서버가 떠 있는지 보십시오" in database
    assert "Unreachable" not in database


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("--to", "pigeon:roof"), "pigeon:roof: 그런 채널이 없습니다"),
        (("--to", "webhook:http://a.example/"), "webhook:http://a.example/: https://"),
        (("--to", "console", "--to", "console:b"), "console:b: "),
        (("--secret", "whsec_" + "a" * 32), "--secret: 서명하는 곳이 없습니다"),
        (("--until", "내일"), "--until: 내일: 2026-10-01처럼"),
        (("--until", "2020-01-01"), "--until: 2020-01-01: 이미 지났습니다"),
    ],
)
def test_a_subscription_that_can_never_work_is_refused_before_anything_is_opened(
    pabal: Pabal, typed: tuple[str, ...], why: str
) -> None:
    assert _line(pabal("subscribe", "나", "--rule", "수출", *typed)).startswith(why)


def test_a_snooze_that_is_none_is_refused_before_anything_is_opened(pabal: Pabal) -> None:
    assert _line(pabal("snooze", "나", "--until", "나중에")).startswith("나중에: 3d, 12h나")


def test_secrets_are_shown_in_a_file_alone(pabal: Pabal) -> None:
    assert "--yaml" in _line(pabal("subscriptions", "--secrets"))


def test_a_file_of_subscriptions_is_refused_whole_by_its_name_entry_and_field(
    pabal: Pabal, tmp_path: Path
) -> None:
    file = tmp_path / "구독.yaml"
    assert _line(pabal("import-subscriptions", str(file))).startswith(f"{file}: ")
    file.write_text("subscriptions: [{name: 나, rules: [수출]}, {name: 너, rules: ['(']}]", "utf-8")
    line = _line(pabal("import-subscriptions", str(file)))
    assert line.startswith(f"{file}: 2번째 구독 (entry 2) 너: rules[1]: ")
    assert "entry 1" in _line(pabal("import-subscriptions", "-", given="subscriptions: [1]"))
