"""Nothing reaches this machine by a name that changes its address, nor by a redirect."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from notifier.egress import Names
from notifier.errors import TryAgain, Undeliverable
from notifier.posting import judge
from tests.faults.inside import guarded, listening, served


class Flipping(Names):
    """A DNS that says something else each time, from the first of ``answers`` on."""

    def __init__(self, *answers: Sequence[str], private: bool = False) -> None:
        super().__init__(private=private, resolve=self._next)
        self.asked = 0
        self._answers = answers

    async def _next(self, _: str) -> Sequence[str]:
        self.asked += 1
        return self._answers[(self.asked - 1) % len(self._answers)]


@pytest.mark.fault(18)
async def test_a_name_that_is_rebound_after_it_was_judged_leads_nowhere_else() -> None:
    """Of two loopback addresses one stands for outside: there is a receiver, no canary."""
    got = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\nx"))
        writer.write(b"HTTP/1.1 204 Fine\r\n\r\n")

    dns = Flipping(["127.0.0.2"], ["127.0.0.1"], private=True)
    async with (
        listening() as canary,
        served(take, "127.0.0.2", canary.port),
        guarded(private=True, dns=dns) as poster,
    ):
        for _ in range(20):
            assert (await poster.post(f"http://flip.example:{canary.port}/", b"x", {})).taken

    assert (len(got), dns.asked, canary.visitors) == (20, 1, [])


@pytest.mark.fault(18)
@pytest.mark.parametrize("inside", ["127.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1"])
async def test_a_public_address_beside_an_inside_one_does_not_help(inside: str) -> None:
    dns = Flipping(["8.8.8.8", inside], [inside, "8.8.8.8"], [inside])
    for _ in range(2):
        assert [each["host"] for each in await dns.resolve("flip.example")] == ["8.8.8.8"]
    async with listening() as canary, guarded(dns=dns) as poster:
        with pytest.raises(TryAgain, match="not a public address"):
            await poster.post(f"https://flip.example:{canary.port}/", b"x", {})

    assert (dns.asked, canary.visitors) == (3, [])


@pytest.mark.fault(18)
@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize(
    "where",
    [
        "location: http://127.0.0.1:{port}/",
        "location: //localhost:{port}/",
        "location: http://[::ffff:127.0.0.1]:{port}/",
        "location: http://2130706433:{port}/",
        "location: file:///etc/passwd",
        "location: http://[broken",
        "uri: http://127.0.0.1:{port}/",
        "refresh: 0; url=http://127.0.0.1:{port}/",
        'link: <http://127.0.0.1:{port}/>; rel="canonical"',
        'alt-svc: http/1.1="127.0.0.1:{port}"',
    ],
)
async def test_a_redirect_to_inside_is_not_followed(status: int, where: str) -> None:
    async def send_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\nx")
        head = f"HTTP/1.1 {status} Away\r\n{where.format(port=canary.port)}\r\n"
        writer.write(f"{head}content-length: 0\r\n\r\n".encode())

    async with (
        listening() as canary,
        served(send_on, "127.0.0.1") as port,
        guarded(private=True) as poster,
    ):
        answer = await poster.post(f"http://127.0.0.1:{port}/hook", b"x", {})
        with pytest.raises(Undeliverable, match=f"{status}: .*redirect"):
            judge(answer)

    assert canary.visitors == []
