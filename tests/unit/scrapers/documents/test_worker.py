import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scrapers.documents.answers import LENGTH, Answer, framed, unpacked
from scrapers.documents.model import Document, DocumentError

COMMAND = (sys.executable, "-I", "-m", "scrapers.documents.worker")
Worker = subprocess.Popen[bytes]


@pytest.fixture
def worker() -> Iterator[Worker]:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}) as run:
        assert answer(run) == b""
        yield run
        run.kill()


def answer(worker: Worker) -> bytes:
    assert worker.stdout is not None
    return worker.stdout.read(int.from_bytes(worker.stdout.read(LENGTH), "big"))


def ask(worker: Worker, content: bytes) -> Answer:
    assert worker.stdin is not None
    worker.stdin.write(framed(content))
    worker.stdin.flush()
    return unpacked(answer(worker))


def test_it_answers_one_document_after_another(worker: Worker) -> None:
    first, second = ask(worker, "하나".encode()), ask(worker, b"\x89PNG")
    assert isinstance(first.outcome, Document)
    assert first.outcome.text == "하나"
    assert isinstance(second.outcome, DocumentError)
    assert second.outcome.reason == "unsupported"
    assert not second.tired


def test_it_bounds_itself_before_it_reads(worker: Worker) -> None:
    limits = Path(f"/proc/{worker.pid}/limits").read_text()
    rows = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert rows["Max file size"] == "0"
    assert rows["Max core file size"] == "0"
    assert rows["Max open files"] == "64"
    assert int(rows["Max address space"]) < 4 << 30
    assert rows["Max cpu time"] == "unlimited"
    ask(worker, b"one")
    granted = Path(f"/proc/{worker.pid}/limits").read_text().split("Max cpu time")[1].split()[0]
    assert 30 <= int(granted) < 60


def test_it_ends_when_its_input_does(worker: Worker) -> None:
    assert worker.stdin is not None
    worker.stdin.close()
    assert worker.wait(10) == 0


def test_half_a_document_is_not_read(worker: Worker) -> None:
    assert worker.stdin is not None
    worker.stdin.write(framed(b"whole")[:-1])
    worker.stdin.close()
    assert answer(worker) == b""
    assert worker.wait(10) == 0
