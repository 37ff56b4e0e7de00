"""Telephone numbers as offices print them: dashes of any kind, blanks, from abroad, 050x."""

from __future__ import annotations

import re

_DASH = r"\s{0,2}[-‐‑−–―－)）.․·]\s{0,2}"
_SEP = rf"(?:{_DASH}|[ ])"
_ABROAD = rf"\+[ ]?82(?:{_SEP}|(?=[(（]))(?:[(（]0[)）][ ]?|0)?"


def _number(code: str) -> str:
    """Parted by dashes, or by blanks where no other digits stand beside it.

    Most places of a text are let go by their first letter.
    """
    return (
        rf"(?=[0+])(?:(?<![0-9-])0{code}{_DASH}[0-9]{{3,4}}{_DASH}[0-9]{{4}}"
        rf"|(?<![0-9-])(?<![0-9][ ])0{code}{_SEP}[0-9]{{3,4}}{_SEP}[0-9]{{4}}(?![ ][0-9])"
        rf"|{_ABROAD}{code}{_SEP}[0-9]{{3,4}}{_SEP}[0-9]{{4}})(?![0-9])"
    )


_CODE = r"(?:2|3[1-3]|4[1-4]|5[1-5]|50[0-9]|6[1-4]|70|10)"
OFFICE = _number(_CODE)
"""A pattern for the number of an office or a person, none that is free of charge."""
ANY = _number(r"(?:2|[0-9]{2}|50[0-9])")
"""A pattern for whatever is a telephone number."""
MASKED = rf"(?<![0-9-])0{_CODE}{_DASH}[0-9*\\xX○]{{3,10}}{_DASH}[0-9*\\xX○]{{4,8}}"
"""A pattern for one of which digits are left out."""


def spelt(number: str) -> str:
    """``+82 (0)44 203 4010`` and ``044−203−4010`` are ``044-203-4010``; 1588-0000 stays."""
    *area, exchange, line = re.findall(r"[0-9]+", number)
    code = f"0{area[-1].lstrip('0')}-" if area else ""
    return f"{code}{exchange}-{line}"
