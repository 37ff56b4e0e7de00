"""XML as publishers write it → XML that a strict parser takes: what it forbids goes, no more."""

from __future__ import annotations

import re

_CONTROLS = bytes({*range(32)} - set(b"\t\n\r"))
_NO_LETTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")  # U+FFFE and U+FFFF
# What never ends would be tried from each of its places, so a run is taken whole or not at all.
_REFERENCE = rb"&#(?:[xX][0-9a-fA-F]++|\d++);"
_REFERENCES = re.compile(rb"%b(?:%b)*+" % (_REFERENCE, _REFERENCE))  # begins as each: found fast
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d+|amp|lt|gt|quot|apos);)")
_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_LAST = 0x10FFFF
_LONGEST = 8  # digits, more than the last letter has


def mended(markup: bytes) -> bytes:
    """``markup`` (UTF-8) without letters that XML forbids, written as they are or by number.

    Halves of a pair of UTF-16, as Java escapes what lies beyond 65,535, become their letter. ``&``
    that begins no entity is written as one. In CDATA both are text and stay.
    """
    permitted = _permitted(markup)
    pieces = []
    at = 0
    while (begin := permitted.find(_CDATA, at)) >= 0:
        end = permitted.find(_CDATA_END, begin)
        if end < 0:
            break
        pieces += [_escaped(permitted[at:begin]), permitted[begin:end]]
        at = end
    return b"".join([*pieces, _escaped(permitted[at:])])


def numbered(markup: bytes) -> bytes:
    """``markup`` whose letters by number are letters: halves of a pair joined, others left out."""
    return _REFERENCES.sub(_legal, markup)


def _permitted(text: bytes) -> bytes:
    return _NO_LETTERS.sub(b"", text.translate(None, _CONTROLS))


def _escaped(markup: bytes) -> bytes:
    return _BARE_AMPERSAND.sub(b"&amp;", numbered(markup))


def _legal(run: re.Match[bytes]) -> bytes:
    numbers = map(_number, run[0][2:-1].split(b";&#"))
    units = "".join(chr(each) for each in numbers if each <= _LAST)
    letters = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return "".join(f"&#{ord(each)};" for each in _permitted(letters.encode()).decode()).encode()


def _number(written: bytes) -> int:
    digits = written.lstrip(b"xX")
    base = 10 if digits == written else 16
    return int(digits.lstrip(b"0")[:_LONGEST] or b"0", base)
