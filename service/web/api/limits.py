"""How often somebody may ask: a bucket each, which fills up again evenly. Per process."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

_MINUTE = 60.0
_KNOWN = 10_000  # buckets; whoever was not seen for longest begins with a full one again


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may still ask. ``full_in`` and ``wait`` in seconds; 0: they may ask."""

    limit: int
    left: int
    full_in: int
    wait: int

    @property
    def headers(self) -> Mapping[str, str]:
        """The same for the one who asked."""
        said = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.full_in),
            "RateLimit-Policy": f"{self.limit};w=60",
        }
        return said | ({"Retry-After": str(self.wait)} if self.wait else {})


class Buckets:
    """The buckets of all who ask."""

    def __init__(self) -> None:
        """Every bucket is full at first."""
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, per_minute: int) -> Allowance:
        """Take one from somebody's bucket of ``per_minute``, where there is one in it."""
        now = time.monotonic()
        then, held = self._held.pop(who, (now, float(per_minute)))
        each = _MINUTE / per_minute  # seconds
        held = min(float(per_minute), held + (now - then) / each)
        taken = held >= 1
        held -= taken
        self._held[who] = now, held
        if len(self._held) > _KNOWN:
            self._held.popitem(last=False)
        wait = 0 if taken else max(1, math.ceil((1 - held) * each))
        return Allowance(per_minute, int(held), math.ceil((per_minute - held) * each), wait)
