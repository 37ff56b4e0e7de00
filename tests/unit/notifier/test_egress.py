from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

import httpx
import pytest

from notifier.egress import PublicOnly, is_public, literal
from notifier.errors import TryAgain, Undeliverable

ORDINARY = """
    1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.32.0.1 223.130.200.104 2001:200::1
    2001:4860:4860::8888 2606:4700::1111 2406:da12::1 2a00::1
"""

SPECIAL = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.9.9.9
    169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.10
    192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1
    203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8
    ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
    64:ff9b:1::7f00:1 64:ff9b:1:ffff::1 100::1 2001::1 2001:0:7f00:1::1 2001:10::1
    2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 4000::1 5f00::1 fc00::1
    fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1
"""


class Names:
    """A DNS in memory: each look-up of any name takes the next answer."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0)


class Wire:
    """Connects to anything but ``dead``; remembers what it was asked to do."""

    def __init__(self, *dead: str) -> None:
        self.got: list[httpx.Request] = []
        self._dead = dead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        if request.url.host in self._dead:
            raise httpx.ConnectError("refused")
        return httpx.Response(204)


def _client(wire: Wire, names: Names) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=PublicOnly(httpx.MockTransport(wire), names))


@pytest.mark.parametrize(
    "address",
    ORDINARY.split(),
)
def test_an_ordinary_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    SPECIAL.split(),
)
def test_an_address_for_special_use_or_with_another_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("host", "spelt"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("receiver.example", None),
        ("256.1.1.1", None),
    ],
)
def test_an_oddly_spelt_address_is_recognised(host: str, spelt: str | None) -> None:
    assert literal(host) == (ip_address(spelt) if spelt else None)


async def test_the_connection_goes_to_the_judged_address_in_the_name_of_its_host() -> None:
    wire, names = Wire(), Names(["8.8.8.8"])

    await _client(wire, names).post("https://receiver.example:8443/hook?a=b", content=b"body")

    (request,) = wire.got
    assert str(request.url) == "https://8.8.8.8:8443/hook?a=b"
    assert request.headers["host"] == "receiver.example:8443"
    assert request.extensions["sni_hostname"] == "receiver.example"
    assert (request.method, request.content) == ("POST", b"body")


async def test_a_connection_made_for_one_host_is_not_kept_for_another_at_its_address() -> None:
    wire = Wire()

    await _client(wire, Names(["8.8.8.8"])).get("https://receiver.example/")

    assert wire.got[0].headers.get_list("connection") == ["close"]


async def test_an_international_name_is_asked_for_and_certified_in_ascii() -> None:
    wire, names = Wire(), Names(["2606:4700::1111"])

    await _client(wire, names).get("https://파발.example./")

    assert names.asked == ["xn--ih3bl33b.example."]
    assert wire.got[0].extensions["sni_hostname"] == "xn--ih3bl33b.example"
    assert wire.got[0].url.host == "2606:4700::1111"


async def test_a_dns_that_changes_its_mind_is_asked_once_a_request() -> None:
    wire, names = Wire(), Names(["8.8.8.8"], ["127.0.0.1"])
    client = _client(wire, names)

    await client.get("https://rebinding.example/")
    with pytest.raises(Undeliverable):
        await client.get("https://rebinding.example/")

    assert [request.url.host for request in wire.got] == ["8.8.8.8"]
    assert len(names.asked) == 2


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fd00::1", "8.8.8.8"]])
async def test_one_private_address_refuses_the_whole_name(answer: list[str]) -> None:
    wire = Wire()

    with pytest.raises(Undeliverable) as caught:
        await _client(wire, Names(answer)).get("https://inside.example/secret")

    assert str(caught.value) == "공개 주소가 아닙니다 (not a public address): inside.example"
    assert wire.got == []


async def test_a_name_without_addresses_is_tried_again() -> None:
    async def nothing(_: str) -> Sequence[str]:
        raise OSError("no such name")

    for names in (nothing, Names([])):
        guard = PublicOnly(httpx.MockTransport(Wire()), names)
        with pytest.raises(TryAgain, match="does not resolve"):
            await httpx.AsyncClient(transport=guard).get("https://nobody.example/")


async def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    wire = Wire("2606:4700::1111")

    answer = await _client(wire, Names(["2606:4700::1111", "8.8.8.8"])).get("https://two.example/")

    assert answer.status_code == 204
    assert [request.url.host for request in wire.got] == ["2606:4700::1111", "8.8.8.8"]


async def test_where_no_address_takes_a_connection_the_last_failure_is_told() -> None:
    wire = Wire("1.1.1.1", "8.8.8.8")

    with pytest.raises(httpx.ConnectError):
        await _client(wire, Names(["1.1.1.1", "8.8.8.8"])).get("https://down.example/")
