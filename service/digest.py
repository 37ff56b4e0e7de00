"""Digest: gather | tell. Windows that have closed are told of, each subscription's by itself."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from service.store.digests import Digests

log = structlog.get_logger()

_AT_ONCE = 2000  # things that wait, told of in one transaction


@dataclass(frozen=True, slots=True)
class Digest:
    """The step with its tools."""

    digests: Digests

    async def gather(self) -> None:
        """Tell of every window that has closed; nearly always there is none."""
        told = 0
        while windows := await self.digests.tell(_AT_ONCE):
            told += windows
        if told:
            log.info("digest.told", windows=told)
