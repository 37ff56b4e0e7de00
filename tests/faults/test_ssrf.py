"""Whatever a user types, nothing reaches this machine: a listener here counts its visitors.

The addresses are made, not listed: every inside address in every spelling, in every place of a URL
where a parser may take it for something else. The DNS of these tests is hostile: any name that is
not spelt as a number is this machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from notifier.channels.webhook import Webhooks, new_secret, open_channel
from notifier.errors import BadAddress, TryAgain, Undeliverable
from notifier.model import Alert, ChannelOptions, Message
from tests.faults.inside import FORMS, NAMES, guarded, listening


def test_there_are_many_forms_of_inside_addresses() -> None:
    assert len(FORMS) > 700


def _message(address: str) -> Message:
    alert = Alert("구독", "제목", "https://news.example.go.kr/1", None, "mss", None, None, "", ())
    return Message("msg_1", address, new_secret(), alert, attempt=1)


@pytest.mark.fault(18)
async def test_no_form_of_an_inside_address_gets_a_message(
    measured: Callable[..., None],
) -> None:
    passed = []
    async with listening() as canary, guarded() as poster:
        channel = Webhooks(ChannelOptions(), poster)
        for form in FORMS:
            try:
                await channel.send(_message(form.format(scheme="https", port=canary.port)))
            except Undeliverable:
                continue
            except TryAgain as error:
                if "not a public address" in str(error):
                    continue
            passed.append(form)

    measured(addresses=len(FORMS), connected=len(canary.visitors))
    assert (passed, canary.visitors) == ([], [])


async def test_the_names_that_pass_when_typed_are_refused_by_what_they_resolve_to() -> None:
    refused = 0
    async with listening() as canary, guarded() as poster:
        for name in NAMES.split():
            address = f"https://{name}:{canary.port}/"
            with suppress(BadAddress):
                poster.check(address)
                with pytest.raises(TryAgain, match="not a public address"):
                    await poster.post(address, b"x", {})
                refused += 1

    assert refused > 15
    assert canary.visitors == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST.", "ＬＯＣＡＬＨＯＳＴ"])
async def test_the_canary_is_reached_where_private_addresses_are_allowed(host: str) -> None:
    async with listening() as canary, guarded(private=True) as poster:
        with pytest.raises(TryAgain, match="no connection"):
            await poster.post(f"http://{host}:{canary.port}/", b"x", {})

    assert len(canary.visitors) == 1


async def test_an_ordinary_channel_is_guarded_with_the_systems_resolver() -> None:
    channel = open_channel(ChannelOptions())
    async with listening() as canary:
        for host in ("127.0.0.1", "0x7f.1", "[::1]", "localhost"):
            final = TryAgain if host == "localhost" else BadAddress  # a name may mend, no number
            with pytest.raises(final, match="not a public address"):
                await channel.send(_message(f"https://{host}:{canary.port}/"))
        await channel.aclose()

    assert canary.visitors == []
