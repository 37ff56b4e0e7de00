"""A recorded stream of real releases, kept outside the project, as releases of the replica."""

from __future__ import annotations

import gzip
import json
import zlib
from datetime import datetime
from pathlib import Path

from service.demo.world import Release
from service.model import SEOUL

_FIELDS = ("news_item_id", "title", "ministry", "approve_date", "url", "text")
_OWN_SITES = {"중소벤처기업부": "mss", "외교부": "mofa"}


class ReplayError(Exception):
    """The file cannot be replayed; the message names it and the line, counted from 1."""


def load(path: Path) -> list[Release]:
    """Releases of ``path`` (.jsonl, or .jsonl.gz) by time; each is on korea_kr.

    A line is an object of strings: news_item_id (digits), title, ministry, approve_date
    (``2026-03-01T09:53:51``, Asia/Seoul), url and text. Two ministries have a site of their own and
    are there too. Raises ReplayError for a line that is not so, OSError for a file that is not
    there.
    """
    releases = []
    line = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for line, written in enumerate(lines, start=1):  # noqa: B007 -- said in the error
                releases.append(_release(json.loads(written)))
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ReplayError(f"{path}:{max(1, line)}: {error}") from error
    return sorted(releases, key=lambda release: (release.published, release.id))


def _release(written: object) -> Release:
    """One line. Raises ValueError saying what is wrong with it."""
    if not isinstance(written, dict):
        raise ValueError("not an object")  # noqa: TRY004 -- wrong data, not a wrong call
    for name in _FIELDS:
        if not isinstance(written.get(name), str):
            raise ValueError(f"{name} is missing or not a string")  # noqa: TRY004
    ministry = written["ministry"]
    own = {_OWN_SITES[ministry]} if ministry in _OWN_SITES else set()
    return Release(
        id=int(written["news_item_id"]),
        ministry=ministry,
        title=written["title"],
        text="\n".join(line for line in written["text"].splitlines() if line.strip()),
        published=datetime.strptime(written["approve_date"], "%Y-%m-%dT%H:%M:%S").replace(
            tzinfo=SEOUL
        ),
        sites=frozenset({"korea_kr"} | own),
    )
