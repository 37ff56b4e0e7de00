"""Morphology beside the event loop: Kiwi in a process of its own, asked in batches.

Kiwi holds the interpreter while it reads one text, and takes 350 MB: so there is one, apart.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import chain
from multiprocessing.connection import wait
from typing import Self

from service.judging.morphemes import Morph, Morphology, Morphs
from service.reading.publishers import Registry

_PORTION = 30_000  # bytes; a pipe holds 64 KiB
REMEMBERED = 40_000  # windows; words come round again, and each is about 400 bytes
_SHARED = 1 << 14  # morphemes


class Analyser:
    """Gives morphemes of windows. One per process, used by any number of tasks of one loop.

    The process beside starts with ``start`` (or the first question) and ends with ``stop``; it also
    ends by itself when this process is gone, however it went.
    """

    def __init__(self) -> None:
        self._pool = _new_pool()
        self._turn = asyncio.Lock()
        self._asked: set[str] = set()
        self._known: OrderedDict[str, Morphs] = OrderedDict()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Load the dictionaries, so that the first question is not slow. About two seconds."""
        await self._send([])

    async def stop(self) -> None:
        """End the process beside; what it is busy with is finished first."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    async def analyse(self, windows: Collection[str]) -> dict[str, Morphs]:
        """Morphemes by window. Questions put while a batch is under way go out together.

        Raises BrokenProcessPool where the process beside died over the batch twice.
        """
        answer = self._recall(windows)
        missing = set(windows) - answer.keys()
        if missing:
            self._asked |= missing
            async with self._turn:
                answer |= self._recall(missing)
                missing -= answer.keys()
                if missing:
                    fresh = await self._ask(missing)
                    answer |= {window: fresh[window] for window in missing}
        return answer

    async def analyse_once(self, windows: Collection[str]) -> dict[str, Morphs]:
        """The same of what is not asked again soon: nothing of it is remembered."""
        async with self._turn:
            return dict(zip(windows, await self._send([*windows]), strict=True))

    async def _ask(self, missing: set[str]) -> Mapping[str, Morphs]:
        """Send what everybody who waits has asked for, and remember the answers."""
        batch = [window for window in self._asked | missing if window not in self._known]
        self._asked = set()
        answers = (tuple(map(_shared, each)) for each in await self._send(batch))
        fresh = dict(zip(batch, answers, strict=True))
        self._known.update(fresh)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return fresh

    async def _send(self, batch: Sequence[str]) -> list[Morphs]:
        """Send a batch portion by portion."""
        answers = [await self._hand_over(portion) for portion in _portions(batch)]
        return list(chain.from_iterable(answers))

    async def _hand_over(self, batch: Sequence[str]) -> list[Morphs]:
        try:
            return await self._submit(batch)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = _new_pool()
            return await self._submit(batch)

    def _submit(self, batch: Sequence[str]) -> asyncio.Future[list[Morphs]]:
        """Hand a batch to the process beside, which begins here where there is none.

        Ctrl-C reaches both and the parent decides: the other is deaf to it from its first moment,
        as what is blocked is inherited. Later it would be in the midst of its imports.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return asyncio.get_running_loop().run_in_executor(self._pool, _analyse, batch)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _recall(self, windows: Collection[str]) -> dict[str, Morphs]:
        answer = {window: self._known[window] for window in windows if window in self._known}
        for window in answer:
            self._known.move_to_end(window)
        return answer


@lru_cache(_SHARED)
def _shared(morph: Morph) -> Morph:
    """The one of all that are alike: so windows take half as much memory."""
    return morph


def _portions(batch: Sequence[str]) -> Iterator[Sequence[str]]:
    """The batch in parts that a pipe takes whole, at least one.

    Before Python 3.11.5 a pool whose process died over a half-written part can never be left.
    """
    part: list[str] = []
    size = 0
    for window in batch:
        size += 4 * len(window) + 16
        if part and size > _PORTION:
            yield part
            part, size = [], 4 * len(window) + 16
        part.append(window)
    yield part


def _new_pool() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_begin)


# What follows runs in the process beside.
_morphology: Morphology | None = None


def _begin() -> None:
    global _morphology  # noqa: PLW0603 - a process of its own, with nothing else in it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _morphology = Morphology(Registry.load().names())


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _analyse(batch: Sequence[str]) -> list[Morphs]:
    assert _morphology is not None
    return _morphology.analyse(batch)
