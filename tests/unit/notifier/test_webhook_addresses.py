"""Which addresses a webhook may have, and what is refused when it is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.errors import BadAddress, Undeliverable
from tests.unit.notifier.receiver import MESSAGE, Receiver, open_webhooks


async def test_an_address_that_is_no_longer_allowed_is_undeliverable() -> None:
    receiver = Receiver()

    with pytest.raises(Undeliverable, match="https only"):
        await open_webhooks(receiver).send(replace(MESSAGE, address="http://receiver.example/"))

    assert receiver.got == []


@pytest.mark.parametrize(
    "address",
    [
        "https://receiver.example",
        "https://receiver.example:8443/a/b?c=d&e=%20",
        "https://한국.example/훅",
        "https://receiver.example./",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]:443/",
        "HTTPS://RECEIVER.EXAMPLE/",
        "https://a_b.example/",
    ],
)
def test_an_absolute_https_url_is_an_address(address: str) -> None:
    open_webhooks(Receiver()).check_address(address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://receiver.example/", "https only"),
        ("ftp://receiver.example/", "https only"),
        ("file:///etc/passwd", "https only"),
        ("//receiver.example/", "https only"),
        ("receiver.example/hook", "https only"),
        (" https://receiver.example/", "not a URL"),
        ("", "https only"),
        ("https:///hook", "no such host"),
        ("https:/receiver.example", "no such host"),
        ("https://receiver.example:0/", "no such host or port"),
        ("https://receiver.example:99999/", "not a URL"),
        ("https://receiver.example:x/", "not a URL"),
        ("https://receiver .example/", "not a URL"),
        ("https://a..example/", "no such host"),
        ("https://8.8.8.8./", "no such host"),
        ("https://256.1.1.1/", "no such host"),
        ("https://%31%32%37.0.0.1/", "no such host"),
        ("https://exa%00mple/", "no such host"),
        ("https://[fe80::1%25lo]/", "no such host"),
        ("https://[receiver]/", "not a URL"),
        ("https://receiver.example/\n", "not a URL"),
        ("https://①②⑦.0.0.1/", "not a public address"),
        ("https://receiver.example\\.other.example/", "not a URL"),
        ("https://" + "x" * 64 + ".example/", "no such host"),
        ("https://me@receiver.example/", "no user name"),
        ("https://me:word@receiver.example/", "no user name"),
        ("https://good.example\\@receiver.example/", "not a URL"),
        ("https://receiver.example/#part", "no fragment"),
        ("https://receiver.example/#", "no fragment"),
        ("https://127.0.0.1/", "not a public address"),
        ("https://0x7f.1/", "not a public address"),
        ("https://2130706433/", "not a public address"),
        ("https://127。0。0。1/", "not a public address"),
        ("https://0x8080808/", "an odd spelling"),
        ("https://8.8.2056/", "an odd spelling"),
        ("https://10.1.2.3:8443/", "not a public address"),
        ("https://[::1]/", "not a public address"),
        ("https://[::ffff:8.8.8.8]/", "not a public address"),
        ("https://receiver.example/" + "x" * 2048, "too long"),
    ],
)
def test_what_can_never_work_is_refused_when_typed(address: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why):
        open_webhooks(Receiver()).check_address(address)


def test_private_networks_and_plain_http_are_allowed_together() -> None:
    webhooks = open_webhooks(Receiver(), private_addresses=True)

    webhooks.check_address("http://10.1.2.3:8080/hook")
    webhooks.check_address("https://[::1]/hook")
    with pytest.raises(BadAddress, match="https only"):
        webhooks.check_address("ftp://10.1.2.3/hook")
    with pytest.raises(BadAddress, match="no user name"):
        webhooks.check_address("http://me@10.1.2.3/hook")
