from __future__ import annotations

import json
import math

import pytest

from notifier.errors import EndpointGone, TryAgain, Undeliverable
from notifier.posting import Answer, code, judge, packed, seconds, unbroken


@pytest.mark.parametrize("status", [200, 204, 299])
def test_a_2xx_is_taken(status: int) -> None:
    judge(Answer(status))
    assert Answer(status).taken


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (199, Undeliverable),
        (300, Undeliverable),
        (404, Undeliverable),
        (408, TryAgain),
        (410, EndpointGone),
        (429, TryAgain),
        (500, TryAgain),
        (599, TryAgain),
    ],
)
def test_any_other_status_asks_for_one_reaction(status: int, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        judge(Answer(status))

    assert type(caught.value) is error
    assert str(caught.value).startswith(f"{status}: ")


def test_a_channel_names_the_statuses_that_end_an_endpoint_and_the_reason() -> None:
    with pytest.raises(EndpointGone, match=r"^404 no_service: "):
        judge(Answer(404), gone={404}, said="no_service")
    with pytest.raises(Undeliverable, match="410: 받는 곳이 거절") as caught:
        judge(Answer(410), gone={404})
    assert not isinstance(caught.value, EndpointGone)


def test_the_wait_of_an_answer_is_handed_on() -> None:
    with pytest.raises(TryAgain) as caught:
        judge(Answer(429, retry_after=2.5))

    assert caught.value.retry_after == 2.5


def test_an_answer_that_broke_off_is_tried_again() -> None:
    unbroken(Answer(200))
    with pytest.raises(TryAgain, match="200: 답이 끊겼습니다"):
        unbroken(Answer(200, broken=True))


def test_a_receipt_has_status_and_milliseconds() -> None:
    assert Answer(200, took=0.1234).receipt.detail == "200 in 123 ms"


@pytest.mark.parametrize(
    "body",
    [b"", b"[1]", b"null", b'"x"', b"{", b"\xff\xfe", b"[" * 4096, b"1" * 4096, b"\x00"],
)
def test_what_is_no_json_object_says_nothing(body: bytes) -> None:
    assert Answer(200, body=body).said == {}


def test_a_json_object_is_read() -> None:
    assert Answer(400, body='{"까닭": [1]}'.encode()).said == {"까닭": [1]}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("invalid_payload", "invalid_payload"),
        (50035, "50035"),
        (-300101, "-300101"),
        ("", ""),
        ("두 낱말", ""),
        ("a b", ""),
        ("<script>", ""),
        ("x" * 61, ""),
        ("a\n", ""),
        ([1], ""),
    ],
)
def test_a_code_is_one_short_plain_word_or_number(value: object, shown: str) -> None:
    assert code(value) == shown


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (0, 0.0),
        (1.5, 1.5),
        (True, None),
        ("3", None),
        (None, None),
        (-1, None),
        (math.nan, None),
        (math.inf, None),
        (10**400, None),
    ],
)
def test_a_wait_is_a_number_of_seconds(value: object, wait: float | None) -> None:
    assert seconds(value) == wait


def test_json_is_readable_and_survives_half_a_surrogate_pair() -> None:
    assert packed({"a": "가\ud83d"}) == '{"a": "가?"}'.encode()
    assert json.loads(packed(["\u2028"])) == ["\u2028"]
