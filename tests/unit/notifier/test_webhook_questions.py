"""A webhook proves that it wants to be told by answering a question."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from notifier.egress import Reply
from notifier.errors import TryAgain, Undeliverable
from notifier.model import Question
from tests.unit.notifier.receiver import MESSAGE, Receiver, open_webhooks

QUESTION = Question("구독", ("수출",), link="https://pabal.example/confirm/x", code="c0de-1")


async def test_a_question_asks_for_its_challenge_and_tells_nothing_else() -> None:
    receiver = Receiver(Reply(200, body=b"c0de-1"))

    await open_webhooks(receiver).send(replace(MESSAGE, content=QUESTION))

    payload = json.loads(receiver.got[0].content)
    assert (payload["type"], payload["data"]) == ("endpoint.verify", {"challenge": "c0de-1"})


@pytest.mark.parametrize(
    "body", [b'{"challenge": "c0de-1", "more": 1}', b"c0de-1", b" c0de-1\r\n", b'"c0de-1"']
)
@pytest.mark.parametrize("status", [200, 202])
async def test_an_answer_with_the_challenge_is_proof(status: int, body: bytes) -> None:
    webhooks = open_webhooks(Receiver(Reply(status, body=body)))

    assert (await webhooks.send(replace(MESSAGE, content=QUESTION))).proven


async def test_an_alert_proves_nothing() -> None:
    assert not (await open_webhooks(Receiver(Reply(200, body=b"c0de-1"))).send(MESSAGE)).proven


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", b'{"challenge": "c0de-2"}', b'{"challenge": ["c0de-1"]}', b"not c0de-1", b"\xff"],
)
async def test_a_2xx_without_the_challenge_is_no_proof(body: bytes) -> None:
    with pytest.raises(Undeliverable, match=r"200: .*did not answer the challenge"):
        await open_webhooks(Receiver(Reply(200, body=body))).send(
            replace(MESSAGE, content=QUESTION)
        )


async def test_a_question_without_a_challenge_is_never_answered() -> None:
    blank = replace(MESSAGE, content=replace(QUESTION, code=""))

    with pytest.raises(Undeliverable, match="did not answer"):
        await open_webhooks(Receiver(Reply(204))).send(blank)


async def test_a_question_whose_answer_broke_off_is_asked_again() -> None:
    webhooks = open_webhooks(Receiver(Reply(200, body=b'{"chall', broken=True)))

    with pytest.raises(TryAgain, match="broke off"):
        await webhooks.send(replace(MESSAGE, content=QUESTION))
