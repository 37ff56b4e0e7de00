"""Memory as the system lends it: what pages and documents took goes back to it at once."""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # of malloc.h
_LARGE = 128 * 1024  # bytes
_SET_THP_DISABLE = 41  # of linux/prctl.h


def kept_small() -> None:
    """Keep large texts apart, one heap for all threads and pages of 4 KiB, where Linux has them.

    Left to itself glibc puts texts of up to 32 MB among small things that stay, once it has seen
    some come and go, and gives threads heaps of their own: after some hundred pages half of a
    worker's heap was free, though little of it could go back, and it grew on.

    Kiwi and numpy ask for pages of 2 MiB, and the system joins small ones into such for hours after
    (one page in use of 512 is enough): a process that did nothing grew by them. Processes begun by
    this one inherit that.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_ARENA_MAX, 1)
    if hasattr(libc, "prctl"):
        libc.prctl(_SET_THP_DISABLE, 1, 0, 0, 0)
