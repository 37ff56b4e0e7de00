"""Every service's channel against a peer on this machine that answers as that service does.

Each answer must have the one reaction that it asks for: sent, again later, never again, or never
again to this address.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from notifier.errors import EndpointGone, SendError, TryAgain, Undeliverable
from tests.channels.services import (
    OPERATORS,
    SERVICES,
    WORDY,
    failed,
    resets,
    says,
    service,
)


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("head", "body"),
    [("200 OK", "ok"), ("200 OK", ""), ("202 Accepted", ""), ("201 Created", {"id": "1"})],
)
async def test_a_2xx_is_a_receipt(name: str, head: str, body: object) -> None:
    async with service(name, says(head, body)) as (channel, message, asked):
        receipt = await channel.send(message)

    assert receipt.detail.startswith(f"{head[:3]} in ")
    assert asked == [1]


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("head", "wait"),
    [
        ("429 Slow\r\nretry-after: 7", 7.0),
        ("429 Slow", None),
        ("500 Oops", None),
        ("502 Oops", None),
        ("503 Busy\r\nretry-after: 30", 30.0),
        ("408 Late", None),
    ],
)
async def test_a_passing_failure_is_tried_again_when_it_is_told(
    name: str, head: str, wait: float | None
) -> None:
    failure = await failed(name, says(head))

    assert isinstance(failure, TryAgain)
    assert failure.retry_after == wait
    assert str(failure).startswith(head[:3])


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("head", ["400 Bad", "403 No", "413 Large", "302 Found\r\nlocation: /x"])
async def test_a_refusal_is_for_good_and_leaves_the_endpoint_on(name: str, head: str) -> None:
    assert type(await failed(name, says(head))) is Undeliverable


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_that_says_nothing_is_tried_again(name: str) -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        return

    assert isinstance(await failed(name, silence), TryAgain)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_that_hangs_up_before_its_status_is_tried_again(name: str) -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    assert isinstance(await failed(name, reset), TryAgain)


@pytest.mark.parametrize("name", sorted(WORDY))
async def test_a_2xx_whose_words_broke_off_is_tried_again_where_words_count(name: str) -> None:
    failure = await failed(name, resets("200 OK", '{"head'))

    assert isinstance(failure, TryAgain)
    assert "broke off" in str(failure)


@pytest.mark.parametrize("name", sorted(set(SERVICES) - WORDY))
async def test_a_2xx_whose_body_broke_off_is_sent_where_its_status_says_all(name: str) -> None:
    async with service(name, resets("200 OK", '{"id')) as (channel, message, _):
        assert (await channel.send(message)).detail.startswith("200 in ")


async def test_telegram_has_sent_once_it_began_to_say_so() -> None:
    answer = resets("200 OK", '{"ok":true,"result":{"message_id":1')
    async with service("telegram", answer) as (channel, message, _):
        assert (await channel.send(message)).detail.startswith("200 in ")


@pytest.mark.parametrize("name", SERVICES)
async def test_a_refusal_whose_body_broke_off_is_a_refusal(name: str) -> None:
    assert type(await failed(name, resets("400 Bad", '{"co'))) is Undeliverable


async def test_a_group_of_telegram_is_followed_where_it_became_a_supergroup() -> None:
    upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
    moved = _telegram(400, upgraded, parameters={"migrate_to_chat_id": -1001})
    answers = iter([says("400 Bad\r\nconnection: close", moved), says("200 OK", {"ok": True})])

    async def answer(writer: asyncio.StreamWriter) -> None:
        await next(answers)(writer)

    async with service("telegram", answer) as (channel, message, asked):
        assert (await channel.send(message)).detail.startswith("200 in ")
    assert asked == [1, 1]


def _telegram(status: int, description: str, **more: Any) -> dict[str, Any]:
    return {"ok": False, "error_code": status, "description": description, **more}


@pytest.mark.parametrize(
    ("name", "head", "body", "error", "shown"),
    [
        ("slack", "400 Bad", "invalid_payload", Undeliverable, "400 invalid_payload"),
        ("slack", "400 Bad", "user_not_found", Undeliverable, "user_not_found"),
        ("slack", "403 No", "action_prohibited", Undeliverable, "action_prohibited"),
        ("slack", "403 No", "invalid_token", EndpointGone, "invalid_token"),
        ("slack", "404 No", "no_service", EndpointGone, "404 no_service"),
        ("slack", "404 No", "channel_not_found", EndpointGone, "channel_not_found"),
        ("slack", "410 Gone", "channel_is_archived", EndpointGone, "channel_is_archived"),
        ("slack", "500 Oops", "no_service", TryAgain, "500 no_service"),
        ("slack", "500 Oops", "rollup_error", TryAgain, "rollup_error"),
        ("discord", "400 Bad", {"code": 50035, "message": "x"}, Undeliverable, "400 50035"),
        ("discord", "401 No", {"code": 50027, "message": "x"}, EndpointGone, "50027"),
        ("discord", "404 No", {"code": 10015, "message": "x"}, EndpointGone, "404 10015"),
        ("teams", "400 Bad", {"error": {"code": "WorkflowTriggerIsNotEnabled"}}, Undeliverable,
         "400 WorkflowTriggerIsNotEnabled"),
        ("teams", "404 No", {"error": {"code": "WorkflowNotFound"}}, EndpointGone,
         "WorkflowNotFound"),
        ("teams", "401 No", {"error": {"code": "DirectApiAuthorizationRequired"}}, EndpointGone,
         "401 Direct"),
        ("teams", "200 OK", "failed: endpoint returned HTTP error 429 with", TryAgain, "429"),
        ("teams", "200 OK", "failed: endpoint returned HTTP error 403 with", Undeliverable, "403"),
        ("jandi", "404 No", {"code": 40401}, EndpointGone, "404 40401"),
        ("jandi", "400 Bad", {"code": 40000}, Undeliverable, "400 40000"),
        ("dooray", "200 OK", {"header": {"isSuccessful": False, "resultCode": -300101}},
         Undeliverable, "400 -300101"),
        ("dooray", "200 OK", {"header": {"isSuccessful": False}}, Undeliverable, "400"),
        ("dooray", "404 No", "", EndpointGone, "404"),
        ("naver_works", "404 No", {"code": "NOT_FOUND"}, EndpointGone, "404 NOT_FOUND"),
        ("naver_works", "429 Slow", {"code": "TOO_MANY_REQUESTS"}, TryAgain, "TOO_MANY"),
        ("telegram", "400 Bad", _telegram(400, "Bad Request: chat not found"), EndpointGone,
         "400 chat not found"),
        ("telegram", "400 Bad", _telegram(400, "Bad Request: can't parse entities"), Undeliverable,
         "400"),
        ("telegram", "400 Bad", _telegram(
            400, "Bad Request: group chat was upgraded to a supergroup chat"), EndpointGone,
         "upgraded"),
        ("telegram", "403 No", _telegram(403, "Forbidden: bot was blocked by the user"),
         EndpointGone, "403 blocked by the user"),
        ("telegram", "403 No", _telegram(403, "Forbidden: bot can't send messages to the user"),
         Undeliverable, "403"),
        ("telegram", "401 No", _telegram(401, "Unauthorized"), TryAgain, "token is wrong"),
        ("telegram", "404 No", _telegram(404, "Not Found"), TryAgain, "token is wrong"),
        ("telegram", "200 OK", _telegram(403, "Forbidden: user is deactivated"), EndpointGone,
         "403 deactivated"),
        ("telegram", "200 OK", {"ok": False}, Undeliverable, "400"),
        ("telegram", "200 OK", {"ok": False, "error_code": "x", "parameters": 3}, Undeliverable,
         "400"),
        ("ntfy", "403 No", {"code": 40301, "http": 403}, Undeliverable, "403 40301"),
        ("ntfy", "429 Slow", {"code": 42908, "http": 429}, TryAgain, "429 42908"),
        ("ntfy", "507 Full", {"code": 50701, "http": 507}, TryAgain, "507 50701"),
        ("ntfy", "410 Gone", "", EndpointGone, "410"),
        ("kakao", "200 OK", {"statusCode": "1043"}, Undeliverable, "400 1043"),
        ("kakao", "200 OK", {"statusCode": "3103"}, Undeliverable, "400 3103"),
        ("kakao", "200 OK", {"statusCode": "1030"}, TryAgain, "200 1030"),
        ("kakao", "200 OK", {"statusCode": "2061"}, EndpointGone, "200 2061"),
        ("kakao", "200 OK", {"statusCode": 1024}, TryAgain, "200 1024"),
        ("kakao", "402 Pay", {"errorCode": "NotEnoughBalance"}, TryAgain, "402 NotEnoughBalance"),
        ("kakao", "403 No", {"errorCode": "SignatureDoesNotMatch"}, TryAgain, "403 Signature"),
        ("kakao", "400 Bad", {"errorCode": "ValidationError"}, Undeliverable, "400 ValidationEr"),
        ("kakao", "429 Slow", {"errorCode": "TooManyRequests"}, TryAgain, "429 TooManyRequests"),
        ("web_push", "404 No", "", EndpointGone, "404"),
        ("web_push", "410 Gone", "", EndpointGone, "410"),
        ("web_push", "413 Large", "", Undeliverable, "413"),
        ("web_push", "403 No", "the key is not the one", Undeliverable, "403"),
    ],
)  # fmt: skip
async def test_a_service_is_understood_in_its_own_words(
    name: str, head: str, body: object, error: type[SendError], shown: str
) -> None:
    failure = await failed(name, says(head, body))

    assert type(failure) is error
    assert shown in str(failure)
    assert getattr(failure, "ours", False) is (shown in OPERATORS)


@pytest.mark.parametrize(
    ("name", "body", "wait"),
    [
        ("discord", {"message": "x", "retry_after": 0.65, "global": False}, 0.65),
        ("discord", {"retry_after": "soon"}, 2.0),
        ("discord", {"retry_after": -1}, 2.0),
        ("telegram", _telegram(429, "Too Many Requests", parameters={"retry_after": 31}), 31.0),
        ("telegram", _telegram(429, "Too Many Requests", parameters={"retry_after": True}), 2.0),
        ("telegram", _telegram(429, "Too Many Requests"), 2.0),
    ],
)
async def test_a_wait_in_the_body_comes_before_that_in_the_header(
    name: str, body: object, wait: float
) -> None:
    failure = await failed(name, says("429 Slow\r\nretry-after: 2", body))

    assert isinstance(failure, TryAgain)
    assert failure.retry_after == wait


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("body", ["[" * 4000, '"x"', "null", "\x00\ud7ff", "{", '{"header": 1}'])
async def test_an_answer_that_is_nonsense_is_judged_by_its_status(name: str, body: str) -> None:
    failure = await failed(name, says("400 Bad", body))

    assert type(failure) is Undeliverable
    assert len(str(failure)) < 100
