"""Memory of the C library: what pages and documents took goes back to the system at once."""

from __future__ import annotations

import ctypes

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8  # of malloc.h
_LARGE = 128 * 1024  # bytes


def kept_small() -> None:
    """Keep large texts apart, and one heap for all threads; without glibc nothing is done.

    Left to itself it puts texts of up to 32 MB among small things that stay, once it has seen some
    come and go, and gives threads heaps of their own: after some hundred pages half of a worker's
    heap was free, though little of it could go back, and it grew on.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE)
        mallopt(_ARENA_MAX, 1)
