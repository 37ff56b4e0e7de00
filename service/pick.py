"""Which of an article's files are read as its documents, told by their names alone.

A name may lie about what a file is; that shows when it is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

MOST = 5  # documents of one article

_BEST_FIRST = {"hwpx": 0, "hwp": 1, "pdf": 2}
_ANY_OTHER = len(_BEST_FIRST)
_NO_DOCUMENT = frozenset(
    suffix
    for kind in (
        "jpg jpeg jfif png gif bmp tif tiff webp svg heic ai psd eps",  # pictures
        "zip egg alz 7z rar tar gz tgz",  # archives
        "xlsx xls xlsm csv cell nxl ods",  # sheets
        "pptx ppt pps ppsx show odp key",  # slides
        "doc docx odt",  # written with what ministries do not use
        "mp4 avi mov wmv mkv webm mp3 wav m4a wma aac",  # film and sound
        "exe msi apk hta js vbs lnk url ics vcf",
    )
    for suffix in kind.split()
)
# Behind the name some sites print a size: 「보도자료.hwpx (123KB)」.
_SUFFIX = re.compile(r"\.([a-z0-9]{1,5}) ?(?:[\[(][^\])]{0,40}[\])])?$")
_ANNEX = re.compile(r"\W*(?:붙임|별첨|별지|서식)")
_LONGEST = 400  # characters of a name


class Place(NamedTuple):
    """Where a file stands among the documents of its article.

    ``document`` counts them from 0, the release itself. Of the formats of one document that of
    ``rank`` 0 is read, the next where it fails.
    """

    document: int
    rank: int


def places(names: Sequence[str]) -> tuple[Place | None, ...]:
    """The place of each of ``names``; None for what is not read.

    Files with one stem are formats of one document. The first document is the release unless its
    name says 붙임 and another's does not. Of more than MOST the rest is left.
    """
    names = [unicodedata.normalize("NFC", each[:_LONGEST]) for each in names]
    documents: list[dict[int, int]] = []  # of each: format → which of the names it is
    by_stem: dict[str, list[dict[int, int]]] = {}
    for at, name in enumerate(names):
        stem, suffix = _parted(name)
        if suffix in _NO_DOCUMENT:
            continue
        known = by_stem.setdefault(stem, [])
        which = _BEST_FIRST.get(suffix, _ANY_OTHER)
        # The same name and format again is another document, whatever its author called it.
        room = next((each for each in known if which not in each), None)
        if room is None:
            room = {}
            known.append(room)
            documents.append(room)
        room[which] = at
    found: list[Place | None] = [None] * len(names)
    for document, formats in enumerate(_release_first(documents, names)[:MOST]):
        for rank, which in enumerate(sorted(formats)):
            found[formats[which]] = Place(document, rank)
    return tuple(found)


def is_packed(name: str) -> bool:
    """Whether a name says a format that is never plain text."""
    return _parted(name[-_LONGEST:])[1] in _BEST_FIRST


def _release_first(documents: list[dict[int, int]], names: Sequence[str]) -> list[dict[int, int]]:
    for each in documents:
        if not _ANNEX.match(names[min(each.values())]):
            return [each, *(other for other in documents if other is not each)]
    return documents


def _parted(name: str) -> tuple[str, str]:
    """A name's stem, to compare, and its suffix; "" where it has none."""
    plain = " ".join(name.casefold().split())
    suffix = _SUFFIX.search(plain)
    if suffix is None:
        return plain.replace(" ", ""), ""
    return plain[: suffix.start()].replace(" ", ""), suffix[1]
