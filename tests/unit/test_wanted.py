from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from notifier.errors import BadAddress
from notifier.model import Traits
from service.errors import UserError
from service.judging.fields import Values
from service.reading.publishers import Registry
from service.store.subscriptions import Endpoint, Subscribed
from service.wanted import Checks, Wanted, at, in_words, quiet_of, remind_of

SECRET = "whsec_" + "a" * 32
TRAITS = {
    "console": Traits(people=False, trusted=True),
    "mail": Traits(),
    "webhook": Traits(people=False, signs=True),
}


def check_address(address: str) -> None:
    if " " in address:
        raise BadAddress("빈칸이 있습니다 (a blank)")


@pytest.fixture
def checks() -> Checks:
    channel: Any = SimpleNamespace(check_address=check_address)
    known = dict.fromkeys(("console", "mail", "webhook"), channel)
    return Checks(Values(Registry.load()), known, TRAITS, datetime(2026, 11, 22, tzinfo=UTC))


def test_an_address_is_all_that_follows_its_channel(checks: Checks) -> None:
    typed = checks.endpoint("console:a@b.example:25")
    assert (typed.channel, typed.address) == ("console", "a@b.example:25")
    assert checks.endpoint("console") == Endpoint("console", "-", agreed=True)


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


@pytest.mark.parametrize(
    ("typed", "agreed", "answered"),
    [("console", True, True), ("mail:a@b.example", False, True), ("webhook:-", False, True)],
)
def test_an_address_agreed_where_nobody_else_is_behind_it_or_the_operator_answers(
    checks: Checks, typed: str, agreed: bool, answered: bool
) -> None:
    assert checks.endpoint(typed).agreed is agreed
    assert checks.endpoint(typed, agreed=True).agreed is answered


# when it is told


def wanted(checks: Checks, *places: str, **wishes: Any) -> Wanted:
    endpoints = tuple(map(checks.endpoint, places))
    return Wanted("나", (), endpoints, people=checks.people(endpoints), **wishes)


@pytest.mark.parametrize(
    ("places", "cadence", "remind"),
    [
        (["console", "mail:a@b.example"], "at-once quiet 21:00-08:00", (7, 1)),
        (["console", "webhook:https://a.example/"], "at-once", ()),
        ([], "at-once", ()),
    ],
)
def test_at_first_people_have_their_night_and_programs_do_not(
    checks: Checks, places: list[str], cadence: str, remind: tuple[int, ...]
) -> None:
    chosen = wanted(checks, *places).choices(None)
    assert (chosen["cadence"], chosen["remind"]) == (cadence, remind)


@pytest.mark.parametrize(
    ("wishes", "cadence"),
    [
        ({}, "daily 08:00 quiet 22:00-07:00"),
        ({"cadence": "hourly"}, "hourly quiet 22:00-07:00"),
        ({"cadence": "hourly", "quiet": ""}, "hourly"),
        ({"quiet": ""}, "daily 08:00"),
        ({"quiet": "20:00-09:00"}, "daily 08:00 quiet 20:00-09:00"),
        ({"cadence": "weekly quiet 20:00-09:00"}, "weekly mon 08:00 quiet 20:00-09:00"),
    ],
)
def test_later_only_what_is_said_changes(
    checks: Checks, wishes: dict[str, Any], cadence: str
) -> None:
    before = Subscribed("나", (), (), cadence="daily 08:00 quiet 22:00-07:00", remind=(3,))
    chosen = wanted(checks, "mail:a@b.example", **wishes).choices(before)
    assert (chosen["cadence"], chosen["remind"]) == (cadence, (3,))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("21-08", "21:00-08:00"), (" 9:30 - 17 ", "09:30-17:00"), ("none", ""), ("00-24", None)],
)
def test_quiet_hours_are_typed_short(typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(UserError, match="21-08"):
            quiet_of(typed)
    else:
        assert quiet_of(typed) == kept


def test_quiet_hours_all_day_are_refused(checks: Checks) -> None:
    with pytest.raises(UserError, match="whole day"):
        wanted(checks, quiet="08:00-08:00").choices(None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("14,7,1", (14, 7, 1)), ("1, 7,7", (7, 1)), ("0", (0,)), ("none", ())],
)
def test_reminders_are_typed_as_days(typed: str, kept: tuple[int, ...]) -> None:
    assert remind_of(typed) == kept


@pytest.mark.parametrize("typed", ["", "-1", "100", "7;1", "７", "1," * 11 + "1"])
def test_reminders_of_no_days_are_refused(typed: str) -> None:
    with pytest.raises(UserError, match="14,7,1"):
        remind_of(typed)


def test_all_that_was_chosen_is_said_in_a_line() -> None:
    said = in_words(
        Subscribed(
            "나", (), (), urgent=("긴급",), cadence="hourly", remind=(7, 1), coverage=True,
            language="en",
        )
    )  # fmt: skip
    for each in ("hourly", "7, 1", "긴급", "with coverage", "en"):
        assert each in said
