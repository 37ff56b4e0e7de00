"""The process in which documents are read: ``python -m scrapers.documents.worker``.

It reads one document after another from its standard input and answers on its standard output (see
``answers``). Each may take so much time and memory and no more; what breaks a bound that Python can
not answer for ends the process, and its host starts another. It ends with its host, at the latest
when the document at hand has used up its time.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

from scrapers.documents.answers import LENGTH, Answer, framed, packed
from scrapers.documents.model import Document, DocumentError
from scrapers.documents.readers import read

_MEMORY = 1 << 30  # bytes above what the process takes when it begins
_GROWN = 300 << 20  # bytes that it may keep between documents
_DOCUMENTS = 500
_CPU_SECONDS = 30  # for one document
_OPEN_FILES = 64
_PAGE = resource.getpagesize()


def main() -> None:
    """Answer until the input ends or it is time for a fresh process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the host decides
    questions, answers = sys.stdin.buffer, _own_output()
    mapped, begun = _memory()
    _bound(mapped)
    _say(answers, b"")  # ready
    for count in range(1, _DOCUMENTS + 1):
        content = _next(questions)
        if content is None:
            return
        _grant_time()
        outcome = _outcome(content)
        tired = count == _DOCUMENTS or _memory()[1] > begun + _GROWN
        _say(answers, packed(Answer(outcome, tired)))


def _own_output() -> BinaryIO:
    """The standard output for us alone; what a library prints goes nowhere."""
    ours = os.dup(sys.stdout.fileno())
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    return os.fdopen(ours, "wb")


def _bound(mapped: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, mapped + _MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (bound, bound))


def _grant_time() -> None:
    """So many more seconds of the processor, from here."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = int(used.ru_utime + used.ru_stime) + _CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def _memory() -> tuple[int, int]:
    """Bytes mapped, and of these in memory."""
    mapped, resident = Path("/proc/self/statm").read_text(encoding="ascii").split()[:2]
    return int(mapped) * _PAGE, int(resident) * _PAGE


def _next(questions: BinaryIO) -> bytes | None:
    """The next document; None where the host has closed its end, or is gone."""
    length = questions.read(LENGTH)
    if len(length) < LENGTH:
        return None
    content = questions.read(int.from_bytes(length, "big"))
    return content if len(content) == int.from_bytes(length, "big") else None


def _outcome(content: bytes) -> Document | DocumentError:
    try:
        return read(content)
    except DocumentError as error:
        return error
    except MemoryError:
        return DocumentError("crashed", "the memory for one document ran out")


def _say(answers: BinaryIO, body: bytes) -> None:
    answers.write(framed(body))
    answers.flush()


if __name__ == "__main__":
    main()
