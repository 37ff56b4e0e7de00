"""Every channel says exactly what was recorded beside it, to a receiver on this machine.

``<channel>/message.json`` is sent; ``{receiver}`` in its address stands for the receiver's URL.
What went out, by the wire and by standard output, must equal ``<channel>/expected.json``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from notifier.errors import BadAddress
from notifier.model import Alert, ChannelOptions, File, Hit, Message
from notifier.registry import names, open_channel

HERE = Path(__file__).parent
MOVING = ("content-length", "host", "webhook-timestamp", "webhook-signature")
"""Headers that differ from run to run, or follow from the body: their presence is recorded."""


def _message(channel: str, receiver: str) -> Message:
    data = json.loads((HERE / channel / "message.json").read_text("utf-8"))
    alert = data.pop("alert")
    for name in ("changes", "topics", "contacts"):
        alert[name] = tuple(alert.get(name, ()))
    alert["hits"] = tuple(
        Hit(**{**hit, "marks": tuple(map(tuple, hit.get("marks", ())))}) for hit in alert["hits"]
    )
    alert["files"] = tuple(File(**each) for each in alert.get("files", ()))
    data["address"] = data["address"].replace("{receiver}", receiver)
    return Message(**data, alert=Alert(**alert))


async def _read_request(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    first, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in rest)}
    body = await reader.readexactly(int(headers["content-length"]))
    method, url, _ = first.split(" ")
    kept = {name: "*" if name in MOVING else value for name, value in sorted(headers.items())}
    shown: Any = (
        json.loads(body) if "json" in headers["content-type"] else body.decode().split("\n")
    )
    if "timestamp" in shown:
        shown["timestamp"] = "*"
    return {"method": method, "url": url, "headers": kept, "body": shown}


@asynccontextmanager
async def _receiver() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A receiver that says 204 to all; yields its URL and the requests it gets."""
    got: list[dict[str, Any]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await _read_request(reader))
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", got


@pytest.mark.parametrize("name", names())
async def test_a_channel_says_what_was_recorded(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with _receiver() as (url, requests):
        options = ChannelOptions(
            private_addresses=True,
            contact="ops@pabal.example",
            telegram_token="10:invented",
            telegram_api=url,
        )
        channel = open_channel(name, options)
        message = _message(name, url)
        channel.check_address(message.address)
        await channel.send(message)
        await channel.aclose()
    said = {"requests": requests, "printed": capsys.readouterr().out.splitlines()}
    expected = HERE / name / "expected.json"
    if not expected.exists():
        expected.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", "utf-8")
        pytest.fail(f"{expected.name} of {name} was recorded: review, then run again")

    assert json.loads(expected.read_text("utf-8")) == said


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("address", ["", " ", "파발", "javascript:alert(1)", "\x00"])
def test_no_channel_takes_an_address_that_is_none(name: str, address: str) -> None:
    with pytest.raises(BadAddress):
        open_channel(name, ChannelOptions()).check_address(address)


def test_recordings_and_channels_are_one_to_one() -> None:
    assert names() == tuple(sorted(path.parent.name for path in HERE.glob("*/message.json")))
