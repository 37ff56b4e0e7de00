"""A bug reaches Sentry without what is about a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from service import reporting
from service.errors import BadSetting
from service.reporting import report, report_to, scrubbed

DSN = "https://0123456789abcdef0123456789abcdef@sentry.example/1"
SECRETS = (
    "hong@example.org", "수출 바우처", "s3cr3t-t0ken-of-somebody", "010-0000-1234", "a value",
    "https://hooks.example/x",
)  # fmt: skip


class Kept(Transport):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.events.append(envelope.get_event())


@pytest.fixture
def kept() -> Iterator[Kept]:
    transport = Kept()
    report_to(DSN, "9.9", transport)
    yield transport
    report_to(None, "9.9")
    sentry_sdk.get_client().close()


def failing(rule: str) -> None:
    address, token, phone, _, value, url = (SECRETS[0], *SECRETS[2:4], rule, *SECRETS[4:])
    said = f"{address} {token} {phone} {rule} {value!r} {url}\n[SQL: SELECT 1]\n[parameters: {rule}"
    raise ValueError(said)


def test_a_bug_is_reported_by_class_and_place_alone(kept: Kept) -> None:
    try:
        failing("수출 바우처")
    except ValueError as error:
        error.add_note("in read 7")
        report(error)

    (event,) = kept.events
    (said,) = event["exception"]["values"]
    assert said["type"] == "ValueError"
    assert said["stacktrace"]["frames"][-1]["function"] == "failing"
    everything = json.dumps(event, ensure_ascii=False)
    assert not [each for each in SECRETS if each in everything]
    assert not {"server_name", "user", "request", "breadcrumbs", "modules"} & event.keys()
    assert "vars" not in everything


def test_nothing_is_reported_where_nobody_asked() -> None:
    report(ValueError("a bug"))  # would raise without a client, if it tried

    assert not reporting._Reporting.on


def test_an_address_that_is_none_is_a_bad_setting() -> None:
    with pytest.raises(BadSetting, match="PABAL_SENTRY_DSN"):
        report_to("nonsense", "9.9")
    report_to(None, "9.9")


@pytest.mark.parametrize("text", ["a" * 100_000, "@" * 100_000, "'" * 100_000, "가" * 100_000])
def test_whatever_an_exception_says_is_cut_short(text: str) -> None:
    assert len(scrubbed(text)) <= 500
