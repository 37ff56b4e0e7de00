"""The host against processes that behave, hang, die, swell and lie."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from scrapers.documents.model import DocumentError
from service.documents import Documents

# A process that does as the document says; its answer names it, so that tests know who answered.
FAKE = """
import json, os, sys, time
def say(body):
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()
say(b"")
while head := sys.stdin.buffer.read(4):
    order = sys.stdin.buffer.read(int.from_bytes(head, "big")).decode()
    if order == "hang":
        time.sleep(600)
    if order == "die":
        os.abort()
    if order == "lie":
        say(b"{}")
        continue
    if order == "boast":
        sys.stdout.buffer.write(bytes([255] * 4))
        sys.stdout.buffer.flush()
        continue
    if order == "chatter":
        sys.stdout.buffer.write((1 << 20).to_bytes(4, "big") + bytes(1 << 19))
        sys.stdout.buffer.flush()
        time.sleep(600)
    if order == "pause":
        time.sleep(0.2)
    document = {"container": "text", "text": f"{order} {os.getpid()}", "parser": "fake",
                "tables": 0, "facts": {"published": None}}
    say(json.dumps({"tired": order == "tire", "document": document}).encode())
"""


@pytest.fixture
def worker() -> list[str]:
    return [sys.executable, "-I", "-c", FAKE]


async def reason(documents: Documents, content: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        await documents.read(content)
    return caught.value.reason


async def who(documents: Documents, content: bytes = b"hello") -> int:
    return int((await documents.read(content)).text.split()[1])


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_a_process_is_kept_warm(worker: list[str]) -> None:
    async with Documents(worker=worker) as documents:
        assert await who(documents) == await who(documents)


async def test_a_process_that_was_started_ahead_reads_the_first_document(
    worker: list[str],
) -> None:
    before = open_files()
    async with Documents(worker=worker) as documents:
        await documents.start()
        started = open_files()
        await who(documents)

        assert before < started == open_files()


async def test_a_hang_costs_that_document_only(worker: list[str]) -> None:
    async with Documents(seconds=0.3, children=1, worker=worker) as documents:
        before = await who(documents)
        assert await reason(documents, b"hang") == "too-slow"
        assert not alive(before)
        assert await who(documents) != before


@pytest.mark.parametrize("order", [b"die", b"lie", b"boast"])
async def test_a_death_or_a_lie_costs_that_document_only(worker: list[str], order: bytes) -> None:
    async with Documents(children=1, worker=worker) as documents:
        before = await who(documents)
        assert await reason(documents, order) == "crashed"
        assert not alive(before)
        assert await who(documents) != before


async def test_a_tired_process_is_replaced_after_its_answer(worker: list[str]) -> None:
    async with Documents(children=1, worker=worker) as documents:
        tired = await who(documents, b"tire")
        assert not alive(tired)
        assert await who(documents) != tired


async def test_a_process_that_ended_while_idle_is_not_asked(worker: list[str]) -> None:
    async with Documents(children=1, worker=worker) as documents:
        idle = await who(documents)
        os.kill(idle, signal.SIGKILL)
        await documents._idle[0].wait()
        assert await who(documents) != idle


async def test_more_callers_than_processes_wait_for_their_turn(worker: list[str]) -> None:
    async with Documents(children=2, worker=worker) as documents:
        pids = await asyncio.gather(*(who(documents, b"pause") for _ in range(6)))
    assert len(set(pids)) == 2


async def test_a_caller_that_gives_up_ends_its_process(worker: list[str]) -> None:
    async with Documents(children=1, worker=worker) as documents:
        busy = await who(documents)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await documents.read(b"hang")
        assert not alive(busy)
        assert await who(documents) != busy


async def test_nothing_is_left_behind(worker: list[str]) -> None:
    before = open_files()
    async with Documents(seconds=0.3, worker=worker) as documents:
        pids = [await who(documents)]
        for order in (b"hang", b"die", b"lie", b"chatter"):
            await reason(documents, order)
        pids += await asyncio.gather(*(who(documents) for _ in range(4)))
    assert not any(alive(pid) for pid in pids)
    for _ in range(100):  # pipes are closed in the turns of the loop after the end
        await asyncio.sleep(0)
    assert open_files() <= before


async def test_a_document_over_the_bound_is_not_even_sent() -> None:
    async with Documents(worker=["/nowhere"]) as documents:
        assert await reason(documents, bytes((64 << 20) + 1)) == "too-large"


async def test_a_reader_that_does_not_start_is_not_the_documents_fault() -> None:
    async with Documents(worker=[sys.executable, "-c", "pass"]) as documents:
        with pytest.raises(ChildProcessError):
            await documents.read(b"hello")


async def test_the_true_worker_reads_refuses_and_reads_on() -> None:
    async with Documents(children=1) as documents:
        assert (await documents.read("보도자료".encode())).text == "보도자료"
        assert await reason(documents, b"\x89PNG") == "unsupported"
        assert (await documents.read("끝".encode())).text == "끝"
