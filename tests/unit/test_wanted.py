from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from notifier.errors import BadAddress
from service.errors import UserError
from service.judging.fields import Values
from service.reading.publishers import Registry
from service.store.subscriptions import Endpoint
from service.wanted import Checks, Wanted, at

SECRET = "whsec_" + "a" * 32


def check_address(address: str) -> None:
    if " " in address:
        raise BadAddress("빈칸이 있습니다 (a blank)")


@pytest.fixture
def checks() -> Checks:
    channel: Any = SimpleNamespace(check_address=check_address)
    known = dict.fromkeys(("console", "mail", "webhook"), channel)
    return Checks(Values(Registry.load()), known, datetime(2026, 11, 22, tzinfo=UTC))


def test_an_address_is_all_that_follows_its_channel(checks: Checks) -> None:
    assert checks.endpoint("mail:a@b.example:25") == Endpoint("mail", "a@b.example:25")
    assert checks.endpoint("console") == Endpoint("console", "-")


def test_only_a_channel_that_signs_has_a_secret_and_it_is_made_where_none_is_given(
    checks: Checks,
) -> None:
    given, made = (checks.endpoint("webhook:https://a.example/", s) for s in (SECRET, ""))

    assert given == Endpoint("webhook", "https://a.example/", SECRET)
    assert made.made
    assert checks.secret(made.secret or "-") == made.secret
    assert checks.endpoint("mail:a@b.example", SECRET).secret is None


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("pigeon:roof", r"^pigeon:roof: .*no such channel\); console, mail, webhook$"),
        ("https://a.example/", "no such channel"),
        ("", "no such channel"),
        ("mail:a b", "^mail:a b: .*a blank"),
    ],
)
def test_a_place_that_can_never_work_is_refused_in_one_line(
    checks: Checks, typed: str, why: str
) -> None:
    with pytest.raises(UserError, match=why):
        checks.endpoint(typed)


@pytest.mark.parametrize("secret", ["geheim", "whsec_", "whsec_" + "a" * 31, f"{SECRET} geheim"])
def test_a_secret_that_no_receiver_would_take_is_refused(checks: Checks, secret: str) -> None:
    with pytest.raises(UserError, match="24 to 64 bytes"):
        checks.secret(secret)


def test_two_secrets_are_a_rotation(checks: Checks) -> None:
    assert checks.secret(f"{SECRET} {SECRET}") == f"{SECRET} {SECRET}"


def test_a_subscription_ends_with_its_last_day_in_korea(checks: Checks) -> None:
    assert checks.expiry("2026-12-31") == datetime(2026, 12, 31, 15, tzinfo=UTC)
    with pytest.raises(UserError, match="is over"):
        checks.expiry("2026-11-21")


def test_a_rule_keeps_its_text_and_warns_of_what_is_likely_meant_otherwise(checks: Checks) -> None:
    broad, plain = checks.rule("종류:공고"), checks.rule("수출  바우처")

    assert plain[0] == "수출  바우처"
    (warning,) = Wanted("나", (broad, plain), ()).warnings()
    assert warning.startswith("종류:공고: ")


def test_what_is_refused_says_where_it_stands() -> None:
    with pytest.raises(UserError, match=r"^file: rules\[2\]: wrong$"), at("file"), at("rules[2]"):
        raise UserError("wrong")
