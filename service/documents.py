"""Documents beside the event loop: each is read in a process that may hang, die or swell.

What goes wrong in there costs that document only; the process is replaced.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from typing import Self

from scrapers.documents.answers import LENGTH, MAX_ANSWER, Answer, framed, unpacked
from scrapers.documents.model import Document, DocumentError

_WORKER = (sys.executable, "-I", "-X", "utf8", "-m", "scrapers.documents.worker")
_MAX_BYTES = 64 << 20
_START_SECONDS = 60.0
_END_SECONDS = 2.0


class Documents:
    """Reads documents, ``children`` at once at most; further callers wait for their turn.

    A process is started when it is needed and kept warm. Used within one event loop, between
    ``async with`` and its end.
    """

    def __init__(
        self, *, seconds: float = 20.0, children: int = 2, worker: Sequence[str] = _WORKER
    ) -> None:
        """``seconds`` is the time for one document; ``worker`` the command that reads them."""
        self._seconds = seconds
        self._worker = tuple(worker)
        self._children = children
        self._turn = asyncio.Semaphore(children)
        self._idle: list[Process] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        for _ in range(self._children):  # what is being read is finished first
            await self._turn.acquire()
        await asyncio.gather(*map(_end, self._idle))

    async def start(self) -> None:
        """Start one process, so that the first document does not wait for it. Half a second.

        Raises ChildProcessError where none can be started.
        """
        async with self._turn:
            self._idle.append(await self._child())

    async def read(self, content: bytes) -> Document:
        """What the document says.

        Raises DocumentError, and ChildProcessError where no process can be started that reads: the
        document is not to blame then.
        """
        if len(content) > _MAX_BYTES:
            raise DocumentError("too-large", f"more than {_MAX_BYTES >> 20} MB")
        async with self._turn:
            child, fit = await self._child(), False
            try:
                answer = await self._ask(child, content)
                fit = not answer.tired
            finally:
                if fit:
                    self._idle.append(child)
                else:
                    await _kill(child)
        if isinstance(answer.outcome, DocumentError):
            raise answer.outcome
        return answer.outcome

    async def _child(self) -> Process:
        """A process that is ready: one that has read before, or a new one."""
        while self._idle:
            child = self._idle.pop()
            if child.returncode is None:
                return child
        # An empty environment: what reads hostile bytes needs no secret of ours.
        child = await asyncio.create_subprocess_exec(
            *self._worker, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
        )
        ready = False
        try:
            async with asyncio.timeout(_START_SECONDS):
                await _answer(child)
            ready = True
        except (TimeoutError, EOFError) as error:
            raise ChildProcessError("the process that reads documents does not start") from error
        finally:
            if not ready:
                await _kill(child)
        return child

    async def _ask(self, child: Process, content: bytes) -> Answer:
        assert child.stdin is not None
        try:
            async with asyncio.timeout(self._seconds):
                child.stdin.write(framed(content))
                await child.stdin.drain()
                return unpacked(await _answer(child))
        except TimeoutError as error:
            raise DocumentError(
                "too-slow", f"it took more than {self._seconds:g} seconds"
            ) from error
        except (EOFError, OSError) as error:
            await _kill(child)
            raise DocumentError("crashed", f"the reader ended with {child.returncode}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentError("crashed", f"the reader answered nonsense: {error}") from error


async def _answer(child: Process) -> bytes:
    """The next frame. Raises EOFError where the process is gone, or promises too much."""
    assert child.stdout is not None
    length = int.from_bytes(await child.stdout.readexactly(LENGTH), "big")
    if length > MAX_ANSWER:
        raise EOFError
    return await child.stdout.readexactly(length)


async def _end(child: Process) -> None:
    """Close its input, upon which it ends; kill it where it does not."""
    assert child.stdin is not None
    child.stdin.close()
    try:
        async with asyncio.timeout(_END_SECONDS):
            await child.wait()
    except TimeoutError:
        await _kill(child)


async def _kill(child: Process) -> None:
    if child.returncode is None:
        child.kill()
    await child.communicate()  # to the end of its output: a pipe left full would stay open
