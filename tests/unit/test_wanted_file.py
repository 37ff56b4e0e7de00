from __future__ import annotations

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.errors import BadAddress
from notifier.model import Traits
from service.errors import UserError
from service.judging.fields import Values
from service.reading.publishers import Registry
from service.store.subscriptions import Endpoint, Subscribed
from service.wanted import Checks, Wanted
from service.wanted_file import dump, load

SECRET = "whsec_" + "b" * 32
HOOK = "https://hooks.example.com/a#가: '\""
END = datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Seoul"))
LISTED = [
    Subscribed(
        "우리회사: #1",
        ("수출 (바우처 | 전시회)", '관세 "FTA"'),
        (Endpoint("webhook", HOOK, SECRET), Endpoint("console", "-", agreed=True)),
        "badge",
        END,
        urgent=("긴급",),
        cadence="weekly mon 08:00 workdays quiet 21:00-08:00",
        remind=(14, 1),
        coverage=True,
        language="en",
    ),
    Subscribed("no", ("123",), ()),
    Subscribed("당직", (), (), ops=True),
]


def check_address(address: str) -> None:
    if not address.startswith(("https:", "-")):
        raise BadAddress("https only")


@pytest.fixture
def checks() -> Checks:
    channel: Any = SimpleNamespace(check_address=check_address)
    known = dict.fromkeys(("console", "webhook"), channel)
    traits = {"console": Traits(trusted=True), "webhook": Traits(people=False, signs=True)}
    return Checks(Values(Registry.load()), known, traits, datetime(2026, 11, 22, tzinfo=UTC))


def again(wanted: Wanted) -> Subscribed:
    """As it would be listed, once it is saved."""
    texts = tuple(text for text, _ in wanted.rules)
    first = Subscribed("", (), (), cadence="daily 09:00 quiet 01:00-02:00", remind=(9,))
    chosen = wanted.choices(first)
    return Subscribed(
        wanted.name, texts, wanted.endpoints, chosen["embargoed"] or "wait", chosen["expires_at"],
        urgent=tuple(text for text, _ in wanted.urgent),
        cadence=chosen["cadence"] or "",
        remind=tuple(chosen["remind"] or ()),
        coverage=chosen["coverage"] or False,
        language=chosen["language"] or "ko",
        ops=chosen["ops"] or False,
    )  # fmt: skip


def test_what_is_written_with_secrets_is_read_back_whole(checks: Checks) -> None:
    text = dump(LISTED, secrets=True)

    assert [again(each) for each in load(text.encode(), checks)] == LISTED
    assert "우리회사" in text
    assert "until: 2026-12-31\n" in text


def test_secrets_stay_here_unless_they_are_asked_for(checks: Checks) -> None:
    text = dump(LISTED, secrets=False)

    assert "whsec_" not in text
    (hook, console), (), () = (each.endpoints for each in load(text.encode(), checks))
    assert (hook.channel, hook.address, hook.made) == ("webhook", HOOK, True)
    assert console == Endpoint("console", "-", agreed=True)


def test_a_file_alone_confirms_nobody_and_an_operator_none_that_it_calls_unconfirmed(
    checks: Checks,
) -> None:
    places = "[webhook:https://a.example, {to: webhook:https://b.example, confirmed: false}]"
    text = f"subscriptions: [{{name: 나, rules: [수출], endpoints: {places}}}]".encode()

    for agreed, found in ((False, [False, False]), (True, [True, False])):
        (read,) = load(text, checks, agreed=agreed)
        assert [each.agreed for each in read.endpoints] == found


ENTRY = "subscriptions:\n- name: 둘\n  rules: [수출]\n- name: 무역\n  "


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not YAML.*line 1"),
        ("a: 2026-99-99", "not YAML"),
        ("\x00", "not YAML"),
        ("!!python/object/apply:os.getcwd []", "not YAML"),
        ("", "'subscriptions' alone"),
        ("subscriptions: []\nmore: 1", "'subscriptions' alone"),
        ("subscriptions: 3", "^subscriptions: .*list"),
        ("subscriptions: [3]", r"\(entry 1\): .*must have fields\): name, rules"),
        ("subscriptions: [{name: 3}]", r"\(entry 1\): name: .*text"),
        (f"{ENTRY}rule: [수출]", r"\(entry 2\): 'rule': .*no such field"),
        (f"{ENTRY}rules: 수출", r"\(entry 2\) 무역: rules: .*list"),
        (f"{ENTRY}rules: []", "무역: rules: .*one or more"),
        (f"{ENTRY}rules: [수출, 수출 (바우처]", r"무역: rules\[2\]: 규칙의 4번째"),
        (
            f"{ENTRY}rules: [수출]\n  endpoints: [fax:1]",
            r"endpoints\[1\]: fax:1: .*no such channel",
        ),
        (f"{ENTRY}rules: [수출]\n  endpoints: ['webhook:x']", r"endpoints\[1\]: webhook:x: https"),
        (
            f"{ENTRY}rules: [수출]\n  endpoints: [{{to: console, secret: }}]",
            r"endpoints\[1\]: secret: .*text",
        ),
        (
            f"{ENTRY}rules: [수출]\n  endpoints: [{{to: console, confirmed: 1}}]",
            r"endpoints\[1\]: confirmed: .*true or false",
        ),
        (f"{ENTRY}rules: [수출]\n  cadence: often", "무역: cadence: often: "),
        (f"{ENTRY}rules: [수출]\n  cadence: 3", "무역: cadence: .*text"),
        (f"{ENTRY}rules: [수출]\n  remind: soon", "무역: remind: soon: "),
        (f"{ENTRY}rules: [수출]\n  remind: [a]", "무역: remind: a: "),
        (f"{ENTRY}rules: [수출]\n  coverage: 3", "무역: coverage: .*true or false"),
        (f"{ENTRY}rules: [수출]\n  language: de", "무역: language: ko, en"),
        (f"{ENTRY}rules: [수출]\n  urgent: 3", "무역: urgent: .*list"),
        (
            f"{ENTRY}rules: [수출]\n  endpoints: [console, {{to: console, secret: x}}]",
            r"무역: endpoints\[2\]: secret: whsec_",
        ),
        (f"{ENTRY}rules: [수출]\n  embargoed: now", "무역: embargoed: wait, badge"),
        (f"{ENTRY}rules: [수출]\n  embargoed: [a]", "무역: embargoed: wait, badge"),
        (f"{ENTRY}rules: [수출]\n  until: soon", "무역: until: soon: "),
        (f"{ENTRY}rules: [수출]\n  until: 2026-01-01", "무역: until: 2026-01-01: .*is over"),
        (f"{ENTRY}rules: [수출]\n  until:", "무역: until: "),
    ],
)
def test_what_is_wrong_is_told_by_entry_and_field_in_one_line(
    checks: Checks, text: str, why: str
) -> None:
    with pytest.raises(UserError, match=why) as refused:
        load(text.encode(), checks)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "a: " * 50_000, "subscriptions: " + "- " * 20_000, "\xff" * 9],
    ids=["a well", "keys", "lists", "noise"],
)
def test_a_hostile_file_is_refused_soon(checks: Checks, text: str) -> None:
    started = time.process_time()
    with pytest.raises(UserError):
        load(text.encode("latin-1"), checks)
    assert time.process_time() - started < 10


def test_aliases_that_swell_are_refused_unswollen(checks: Checks) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 30)]
    with pytest.raises(UserError, match="'subscriptions' alone"):
        load("\n".join(levels).encode(), checks)
