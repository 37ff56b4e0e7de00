from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from notifier.egress import Names, Pool, Reply, is_public, literal
from notifier.errors import TryAgain

ORDINARY = """
    1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.32.0.1 223.130.200.104 2001:200::1
    2001:4860:4860::8888 2606:4700::1111 2406:da12::1 2a00::1
"""

SPECIAL = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.9.9.9
    168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.10
    192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1
    203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8
    ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
    64:ff9b:1::7f00:1 64:ff9b:1:ffff::1 100::1 2001::1 2001:0:7f00:1::1 2001:10::1
    2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 4000::1 5f00::1 fc00::1
    fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1
"""


class Dns:
    """A DNS in memory: each look-up of any name takes the next answer, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


class Site:
    """Says 200 to all; ``heads`` of the requests of each connection."""

    def __init__(self) -> None:
        self.heads: list[list[str]] = []
        self.port = 0
        self.serving: list[asyncio.Task[None] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[str] = []
        self.heads.append(mine)
        self.serving.append(asyncio.current_task())
        try:
            while True:
                mine.append((await reader.readuntil(b"\r\n\r\n")).decode("ascii").lower())
                await reader.readexactly(len(BODY))
                writer.write(b"HTTP/1.1 200 Fine\r\ncontent-length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


BODY = b"body"


@asynccontextmanager
async def _site(certificate: Path | None = None) -> AsyncIterator[Site]:
    site, context = Site(), None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    async with await asyncio.start_server(site.serve, "127.0.0.1", 0, ssl=context) as server:
        site.port = server.sockets[0].getsockname()[1]
        yield site
    await asyncio.gather(*filter(None, site.serving))


@asynccontextmanager
async def _pool(dns: Dns, trusted: Path | None = None) -> AsyncIterator[Pool]:
    context = ssl.create_default_context(cafile=trusted)
    pool = Pool(Names(private=True, resolve=dns), context, timeout=5.0, connections=20)
    try:
        yield pool
    finally:
        await pool.aclose()


async def _posted(pool: Pool, url: str) -> Reply:
    return await pool.post(URL(url), BODY, {"user-agent": "Pabal/1", "x-mine": "1"})


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


async def _looked_up(*answer: str) -> list[str]:
    found = await Names(private=False, resolve=Dns(answer)).resolve("receiver.example", 8443)
    assert {(each["hostname"], each["port"]) for each in found} == {("receiver.example", 8443)}
    assert {each["flags"] for each in found} == {socket.AI_NUMERICHOST}
    return [each["host"] for each in found]


async def test_a_connection_is_made_to_the_addresses_that_were_judged() -> None:
    assert await _looked_up("2606:4700::1111", "8.8.8.8") == ["2606:4700::1111", "8.8.8.8"]


@pytest.mark.parametrize(
    "answer",
    [["8.8.8.8", "10.0.0.1"], ["64:ff9b::808:808", "8.8.8.8"], ["127.0.0.1", "8.8.8.8", "::1"]],
)
async def test_of_a_name_only_the_public_addresses_are_connected_to(answer: list[str]) -> None:
    assert await _looked_up(*answer) == ["8.8.8.8"]


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["64:ff9b::808:808"], ["fd00::1", "10.0.0.1"]])
async def test_a_name_without_a_public_address_is_tried_again(answer: list[str]) -> None:
    with pytest.raises(TryAgain) as caught:
        await _looked_up(*answer)

    assert str(caught.value) == "공개 주소가 아닙니다 (not a public address): receiver.example"


async def test_a_dns_that_changes_its_mind_is_judged_each_time() -> None:
    names = Names(private=False, resolve=Dns(["8.8.8.8"], ["127.0.0.1"]))

    assert [each["host"] for each in await names.resolve("rebinding.example")] == ["8.8.8.8"]
    with pytest.raises(TryAgain, match="not a public address"):
        await names.resolve("rebinding.example")


async def test_a_name_without_addresses_is_tried_again() -> None:
    async def nothing(_: str) -> Sequence[str]:
        raise OSError("no such name")

    for dns in (nothing, Dns([])):
        with pytest.raises(TryAgain, match="does not resolve"):
            await Names(private=True, resolve=dns).resolve("nobody.example")


async def test_a_post_looks_its_host_up_once_and_asks_in_its_name() -> None:
    dns = Dns(["127.0.0.1"], ["127.0.0.2"])
    async with _site() as site, _pool(dns) as pool:
        reply = await _posted(pool, f"http://receiver.example:{site.port}/hook?a=b")

    assert (reply.status, reply.body, reply.broken) == (200, b"ok", False)
    ((head,),) = site.heads
    lines = head.split("\r\n")
    assert lines[0] == "post /hook?a=b http/1.1"
    assert sorted(line.split(": ")[0] for line in lines[1:-2]) == [
        "content-length", "content-type", "host", "user-agent", "x-mine",
    ]  # fmt: skip
    assert f"host: receiver.example:{site.port}" in lines
    assert dns.asked == ["receiver.example"]


async def test_a_connection_serves_its_host_again_and_no_other_at_its_address() -> None:
    async with _site() as site, _pool(Dns(["127.0.0.1"])) as pool:
        for name in ("first.example", "first.example", "second.example"):
            await _posted(pool, f"http://{name}:{site.port}/")

    assert [len(heads) for heads in site.heads] == [2, 1]


async def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    async with _site() as site, _pool(Dns(["127.0.0.2", "127.0.0.1"])) as pool:
        assert (await _posted(pool, f"http://two.example:{site.port}/")).status == 200


async def test_where_no_address_takes_a_connection_it_is_tried_again() -> None:
    async with _site() as site, _pool(Dns(["127.0.0.2", "127.0.0.3"])) as pool:
        with pytest.raises(TryAgain, match="no connection"):
            await _posted(pool, f"http://down.example:{site.port}/")


async def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(
    tmp_path: Path,
) -> None:
    certificate = _certificate(tmp_path, "receiver.example")
    async with _site(certificate) as site, _pool(Dns(["127.0.0.1"]), certificate) as pool:
        assert (await _posted(pool, f"https://receiver.example.:{site.port}/")).status == 200
        for other in ("other.example", "127.0.0.1"):
            with pytest.raises(TryAgain, match="ClientConnectorCertificateError"):
                await _posted(pool, f"https://{other}:{site.port}/")


async def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, "receiver.example")
    async with _site(certificate) as site, _pool(Dns(["127.0.0.1"])) as pool:
        with pytest.raises(TryAgain, match="ClientConnectorCertificateError"):
            await _posted(pool, f"https://receiver.example:{site.port}/")


async def test_one_server_is_posted_to_ten_times_at_once_at_most() -> None:
    here, answer = asyncio.Semaphore(0), asyncio.Event()
    open_now: list[int] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(BODY)
        open_now.append(1)
        here.release()
        await answer.wait()
        writer.write(b"HTTP/1.1 204 Fine\r\nconnection: close\r\n\r\n")
        writer.close()

    async with (
        await asyncio.start_server(hold, "127.0.0.1", 0) as server,
        _pool(Dns(["127.0.0.1"])) as pool,
    ):
        url = f"http://receiver.example:{server.sockets[0].getsockname()[1]}/"
        posts = [asyncio.create_task(_posted(pool, url)) for _ in range(14)]
        for _ in range(10):
            await here.acquire()
        await asyncio.sleep(0.05)
        assert len(open_now) == 10
        answer.set()
        assert [(await each).status for each in posts] == [204] * 14


def _certificate(folder: Path, host: str) -> Path:
    """A key and a certificate that ``host`` signed for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "site.pem"
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return file
