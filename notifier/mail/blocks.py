"""Base64 of a text of which some lines are each recipient's own.

Runs of lines that all share are encoded once. That works because every run, shared or not, is
filled up with spaces to a multiple of three bytes: its base64 then ends without ``=``, and runs can
stand one after the other. The spaces are at the end of a line, where nobody sees them.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class Own:
    """Lines that are each recipient's own. ``pick`` takes from values what ``form`` has holes for.

    ``form`` is filled in by ``%``, the quickest way there is.
    """

    form: bytes
    pick: Callable[[Mapping[str, bytes]], Any]


Run = bytes | Own
"""Lines that all share, encoded already, or those that are each one's own."""


def cut(text: str, holes: Mapping[str, str]) -> tuple[Run, ...]:
    """Cut ``text`` into runs. ``holes``: what stands in the text for something → its name."""
    pattern = re.compile("|".join(map(re.escape, holes)) or "(?!)")
    runs: list[Run] = []
    for own, group in groupby(text.splitlines(), key=lambda each: bool(pattern.search(each))):
        run = "".join(f"{each}\r\n" for each in group)
        if own:
            form = pattern.sub("%b", run.replace("%", "%%")).encode()
            runs.append(Own(form, itemgetter(*(holes[each] for each in pattern.findall(run)))))
        else:
            runs.append(encoded(run.encode()))
    return tuple(runs)


def joined(runs: Sequence[Run], values: Mapping[str, bytes]) -> bytes:
    """The base64 of the whole text, lines and all, with ``values`` in its holes."""
    shown = [_again(run.form % run.pick(values)) if isinstance(run, Own) else run for run in runs]
    return b"".join(shown)


def encoded(run: bytes) -> bytes:
    """Base64 of whole lines, filled up."""
    if short := -len(run) % 3:
        run = run[:-2] + b" " * short + b"\r\n"
    shown = b2a_base64(run, newline=False)
    lines = [shown[at : at + 76] for at in range(0, len(shown), 76)]
    lines.append(b"")
    return b"\r\n".join(lines)


# Many have the same rules; what all share is kept encoded, and a digest, one's own, is not kept.
_again = lru_cache(1024)(encoded)
